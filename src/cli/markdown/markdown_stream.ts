/**
 * Formats Markdown that arrives in pieces: a block is finished as soon as the next one starts.
 * Pure.
 *
 * @module
 */

// Only its lexer, which takes everything for text that it does not know.
import { lexer, type Token } from "marked";
import type { Line } from "../live/live_region.ts";
import { escapeControls } from "../text/terminal.ts";
import { blocksLines, type Highlight } from "./blocks.ts";
import { wrapProse } from "./wrap.ts";

/** Beyond this the open block is looked at less and less often, or long ones would cost the square. */
const SMALL = 4096;
/** Maximum length of an unfinished block that is formatted; a longer one is shown as plain text. */
const MOST_DRAWN = 16_384;
/**
 * Matches text that would take the lexer minutes: many marks on one line, or deeply nested lists.
 */
const PATHOLOGICAL =
  /^(?:[ \t]*(?:[>*+-]|\d+[.)])){40}|^[ \t]{200}|[[*_`~<(]{500}/m;

/** One of each kind, so that each pattern of the lexer is used. */
const SAMPLE =
  "# A\n\n**b** *c* `d` [e](f) https://g.example\nh\n\n- i\n\n1. j\n\n> k\n\n| l |\n|---|\n| m |\n\n```\nn\n```\n";

let isWarm = false;

/**
 * Formats a sample, once: the engine compiles the patterns of the lexer when they are first used, which
 * takes 30 ms and more. Call it while the model thinks, or the first words wait for it.
 */
export function warmUp(): void {
  if (isWarm) return;
  isWarm = true;
  const stream = new MarkdownStream(() => 80);
  stream.push(SAMPLE);
  stream.open();
  stream.finished();
  stream.end(true);
}

/** Reads Markdown in pieces of any size. */
export class MarkdownStream {
  /** Colours code, once it is loaded. */
  highlight: Highlight | undefined;
  readonly #columns: () => number;
  /** Text after the last finished block. */
  #rest = "";
  #nextLook = 0;
  /** The last thing that was printed was a block. */
  #isBelowBlock = false;
  #needsGap = false;

  /** @param columns Width of the window, now. */
  constructor(columns: () => number) {
    this.#columns = columns;
  }

  /** Whether there is text in no finished block. */
  get isOpen(): boolean {
    return this.#rest.trim() !== "";
  }

  /** Whether a code block is open or in the pending text. */
  get hasCode(): boolean {
    return /^ *(?:```|~~~)/m.test(this.#rest);
  }

  /** Takes a piece. Nothing in it reaches the terminal but as text. */
  push(text: string): void {
    const isFirst = this.#rest === "";
    this.#rest += escapeControls(text);
    if (!isFirst) return;
    const body = this.#rest.replace(/^\n+/, "");
    if (body.length < this.#rest.length) this.#needsGap = true;
    this.#rest = body;
  }

  /** Returns the lines of the blocks that are finished. */
  finished(): readonly Line[] {
    const end = this.#rest.lastIndexOf("\n") + 1;
    if (end === 0 || end < this.#nextLook) return [];
    // A line without its end may yet become something else.
    const tokens = tokensOf(this.#rest.slice(0, end));
    const last = tokens?.findLastIndex(({ type }) => type !== "space") ?? 0;
    const done = tokens?.slice(0, last) ?? [];
    const size = done.reduce((sum, { raw }) => sum + raw.length, 0);
    this.#rest = this.#rest.slice(size);
    this.#nextLook = this.#rest.length < SMALL
      ? 0
      : Math.floor(this.#rest.length * 1.2);
    return this.#spaced(this.#lines(done));
  }

  /**
   * Ends the open block, and returns its lines.
   *
   * @param isInterrupted Something else is printed next.
   */
  end(isInterrupted: boolean): readonly Line[] {
    const lines = this.isOpen ? this.#spaced(this.#all(this.#rest)) : [];
    this.#rest = "";
    this.#nextLook = 0;
    if (isInterrupted) this.#isBelowBlock = this.#needsGap = false;
    return lines;
  }

  /** Returns the lines of the unfinished block so far. */
  open(): readonly Line[] {
    if (!this.isOpen) return [];
    const lines = this.#rest.length > MOST_DRAWN
      ? this.#plain(this.#rest.slice(-MOST_DRAWN / 4))
      : this.#all(this.#rest);
    return this.#isBelowBlock || this.#needsGap ? [[], ...lines] : lines;
  }

  #spaced(lines: readonly Line[]): readonly Line[] {
    if (lines.length === 0) return [];
    const isSpaced = this.#isBelowBlock || this.#needsGap;
    this.#isBelowBlock = true;
    this.#needsGap = false;
    return isSpaced ? [[], ...lines] : lines;
  }

  #all(text: string): readonly Line[] {
    const tokens = tokensOf(text);
    return tokens === undefined ? this.#plain(text) : this.#lines(tokens);
  }

  #lines(tokens: readonly Token[]): readonly Line[] {
    return blocksLines(tokens, {
      columns: this.#width,
      highlight: this.highlight,
    });
  }

  #plain(text: string): readonly Line[] {
    return text.replace(/\n+$/, "").split("\n")
      .flatMap((line) => wrapProse([line], this.#width));
  }

  // The last column stays free: some terminals break a line there.
  get #width(): number {
    return Math.max(10, this.#columns() - 1);
  }
}

/** Returns the blocks of a text; `undefined` if it can only be shown as plain text. */
function tokensOf(text: string): readonly Token[] | undefined {
  if (PATHOLOGICAL.test(text)) return undefined;
  try {
    const tokens = lexer(text);
    // The finished part of a text is dropped by its length.
    return tokens.map(({ raw }) => raw).join("") === text ? tokens : undefined;
  } catch (error) {
    // A text that nests too deep for its stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
