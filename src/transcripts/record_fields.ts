/**
 * Reads fields of the records in a transcript. Pure.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";

/**
 * Whether a `user` record is what a person, a program or the CLI's queue sent, and not
 * the result of a tool or text that the CLI puts in between.
 */
export function isPrompt(record: WireObject): boolean {
  if (record.isMeta === true) return false;
  const { message } = record;
  if (record.type !== "user" || !isWireObject(message)) return false;
  if (typeof message.content === "string") return true;
  if (!Array.isArray(message.content)) return false;
  if (blockIds(message.content, "tool_result", "tool_use_id").length > 0) {
    return false;
  }
  return record.permissionMode !== undefined ||
    record.promptSource !== undefined;
}

/** The ids in the blocks of one type. */
export function blockIds(
  content: unknown,
  type: string,
  field: string,
): readonly string[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((block) => {
    const id = isWireObject(block) && block.type === type
      ? block[field]
      : undefined;
    return typeof id === "string" ? [id] : [];
  });
}

/** A field of a record, if it is a text that is not empty. */
export function textField(
  record: WireObject,
  name: string,
): string | undefined {
  const value = record[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
