/**
 * The shape of UUIDs, which ids of sessions and messages are. Pure.
 *
 * @module
 */

/** Source of a pattern that matches a UUID, in small letters unless the pattern ignores case. */
export const UUID_SOURCE = "[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}";

const UUID = new RegExp(`^${UUID_SOURCE}$`, "i");

/** Whether a text is a UUID, such as a whole id of a session, which no title is. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
