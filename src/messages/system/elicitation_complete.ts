import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "../_define.ts";

/**
 * An MCP server has what it asked for at a URL.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface ElicitationComplete extends EventBase<"elicitation_complete"> {
  /** The server. */
  readonly mcpServerName: string;
  /** Id of what it asked for. */
  readonly elicitationId: string;
}

/** Reads {@linkcode ElicitationComplete}. */
export const elicitationComplete: MessageKind<ElicitationComplete> =
  defineMessage<ElicitationComplete>(
    "elicitation_complete",
    "system/elicitation_complete",
    {
      mcpServerName: wire("mcp_server_name", v.string()),
      elicitationId: wire("elicitation_id", v.string()),
    },
  );
