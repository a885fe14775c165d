/**
 * The schema of every event, for readers in other languages. Nothing here is needed to read the
 * CLI's output: the compiler checks the events that this library creates. Pure.
 *
 * @module
 */

import * as v from "valibot";
import {
  type EventBase,
  isWireObject,
  type Reads,
  type SchemasOf,
  type WireObject,
} from "../messages/_define.ts";
import { type AnySchema, outputSchema } from "../messages/_shapes.ts";
import { KINDS } from "../messages/mod.ts";
import type { ClaudeEvent, DerivedType } from "./mod.ts";
import type { FieldIssue } from "../messages/_define.ts";
import type { UnknownEvent } from "../messages/unknown.ts";
import type {
  AssistantText,
  Thinking,
  ToolResult,
  ToolUse,
  UserReplay,
  UserText,
} from "./blocks.ts";
import type {
  BudgetThreshold,
  ConfigurationMismatch,
  EventsDropped,
  RateLimitWait,
  SessionRestarted,
  Stalled,
  Warning,
} from "./session.ts";
import { elicitation, userDialog } from "./dialogs.ts";
import type {
  FileChange,
  TodoItem,
  TodosChanged,
  ToolCall,
  ToolInputDelta,
} from "./tools.ts";
import { type PermissionDecision, toolRequest } from "./permissions.ts";
import { TOOL_KINDS } from "../messages/builtin_tools.ts";

const text = v.string();
const object = v.custom<WireObject>(isWireObject);
const maybe = <T>(schema: Reads<T>) => v.optional(schema);

const BASE = { sessionId: maybe(text), uuid: maybe(text) };
const CONTENT = {
  ...BASE,
  parentToolUseId: v.nullable(text),
  agentId: maybe(text),
  subagentType: maybe(text),
  messageId: maybe(text),
};
const BLOCK = { ...CONTENT, index: v.number(), streamed: v.boolean() };

/**
 * Returns a schema for an event created by this library, with one entry for each field that JSON
 * can represent.
 */
function event<E extends EventBase<string>, Hidden extends keyof E = never>(
  type: E["type"],
  fields: SchemasOf<Omit<E, "type" | "raw" | Hidden>>,
): AnySchema {
  return v.object({ type: v.literal(type), ...fields });
}

/** Returns a schema for a question of the CLI: its fields and the id of the request. */
function request(
  type: ClaudeEvent["type"],
  schema: AnySchema,
  more: v.ObjectEntries = {},
): AnySchema {
  const { entries } = outputSchema(schema) as unknown as {
    readonly entries: v.ObjectEntries;
  };
  return v.object({
    type: v.literal(type),
    ...BASE,
    requestId: text,
    ...entries,
    ...more,
  });
}

/**
 * Schemas of the events that are not messages of the wire. The union type makes the compiler name a
 * missing one.
 */
const DERIVED: { readonly [T in DerivedType]: AnySchema } = {
  assistant_text: event<AssistantText>("assistant_text", {
    ...BLOCK,
    text,
    error: maybe(text),
    aborted: maybe(v.boolean()),
    supersedes: maybe(v.array(text)) as v.OptionalSchema<
      Reads<readonly string[]>,
      undefined
    >,
  }),
  thinking: event<Thinking>("thinking", {
    ...BLOCK,
    text,
    signature: maybe(text),
    redacted: v.boolean(),
  }),
  tool_use: event<ToolUse>("tool_use", {
    ...BLOCK,
    toolUseId: text,
    name: text,
    input: object,
    server: v.boolean(),
  }),
  tool_result: event<ToolResult>("tool_result", {
    ...CONTENT,
    toolUseId: text,
    toolName: maybe(text),
    toolInput: maybe(object),
    content: v.optional(v.unknown()) as Reads<unknown>,
    text,
    isError: v.boolean(),
    structured: maybe(v.unknown()),
    durationMs: maybe(v.number()),
    server: v.boolean(),
  }),
  user_text: event<UserText>("user_text", {
    ...CONTENT,
    text,
    synthetic: v.boolean(),
  }),
  user_replay: event<UserReplay>("user_replay", {
    ...CONTENT,
    content: v.union([text, v.array(v.unknown())]) as Reads<
      UserReplay["content"]
    >,
  }),
  file_change: event<FileChange>("file_change", {
    ...CONTENT,
    op: v.picklist(["write", "edit", "notebook_edit"]) as Reads<
      FileChange["op"]
    >,
    path: text,
    toolUseId: text,
  }),
  todos_changed: event<TodosChanged>("todos_changed", {
    ...CONTENT,
    todos: v.array(v.object({
      id: maybe(text),
      content: text,
      status: text,
      activeForm: maybe(text),
      description: maybe(text),
      owner: maybe(text),
      blockedBy: maybe(v.array(text)),
    })) as Reads<readonly TodoItem[]>,
    toolUseId: text,
  }),
  session_restarted: event<SessionRestarted>("session_restarted", {
    ...BASE,
    attempt: v.number(),
    reason: text,
    resumedFrom: maybe(text),
  }),
  tool_input_delta: event<ToolInputDelta, "snapshot">("tool_input_delta", {
    ...CONTENT,
    toolUseId: text,
    name: text,
    index: v.number(),
    partialJson: text,
  }),
  tool_call: event<ToolCall>("tool_call", {
    ...BASE,
    phase: v.picklist(["start", "progress", "end"]) as Reads<ToolCall["phase"]>,
    serverName: text,
    name: text,
    toolUseId: maybe(text),
    input: object,
    progress: maybe(v.number()),
    message: maybe(text),
    durationMs: maybe(v.number()),
    isError: maybe(v.boolean()),
  }),
  permission_decision: event<PermissionDecision>("permission_decision", {
    ...BASE,
    toolName: text,
    toolUseId: text,
    agentId: maybe(text),
    behavior: v.picklist(["allow", "deny", "undecided"]) as Reads<
      PermissionDecision["behavior"]
    >,
    by: v.picklist(
      ["policy", "consumer", "unattended", "timeout"],
    ) as Reads<PermissionDecision["by"]>,
    policy: maybe(text),
    reason: maybe(text),
    remember: maybe(
      v.picklist(["session", "local", "project", "user"]) as Reads<
        NonNullable<PermissionDecision["remember"]>
      >,
    ),
    notRemembered: maybe(
      v.picklist(["session", "local", "project", "user"]) as Reads<
        NonNullable<PermissionDecision["notRemembered"]>
      >,
    ),
    inputChanged: maybe(v.boolean()),
  }),
  budget_threshold: event<BudgetThreshold>("budget_threshold", {
    ...BASE,
    metric: v.picklist(["cost", "turns", "tokens"]) as Reads<
      BudgetThreshold["metric"]
    >,
    threshold: v.number(),
    value: v.number(),
  }),
  rate_limit_wait: event<RateLimitWait>("rate_limit_wait", {
    ...BASE,
    resetsAt: v.number(),
    waitMs: v.number(),
    sends: v.picklist(["prompt", "message"]) as Reads<RateLimitWait["sends"]>,
  }),
  stalled: event<Stalled>("stalled", {
    ...BASE,
    idleMs: v.number(),
    lastEventType: maybe(text),
    endMs: maybe(v.number()),
    waitsFor: maybe(
      v.picklist([
        "permission_request",
        "elicitation_request",
        "user_dialog_request",
      ]) as Reads<NonNullable<Stalled["waitsFor"]>>,
    ),
    requestId: maybe(text),
  }),
  configuration_mismatch: event<ConfigurationMismatch>(
    "configuration_mismatch",
    {
      ...BASE,
      option: text,
      expected: text,
      found: maybe(text),
      message: text,
    },
  ),
  warning: event<Warning>("warning", {
    ...BASE,
    kind: v.picklist(["option", "hook", "request", "behavior"]) as Reads<
      Warning["kind"]
    >,
    what: text,
    needs: maybe(text),
    has: maybe(text),
    message: text,
  }),
  events_dropped: event<EventsDropped>("events_dropped", {
    ...BASE,
    count: v.number(),
  }),
  permission_request: request("permission_request", toolRequest, {
    kind: v.picklist(TOOL_KINDS),
    parentToolUseId: maybe(text),
    subagentType: maybe(text),
    skill: maybe(
      v.object({ name: text, source: maybe(text), invokedBy: text }),
    ),
  }),
  elicitation_request: request("elicitation_request", elicitation),
  user_dialog_request: request("user_dialog_request", userDialog),
  // `--json` prints the `raw` of unknown events, because they have no other content.
  unknown: v.object({
    type: v.literal("unknown"),
    ...BASE,
    reason: v.picklist(
      [
        "not_json",
        "not_object",
        "type",
        "subtype",
        "block",
        "invalid",
        "oversized",
        "truncated",
      ] satisfies readonly UnknownEvent["reason"][],
    ),
    wireType: maybe(text),
    wireSubtype: maybe(text),
    issues: v.optional(
      v.array(v.object(
        { path: text, message: text } satisfies Record<
          keyof FieldIssue,
          unknown
        >,
      )),
    ),
    lineBytes: v.optional(v.number()),
    raw: v.optional(v.unknown()),
  }),
};

/** Returns the schema of an event as JSON. */
export function schemaOf(type: ClaudeEvent["type"]): AnySchema {
  return Object.hasOwn(DERIVED, type)
    ? DERIVED[type as DerivedType]
    : KINDS[type as Exclude<ClaudeEvent["type"], DerivedType>].output();
}
