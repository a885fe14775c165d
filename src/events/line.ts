/**
 * What a line of the CLI is: a message, or a part of the control protocol. The one
 * place that tells them apart, for live conversations and for saved streams. Pure.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import { parseLine, readMessage } from "../messages/mod.ts";
import { type UnknownEvent, unknownEvent } from "../messages/unknown.ts";
import type { ClaudeMessage, Frame } from "./mod.ts";
import { readToolRequest, type ToolRequest } from "./permission_request.ts";

/** A line of the CLI, told apart. `frame` is what readers of the stream get of it. */
export type Line =
  /** Nothing. */
  | { readonly kind: "blank" }
  /** No message and no part of the protocol: an `UnknownEvent`, or nothing to act on. */
  | { readonly kind: "other"; readonly frame: Frame }
  /** A message; an `EventDecoder` reads it. */
  | { readonly kind: "message"; readonly raw: WireObject }
  /** A reply to a request of ours. */
  | {
    readonly kind: "reply";
    readonly response: WireObject | undefined;
    readonly frame: Frame;
  }
  /** The CLI no longer waits for an answer of ours. */
  | {
    readonly kind: "cancel";
    readonly id: string | undefined;
    readonly frame: Frame;
  }
  /** The CLI asks whether a tool may run. What readers get depends on who answers. */
  | {
    readonly kind: "permission";
    readonly id: string;
    readonly request: ToolRequest;
    readonly raw: WireObject;
  }
  /** The CLI calls a hook or a tool that lives in this process. No event: it is answered inside. */
  | {
    readonly kind: "callback";
    readonly id: string;
    readonly subtype: string;
    readonly frame: Frame;
  }
  /** A request that nobody here can answer. It needs an error for a reply: the CLI waits. */
  | {
    readonly kind: "unanswerable";
    readonly id: string;
    readonly refusal: string;
    readonly frame: Frame;
  };

const CALLBACKS: ReadonlySet<unknown> = new Set([
  "hook_callback",
  "mcp_message",
]);

/** Tells what a line is. Never throws. */
export function classifyLine(line: string): Line {
  if (line.trim() === "") return { kind: "blank" };
  const { raw, unknown } = parseLine(line);
  if (unknown !== undefined) {
    const wire = typeof unknown.raw === "string" ? unknown.raw : line;
    return { kind: "other", frame: frameOf(wire, unknown) };
  }
  switch (raw.type) {
    case "control_response": {
      const response = isWireObject(raw.response) ? raw.response : undefined;
      return { kind: "reply", response, frame: { wire: raw, events: [] } };
    }
    case "control_cancel_request": {
      const message = readMessage(raw);
      const id = message.type === "request_cancelled"
        ? message.requestId
        : undefined;
      const event = message as Extract<
        typeof message,
        { type: "request_cancelled" | "unknown" }
      >;
      return { kind: "cancel", id, frame: frameOf(raw, event) };
    }
    case "control_request":
      return classifyRequest(raw);
    case "keep_alive":
      return { kind: "other", frame: { wire: raw, events: [] } };
    default:
      return { kind: "message", raw };
  }
}

function classifyRequest(raw: WireObject): Line {
  const id = raw.request_id;
  const body = isWireObject(raw.request) ? raw.request : {};
  const { subtype } = body;
  if (typeof id !== "string") {
    // There is no reply without an id.
    return { kind: "other", frame: frameOf(raw, unknownEvent(raw, "invalid")) };
  }
  if (CALLBACKS.has(subtype)) {
    const frame: Frame = { wire: raw, events: [] };
    return { kind: "callback", id, subtype: `${subtype}`, frame };
  }
  if (subtype !== "can_use_tool") {
    return {
      kind: "unanswerable",
      id,
      refusal: `Unsupported control request subtype: ${subtype}`,
      frame: frameOf(raw, unknownEvent(raw, "subtype")),
    };
  }
  const request = readToolRequest(body);
  if (!("issues" in request)) return { kind: "permission", id, request, raw };
  const { issues } = request;
  const [first] = issues;
  return {
    kind: "unanswerable",
    id,
    refusal: `Cannot read the request: ${first?.path}: ${first?.message}`,
    frame: frameOf(raw, unknownEvent(raw, "invalid", { issues })),
  };
}

function frameOf(
  wire: WireObject | string,
  event: UnknownEvent | Extract<ClaudeMessage, { type: "request_cancelled" }>,
): Frame {
  return { wire, message: event, events: [event] };
}
