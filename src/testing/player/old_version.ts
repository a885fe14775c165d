/** What CLI 2.1.197 leaves out of a line, or leaves out altogether. */

import type { Json, JsonObject } from "../scenario.ts";

const MISSING: ReadonlySet<string> = new Set([
  "abandoned_blocks",
  "aborted",
  "additional_directories",
  "agent_id",
  "api_error_type",
  "api_message_id",
  "begun_message_ids",
  "capabilities",
  "fast_mode_disabled_reason",
  "first_content_frame_ms",
  "first_request_cache_read_input_tokens",
  "first_request_input_tokens",
  "is_api_error_message",
  "messaging_socket_path",
  "model_usage_since_last_result",
  "original_cwd",
  "per_turn_effort_active",
  "queued_turn_count",
  "request_sent_wall_ms",
  "result_index",
  "run_id",
  "safety_stops",
  "served_by_anthropic",
  "subagent_stats",
  "terminal_slash_commands",
  "thinking_display",
  "thinking_duration_ms",
  "tool_result_meta",
  "ultrathink_available",
  "ultrathink_typed_raises",
  "user_message_uuid",
  "user_message_uuids",
  "view_mode",
]);

/** The line as the old version writes it, or nothing if it does not. */
export function asOldVersion(line: JsonObject): JsonObject | undefined {
  const type = line["type"];
  const subtype = line["subtype"];
  if (type === "command_lifecycle") return undefined;
  if (type === "system") {
    if (subtype === "background_tasks_changed") return undefined;
  }
  if (type === "control_request") return line;
  if (type === "control_response") return withoutErrorCode(line);
  // Also puts the type first, as the old version does.
  const old: Record<string, Json | undefined> = { type, subtype };
  for (const [name, value] of Object.entries(line)) {
    if (MISSING.has(name)) continue;
    if (name === "timestamp" && type === "assistant") continue;
    old[name] = name === "usage" && isObject(value) ? oldUsage(value) : value;
  }
  return old;
}

function oldUsage(usage: JsonObject): JsonObject {
  const { fallback_credit: _, output_tokens_details: __, ...rest } = usage;
  return rest;
}

function withoutErrorCode(line: JsonObject): JsonObject {
  const response = line["response"];
  if (!isObject(response)) return line;
  const { error_code: _, ...rest } = response;
  return { ...line, response: rest };
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
