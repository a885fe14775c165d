import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * A tool call was denied without anybody being asked: by a rule, a mode, or because there
 * was nobody to ask. Not every such denial has one; `permissionDenials` of the result is
 * the whole list. CLI 2.1.197 writes it in some of the cases only.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_20-dontask.ndjson.
 */
export interface PermissionDenied extends EventBase<"permission_denied"> {
  /** Name of the tool. */
  readonly toolName: string;
  /** Id of the call. */
  readonly toolUseId: string;
  /** What the model is told. */
  readonly message: string;
  /** The subagent whose call it was. Absent for the main agent. */
  readonly agentId?: string;
  /** Why: `mode`, `rule`, `classifier`, `asyncAgent`, `subcommandResults`, … */
  readonly decisionReasonType?: string;
  /** Why, more closely, in a word of the CLI. */
  readonly decisionReasonCode?: string;
  /** Why, in words for people. */
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
