/**
 * The lines that we write. Pure.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import type { Reply } from "./pending.ts";
import type { Prompt, PushOptions } from "./prompt.ts";

/** A prompt. */
export function promptLine(
  { id, content, verbatim }: Prompt,
  { priority, query }: PushOptions = {},
): string {
  return JSON.stringify({
    type: "user",
    message: { role: "user", content },
    parent_tool_use_id: null,
    session_id: "",
    uuid: id,
    ...verbatim === true ? { client_composed: true } : {},
    ...priority === undefined ? {} : { priority },
    ...query === false ? { shouldQuery: false } : {},
  });
}

/** A control request of ours. */
export function requestLine(
  id: string,
  subtype: string,
  payload: WireObject,
): string {
  return JSON.stringify({
    type: "control_request",
    request_id: id,
    request: { ...payload, subtype },
  });
}

/** Tells the CLI that the answer to a request of ours is no longer waited for. */
export function cancelLine(id: string): string {
  return JSON.stringify({ type: "control_cancel_request", request_id: id });
}

/** The answer to a question of the CLI. */
export function replyLine(id: string, reply: Reply): string {
  const { refusal, response } = reply;
  return JSON.stringify({
    type: "control_response",
    response: refusal === undefined
      ? { subtype: "success", request_id: id, response }
      : { subtype: "error", request_id: id, error: refusal },
  });
}
