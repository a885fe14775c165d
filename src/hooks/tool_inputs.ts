/**
 * Inputs of the hooks around tool calls and permissions. Pure.
 *
 * @module
 */

import * as v from "valibot";
import type { PermissionUpdate } from "../events/permissions.ts";
import {
  isWireObject,
  type Reads,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import {
  hookInput,
  type HookInputBase,
  type HookMcpServer,
  hookMcpServer,
  type ReadsInput,
} from "./input.ts";

/** A tool call, as the hooks around it see it. */
export interface HookToolCall {
  /** Name of the tool; of an MCP server's, `mcp__server__tool`. */
  readonly toolName: string;
  /** What it is called with. */
  readonly toolInput: WireObject;
  /** Id of the call. */
  readonly toolUseId: string;
  /** The server, for a tool of an MCP server. */
  readonly mcpServer?: HookMcpServer;
}

/**
 * A tool is about to be called. A hook can let it run, stop it, have the question
 * asked, or change the input.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_05-hooks-all.ndjson.
 */
export interface PreToolUseInput
  extends HookInputBase<"PreToolUse">, HookToolCall {}

/** A tool call succeeded. Seen in CLI 2.1.330. */
export interface PostToolUseInput
  extends HookInputBase<"PostToolUse">, HookToolCall {
  /** The result of the tool; its shape depends on the tool. */
  readonly toolResponse: unknown;
  /** Time that the tool took, without questions and hooks, in milliseconds. */
  readonly durationMs?: number;
}

/** A tool call failed. Seen in CLI 2.1.330. */
export interface PostToolUseFailureInput
  extends HookInputBase<"PostToolUseFailure">, HookToolCall {
  /** What the model sees of it. */
  readonly error: string;
  /** It was interrupted. */
  readonly isInterrupt?: boolean;
  /** Time that the tool took, without questions and hooks, in milliseconds. */
  readonly durationMs?: number;
}

/** A call in a {@linkcode PostToolBatchInput}. */
export interface HookBatchCall {
  /** Name of the tool. */
  readonly toolName: string;
  /** What it was called with. */
  readonly toolInput: WireObject;
  /** Id of the call. */
  readonly toolUseId: string;
  /** What the model sees of it. */
  readonly toolResponse?: unknown;
}

/** All calls of one reply have ended; the next request of the model comes after. Seen in CLI 2.1.330. */
export interface PostToolBatchInput extends HookInputBase<"PostToolBatch"> {
  /** The calls. */
  readonly toolCalls: readonly HookBatchCall[];
}

/**
 * The CLI wants to ask whether a tool may run. The hook and the question of a policy are
 * open at the same time: the first decision holds, the other is withdrawn. What a policy
 * leaves undecided is denied at once if no one reads events, before the hook can answer.
 * Seen in CLI 2.1.330.
 */
export interface PermissionRequestInput
  extends HookInputBase<"PermissionRequest"> {
  /** Name of the tool. */
  readonly toolName: string;
  /** Input of the call. */
  readonly toolInput: WireObject;
  /** Changes of the rules that would make the question unnecessary. */
  readonly permissionSuggestions?: readonly PermissionUpdate[];
  /** The server, for a tool of an MCP server. */
  readonly mcpServer?: HookMcpServer;
}

/**
 * A shell command in the text of a skill or slash command is about to run. This is not a tool call:
 * it has no `PreToolUse` and no question. A hook can only stop it: the command cannot be changed,
 * and no one can be asked. Older CLIs do not call the hook and run the command.
 *
 * Seen in CLI 2.1.332, which introduced it.
 */
export interface PreSkillShellCommandInput
  extends HookInputBase<"PreSkillShellCommand"> {
  /** Name of the shell tool: `Bash` or `PowerShell`. */
  readonly toolName: string;
  /** `command`: the command as it would run, with arguments filled in. */
  readonly toolInput: WireObject;
  /** Identifies this command. It names no tool call. */
  readonly toolUseId: string;
  /** Name of the skill or slash command. */
  readonly commandName: string;
  /** Where that comes from. */
  readonly commandSource?: string;
  /** `user`: a prompt. `claude`: the tool `Skill`, or a turn that Claude scheduled. `other`: anything else. */
  readonly invokedBy: string;
}

/** Mode `auto` denied a call. From the types of the official SDK 0.3.330; not seen. */
export interface PermissionDeniedInput
  extends HookInputBase<"PermissionDenied">, HookToolCall {
  /** Why. */
  readonly reason: string;
}

const text: Reads<string> = v.string();
const amount: Reads<number> = v.number();
const object: Reads<WireObject> = v.custom<WireObject>(isWireObject);
const anything: Reads<unknown> = v.unknown();

const call = {
  toolName: wire("tool_name", text),
  toolInput: wire("tool_input", object),
  toolUseId: wire("tool_use_id", text),
  mcpServer: wireOptional("mcp_server", hookMcpServer),
};

/** Reads a {@linkcode PreToolUseInput}. */
export const preToolUse: ReadsInput<PreToolUseInput> = hookInput<
  PreToolUseInput
>(call);

/** Reads a {@linkcode PostToolUseInput}. */
export const postToolUse: ReadsInput<PostToolUseInput> = hookInput<
  PostToolUseInput
>({
  ...call,
  toolResponse: wire("tool_response", anything),
  durationMs: wireOptional("duration_ms", amount),
});

/** Reads a {@linkcode PostToolUseFailureInput}. */
export const postToolUseFailure: ReadsInput<PostToolUseFailureInput> =
  hookInput<PostToolUseFailureInput>({
    ...call,
    error: wire("error", text),
    isInterrupt: wireOptional("is_interrupt", v.boolean()),
    durationMs: wireOptional("duration_ms", amount),
  });

/** Reads a {@linkcode PostToolBatchInput}. */
export const postToolBatch: ReadsInput<PostToolBatchInput> = hookInput<
  PostToolBatchInput
>({
  toolCalls: wire(
    "tool_calls",
    v.array(shape<HookBatchCall>({
      toolName: wire("tool_name", text),
      toolInput: wire("tool_input", object),
      toolUseId: wire("tool_use_id", text),
      toolResponse: wireOptional("tool_response", anything),
    })),
  ),
});

/** Reads a {@linkcode PermissionRequestInput}. */
export const permissionRequestInput: ReadsInput<PermissionRequestInput> =
  hookInput<PermissionRequestInput>({
    toolName: wire("tool_name", text),
    toolInput: wire("tool_input", object),
    permissionSuggestions: wireOptional(
      "permission_suggestions",
      v.array(object),
    ),
    mcpServer: wireOptional("mcp_server", hookMcpServer),
  });

/** Reads a {@linkcode PreSkillShellCommandInput}. */
export const preSkillShellCommand: ReadsInput<PreSkillShellCommandInput> =
  hookInput<PreSkillShellCommandInput>({
    toolName: wire("tool_name", text),
    toolInput: wire("tool_input", object),
    toolUseId: wire("tool_use_id", text),
    commandName: wire("command_name", text),
    commandSource: wireOptional("command_source", text),
    invokedBy: wire("invoked_by", text),
  });

/** Reads a {@linkcode PermissionDeniedInput}. */
export const permissionDenied: ReadsInput<PermissionDeniedInput> = hookInput<
  PermissionDeniedInput
>({ ...call, reason: wire("reason", text) });
