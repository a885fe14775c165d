// Which types of events a transcript holds, and why it does not hold the others.

import type { ClaudeEvent } from "../../mod.ts";

type EventType = ClaudeEvent["type"];

const PIECES = "pieces of what comes whole";
const PROCESS = "the state of a process, not of the conversation";
const HOST = "told to the host, or asked of it, while it listens";
const LIBRARY = "made by this library while a session runs";
const NOTICE = "a notice for who watches, which the model is not told";
const TASK = "the state of a process; the end is told to the model";

/** Types of events that a transcript holds. */
export const IN_FILE: ReadonlySet<string> = new Set<EventType>([
  "assistant_text",
  "thinking",
  "tool_use",
  "tool_result",
  "file_change",
  "user_text",
  "user_replay",
  "compact_boundary",
]);

/** Types of events that a live session may have and its transcript does not hold, with the reason. */
export const NOT_IN_FILE: Readonly<Partial<Record<EventType, string>>> = {
  active_goal: PROCESS,
  api_retry: NOTICE,
  auth_status: PROCESS,
  autocompact_state: PROCESS,
  background_tasks_changed: PROCESS,
  budget_threshold: LIBRARY,
  code_change_published: NOTICE,
  command_lifecycle: "what became of the host's messages",
  commands_changed: PROCESS,
  configuration_mismatch: LIBRARY,
  control_request_progress: HOST,
  conversation_reset: "the new conversation has a file of its own",
  elicitation_complete: HOST,
  elicitation_request: HOST,
  events_dropped: LIBRARY,
  files_persisted: NOTICE,
  hook_progress: HOST,
  hook_response: HOST,
  hook_started: HOST,
  informational: NOTICE,
  local_command_output: "the file has it as a reply, which is assistant_text",
  memory_recall: NOTICE,
  mirror_error: "the file itself is not stored elsewhere",
  model_fallback: NOTICE,
  model_refusal_fallback: NOTICE,
  model_refusal_no_fallback: NOTICE,
  notification: NOTICE,
  permission_decision: "decided by this library",
  permission_denied: "the tool_result tells the model so",
  permission_request: HOST,
  plugin_install: PROCESS,
  post_turn_summary: NOTICE,
  prompt_suggestion: NOTICE,
  rate_limit: PROCESS,
  rate_limit_wait: LIBRARY,
  request_cancelled: HOST,
  result:
    "made of what the process counted; cost-state has the sum of the session",
  session_restarted: LIBRARY,
  session_state_changed: PROCESS,
  session_title_changed: "see SessionInfo.title",
  session_writes_lost: "the file itself could not be written",
  stalled: LIBRARY,
  status: PROCESS,
  stream_delta: PIECES,
  system_init: "written for the host, once for each turn",
  task_list_statuses: TASK,
  task_notification: "told to the model, which is a user_replay",
  task_progress: TASK,
  task_started: "see SessionDetails.subagents",
  task_updated: TASK,
  thinking_tokens: "an estimate while the model thinks",
  todos_changed: "made of calls of tools; see sessionTally()",
  tool_call: LIBRARY,
  tool_input_delta: PIECES,
  tool_progress: PROCESS,
  tool_use_summary: NOTICE,
  transcript_mirror: "the lines of the file themselves",
  turn_preempted: PROCESS,
  ui_invalidate: HOST,
  unknown: "a type of a newer CLI, which may or may not be written",
  user_dialog_request: HOST,
  vcs_state_changed: PROCESS,
  warning: LIBRARY,
  worker_shutting_down: PROCESS,
};
