/**
 * What strict validation calls an error. Pure.
 *
 * @module
 */

import { type ErrorDetails, ProtocolError } from "../errors.ts";
import type { UnknownEvent, UnknownReason } from "../messages/unknown.ts";
import type { Frame } from "../events/mod.ts";

/** What is wrong with a line; what is only new is not wrong. */
const WRONG: ReadonlyMap<UnknownReason, string> = new Map([
  ["not_json", "it is not JSON"],
  ["not_object", "it is not an object"],
  ["invalid", "it does not have the shape of its type"],
  ["oversized", "it is longer than maxLineBytes"],
  ["truncated", "it is cut short"],
]);

function fault(event: UnknownEvent): string | undefined {
  const first = event.issues?.[0];
  // A block of a kind that we do not know has no issues: it is new, and not wrong.
  if (first !== undefined) return `${first.path}: ${first.message}`;
  return WRONG.get(event.reason);
}

/**
 * The error of the first thing in a line that does not fit, or `undefined` if all of
 * it does. A type, subtype or kind of block that we do not know fits: newer CLIs have
 * more of them, and no session is to end over that.
 */
export function violation(
  frame: Frame,
  line: string,
  details: ErrorDetails = {},
): ProtocolError | undefined {
  for (const event of frame.events) {
    if (event.type !== "unknown") continue;
    const what = fault(event);
    if (what === undefined) continue;
    return new ProtocolError(
      `Cannot read a line of the CLI: ${what}`,
      // The text without the marks that our own stages put before it.
      typeof event.raw === "string" ? event.raw : line,
      event.issues,
      { ...details, sessionId: event.sessionId ?? details.sessionId },
    );
  }
  return undefined;
}
