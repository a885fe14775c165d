import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  isWireObject,
  type MessageKind,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "./_define.ts";
import { type MessageOrigin, messageOrigin } from "./user.ts";
import {
  type ModelUsage,
  modelUsage,
  type Usage,
  usage as usageSchema,
} from "./usage.ts";

/** A tool call that was denied in the course of a turn. */
export interface PermissionDenial {
  /** Name of the tool. */
  readonly toolName: string;
  /** Id of the call. */
  readonly toolUseId: string;
  /** What the tool was to be called with. */
  readonly toolInput?: unknown;
}

/** The configuration file that is not JSON. */
export interface InvalidConfigFile {
  /** The file. */
  readonly path: string;
  /** Whether it is the CLI's own file for all projects, the only one with backups. */
  readonly isGlobal?: boolean;
  /** Whether the outcome of the search for a backup is known. */
  readonly backupSearched?: boolean;
  /** A backup of it. Check it before using it. */
  readonly backupPath?: string;
}

/** A tool call that a hook deferred: the turn ended before it. */
export interface DeferredToolUse {
  /** Id of the call. */
  readonly id: string;
  /** Name of the tool. */
  readonly name: string;
  /** Input of the call. */
  readonly input: WireObject;
}

/** How a turn ended, as the CLI names it. A newer CLI may name others. */
export type ResultSubtype =
  | "success"
  | "error_during_execution"
  | "error_max_turns"
  | "error_max_budget_usd"
  | "error_max_structured_output_retries"
  | (string & Record<never, never>);

/**
 * The end of a turn. Only `isError` says whether it went well: a failure of the API comes
 * with `subtype: "success"`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_01-text.ndjson; errors in
 * 2.1.330_08-http-500-exhausted.ndjson and 2.1.330_12-max-turns.ndjson.
 */
export interface Result extends EventBase<"result"> {
  /** How the turn ended, as the CLI names it. */
  readonly subtype: ResultSubtype;
  /** The turn failed. */
  readonly isError: boolean;
  /**
   * The answer: all text blocks of the main agent's last reply that has any, with what
   * the model added when the CLI made it continue after `max_tokens`. If no text was
   * delivered, or if a JSON schema was met, it is what the CLI says in `result`. If the
   * turn failed, it is the text that came before.
   */
  readonly text: string;
  /**
   * What the CLI calls the result: the text of the last block, empty if that is not a
   * text; or the text of the API's error. Absent with the subtypes `error_…`. See `text`.
   */
  readonly result?: string;
  /** What went wrong, in words for people. Only with the subtypes `error_…`. */
  readonly errors?: readonly string[];
  /** Cost of the process so far, in US dollars: a running total. */
  readonly totalCostUsd: number;
  /** Cost of this turn, in US dollars: the increase of the total. */
  readonly costUsd: number;
  /** Time that the turn took, in milliseconds. */
  readonly durationMs: number;
  /** Time spent in calls of the API by the process so far, in milliseconds. */
  readonly durationApiMs?: number;
  /** Rounds of the model in this turn. 0 for a local command. */
  readonly numTurns?: number;
  /** The API's reason for the end of the last reply: `end_turn`, `max_tokens`, `refusal`, … */
  readonly stopReason?: string | null;
  /** The CLI's reason: `completed`, `api_error`, `max_turns`, `aborted_streaming`, … */
  readonly terminalReason?: string;
  /** Tokens of this turn, of the main agent only. */
  readonly usage: Usage;
  /** Tokens and cost by model, of the process so far. */
  readonly modelUsage?: Readonly<Record<string, ModelUsage>>;
  /** Tool calls that were denied in this turn. */
  readonly permissionDenials?: readonly PermissionDenial[];
  /** The answer in the shape of the JSON schema, if one was given and met. */
  readonly structuredOutput?: unknown;
  /** HTTP status of a failed call of the API, `null` if there was no answer. */
  readonly apiErrorStatus?: number | null;
  /** The API's `error.type`. */
  readonly apiErrorType?: string;
  /** The CLI's name for it: `connection_failed`, `usage_limit_reached`, `max_output_tokens`, … */
  readonly apiError?: string;
  /** Name of the slash command that answered without the model. */
  readonly localCommand?: string;
  /** Counts the results of the process, from 0. */
  readonly resultIndex?: number;
  /** Prompts still waiting. */
  readonly queuedTurnCount?: number;
  /** Time to the first token, in milliseconds. */
  readonly ttftMs?: number;
  /** Time to the first event of the stream, in milliseconds. */
  readonly ttftStreamMs?: number;
  /** Time until the first call of the API, in milliseconds. */
  readonly timeToRequestMs?: number;
  /** Tokens and cost by model, since the result before this one. Not sent by CLI 2.1.197. */
  readonly modelUsageSinceLastResult?: Readonly<Record<string, ModelUsage>>;
  /** Why the process could not start, as the CLI names it. From the types of the official SDK 0.3.330; not seen. */
  readonly startupFailureReason?: string;
  /** The file at fault, if that reason is `config_file_invalid`. From the types of the official SDK 0.3.330; not seen. */
  readonly invalidConfigFile?: InvalidConfigFile;
  /** Whether fast mode is on: `off`, `on`, … */
  readonly fastModeState?: string;
  /** Set if the turn was not started by a prompt of the caller. */
  readonly origin?: MessageOrigin;
  /** The prompts that this turn answered, by the `uuid` they were sent with. Not sent by CLI 2.1.197. */
  readonly userMessageUuids?: readonly string[];
  /** Why the turn continues one that a restart of the CLI interrupted: `interrupted_turn`, … From the types of the official SDK 0.3.332; not seen. */
  readonly resumeReason?: string;
  /** The tool call that a policy or a hook left to a later process with `defer()`; it did not run. */
  readonly deferredToolUse?: DeferredToolUse;
  /** When the sign-in expires, in ISO 8601; may be an estimate. From the types of the official SDK 0.3.332; not seen. */
  readonly credentialExpiresAt?: string;
  /** Why fast mode cannot be switched on: `free`, `preference`, … From the types of the official SDK 0.3.332; not seen. */
  readonly fastModeDisabledReason?: string;
}

/** Reads {@linkcode Result}. */
export const result: MessageKind<Result> = defineMessage<
  Result,
  "costUsd" | "text"
>(
  "result",
  "result",
  {
    subtype: wire("subtype", v.string()),
    isError: wire("is_error", v.boolean()),
    result: wireOptional("result", v.string()),
    errors: wireOptional("errors", v.array(v.string())),
    totalCostUsd: wire("total_cost_usd", v.number()),
    durationMs: wire("duration_ms", v.number()),
    durationApiMs: wireOptional("duration_api_ms", v.number()),
    numTurns: wireOptional("num_turns", v.number()),
    stopReason: wireOptional("stop_reason", v.nullable(v.string())),
    terminalReason: wireOptional("terminal_reason", v.string()),
    usage: wire("usage", usageSchema),
    modelUsage: wireOptional("modelUsage", modelUsage),
    permissionDenials: wireOptional(
      "permission_denials",
      v.array(shape<PermissionDenial>({
        toolName: wire("tool_name", v.string()),
        toolUseId: wire("tool_use_id", v.string()),
        toolInput: wireOptional("tool_input", v.unknown()),
      })),
    ),
    structuredOutput: wireOptional("structured_output", v.unknown()),
    apiErrorStatus: wireOptional("api_error_status", v.nullable(v.number())),
    apiErrorType: wireOptional("api_error_type", v.string()),
    apiError: wireOptional("api_error", v.string()),
    localCommand: wireOptional("local_command", v.string()),
    resultIndex: wireOptional("result_index", v.number()),
    ttftStreamMs: wireOptional("ttft_stream_ms", v.number()),
    timeToRequestMs: wireOptional("time_to_request_ms", v.number()),
    modelUsageSinceLastResult: wireOptional(
      "model_usage_since_last_result",
      modelUsage,
    ),
    startupFailureReason: wireOptional("startup_failure_reason", v.string()),
    invalidConfigFile: wireOptional(
      "invalid_config_file",
      shape<InvalidConfigFile>({
        path: wire("path", v.string()),
        isGlobal: wireOptional("is_global", v.boolean()),
        backupSearched: wireOptional("backup_searched", v.boolean()),
        backupPath: wireOptional("backup_path", v.string()),
      }),
    ),
    fastModeState: wireOptional("fast_mode_state", v.string()),
    queuedTurnCount: wireOptional("queued_turn_count", v.number()),
    ttftMs: wireOptional("ttft_ms", v.number()),
    origin: wireOptional("origin", messageOrigin),
    userMessageUuids: wireOptional(
      "user_message_uuids",
      v.array(v.string()),
    ),
    resumeReason: wireOptional("resume_reason", v.string()),
    deferredToolUse: wireOptional(
      "deferred_tool_use",
      shape<DeferredToolUse>({
        id: wire("id", v.string()),
        name: wire("name", v.string()),
        input: wire("input", v.custom<WireObject>(isWireObject)),
      }),
    ),
    credentialExpiresAt: wireOptional("credential_expires_at", v.string()),
    fastModeDisabledReason: wireOptional(
      "fast_mode_disabled_reason",
      v.string(),
    ),
  },
  { costUsd: v.number(), text: v.string() },
);
