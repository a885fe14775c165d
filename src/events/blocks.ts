/**
 * Content blocks as events: the flat view splits `assistant` and `user` into these.
 *
 * @module
 */

import type { ContentBase, WireObject } from "../messages/_define.ts";

/** Common fields of events for blocks in a reply. */
export interface BlockBase<T extends string> extends ContentBase<T> {
  /** Index of the block in the reply, from 0. */
  readonly index: number;
  /** Whether its deltas were delivered before; a renderer that printed them skips this event. */
  readonly streamed: boolean;
}

/** A block of text in a reply. */
export interface AssistantText extends BlockBase<"assistant_text"> {
  /** The whole text of the block. */
  readonly text: string;
  /**
   * If the text is an error and not an answer, its code: `authentication_failed`, `rate_limit`, …
   */
  readonly error?: string;
  /** Whether the turn was interrupted, so that the text is cut off. */
  readonly aborted?: boolean;
  /** Blocks that this one replaces, by `uuid`: remove what was shown of them. */
  readonly supersedes?: readonly string[];
}

/** A call of a tool. */
export interface ToolUse extends BlockBase<"tool_use"> {
  /** Id of the call; its {@linkcode ToolResult} has the same. */
  readonly toolUseId: string;
  /** Name of the tool; `mcp__server__tool` for a tool of an MCP server. */
  readonly name: string;
  /** Input of the call, as the model wrote it. */
  readonly input: WireObject;
  /** Whether the API runs the tool, such as its own web search; nothing runs here. */
  readonly server: boolean;
}

/** Extended thinking. */
export interface Thinking extends BlockBase<"thinking"> {
  /** The thoughts. Empty if they are redacted. */
  readonly text: string;
  /** The API's signature of the thoughts. */
  readonly signature?: string;
  /** Whether the API sent the thoughts in a form that only it can read. */
  readonly redacted: boolean;
}

/** The result of a tool call. */
export interface ToolResult extends ContentBase<"tool_result"> {
  /** Id of the call. */
  readonly toolUseId: string;
  /** Name of the tool. Absent if the call was not in the stream. */
  readonly toolName?: string;
  /** Input of the call. Absent if the call was not in the stream. */
  readonly toolInput?: WireObject;
  /** What the model sees: a string, or blocks of the API, unchanged. */
  readonly content: unknown;
  /** The texts in `content`, joined; empty if there are none. */
  readonly text: string;
  /** Whether the call failed or was denied. */
  readonly isError: boolean;
  /** The tool's own structured result, unchanged. */
  readonly structured?: unknown;
  /**
   * The tool's own time, in milliseconds: from the end of the call's block to this
   * result, from the timestamps that the CLI wrote on both, less the time that the call
   * waited for a person, a policy or a hook of this program to decide. In a saved stream,
   * which does not say when they decided, that wait is included. Absent if the CLI wrote
   * no timestamps (2.1.197).
   */
  readonly durationMs?: number;
  /** Whether the API ran the tool, such as its own web search. */
  readonly server: boolean;
}

/** Text that the CLI itself sent to the model: a subagent's prompt, a reminder, an interruption. */
export interface UserText extends ContentBase<"user_text"> {
  /** The whole text. */
  readonly text: string;
  /** Whether the CLI generated the text in order to continue. */
  readonly synthetic: boolean;
}

/** An echo of a prompt, or of the output of a local command. */
export interface UserReplay extends ContentBase<"user_replay"> {
  /** Its content: a string, or blocks of the API, unchanged. */
  readonly content: string | readonly unknown[];
}
