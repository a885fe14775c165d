/**
 * Lines to messages: which there are, and how each is read.
 *
 * @module
 */

import {
  type EventBase,
  isWireObject,
  type MessageKind,
  type Reading,
  type WireObject,
} from "./_define.ts";
import { assistant, type AssistantMessage } from "./assistant.ts";
import { type RateLimit, rateLimit } from "./rate_limit_event.ts";
import { type Result, result } from "./result.ts";
import { type StreamDelta, streamEvent } from "./stream_event.ts";
import { type ApiRetry, apiRetry } from "./system/api_retry.ts";
import { type SystemInit, systemInit } from "./system/init.ts";
import { user, type UserMessage } from "./user.ts";
import { type UnknownEvent, unknownEvent } from "./unknown.ts";

/**
 * Every message of the wire that has a type of its own. Written by hand: a derived
 * union would fail `deno doc --lint`. {@linkcode KINDS} is typed by it, so that the
 * compiler names what is missing there.
 */
export type Message =
  | SystemInit
  | AssistantMessage
  | UserMessage
  | StreamDelta
  | Result
  | ApiRetry
  | RateLimit;

type Kinds = {
  readonly [T in Message["type"]]: MessageKind<Extract<Message, { type: T }>>;
};

/** How each message is told and read, by our `type`. */
export const KINDS: Kinds = {
  system_init: systemInit,
  assistant_message: assistant,
  user_message: user,
  stream_delta: streamEvent,
  result,
  api_retry: apiRetry,
  rate_limit: rateLimit,
};

const BY_WIRE_NAME: ReadonlyMap<string, MessageKind<EventBase<string>>> =
  new Map(
    Object.values<MessageKind<EventBase<string>>>(KINDS).map((kind) => [
      wireName(kind.wireType, kind.wireSubtype),
      kind,
    ]),
  );

// Only `system` is told apart by its subtype; that of a result is a field like others.
function wireName(type: string, subtype: unknown): string {
  return type === "system" ? `system/${subtype}` : type;
}

/** What a line of JSON was: a message, or something unknown that came instead. */
export type MessageOrUnknown = Message | UnknownEvent;

/** Reads a wire object. Never throws. */
export function readMessage(raw: WireObject): MessageOrUnknown {
  const kind = typeof raw.type === "string"
    ? BY_WIRE_NAME.get(wireName(raw.type, raw.subtype))
    : undefined;
  if (kind === undefined) {
    return unknownEvent(raw, raw.type === "system" ? "subtype" : "type");
  }
  const reading: Reading<EventBase<string>> = kind.read(raw);
  return reading.issues === undefined
    ? reading.event as Message
    : unknownEvent(raw, "invalid", { issues: reading.issues });
}

/** A line of JSON as an object, or the event that says why it is none. */
export type ParsedLine =
  | { readonly raw: WireObject; readonly unknown?: undefined }
  | { readonly raw?: undefined; readonly unknown: UnknownEvent };

/** Marks that the stage for whole lines puts before what is not a whole line. No JSON begins with NUL. */
export const OVERSIZED_MARK = "\0oversized ";
/** As {@linkcode OVERSIZED_MARK}, for a last line without its end. */
export const TAIL_MARK = "\0tail ";

/** Parses a line. Never throws. */
export function parseLine(line: string): ParsedLine {
  let text = line;
  let cut = false;
  if (line.charCodeAt(0) === 0) {
    if (line.startsWith(OVERSIZED_MARK)) {
      const [bytes = "", ...head] = line.slice(OVERSIZED_MARK.length)
        .split(" ");
      return {
        unknown: unknownEvent(head.join(" "), "oversized", {
          lineBytes: Number(bytes),
        }),
      };
    }
    if (line.startsWith(TAIL_MARK)) {
      text = line.slice(TAIL_MARK.length);
      cut = true;
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What is no JSON is an event like any other; its text is all there is to say.
    return { unknown: unknownEvent(text, cut ? "truncated" : "not_json") };
  }
  return isWireObject(value)
    ? { raw: value }
    : { unknown: unknownEvent(value, "not_object") };
}
