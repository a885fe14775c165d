/**
 * The stages that turn bytes into events, for a program that has a stream of its own: a
 * saved log, a socket, the output of a container.
 *
 * @module
 */

import { StateError } from "../errors.ts";
import { EventDecoder, violation } from "./decoder.ts";
import type { Question } from "./line.ts";
import {
  eventsOf,
  type Frame,
  type View,
  type ViewEvents,
} from "../events/mod.ts";
import {
  type ElicitationRequest,
  elicitationRequest,
  type UserDialogRequest,
  userDialogRequest,
} from "../events/dialogs.ts";
import {
  type PermissionRequest,
  permissionRequest,
} from "../events/permissions.ts";
import type { Validation } from "../messages/_define.ts";
import { DEFAULTS } from "../util/limits.ts";
import { decodeLines } from "./lines.ts";

/** Options of {@linkcode decodeEvents}. */
export interface DecodeOptions<V extends View = "flat"> {
  /** How the stream is cut into events. Default `"flat"`. */
  readonly view?: V;
  /** Longest line in bytes; a longer one becomes an `UnknownEvent`. Default 256 MiB. */
  readonly maxLineBytes?: number;
  /** How much is checked; with `"strict"` what does not fit is an error of the stream. Default `"lenient"`. */
  readonly validation?: Validation;
}

/** Lines to events: the last of the stages. One line becomes no, one or several events. */
export class LineEventStream<V extends View = "flat">
  extends TransformStream<string, ViewEvents[V]> {
  /**
   * Makes the stage.
   *
   * @param view How the lines are cut into events. Default `"flat"`.
   * @param validation How much is checked; with `"strict"` what does not fit is an
   * error of the stream. Default `"lenient"`.
   */
  constructor(
    view: V = "flat" as V,
    validation: Validation = "lenient",
  ) {
    const decode = lineDecoder(view, validation);
    super({
      transform(line, controller) {
        for (const event of decode(line)) controller.enqueue(event);
      },
    });
  }
}

/** Returns a function that reads one line after the other, which a stream is made of. */
export function lineDecoder<V extends View>(
  view: V,
  validation: Validation,
): (line: string) => readonly ViewEvents[V][] {
  const decoder = new EventDecoder(validation);
  return (line) => {
    const frame = decodeLine(decoder, line);
    if (validation === "strict") {
      const error = violation(frame, line);
      if (error !== undefined) throw error;
    }
    return eventsOf(frame, view);
  };
}

/**
 * Decodes what `claude --output-format stream-json` wrote. Never throws for what is
 * in the stream: whatever it cannot read becomes an `UnknownEvent`. Only with
 * `validation: "strict"` is it a `ProtocolError`.
 *
 * Permission requests in it come as events too, but `allow()` and `deny()` throw:
 * there is nobody to answer.
 *
 * @example
 * ```ts
 * import { decodeEvents } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * const log = new Blob(['{"type":"news"}\n', "no JSON\n"]);
 * const reasons: string[] = [];
 * for await (const event of decodeEvents(log.stream())) {
 *   if (event.type === "unknown") reasons.push(event.reason);
 * }
 * assertEquals(reasons, ["type", "not_json"]);
 * ```
 */
export function decodeEvents<V extends View = "flat">(
  bytes: ReadableStream<Uint8Array>,
  options: DecodeOptions<V> = {},
): ReadableStream<ViewEvents[V]> {
  const {
    view = "flat" as V,
    maxLineBytes = DEFAULTS.maxLineBytes,
    validation = "lenient",
  } = options;
  if (typeof bytes?.pipeThrough !== "function") {
    throw new TypeError(
      `Cannot decode: expected a ReadableStream of bytes, got ${
        bytes === null ? "null" : typeof bytes
      }`,
    );
  }
  return decodeLines(bytes, maxLineBytes)
    .pipeThrough(new LineEventStream(view, validation));
}

function decodeLine(decoder: EventDecoder, line: string): Frame {
  const piece = decoder.piece(line);
  if (piece !== undefined) return piece;
  const told = decoder.read(line);
  switch (told.kind) {
    case "blank":
      return { events: [] };
    case "message":
      return decoder.decode(told.raw, line);
    case "question": {
      const event = recordedQuestion(told.id, told.question);
      return event === undefined
        ? told.frame
        : { ...told.frame, message: event, events: [event] };
    }
    default:
      return told.frame;
  }
}

/** The event of a question to people; other questions have none. */
function recordedQuestion(
  id: string,
  question: Question,
):
  | PermissionRequest
  | ElicitationRequest
  | UserDialogRequest
  | undefined {
  switch (question.kind) {
    case "permission":
      return permissionRequest(
        question.raw,
        id,
        question.request,
        undefined,
        { allow: () => refuse("allow"), deny: () => refuse("deny") },
      );
    case "elicitation":
      return elicitationRequest(
        question.raw,
        id,
        question.request,
        undefined,
        recorded,
      );
    case "dialog":
      return userDialogRequest(
        question.raw,
        id,
        question.request,
        undefined,
        recorded,
      );
    default:
      return undefined;
  }
}

function recorded(): never {
  return refuse("answer");
}

function refuse(operation: string): never {
  throw new StateError(
    "session_closed",
    "decoded",
    operation,
    `Cannot ${operation} the request: it was read from a stream, no CLI waits for an answer`,
  );
}
