/**
 * The answer on a terminal, as Markdown.
 *
 * @module
 */

import type { Flags } from "../flags/flags.ts";
import type { Line } from "../live/live_region.ts";
import { type Output, type Piece, readEnv } from "../output/output.ts";
import type { MarkdownStream } from "./markdown_stream.ts";

/** Whether an answer is shown as Markdown: to a person who has not asked for the plain text. */
export function wantsMarkdown(output: Output, flags: Flags): boolean {
  return output.terminals.stdout && output.stdoutColor &&
    flags.plain !== true && readEnv("TERM") !== "dumb" &&
    (readEnv("CI") ?? "") === "";
}

/** Prints blocks that are finished, and knows the lines of the one that is not. */
export class AnswerScreen {
  readonly #output: Output;
  /** Loaded while the model thinks: a pipe never needs it. */
  readonly #loading: Promise<MarkdownStream>;
  #stream: MarkdownStream | undefined;

  constructor(output: Output) {
    this.#output = output;
    this.#loading = import("./markdown_stream.ts").then(
      ({ MarkdownStream, warmUp }) => {
        warmUp();
        return new MarkdownStream(() => output.columns);
      },
    );
  }

  /** The lines of the block that is open. */
  open(): readonly Line[] {
    return this.#stream?.open() ?? [];
  }

  /** Prints pieces of a renderer: the answer block by block, everything else unchanged. */
  async print(pieces: readonly Piece[]): Promise<void> {
    if (pieces.length === 0) return;
    const stream = this.#stream ??= await this.#loading;
    for (const piece of pieces) {
      if (piece.to === "stdout") {
        stream.push(piece.text);
        if (stream.hasCode) await this.#loadColors(stream);
        await this.#lines(stream.finished());
      } else {
        await this.#lines(stream.end(!isLineBreak(piece)));
        // It would end the line of the answer, which has ended.
        if (!isLineBreak(piece)) await this.#output.print([piece]);
      }
    }
  }

  /** Whether a block is open. */
  get isOpen(): boolean {
    return this.#stream?.isOpen ?? false;
  }

  /**
   * Prints what is open.
   *
   * @param isInterrupted Something else is printed next.
   */
  async end(isInterrupted: boolean): Promise<void> {
    const stream = this.#stream ??= await this.#loading;
    await this.#lines(stream.end(isInterrupted));
  }

  async #loadColors(stream: MarkdownStream): Promise<void> {
    stream.highlight ??= (await import("./highlight.ts")).highlight;
  }

  async #lines(lines: readonly Line[]): Promise<void> {
    if (lines.length === 0) return;
    const spans = lines.flatMap((line) => [...line, "\n"]);
    await this.#output.print([{ to: "screen", spans }]);
  }
}

function isLineBreak(piece: Piece): boolean {
  return piece.to === "stderr" && piece.spans.length === 1 &&
    piece.spans[0] === "\n";
}
