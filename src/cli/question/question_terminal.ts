/**
 * The terminal that a question is asked on: one key at a time, and only keys that were
 * pressed after the question was drawn.
 *
 * @module
 */

import type { CapturedInput, InputLines } from "../input_lines.ts";
import { type Span, widthOf } from "../terminal.ts";
import {
  type Key,
  KeyReader,
  PASTE_MARKS_OFF,
  PASTE_MARKS_ON,
  STATUS_QUERY,
  typedText,
} from "./keys.ts";
import type { QuestionLine } from "./question_text.ts";

/** Where questions are written. Writing fails where nobody can see it. */
export interface QuestionScreen {
  /** Width, now. */
  readonly columns: number;
  /** Height, now. */
  readonly rows: number;
  /** Whether it obeys no sequences: `TERM=dumb`. */
  readonly isDumb: boolean;
  /** Writes text, harmless. */
  print(...spans: readonly Span[]): Promise<void>;
  /** Writes a sequence for the terminal as it is. */
  control(sequence: string): Promise<void>;
}

/** What a {@linkcode QuestionTerminal} stands on. */
export interface QuestionTerminalParts {
  readonly screen: QuestionScreen;
  readonly input: InputLines;
  /** Switches the terminal to single keys without echo, and back. */
  readonly setRaw: (isRaw: boolean) => void;
  /** Stops this program as Ctrl-Z does, until it goes on. Without it Ctrl-Z does nothing. */
  readonly suspend?: () => Promise<void>;
  /** Calls back after so many milliseconds; returns what cancels it. */
  readonly after?: (ms: number, call: () => void) => () => void;
}

/**
 * A terminal that has not told that it drew the question once it was silent for so many
 * rounds, never will. From then on keys count that come after as long a silence. Several
 * rounds: on a busy machine a single one may end before keys are read that were there.
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
  /** Queries that the terminal has not answered yet. */
  #unanswered = 0;
  /** Whether it answers, as far as is known. */
  #answers: boolean;

  constructor(parts: QuestionTerminalParts) {
    this.#parts = parts;
    this.screen = parts.screen;
    this.#answers = !parts.screen.isDumb;
  }

  /** Takes the terminal for a question. Dispose of it afterwards. */
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

/** What is known of the terminal's answers, over all questions. */
interface StatusAnswers {
  answers(): boolean;
  asked(): void;
  /** Whether it was the last one. */
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
  /** Typed before the question: for the prompt. */
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
    // Where the program ends in the middle of a question.
    globalThis.addEventListener("unload", this.#restore);
  }

  /** Width and height. */
  get screen(): QuestionScreen {
    return this.#parts.screen;
  }

  /** Gives the terminal back as it was. */
  async [Symbol.asyncDispose](): Promise<void> {
    globalThis.removeEventListener("unload", this.#restore);
    const { screen } = this.#parts;
    // Nobody is there to see it if that fails, and the mode is set back all the same.
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
      // The terminal is gone: there is nothing left to set.
    }
  }

  /** Writes lines. */
  async lines(lines: readonly QuestionLine[]): Promise<void> {
    await this.screen.print(...lines.flatMap((line) => [...line, "\n"]));
  }

  /** Writes the line that stands open while somebody thinks. It must fit. */
  async prompt(...spans: readonly Span[]): Promise<void> {
    const text = spans.map((span) =>
      typeof span === "string" ? span : span.text
    ).join("");
    this.#promptWidth = widthOf(text);
    await this.screen.print(...spans);
  }

  /** Takes the open line back; where that is impossible, ends it. */
  async erasePrompt(): Promise<void> {
    const { screen } = this;
    // After the window was made narrower it may stand on several lines.
    const fits = this.#promptWidth < screen.columns;
    if (screen.isDumb || !fits) await screen.print("\n");
    else await screen.control("\r\x1b[2K");
    this.#promptWidth = 0;
  }

  /**
   * Waits until what was written is drawn: keys that were pressed before do not count. What
   * was typed before the question is kept for the prompt. Write the line that invites to
   * press a key afterwards, so that it says when one counts.
   *
   * @throws {InputEnded} The terminal is gone.
   */
  async settle(signal: AbortSignal): Promise<void> {
    const early = await this.#untilDrawn(signal);
    if (this.#isFirst) this.#ahead.push(...early);
    this.#isFirst = false;
    // Whenever it was pressed.
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

  /** The next piece of input, if one comes in so many milliseconds. */
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
   * The next key.
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

  /** Gives the terminal to somebody else for a while. */
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

  /** Stops the program, where that can be done. Says whether it was. */
  async suspend(): Promise<boolean> {
    const { suspend } = this.#parts;
    if (suspend === undefined) return false;
    await this.lend(suspend);
    return true;
  }

  /**
   * A line that somebody types. `undefined` at Ctrl-D.
   *
   * @returns `"interrupt"` as a key where it was Ctrl-C.
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
