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
  /** The text is an error and not an answer: `authentication_failed`, `rate_limit`, … */
  readonly error?: string;
  /** The turn was interrupted: the text is cut. */
  readonly aborted?: boolean;
  /** Blocks that this one takes the place of, by `uuid`: what was shown of them should go. */
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
  /** The thoughts. Empty where they are redacted. */
  readonly text: string;
  /** The API's signature of them. */
  readonly signature?: string;
  /** The API gave them in a form that only it can read. */
  readonly redacted: boolean;
}

/** What a tool gave. */
export interface ToolResult extends ContentBase<"tool_result"> {
  /** Id of the call. */
  readonly toolUseId: string;
  /** Name of the tool. Absent where the call was not in the stream. */
  readonly toolName?: string;
  /** What it was called with. Absent where the call was not in the stream. */
  readonly toolInput?: WireObject;
  /** What the model sees: a string, or blocks of the API, untouched. */
  readonly content: unknown;
  /** The text in `content`, put together; empty where there is none. */
  readonly text: string;
  /** The call failed, or was denied. */
  readonly isError: boolean;
  /** The tool's own structured result, untouched. */
  readonly structured?: unknown;
  /**
   * The tool's own time, in milliseconds: from the end of the call's block to this
   * result, by the times that the CLI wrote on both, less what the call waited for a
   * person, a policy or a hook of this program to decide on it. In a saved stream, which
   * does not say when they did, it includes that. Absent where the CLI wrote no times
   * (2.1.197).
   */
  readonly durationMs?: number;
  /** The API ran it, such as its own web search. */
  readonly server: boolean;
}

/** Text that the CLI gave to the model by itself: a subagent's prompt, a reminder, an interruption. */
export interface UserText extends ContentBase<"user_text"> {
  /** The whole text. */
  readonly text: string;
  /** The CLI made it up to go on. */
  readonly synthetic: boolean;
}

/** An echo of a prompt, or of the output of a local command. */
export interface UserReplay extends ContentBase<"user_replay"> {
  /** What it says: a string, or blocks of the API, untouched. */
  readonly content: string | readonly unknown[];
}
