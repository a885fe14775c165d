/**
 * Events about permissions: requests that are left to the caller, and decisions.
 *
 * @module
 */

import * as v from "valibot";
import { type ToolKind, toolKind } from "../messages/builtin_tools.ts";
import {
  type Draft,
  type EventBase,
  type FieldIssue,
  hidden,
  isWireObject,
  makeEvent,
  newEvent,
  type Reads,
  strictShape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";

/** A change of the CLI's permission rules, in the format of the CLI. */
export type PermissionUpdate = WireObject;

/** The MCP server that a tool belongs to. */
export interface PermissionMcpServer {
  /** Its name in the configuration. */
  readonly name: string;
  /** Where it is configured. */
  readonly source?: string;
}

/** The skill or slash command whose text contains a shell command. */
export interface SkillShell {
  /** Its name. */
  readonly name: string;
  /** Where it comes from. */
  readonly source?: string;
  /** `user`: a prompt. `claude`: the tool `Skill`, or a turn that Claude scheduled. `other`: anything else. */
  readonly invokedBy: string;
}

/** A rule `ask` of the settings. */
export interface MatchedAskRule {
  /** Source of the rule, such as `userSettings`. */
  readonly source: string;
  /** The tool that it names. */
  readonly toolName: string;
  /** Its content in parentheses. */
  readonly ruleContent?: string;
}

/**
 * A tool call that waits for a permission.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_03-tool-allow.ndjson.
 */
export interface ToolRequest {
  /** Name of the tool; `mcp__server__tool` for a tool of an MCP server. */
  readonly toolName: string;
  /** What the tool does. Absent only in a request that no session made. */
  readonly kind?: ToolKind;
  /**
   * Names in the edited path that the CLI executes or trusts, such as `.git` or `.bashrc`, with
   * symbolic links followed. Absent if there are none.
   */
  readonly protectedNames?: readonly string[];
  /** Input that the tool would be called with. */
  readonly input: WireObject;
  /** Id of the call. */
  readonly toolUseId: string;
  /** A sentence to ask with, if the CLI has one. */
  readonly title?: string;
  /** Name of the tool for people. */
  readonly displayName?: string;
  /** Description of the call for people; for a file tool, the path. */
  readonly description?: string;
  /** Changes of the rules that would make this question unnecessary. */
  readonly suggestions?: readonly PermissionUpdate[];
  /** The path that made the CLI ask. */
  readonly blockedPath?: string;
  /** Why the CLI asks, in words. */
  readonly decisionReason?: string;
  /** Why the CLI asks: `rule`, `hook`, `workingDir`, … */
  readonly decisionReasonType?: string;
  /** The subagent whose call it is. Absent for the main agent. */
  readonly agentId?: string;
  /** The call of the tool `Agent` that started that subagent. Known from its `TaskStarted`. */
  readonly parentToolUseId?: string;
  /** Kind of that subagent. Known from its `TaskStarted`. */
  readonly subagentType?: string;
  /** Whether only a person can answer, as with `AskUserQuestion`. */
  readonly requiresUserInteraction?: boolean;
  /** Whether the CLI suggests no as the default. */
  readonly defaultToNo?: boolean;
  /** The CLI suggests not to remember a yes: the rule would cover more than this call. From the types of the official SDK 0.3.332; not seen. */
  readonly suppressAlwaysAllowRule?: boolean;
  /** A rule `ask` of the settings made the CLI ask, though the reason names something else. From the types of the official SDK 0.3.332; not seen. */
  readonly matchedAskRule?: MatchedAskRule;
  /** Whether a classifier may say yes in place of a person. Absent if no safety check objects. From the types of the official SDK 0.3.332; not seen. */
  readonly classifierApprovable?: boolean;
  /** The server, for a tool of an MCP server. */
  readonly mcpServer?: PermissionMcpServer;
  /**
   * Present if this is not a tool call of the model, but a shell command in the text of this skill
   * or slash command. Its input cannot be changed, and the answer cannot be remembered.
   */
  readonly skill?: SkillShell;
}

/** Reads the body of a `can_use_tool` request. */
export const toolRequest: Reads<ToolRequest> = strictShape<
  Omit<
    ToolRequest,
    | "kind"
    | "protectedNames"
    | "parentToolUseId"
    | "subagentType"
    | "skill"
  >
>({
  toolName: wire("tool_name", v.string()),
  input: wire("input", v.custom<WireObject>(isWireObject)),
  toolUseId: wire("tool_use_id", v.string()),
  title: wireOptional("title", v.string()),
  displayName: wireOptional("display_name", v.string()),
  description: wireOptional("description", v.string()),
  suggestions: wireOptional(
    "permission_suggestions",
    v.array(v.custom<WireObject>(isWireObject)),
  ),
  blockedPath: wireOptional("blocked_path", v.string()),
  decisionReason: wireOptional("decision_reason", v.string()),
  decisionReasonType: wireOptional("decision_reason_type", v.string()),
  agentId: wireOptional("agent_id", v.string()),
  requiresUserInteraction: wireOptional(
    "requires_user_interaction",
    v.boolean(),
  ),
  defaultToNo: wireOptional("default_to_no", v.boolean()),
  suppressAlwaysAllowRule: wireOptional(
    "suppress_always_allow_rule",
    v.boolean(),
  ),
  matchedAskRule: wireOptional(
    "matched_ask_rule",
    strictShape<MatchedAskRule>({
      source: wire("source", v.string()),
      toolName: wire("tool_name", v.string()),
      ruleContent: wireOptional("rule_content", v.string()),
    }),
  ),
  classifierApprovable: wireOptional("classifier_approvable", v.boolean()),
  mcpServer: wireOptional(
    "mcp_server",
    strictShape<PermissionMcpServer>({
      name: wire("name", v.string()),
      source: wireOptional("source", v.string()),
    }),
  ),
});

/** Reads a tool request, or says what did not fit. */
export function readToolRequest(
  raw: unknown,
): ToolRequest | { readonly issues: readonly FieldIssue[] } {
  const read = v.safeParse(toolRequest, raw);
  if (read.success) {
    return { ...read.output, kind: toolKind(read.output.toolName) };
  }
  return {
    issues: read.issues.map((issue) => ({
      path: v.getDotPath(issue) ?? "",
      message: issue.message,
    })),
  };
}

/** Options of a yes, for {@linkcode PermissionRequest.allow}. */
export interface AllowOptions {
  /**
   * Calls the tool with this input instead. An input that a rule of `disallowedTools`
   * covers, or that the policy denies, is still denied.
   */
  readonly input?: WireObject;
  /**
   * Applies the CLI's own suggestions, so that it does not ask again: for this session, for this
   * project on this machine, for the project, or for the user. Only the rules among them are
   * applied. If there are none, nothing is remembered except for a tool of an MCP server, and the
   * event `permission_decision` says so in `notRemembered`. `rememberedRules(request)` tells
   * beforehand. The suggestions apply to the original input: with another `input` none of them is
   * applied. Rules of a project take effect only if the CLI trusts the project.
   *
   * In a policy, this is for calls that the CLI asks about. If it asks about none (mode
   * `"dontAsk"`, or the option `prompts: "none"`), the call still runs, and nothing is
   * remembered.
   */
  readonly remember?: "session" | "local" | "project" | "user";
  /**
   * Covers a path that the CLI executes or trusts, such as `.claude/settings.json`: see
   * {@linkcode ToolRequest.protectedNames}. A policy's yes without this is a general one
   * and does not cover it. Default `false`. The answer to a `PermissionRequest` always
   * covers it.
   */
  readonly protected?: boolean;
}

/** Options of a no, for {@linkcode PermissionRequest.deny}. */
export interface DenyOptions {
  /** Also ends the turn. The model then does not see the message. */
  readonly interrupt?: boolean;
}

/**
 * A tool call that the session's policy left undecided and the CLI's own rules would ask about. The
 * turn waits until it is answered, by `allow()` or `deny()` here, or by `session.respond(requestId,
 * …)`. Comes only with a policy, such as `askUser()`: without one the CLI denies the call itself.
 */
export interface PermissionRequest extends ToolRequest {
  /** `"permission_request"` */
  readonly type: "permission_request";
  /** What the tool does. */
  readonly kind: ToolKind;
  /** The session it belongs to. */
  readonly sessionId?: string;
  /** Always absent: on the wire it has no id but `requestId`. */
  readonly uuid?: string;
  /** The request as it came. */
  readonly raw: unknown;
  /** Id of the request, for `session.respond()`. */
  readonly requestId: string;
  /** Lets the tool run. Throws `StateError` if the request is already answered or withdrawn. */
  allow(options?: AllowOptions): void;
  /** Does not let the tool run; the model sees `message`. Throws as `allow` does. */
  deny(message?: string, options?: DenyOptions): void;
}

/** Receives the answer to a {@linkcode PermissionRequest}. */
export interface PermissionAnswerer {
  /** Called by `allow()`. */
  allow(options?: AllowOptions): void;
  /** Called by `deny()`. */
  deny(message?: string, options?: DenyOptions): void;
}

/** Creates the event for a request that is left to the caller. */
export function permissionRequest(
  raw: unknown,
  requestId: string,
  request: ToolRequest,
  sessionId: string | undefined,
  answerer: PermissionAnswerer,
): PermissionRequest {
  const event = newEvent(raw) as unknown as Draft<PermissionRequest>;
  hidden(event, "allow", (options?: AllowOptions) => answerer.allow(options));
  hidden(
    event,
    "deny",
    (message?: string, options?: DenyOptions) =>
      answerer.deny(message, options),
  );
  event.type = "permission_request";
  event.requestId = requestId;
  if (sessionId !== undefined) event.sessionId = sessionId;
  return Object.assign(event, {
    ...request,
    kind: request.kind ?? toolKind(request.toolName),
  });
}

/** A tool call that a policy or a hook left to a later process. */
export interface DeferredCall {
  /** Id of the call. */
  readonly toolUseId: string;
  /** Name of the tool. */
  readonly toolName: string;
  /** Input of the call. */
  readonly input: WireObject;
  /** The permission mode that it was left in. Absent if the CLI did not say. */
  readonly permissionMode?: string;
  /** When it was left, in ISO 8601. Absent if the CLI did not say. */
  readonly timestamp?: string;
}

/** Who decided on a tool call. */
export type DecidedBy =
  /** The session's policy. */
  | "policy"
  /** The caller, through a `PermissionRequest` or `session.respond()`. */
  | "consumer"
  /** There was no one to ask, so it was denied. */
  | "unattended"
  /** The answer took longer than `permissionTimeoutMs`, so it was denied. */
  | "timeout";

/**
 * A decision on a tool call went to the CLI. One for each answer, in order: a policy that
 * leaves a call undecided has one that says so, and if the CLI then asks, there is
 * another one for the answer. What the CLI decides by itself has none; its denials are
 * `permission_denied`.
 *
 * Made by this library: `raw` is the request that was answered.
 */
export interface PermissionDecision extends EventBase<"permission_decision"> {
  /** Name of the tool. */
  readonly toolName: string;
  /** Id of the call. */
  readonly toolUseId: string;
  /** The subagent whose call it is. Absent for the main agent. */
  readonly agentId?: string;
  /**
   * The decision; after `"undecided"` the CLI's own rules decide, after `"defer"` a later process.
   */
  readonly behavior: "allow" | "deny" | "defer" | "undecided";
  /** Who decided. */
  readonly by: DecidedBy;
  /** Name of the policy, if it decided. */
  readonly policy?: string;
  /** Why it was denied, as the model sees it. */
  readonly reason?: string;
  /** How long the CLI was asked to remember the decision. */
  readonly remember?: NonNullable<AllowOptions["remember"]>;
  /**
   * For how long it was meant to be remembered, if it was not: the CLI suggests no rule
   * for such a call, and the next one is asked about again. `rememberedRules(request)`
   * tells beforehand.
   */
  readonly notRemembered?: NonNullable<AllowOptions["remember"]>;
  /** Whether the tool runs with another input than the model's. */
  readonly inputChanged?: boolean;
}

/** Makes the event of a decision. */
export function permissionDecision(
  raw: unknown,
  sessionId: string | undefined,
  data: Omit<PermissionDecision, "raw" | "type" | "sessionId" | "uuid">,
): PermissionDecision {
  return makeEvent<PermissionDecision>(raw, {
    type: "permission_decision",
    ...sessionId === undefined ? {} : { sessionId },
    ...data,
  });
}
