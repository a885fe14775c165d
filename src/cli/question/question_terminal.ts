/**
 * Reads the answer to a question from a terminal: one key at a time, and only keys that were
 * pressed after the question was drawn.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { CapturedInput, InputLines } from "../input/input_lines.ts";
import { type Span, widthOf } from "../text/terminal.ts";
import {
  type Key,
  KeyReader,
  PASTE_MARKS_OFF,
  PASTE_MARKS_ON,
  STATUS_QUERY,
  typedText,
} from "./keys.ts";
import type { QuestionLine } from "./question_text.ts";

/** A screen for questions. Its methods fail if the text cannot be shown. */
export interface QuestionScreen {
  /** Current width. */
  readonly columns: number;
  /** Current height. */
  readonly rows: number;
  /** Whether it does not support control sequences: `TERM=dumb`. */
  readonly isDumb: boolean;
  /** Writes text with control characters escaped. */
  print(...spans: readonly Span[]): Promise<void>;
  /** Writes a control sequence unchanged. */
  control(sequence: string): Promise<void>;
}

/** Parts that a {@linkcode QuestionTerminal} is built from. */
export interface QuestionTerminalParts {
  readonly screen: QuestionScreen;
  readonly input: InputLines;
  /** Switches the terminal to single keys without echo, and back. */
  readonly setRaw: (isRaw: boolean) => void;
  /**
   * Stops this program as Ctrl-Z does; resolves when it continues. Without it Ctrl-Z does nothing.
   */
  readonly suspend?: () => Promise<void>;
  /** Calls back after `ms` milliseconds. Returns a function that cancels it. */
  readonly after?: (ms: number, call: () => void) => () => void;
}

/**
 * Number of silent rounds after which a terminal that has not answered the status query is assumed
 * never to answer. From then on keys count if they follow a silence of the same length. A single
 * round is not enough: on a busy machine it may end before pending keys are read.
 */
export const QUIET_ROUNDS = 3;
const ROUND_MS = 150;

function afterTimeout(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}

const SILENCE = Symbol("silence");

/** The terminal was closed, or its input ended. */
export class InputEnded extends Error {
  override readonly name = "InputEnded";
}

/** Asks on a terminal. */
export class QuestionTerminal {
  readonly screen: QuestionScreen;
  readonly #parts: QuestionTerminalParts;
  /** Number of queries that the terminal has not answered yet. */
  #unanswered = 0;
  /** Whether the terminal is believed to answer queries. */
  #answers: boolean;

  constructor(parts: QuestionTerminalParts) {
    this.#parts = parts;
    this.screen = parts.screen;
    this.#answers = !parts.screen.isDumb;
  }

  /** Takes over the terminal for a question. Dispose of the result afterwards. */
  open(): OpenTerminal {
    return new OpenTerminal(this.#parts, {
      answers: () => this.#answers,
      asked: () => {
        this.#unanswered++;
      },
      answered: () => {
        this.#unanswered = Math.max(0, this.#unanswered - 1);
        if (this.#unanswered === 0) this.#answers = true;
        return this.#unanswered === 0;
      },
      silent: () => {
        this.#answers = false;
      },
    });
  }
}

/** Tracks the terminal's answers to status queries across all questions. */
interface StatusAnswers {
  answers(): boolean;
  asked(): void;
  /** Notes an answer. Returns whether it was the last one due. */
  answered(): boolean;
  silent(): void;
}

/** A terminal in raw mode. */
export class OpenTerminal implements AsyncDisposable {
  readonly #parts: QuestionTerminalParts;
  readonly #status: StatusAnswers;
  readonly #input: CapturedInput;
  readonly #reader = new KeyReader();
  readonly #keys: Key[] = [];
  /** Keys typed before the question, kept for the prompt. */
  readonly #ahead: Key[] = [];
  readonly #restore = () => this.#leaveRaw();
  #isRaw = false;
  #isFirst = true;
  #promptWidth = 0;

  constructor(parts: QuestionTerminalParts, status: StatusAnswers) {
    this.#parts = parts;
    this.#status = status;
    this.#input = parts.input.capture();
    try {
      this.#enterRaw();
    } catch (error) {
      this.#input.release("");
      throw error;
    }
    // Restore the mode if the program ends in the middle of a question.
    globalThis.addEventListener("unload", this.#restore);
  }

  /** Width and height. */
  get screen(): QuestionScreen {
    return this.#parts.screen;
  }

  /** Restores the terminal. */
  async [Symbol.asyncDispose](): Promise<void> {
    globalThis.removeEventListener("unload", this.#restore);
    const { screen } = this.#parts;
    // If this fails, the terminal is gone; the mode is restored anyway.
    if (!screen.isDumb) await screen.control(PASTE_MARKS_OFF).catch(() => {});
    this.#leaveRaw();
    this.#input.release(typedText([...this.#ahead, ...this.#keys.splice(0)]));
  }

  #enterRaw(): void {
    this.#parts.setRaw(true);
    this.#isRaw = true;
  }

  #leaveRaw(): void {
    if (!this.#isRaw) return;
    this.#isRaw = false;
    try {
      this.#parts.setRaw(false);
    } catch {
      // The terminal is gone: there is nothing to restore.
    }
  }

  /** Writes lines. */
  async lines(lines: readonly QuestionLine[]): Promise<void> {
    await this.screen.print(...lines.flatMap((line) => [...line, "\n"]));
  }

  /**
   * Writes the prompt, a line without a line break that waits for the answer. It must fit the
   * width.
   */
  async prompt(...spans: readonly Span[]): Promise<void> {
    const text = spans.map((span) =>
      typeof span === "string" ? span : span.text
    ).join("");
    this.#promptWidth = widthOf(text);
    await this.screen.print(...spans);
  }

  /** Erases the prompt, or ends its line if erasing is impossible. */
  async erasePrompt(): Promise<void> {
    const { screen } = this;
    // If the window has become narrower, the prompt may occupy several lines.
    const fits = this.#promptWidth < screen.columns;
    if (screen.isDumb || !fits) await screen.print("\n");
    else await screen.control("\r\x1b[2K");
    this.#promptWidth = 0;
  }

  /**
   * Waits until the terminal has drawn all output: keys pressed before that do not count. Text
   * typed before the question is kept for the prompt. Write the line that asks for a key after this
   * call, so that its appearance shows when keys count.
   *
   * @throws {InputEnded} The terminal is gone.
   */
  async settle(signal: AbortSignal): Promise<void> {
    const early = await this.#untilDrawn(signal);
    if (this.#isFirst) this.#ahead.push(...early);
    this.#isFirst = false;
    // Ctrl-C counts whenever it was pressed.
    if (early.some(({ type }) => type === "interrupt")) {
      this.#keys.unshift({ type: "interrupt" });
    }
  }

  async #untilDrawn(signal: AbortSignal): Promise<Key[]> {
    const { screen } = this.#parts;
    if (!screen.isDumb) await screen.control(PASTE_MARKS_ON);
    const early = this.#keys.splice(0);
    if (this.#status.answers()) {
      this.#status.asked();
      await screen.control(STATUS_QUERY);
    }
    let quiet = 0;
    while (quiet < QUIET_ROUNDS) {
      const piece = await this.#readFor(ROUND_MS, signal);
      if (piece === SILENCE) {
        quiet++;
        continue;
      }
      quiet = 0;
      let isDrawn = false;
      for (const key of this.#reader.take(piece)) {
        if (key.type === "status") isDrawn = this.#status.answered();
        else if (isDrawn) this.#keys.push(key);
        else early.push(key);
      }
      if (isDrawn) return early;
    }
    this.#status.silent();
    return early;
  }

  /** Returns the next piece of input if one arrives within the given time. */
  async #readFor(
    ms: number,
    signal: AbortSignal,
  ): Promise<string | typeof SILENCE> {
    const { after = afterTimeout } = this.#parts;
    const late = new AbortController();
    const cancel = after(ms, () => late.abort(SILENCE));
    try {
      return await this.#read(AbortSignal.any([signal, late.signal]));
    } catch (reason) {
      if (reason === SILENCE) return SILENCE;
      throw reason;
    } finally {
      cancel();
    }
  }

  async #read(signal: AbortSignal): Promise<string> {
    const piece = await this.#input.read(signal);
    if (piece === undefined) throw new InputEnded("The terminal is gone");
    return piece;
  }

  /**
   * Returns the next key.
   *
   * @throws {InputEnded} The terminal is gone.
   */
  async key(signal: AbortSignal): Promise<Key> {
    for (;;) {
      const key = this.#keys.shift();
      if (key === undefined) {
        this.#keys.push(...this.#reader.take(await this.#read(signal)));
      } else if (key.type === "status") this.#status.answered();
      else return key;
    }
  }

  /** Restores the terminal while another program, such as an editor, uses it. */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    const { screen } = this.#parts;
    if (!screen.isDumb) await screen.control(PASTE_MARKS_OFF);
    this.#leaveRaw();
    try {
      return await use();
    } finally {
      this.#enterRaw();
    }
  }

  /** Stops the program as on Ctrl-Z, if possible. Returns whether it was stopped. */
  async suspend(): Promise<boolean> {
    const { suspend } = this.#parts;
    if (suspend === undefined) return false;
    await this.lend(suspend);
    return true;
  }

  /**
   * Reads a line that the person types. `undefined` on Ctrl-D.
   *
   * @returns The key `"interrupt"` on Ctrl-C.
   */
  async line(signal: AbortSignal): Promise<string | Key | undefined> {
    const clusters: string[] = [];
    for (;;) {
      const key = await this.key(signal);
      switch (key.type) {
        case "interrupt":
          return key;
        case "end":
          if (clusters.length === 0) return undefined;
          break;
        case "enter":
          await this.screen.print("\n");
          return clusters.join("");
        case "text":
        case "paste": {
          const text = key.text.replace(/\s+/g, " ");
          clusters.push(...text);
          await this.screen.print(text);
          break;
        }
        case "backspace":
        case "clear": {
          const count = key.type === "clear" ? clusters.length : 1;
          for (const gone of clusters.splice(-count, count).reverse()) {
            const width = widthOf(gone);
            if (this.screen.isDumb) continue;
            await this.screen.control(
              "\b".repeat(width) + " ".repeat(width) + "\b".repeat(width),
            );
          }
          break;
        }
      }
    }
  }
}
