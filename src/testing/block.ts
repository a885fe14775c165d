/**
 * The content blocks of scripted replies. `text` and `thinking` and the JSON of a tool's input take
 * either one string or an array of pieces: each string is a separate delta, and a `Gate` or a fault
 * between two strings happens between these two deltas.
 *
 * @example Thinking, text in two deltas, and a tool call
 * ```ts
 * import { block, reply } from "@claudestream/core/testing";
 *
 * const scripted = reply.message([
 *   block.thinking("I should look"),
 *   block.text(["Let me ", "look"]),
 *   block.toolUse("Read", { file_path: "/tmp/notes.txt" }),
 * ]);
 * console.assert(scripted.content.length === 3);
 * ```
 *
 * @module
 */

import type {
  ApiEvent,
  OtherBlock,
  Piece,
  RedactedThinkingBlock,
  TextBlock,
  ThinkingBlock,
  ToolUseBlock,
} from "./script.ts";

/**
 * A block of text.
 *
 * @param pieces The text, or its pieces.
 * @returns The block.
 */
export function text(pieces: string | readonly Piece[]): TextBlock {
  return { type: "text", pieces: toPieces(pieces) };
}

/**
 * A block of thinking.
 *
 * @param pieces The thoughts, or their pieces.
 * @param signature The signature, sent as the last delta.
 * @returns The block.
 */
export function thinking(
  pieces: string | readonly Piece[],
  signature = "c2lnbmF0dXJl",
): ThinkingBlock {
  return { type: "thinking", pieces: toPieces(pieces), signature };
}

/**
 * A block of encrypted thinking.
 *
 * @param data The encrypted thoughts.
 * @returns The block.
 */
export function redactedThinking(data = "ZW5jcnlwdGVk"): RedactedThinkingBlock {
  return { type: "redacted_thinking", data };
}

/** Options of {@linkcode toolUse}. */
export interface ToolUseOptions {
  /** Id of the call; by default the server assigns one (`toolu_scripted_0001`, …). */
  readonly id?: string;
  /**
   * The JSON to stream instead of the input's: in pieces of your choice, with gates, or broken on
   * purpose.
   */
  readonly json?: string | readonly Piece[];
}

/**
 * A call of a tool.
 *
 * @param name The name of the tool, such as `Bash`.
 * @param input The input of the tool.
 * @param options The id, and the JSON as it is streamed.
 * @returns The block.
 */
export function toolUse(
  name: string,
  input: Readonly<Record<string, unknown>> = {},
  options: ToolUseOptions = {},
): ToolUseBlock {
  const pieces = toPieces(options.json ?? JSON.stringify(input));
  return { type: "tool_use", id: options.id, name, pieces };
}

/**
 * A block of any type, for types that a later version of the API may send.
 *
 * @param start The block as `content_block_start` shows it.
 * @param deltas The deltas that follow.
 * @returns The block.
 */
export function other(
  start: ApiEvent,
  deltas: readonly ApiEvent[] = [],
): OtherBlock {
  return { type: "other", start, deltas };
}

function toPieces(pieces: string | readonly Piece[]): readonly Piece[] {
  return typeof pieces === "string" ? [pieces] : pieces;
}
