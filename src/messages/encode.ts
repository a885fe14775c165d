/**
 * Messages under our names back to lines of the wire: the tables that read them, the
 * other way round. Pure; for tests, as the CLI writes its lines itself.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../util/json.ts";
import type { EventBase, MessageKind } from "./_define.ts";
import {
  type AnySchema,
  type Entries,
  type Holder,
  readAs,
  shapeOf,
} from "./_shapes.ts";
import { KINDS, type Message, readMessage } from "./mod.ts";

/** The fields of a message, without those that all messages share. */
export type MessageFields<T extends Message["type"]> = Omit<
  Extract<Message, { readonly type: T }>,
  "type" | "raw"
>;

/**
 * Makes the line of the wire that is read as this message.
 *
 * @throws {TypeError} There is no such line: a field is missing, unknown or of another
 * type.
 */
export function encodeMessage<T extends Message["type"]>(
  type: T,
  fields: Partial<MessageFields<T>>,
): WireObject {
  const kind: MessageKind<EventBase<string>> | undefined =
    (KINDS as Readonly<Record<string, MessageKind<EventBase<string>>>>)[type];
  if (kind === undefined) {
    throw new TypeError(`Cannot encode: there is no message "${type}"`);
  }
  const { wireType, wireSubtype, entries } = kind;
  const known = new Set(entries.map(([name]) => name));
  const unknown = Object.keys(fields).filter((name) =>
    !known.has(name) && !DERIVED.has(name)
  );
  if (unknown.length > 0) {
    throw new TypeError(
      `Cannot encode the message "${type}": it has no field "${unknown[0]}"`,
    );
  }
  const line = encodeFields(entries, fields as WireObject);
  const raw: WireObject = {
    type: wireType,
    ...(wireSubtype === undefined ? {} : { subtype: wireSubtype }),
    ...line,
  };
  const read = readMessage(raw, "strict");
  if (read.type === "unknown") {
    const issues = (read.issues ?? []).map(({ path, message }) =>
      `${path}: ${message}`
    );
    throw new TypeError(
      `Cannot encode the message "${type}": ${issues.join("; ")}`,
    );
  }
  return raw;
}

/** Fields that are worked out of several lines, so that no line has them. */
const DERIVED: ReadonlySet<string> = new Set(["costUsd", "text"]);

function encodeFields(entries: Entries, fields: WireObject): WireObject {
  const line: Record<string, unknown> = {};
  for (const [name, { wire, schema }] of entries) {
    const value = fields[name];
    if (value !== undefined) put(line, wire, encodeValue(schema, value));
  }
  return line;
}

function put(
  target: Record<string, unknown>,
  path: string,
  value: unknown,
): void {
  const names = path.split(".");
  const last = names.pop() ?? path;
  let at = target;
  for (const name of names) {
    const inner = at[name];
    const next: Record<string, unknown> = isWireObject(inner)
      ? { ...inner }
      : {};
    at[name] = next;
    at = next;
  }
  at[last] = value;
}

function encodeValue(schema: AnySchema, value: unknown): unknown {
  if (value === null) return null;
  const entries = shapeOf(schema);
  if (entries !== undefined) {
    return isWireObject(value) ? encodeFields(entries, value) : value;
  }
  const other = readAs(schema);
  if (other !== undefined) return encodeValue(other, value);
  const { type, item, value: inner, wrapped } = schema as unknown as Holder;
  if (item !== undefined) {
    return Array.isArray(value)
      ? value.map((one) => encodeValue(item, one))
      : value;
  }
  if (type === "record" && inner !== undefined && isWireObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, encodeValue(inner, one)]),
    );
  }
  return wrapped === undefined ? value : encodeValue(wrapped, value);
}
