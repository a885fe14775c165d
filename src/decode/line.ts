/**
 * What a line of the CLI is: a message, or a part of the control protocol. Live conversations
 * and saved streams tell them apart here, and nowhere else. Pure.
 *
 * @module
 */

import {
  type FieldIssue,
  isWireObject,
  readShape,
  type WireObject,
} from "../messages/_define.ts";
import { parseLine, readMessage } from "../messages/mod.ts";
import { type UnknownEvent, unknownEvent } from "../messages/unknown.ts";
import {
  type Elicitation,
  elicitation,
  type UserDialog,
  userDialog,
} from "../events/dialogs.ts";
import type { ClaudeMessage, Frame } from "../events/mod.ts";
import { readToolRequest, type ToolRequest } from "../events/permissions.ts";

/** What the CLI asks the host; what does not fit never becomes a question. */
export type Question =
  /** May this tool run? */
  | {
    readonly kind: "permission";
    /** It came to a hook, which takes another answer: a shell command of a skill. */
    readonly inHook?: true;
    readonly request: ToolRequest;
    /** The request as it came. */
    readonly raw: WireObject;
  }
  /** One of our hooks is to run. */
  | {
    readonly kind: "hook";
    /** The id that it was registered under. */
    readonly callbackId: string;
    /** What happened, as it came. */
    readonly input: WireObject;
    readonly toolUseId: string | undefined;
    /** The request as it came. */
    readonly raw: WireObject;
  }
  /** A message to an MCP server that lives in this process. */
  | {
    readonly kind: "mcp";
    readonly serverName: string;
    /** JSON-RPC: a request, or a notification, which also requires an answer. */
    readonly message: WireObject;
  }
  /** An MCP server asks a person. */
  | {
    readonly kind: "elicitation";
    readonly request: Elicitation;
    /** The request as it came. */
    readonly raw: WireObject;
  }
  /** The CLI itself asks a person. */
  | {
    readonly kind: "dialog";
    readonly request: UserDialog;
    /** The request as it came. */
    readonly raw: WireObject;
  };

/** A classified line of the CLI. `frame` is the part for readers of the stream. */
export type Line =
  /** Nothing. */
  | { readonly kind: "blank" }
  /** No message and no part of the protocol: an `UnknownEvent`, or nothing to act on. */
  | { readonly kind: "other"; readonly frame: Frame }
  /** A message; an `EventDecoder` decodes it. */
  | { readonly kind: "message"; readonly raw: WireObject }
  /** A reply to a control request to the CLI. */
  | {
    readonly kind: "reply";
    readonly response: WireObject | undefined;
    readonly frame: Frame;
  }
  /** The CLI no longer waits for an answer. */
  | {
    readonly kind: "cancel";
    readonly id: string | undefined;
    readonly frame: Frame;
  }
  /** The CLI asks the host something, and waits. What readers get depends on who answers. */
  | {
    readonly kind: "question";
    readonly id: string;
    readonly question: Question;
    readonly frame: Frame;
  }
  /** A request without an answer here. Its reply must be an error, as the CLI waits for one. */
  | {
    readonly kind: "unanswerable";
    readonly id: string;
    readonly refusal: string;
    readonly frame: Frame;
  };

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
    // Without an id it is not a reply.
    return { kind: "other", frame: frameOf(raw, unknownEvent(raw, "invalid")) };
  }
  const question = readQuestion(raw, body);
  if (question === undefined) {
    return {
      kind: "unanswerable",
      id,
      refusal: `Unsupported control request subtype: ${
        typeof subtype === "string" ? subtype : typeof subtype
      }`,
      frame: frameOf(raw, unknownEvent(raw, "subtype")),
    };
  }
  return "issues" in question
    ? unreadable(id, raw, question.issues)
    : { kind: "question", id, question, frame: { wire: raw, events: [] } };
}

/** Reads a request of the CLI; `undefined` if its kind is unknown. */
function readQuestion(
  raw: WireObject,
  body: WireObject,
): Question | { readonly issues: readonly FieldIssue[] } | undefined {
  switch (body.subtype) {
    case "can_use_tool": {
      const request = readToolRequest(body);
      return "issues" in request
        ? request
        : { kind: "permission", request, raw };
    }
    case "hook_callback": {
      const { callback_id: callbackId, input, tool_use_id: toolUseId } = body;
      if (typeof callbackId !== "string") return wrong("callback_id");
      if (!isWireObject(input)) return wrong("input");
      return {
        kind: "hook",
        callbackId,
        input,
        toolUseId: typeof toolUseId === "string" ? toolUseId : undefined,
        raw,
      };
    }
    case "mcp_message": {
      const { server_name: serverName, message } = body;
      if (typeof serverName !== "string") return wrong("server_name");
      if (!isWireObject(message)) return wrong("message");
      return { kind: "mcp", serverName, message };
    }
    case "elicitation": {
      const { output: request, issues } = readShape(elicitation, body);
      return request === undefined
        ? { issues }
        : { kind: "elicitation", request, raw };
    }
    case "request_user_dialog": {
      const { output: request, issues } = readShape(userDialog, body);
      return request === undefined
        ? { issues }
        : { kind: "dialog", request, raw };
    }
    default:
      return undefined;
  }
}

function wrong(path: string): { readonly issues: readonly FieldIssue[] } {
  return { issues: [{ path, message: "Invalid type" }] };
}

function unreadable(
  id: string,
  raw: WireObject,
  issues: readonly FieldIssue[],
): Line {
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
