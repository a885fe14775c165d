/**
 * Determines which lines and fields a version of the CLI does not write.
 *
 * Each entry names the oldest version that was seen to write it, among 31 versions from 2.1.197 to
 * 2.1.332 that played the same session.
 */

import { compareVersions } from "../../capabilities/version.ts";
import type { Json, JsonObject } from "../scenario.ts";

/** Version to imitate if the scenario does not name one. */
export const DEFAULT_VERSION = "2.1.332";

/** Oldest known version. */
const OLDEST = "2.1.197";

/** Whole lines, by `type` or `type/subtype`. */
const LINES: Readonly<Record<string, string>> = {
  command_lifecycle: "2.1.206",
  conversation_reset: "2.1.198",
  "system/background_tasks_changed": "2.1.205",
};

/** Fields, by line and name; `*` stands for every line. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "*": {
    fast_mode_disabled_reason: "2.1.222",
    run_id: "2.1.294",
    thinking_display: "2.1.290",
    tool_result_meta: "2.1.294",
    aborted: "2.1.215",
    // Not observed between 2.1.197, which does not have them, and 2.1.330.
    abandoned_blocks: "2.1.330",
    api_error_type: "2.1.330",
    is_api_error_message: "2.1.330",
    thinking_duration_ms: "2.1.330",
  },
  assistant: {
    agent_id: "2.1.294",
    timestamp: "2.1.215",
    user_message_uuid: "2.1.272",
    user_message_uuids: "2.1.272",
  },
  user: { agent_id: "2.1.294" },
  stream_event: {
    api_message_id: "2.1.300",
    user_message_uuid: "2.1.246",
    user_message_uuids: "2.1.259",
  },
  result: {
    begun_message_ids: "2.1.330",
    first_content_frame_ms: "2.1.266",
    first_request_cache_read_input_tokens: "2.1.324",
    first_request_input_tokens: "2.1.290",
    model_usage_since_last_result: "2.1.310",
    queued_turn_count: "2.1.246",
    request_sent_wall_ms: "2.1.222",
    result_index: "2.1.272",
    safety_stops: "2.1.294",
    subagent_stats: "2.1.240",
    user_message_uuid: "2.1.222",
    user_message_uuids: "2.1.259",
  },
  "result.usage": {
    fallback_credit: "2.1.285",
    output_tokens_details: "2.1.228",
  },
  "system/init": {
    additional_directories: "2.1.301",
    capabilities: "2.1.205",
    messaging_socket_path: "2.1.250",
    original_cwd: "2.1.301",
    per_turn_effort_active: "2.1.285",
    sandbox_enabled: "2.1.331",
    served_by_anthropic: "2.1.330",
    terminal_slash_commands: "2.1.234",
    ultrathink_available: "2.1.315",
    ultrathink_typed_raises: "2.1.319",
    user_message_uuids: "2.1.301",
    view_mode: "2.1.285",
  },
  "system/status": { user_message_uuids: "2.1.294" },
  "system/task_notification": { summary_is_report: "2.1.328" },
  "system/task_started": {
    is_backgrounded: "2.1.240",
    spawn_depth: "2.1.240",
  },
  control_response: {
    error_code: "2.1.324",
    pending_permission_requests: "2.1.272",
    pending_user_dialog_requests: "2.1.272",
  },
  /** The answer to the handshake. */
  initialize: {
    analytics_disabled: "2.1.290",
    capabilities: "2.1.290",
    claude_code_version: "2.1.300",
    current_permission_mode: "2.1.228",
    fast_mode_disabled_reason: "2.1.222",
    fast_mode_state: "2.1.222",
    feedback_mode: "2.1.290",
    hook_on_failure_supported: "2.1.319",
    hooks_applied: "2.1.240",
    hooks_when_unanswered_kept: "2.1.328",
    ide_rc_auto_enable_gate: "2.1.205",
    other_hook_ask_outranks_host: "2.1.324",
    remote_control_auto_connect_default: "2.1.290",
    remote_control_auto_enable: "2.1.205",
    remote_control_auto_on_by_default: "2.1.205",
    remote_control_available: "2.1.290",
    session_state: "2.1.240",
    user_output_styles_dir: "2.1.290",
  },
  /** Answers to other requests. */
  interrupt: { still_queued: "2.1.205", cancelled: "2.1.222" },
  set_model: { model: "2.1.310" },
};

/** `init.capabilities`. */
const CAPABILITIES: Readonly<Record<string, string>> = {
  interrupt_receipt_v1: "2.1.205",
  msg_lifecycle_v1: "2.1.206",
  interrupt_cancel_queued_v1: "2.1.222",
  mcp_read_resource_v1: "2.1.285",
  sdk_mcp_tools_list_changed: "2.1.290",
  request_marker_lists_v1: "2.1.294",
  ask_user_question_unanswered_v1: "2.1.315",
};

/** Versions whose permission mode in a fresh home is `auto`. */
const AUTO_MODE = { first: "2.1.290", last: "2.1.301" };

/** One version, and what it writes. */
export class CliVersion {
  /** Version number, such as `2.1.332`. */
  readonly number: string;

  constructor(number: string) {
    this.number = number;
  }

  /** Whether it is at least the version `since`. */
  has(since: string | undefined): boolean {
    return since === undefined || compareVersions(this.number, since) >= 0;
  }

  /** Whether it is the oldest version, which has differences that the tables do not cover. */
  get isOldest(): boolean {
    return compareVersions(this.number, OLDEST) <= 0;
  }

  /** Permission mode of a session that does not set one. */
  get permissionMode(): string {
    return this.has(AUTO_MODE.first) &&
        compareVersions(this.number, AUTO_MODE.last) <= 0
      ? "auto"
      : "default";
  }

  /** `init.capabilities`. */
  get capabilities(): readonly string[] {
    return Object.keys(CAPABILITIES).filter((name) =>
      this.has(CAPABILITIES[name])
    );
  }

  /** Returns the fields of an answer to a host request that this version writes. */
  answer(request: string, fields: JsonObject): JsonObject {
    return this.#fields(fields, FIELDS[request]);
  }

  /** Returns the line as this version writes it, or `undefined` if it does not write it. */
  line(line: JsonObject): JsonObject | undefined {
    const type = String(line["type"]);
    const subtype = line["subtype"];
    const name = type === "system" ? `system/${subtype}` : type;
    if (!this.has(LINES[name])) return undefined;
    if (type === "control_request") return line;
    if (type === "control_response") {
      const { response } = line;
      return isObject(response)
        ? { ...line, response: this.answer(type, response) }
        : line;
    }
    const told = this.#fields(this.#fields(line, FIELDS["*"]), FIELDS[name]);
    const { usage } = told;
    const whole = type === "result" && isObject(usage)
      ? { ...told, usage: this.#fields(usage, FIELDS["result.usage"]) }
      : told;
    // 2.1.197 writes the type first.
    return this.isOldest ? { type, subtype, ...whole } : whole;
  }

  #fields(
    object: JsonObject,
    since: Readonly<Record<string, string>> = {},
  ): JsonObject {
    const kept: Record<string, Json | undefined> = {};
    for (const [name, value] of Object.entries(object)) {
      if (this.has(since[name])) kept[name] = value;
    }
    return kept;
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
