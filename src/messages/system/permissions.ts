/**
 * Messages `system` about what was asked or not asked: denials, requests in progress, elicitations.
 *
 * @module
 */

import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * The CLI denied a tool call without asking: because of a rule or a mode, or because
 * there was no one to ask. Not every such denial has this message; `permissionDenials` of
 * the result is the complete list. CLI 2.1.197 writes it in some of the cases only.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_20-dontask.ndjson.
 */
export interface PermissionDenied extends EventBase<"permission_denied"> {
  /** Name of the tool. */
  readonly toolName: string;
  /** Id of the call. */
  readonly toolUseId: string;
  /** Message to the model. */
  readonly message: string;
  /** The subagent whose call it was. Absent for the main agent. */
  readonly agentId?: string;
  /** Why: `mode`, `rule`, `classifier`, `asyncAgent`, `subcommandResults`, … */
  readonly decisionReasonType?: string;
  /** Why, in more detail, as the CLI names it. */
  readonly decisionReasonCode?: string;
  /** Why, as a sentence for people. */
  readonly decisionReason?: string;
}

/** Reads {@linkcode PermissionDenied}. */
export const permissionDenied: MessageKind<PermissionDenied> = defineMessage<
  PermissionDenied
>(
  "permission_denied",
  "system/permission_denied",
  {
    toolName: wire("tool_name", v.string()),
    toolUseId: wire("tool_use_id", v.string()),
    message: wire("message", v.string()),
    agentId: wireOptional("agent_id", v.string()),
    decisionReasonType: wireOptional("decision_reason_type", v.string()),
    decisionReasonCode: wireOptional("decision_reason_code", v.string()),
    decisionReason: wireOptional("decision_reason", v.string()),
  },
);

/**
 * An MCP server has received what it asked a person to enter at a URL.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface ElicitationComplete extends EventBase<"elicitation_complete"> {
  /** The server. */
  readonly mcpServerName: string;
  /** Id of the elicitation. */
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

/**
 * Progress of a control request to the CLI that calls the API.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface ControlRequestProgress
  extends EventBase<"control_request_progress"> {
  /** Id of our request. */
  readonly requestId: string;
  /** `started` or `api_retry`. */
  readonly status: string;
  /** Which retry this will be, from 1. With `api_retry`. */
  readonly attempt?: number;
  /** Maximum number of retries. */
  readonly maxRetries?: number;
  /** The wait before it, in milliseconds. */
  readonly retryDelayMs?: number;
  /** HTTP status of the failed call; `null` if there was no connection. */
  readonly errorStatus?: number | null;
}

/** Reads {@linkcode ControlRequestProgress}. */
export const controlRequestProgress: MessageKind<ControlRequestProgress> =
  defineMessage<ControlRequestProgress>(
    "control_request_progress",
    "system/control_request_progress",
    {
      requestId: wire("request_id", v.string()),
      status: wire("status", v.string()),
      attempt: wireOptional("attempt", v.number()),
      maxRetries: wireOptional("max_retries", v.number()),
      retryDelayMs: wireOptional("retry_delay_ms", v.number()),
      errorStatus: wireOptional("error_status", v.nullable(v.number())),
    },
  );
