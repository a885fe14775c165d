/** Lines about a turn that did not go as planned. */

import type { PlayerOutput } from "./output.ts";
import { REJECTED } from "./permission.ts";
import type { ApiErrorStep, JsonObject } from "../scenario.ts";
import { turnUsage } from "./usage.ts";
import type { Stage } from "./wire.ts";

/** Returns the assistant line that replaces a reply of the API. */
export function apiErrorLine(
  stage: Stage,
  step: ApiErrorStep,
  fields: JsonObject,
): PlayerOutput[] {
  return stage.line({
    type: "assistant",
    message: {
      diagnostics: null,
      id: stage.identifiers.uuid(),
      container: null,
      model: "<synthetic>",
      role: "assistant",
      stop_details: null,
      stop_reason: "stop_sequence",
      stop_sequence: "",
      type: "message",
      usage: turnUsage([]),
      content: [{ type: "text", text: step.text }],
      context_management: null,
    },
    parent_tool_use_id: null,
    session_id: stage.launch.sessionId,
    uuid: stage.identifiers.uuid(),
    timestamp: stage.clock.stamp(),
    error: step.error,
    request_id: stage.identifiers.next("req_"),
    is_api_error_message: true,
    ...step.limit === undefined
      ? {}
      : { api_error_params: { rate_limit_info: step.limit } },
    ...fields,
  });
}

/** Returns the result of a call that an interruption ended. */
export function rejectedLine(stage: Stage, id: string): PlayerOutput[] {
  return stage.user([{
    type: "tool_result",
    content: REJECTED,
    is_error: true,
    tool_use_id: id,
  }], {
    tool_use_result: "User rejected tool use",
    tool_result_meta: [{ id, non_execution_kind: "user-rejected" }],
  });
}

/** Returns the result of a command that SIGTERM ended. */
export function killedLine(stage: Stage, id: string): PlayerOutput[] {
  return stage.user([{
    type: "tool_result",
    content: "Exit code 137",
    is_error: true,
    tool_use_id: id,
  }], {
    tool_use_result: "Error: Exit code 137",
    tool_result_meta: [{
      id,
      permission_decision: { decision: "accept", source: "config" },
    }],
  });
}

/** Returns the line which reports that a hook blocked a prompt. */
export function blockedLine(
  stage: Stage,
  content: string,
  reason: string,
): PlayerOutput[] {
  return stage.system("informational", {
    content,
    level: "warning",
    prevent_continuation: true,
    prompt_submit_outcome: {
      kind: "blocked_by_hook",
      prompt_kept: false,
      reason,
    },
  });
}
