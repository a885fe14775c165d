/**
 * Blocks of content as events: what the flat view makes of `assistant` and `user`.
 *
 * @module
 */

import type { ContentBase, WireObject } from "../messages/_define.ts";

/** What the events of blocks in a reply have in common. */
export interface BlockBase<T extends string> extends ContentBase<T> {
  /** Which block of the reply, from 0. */
  readonly index: number;
  /** Its deltas were delivered before: a renderer that printed them skips this. */
  readonly streamed: boolean;
}

/** A block of text in a reply. */
export interface AssistantText extends BlockBase<"assistant_text"> {
  /** The whole text of the block. */
  readonly text: string;
  /** The text is an error, not an answer: `authentication_failed`, `rate_limit`, … */
  readonly error?: string;
  /** The turn was interrupted: the text is cut off. */
  readonly aborted?: boolean;
  /** Blocks that this one replaces, by `uuid`: remove what was shown of them. */
  readonly supersedes?: readonly string[];
}

/** A call of a tool. */
export interface ToolUse extends BlockBase<"tool_use"> {
  /** Id of the call; its {@linkcode ToolResult} has the same. */
  readonly toolUseId: string;
  /** Name of the tool; of an MCP server's, `mcp__server__tool`. */
  readonly name: string;
  /** What it is called with, as the model wrote it. */
  readonly input: WireObject;
  /** The API runs it, such as its own web search; nothing runs here. */
  readonly server: boolean;
}

/** Extended thinking. */
export interface Thinking extends BlockBase<"thinking"> {
  /** The thoughts. Empty if they are redacted. */
  readonly text: string;
  /** The API's signature of them. */
  readonly signature?: string;
  /** The API sent them in a form that only it can read. */
  readonly redacted: boolean;
}

/** The result of a tool call. */
export interface ToolResult extends ContentBase<"tool_result"> {
  /** Id of the call. */
  readonly toolUseId: string;
  /** Name of the tool. Absent if the call was not in the stream. */
  readonly toolName?: string;
  /** What it was called with. Absent if the call was not in the stream. */
  readonly toolInput?: WireObject;
  /** What the model sees: a string, or blocks of the API, unchanged. */
  readonly content: unknown;
  /** The texts in `content`, joined; empty if there are none. */
  readonly text: string;
  /** The call failed, or was denied. */
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
  /** The API ran it, such as its own web search. */
  readonly server: boolean;
}

/** Text that the CLI itself sent to the model: a subagent's prompt, a reminder, an interruption. */
export interface UserText extends ContentBase<"user_text"> {
  /** The whole text. */
  readonly text: string;
  /** The CLI made it up to continue. */
  readonly synthetic: boolean;
}

/** An echo of a prompt, or of the output of a local command. */
export interface UserReplay extends ContentBase<"user_replay"> {
  /** Its content: a string, or blocks of the API, unchanged. */
  readonly content: string | readonly unknown[];
}
