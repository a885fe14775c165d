/**
 * Messages about calls of tools.
 *
 * @module
 */

import * as v from "valibot";
import {
  defineMessage,
  type Draft,
  type EventBase,
  type MessageKind,
  type Reads,
  shape,
  wire,
  wireOptional,
} from "./_define.ts";

/** A subagent whose call of the API failed and will be tried again. */
export interface SubagentRetry {
  /** The subagent. */
  readonly agentId: string;
  /** Which retry this will be, from 1. */
  readonly attempt: number;
  /** Maximum number of retries. */
  readonly maxRetries?: number;
  /** The wait before it, in milliseconds. */
  readonly retryDelayMs?: number;
  /** HTTP status of the failed call; `null` if there was no connection. */
  readonly errorStatus?: number | null;
  /** What went wrong, as the CLI names it. */
  readonly errorCategory?: string;
}

/**
 * A tool, or a hook of this program, is still running. Sent every 30 seconds.
 *
 * On the wire each of these heartbeats has an id of its own (`<id>-heartbeat-0`,
 * `hook-PreToolUse-<id>-heartbeat-0`); here `toolUseId` is the id of the call.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_18-tool-45s.ndjson,
 * 2.1.330_21-hook-no-timeout.ndjson.
 */
export interface ToolProgress extends EventBase<"tool_progress"> {
  /** Id of the call. */
  readonly toolUseId: string;
  /** Name of the tool; for a hook the event, such as `PreToolUse`. */
  readonly toolName: string;
  /** Time since it began, in **seconds**, as on the wire. */
  readonly elapsedSeconds: number;
  /** It says only that the tool still runs. */
  readonly heartbeat?: boolean;
  /**
   * The call of the tool `Agent` whose subagent this is from, `null` for the main
   * agent. Absent on heartbeats: they name the call itself there.
   */
  readonly parentToolUseId?: string | null;
  /** The task that the call became. */
  readonly taskId?: string;
  /** Kind of the subagent. */
  readonly subagentType?: string;
  /** The subagent that the call started waits for the API. */
  readonly subagentRetry?: SubagentRetry;
}

const HEARTBEAT = /-heartbeat-\d+$/;

/** Reads {@linkcode ToolProgress}. */
export const toolProgress: MessageKind<ToolProgress> = forCalls(
  defineMessage<ToolProgress>("tool_progress", "tool_progress", {
    toolUseId: wire("tool_use_id", v.string()),
    toolName: wire("tool_name", v.string()),
    elapsedSeconds: wire("elapsed_time_seconds", v.number()),
    heartbeat: wireOptional("heartbeat", v.boolean()),
    parentToolUseId: wireOptional(
      "parent_tool_use_id",
      v.nullable(v.string()),
    ),
    taskId: wireOptional("task_id", v.string()),
    subagentType: wireOptional("subagent_type", v.string()),
    subagentRetry: wireOptional(
      "subagent_retry",
      shape<SubagentRetry>({
        agentId: wire("agent_id", v.string()),
        attempt: wire("attempt", v.number()),
        maxRetries: wireOptional("max_retries", v.number()),
        retryDelayMs: wireOptional("retry_delay_ms", v.number()),
        errorStatus: wireOptional(
          "error_status",
          v.nullable(v.number()) as Reads<number | null>,
        ),
        errorCategory: wireOptional("error_category", v.string()),
      }),
    ),
  }),
);

function forCalls(
  kind: MessageKind<ToolProgress>,
): MessageKind<ToolProgress> {
  return {
    ...kind,
    read(raw, validation) {
      const reading = kind.read(raw, validation);
      const event: Draft<ToolProgress> | undefined = reading.event;
      // Without validation the value may have any type.
      if (
        event !== undefined && typeof event.toolUseId === "string" &&
        HEARTBEAT.test(event.toolUseId)
      ) {
        event.toolUseId = event.parentToolUseId ??
          event.toolUseId.replace(HEARTBEAT, "");
        delete event.parentToolUseId;
      }
      return reading;
    },
  };
}

/**
 * A short summary of the tool calls that just ended. Needs
 * `CLAUDE_CODE_EMIT_TOOL_USE_SUMMARIES=1`; costs a call of the API.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_20-session-state-events.ndjson.
 */
export interface ToolUseSummary extends EventBase<"tool_use_summary"> {
  /** The summary. */
  readonly summary: string;
  /** Ids of the calls that it is about. */
  readonly toolUseIds: readonly string[];
}

/** Reads {@linkcode ToolUseSummary}. */
export const toolUseSummary: MessageKind<ToolUseSummary> = defineMessage<
  ToolUseSummary
>(
  "tool_use_summary",
  "tool_use_summary",
  {
    summary: wire("summary", v.string()),
    toolUseIds: wire("preceding_tool_use_ids", v.array(v.string())),
  },
);
