import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "./_define.ts";

/**
 * A few words about the tool calls just done. Needs
 * `CLAUDE_CODE_EMIT_TOOL_USE_SUMMARIES=1`; costs a call of the API.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_20-session-state-events.ndjson.
 */
export interface ToolUseSummary extends EventBase<"tool_use_summary"> {
  /** The words. */
  readonly summary: string;
  /** The calls that it is about. */
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
