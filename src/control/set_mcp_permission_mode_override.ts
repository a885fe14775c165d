import * as v from "valibot";
import { type Reads, shape, wireOptional } from "../messages/_define.ts";
import { call, type ControlCall, text, word } from "./call.ts";

/** What became of a mode of an MCP server. */
export interface McpModeChange {
  /** The CLI knows no such server yet. */
  readonly warning?: string;
}

const change: Reads<McpModeChange> = shape<McpModeChange>({
  warning: wireOptional("warning", v.string()),
});

/**
 * Makes calls of an MCP server's tools be asked about (`default`) or judged (`auto`)
 * where the session's mode would allow them; `undefined` takes that back.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export function mcpSetModeCall(
  serverName: string,
  mode?: "default" | "auto",
): ControlCall<McpModeChange> {
  return call("set_mcp_permission_mode_override", {
    serverName: text("serverName", serverName),
    mode: mode === undefined ? null : word("mode", mode, ["default", "auto"]),
  }, change);
}
