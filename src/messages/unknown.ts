import {
  type EventBase,
  type FieldIssue,
  isWireObject,
  newEvent,
} from "./_define.ts";

/** Why something became an {@linkcode UnknownEvent}. */
export type UnknownReason =
  /** A line that is not JSON. `raw` is its text. */
  | "not_json"
  /** A line of JSON that is not an object. */
  | "not_object"
  /** The wire's `type` is unknown to this version. */
  | "type"
  /** The `subtype` of a `system` message, or of a request of the CLI, is unknown to this version. */
  | "subtype"
  /** A block of content of an unknown kind, or of a wrong shape. `raw` is the block. */
  | "block"
  /** A known type in an unknown shape. `issues` says what does not fit. */
  | "invalid"
  /** A line over `maxLineBytes`. `raw` is its first 256 bytes as text. */
  | "oversized"
  /** The stream ended in the middle of a line. `raw` is the part that came. */
  | "truncated";

/**
 * Something that this version does not know, most likely from a newer CLI. It is
 * delivered in its place, never dropped and never thrown.
 */
export interface UnknownEvent extends EventBase<"unknown"> {
  /** Why it is unknown. */
  readonly reason: UnknownReason;
  /** The wire's `type`; that of the block if `reason` is `"block"`. */
  readonly wireType?: string;
  /** The wire's `subtype`. */
  readonly wireSubtype?: string;
  /** What did not fit. With `reason: "invalid"` and some of `"block"`. */
  readonly issues?: readonly FieldIssue[];
  /** Size of the line in bytes. With `reason: "oversized"`. */
  readonly lineBytes?: number;
}

/** Makes an {@linkcode UnknownEvent} of a value that could not be read. */
export function unknownEvent(
  raw: unknown,
  reason: UnknownReason,
  more: Partial<Pick<UnknownEvent, "issues" | "lineBytes" | "sessionId">> = {},
): UnknownEvent {
  const event = newEvent(raw) as unknown as {
    -readonly [K in keyof UnknownEvent]: UnknownEvent[K];
  };
  event.type = "unknown";
  event.reason = reason;
  if (isWireObject(raw)) {
    if (typeof raw.session_id === "string") event.sessionId = raw.session_id;
    if (typeof raw.uuid === "string") event.uuid = raw.uuid;
    if (typeof raw.type === "string") event.wireType = raw.type;
    const inner = isWireObject(raw.request) ? raw.request : raw;
    if (typeof inner.subtype === "string") event.wireSubtype = inner.subtype;
  }
  return Object.assign(event, more);
}
