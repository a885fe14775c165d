import { type ControlCall, order, text, yesOrNo } from "./call.ts";

/**
 * Turns an MCP server on or off.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export function mcpToggleCall(
  serverName: string,
  enabled: boolean,
): ControlCall<void> {
  return order("mcp_toggle", {
    serverName: text("serverName", serverName),
    enabled: yesOrNo("enabled", enabled),
  });
}
