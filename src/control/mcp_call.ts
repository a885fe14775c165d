import * as v from "valibot";
import {
  type Reads,
  shape,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import { call, type ControlCall, object, text } from "./call.ts";

/**
 * What a tool of an MCP server gave.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export interface McpCallResult {
  /** What it gave, as the CLI has it: a text, or blocks. */
  readonly content?: unknown;
  /** The same as data, where the tool gave that. */
  readonly structuredContent?: unknown;
  /** The tool says that it failed. A CLI before 2.1.331 throws a `ControlError` instead. */
  readonly isError?: boolean;
}

const result: Reads<McpCallResult> = shape<McpCallResult>({
  content: wireOptional("content", v.unknown()),
  structuredContent: wireOptional("structuredContent", v.unknown()),
  isError: wireOptional("isError", v.boolean()),
});

/** Calls a tool of an MCP server, without the model and without any policy. */
export function mcpCallCall(
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
): ControlCall<McpCallResult> {
  const payload: WireObject = {
    tool: text("tool", tool),
    arguments: object("args", args),
    // The failure of a tool is a result with its content, not an error of the request.
    soft_error_result: true,
  };
  return call("mcp_call", payload, result);
}
