import type { EventBase, WireObject } from "../messages/_define.ts";

/**
 * A call of a tool that lives in this process: it began, told how far it is, or ended.
 * Comes from this library, not from the CLI.
 */
export interface ToolCall extends EventBase<"tool_call"> {
  /** What happened. */
  readonly phase: "start" | "progress" | "end";
  /** Name of the server in the configuration; of the option `tools`, `"tools"`. */
  readonly serverName: string;
  /** Name of the tool, as it was defined. */
  readonly name: string;
  /** Id of the call, as in `tool_use`. */
  readonly toolUseId?: string;
  /** What the model calls it with. Not checked. */
  readonly input: WireObject;
  /** A fraction from 0 to 1. Only with `progress`, where the tool gave one. */
  readonly progress?: number;
  /** What the tool said of its progress, or what went wrong. */
  readonly message?: string;
  /** How long it ran, in milliseconds. Only with `end`. */
  readonly durationMs?: number;
  /** Whether it failed. Only with `end`. */
  readonly isError?: boolean;
}
