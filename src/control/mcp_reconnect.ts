import { type ControlCall, order, text } from "./call.ts";

/**
 * Connects to an MCP server again.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function mcpReconnectCall(serverName: string): ControlCall<void> {
  return order("mcp_reconnect", { serverName: text("serverName", serverName) });
}
