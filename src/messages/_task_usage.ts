import * as v from "valibot";
import { type Reads, shape, wire } from "./_define.ts";

/** What a task has used. */
export interface TaskUsage {
  /** Tokens, sent and received. */
  readonly totalTokens: number;
  /** Calls of tools. */
  readonly toolUses: number;
  /** Time since it began, in milliseconds. */
  readonly durationMs: number;
}

/** Reads {@linkcode TaskUsage}. */
export const taskUsage: Reads<TaskUsage> = shape<TaskUsage>({
  totalTokens: wire("total_tokens", v.number()),
  toolUses: wire("tool_uses", v.number()),
  durationMs: wire("duration_ms", v.number()),
});
