/**
 * Reads prompts at a terminal, with an editor: also while a turn runs, for the time after it.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { CapturedInput, InputLines } from "../input/input_lines.ts";
import type { Output } from "../output/output.ts";
import { type Key, KeyReader, STATUS_QUERY } from "../question/keys.ts";
import { oneLine } from "../text/one_line.ts";
import { styled } from "../text/terminal.ts";
import { commonStart, type Complete } from "./completion.ts";
import { aheadView, editorView, sentLines } from "./editor_view.ts";
import type { History } from "./history.ts";
import { EDITOR_KEYS, LineEditor } from "./line_editor.ts";
import { onResize, RawMode } from "./raw_mode.ts";

/** What a {@linkcode PromptReader} needs. */
export interface PromptReaderParts {
  readonly output: Output;
  readonly lines: InputLines;
  readonly history: History;
  readonly complete: Complete;
  /** Lets a person edit a text in an editor of their own. */
  readonly edit: (text: string) => Promise<string>;
  readonly setRaw: (isRaw: boolean) => void;
  /** Stops this program as Ctrl-Z does; returns when it is continued. */
  readonly suspend: (() => Promise<void>) | undefined;
  /** Ctrl-C was pressed: in raw mode it comes as a key. */
  readonly interrupt: () => void;
}

/** How long a terminal may take to answer that its input is read, in milliseconds. */
const ANSWER_MS = 500;

/** Abort reason: the terminal is another's for a while. */
const PAUSED = Symbol("paused");

/**
 * Reads all keys of a terminal. What is entered while no prompt is read waits for the next
 * {@linkcode read}.
 */
export class PromptReader implements AsyncDisposable {
  readonly #parts: PromptReaderParts;
  readonly #keys = new KeyReader(new Set(Object.keys(EDITOR_KEYS)));
  readonly #raw: RawMode;
  readonly #resizing: Disposable;
  #editor: LineEditor;
  /** What was entered and not read yet; `undefined` means the end of the input. */
  readonly #entered: (string | undefined)[] = [];
  #wake: (() => void) | undefined;
  #isReading = false;
  /** Whether a read of the terminal is under way. */
  #isWaiting = false;
  /** When a key other than Ctrl-C was pressed last, in milliseconds since 1970. */
  typedAt = -Infinity;
  #input: CapturedInput | undefined;
  #pausing = new AbortController();
  #pumping: Promise<void> = Promise.resolve();

  /** Takes over the terminal, until it is disposed of. */
  constructor(parts: PromptReaderParts) {
    this.#parts = parts;
    this.#editor = new LineEditor(parts.history.prompts);
    this.#raw = new RawMode(parts.setRaw);
    this.#resizing = onResize(() => this.#draw());
    this.#resume();
  }

  /** Restores the terminal. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#resizing[Symbol.dispose]();
    await this.#pause();
  }

  /**
   * Reads a prompt; `undefined` at Ctrl-D, and at the end of the input.
   *
   * @param signal Ends the wait: rejects with its reason.
   */
  async read(signal: AbortSignal): Promise<string | undefined> {
    const { output, history } = this.#parts;
    this.#isReading = true;
    this.#draw();
    try {
      while (this.#entered.length === 0) {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const abort = () => reject(signal.reason);
        if (signal.aborted) abort();
        signal.addEventListener("abort", abort, { once: true });
        this.#wake = resolve;
        await promise.finally(() => signal.removeEventListener("abort", abort));
      }
    } finally {
      this.#isReading = false;
      this.#draw();
    }
    const text = this.#entered.shift();
    if (text === undefined) return undefined;
    await output.stderr(...sentLines(text).flatMap((line) => [...line, "\n"]));
    await history.add(text);
    return text;
  }

  /** Takes the text back that is being written, after a Ctrl-C. */
  clear(): void {
    this.write("");
  }

  /**
   * Puts what was entered ahead back into the editor: after an interruption, nothing is sent by
   * itself.
   */
  recall(): void {
    const ahead = this.#entered.filter((text) => text !== undefined);
    if (ahead.length === 0) return;
    this.#entered.splice(0);
    const { text } = this.#editor;
    this.write([...ahead, ...text === "" ? [] : [text]].join("\n"));
  }

  /** Lets something else read the terminal's input, such as a question. */
  async paused<T>(use: () => Promise<T>): Promise<T> {
    await this.#pause();
    try {
      return await use();
    } finally {
      this.#resume();
    }
  }

  /**
   * Lets another program use the terminal. A read that waits for a key would take its first one, so
   * that read is ended first, by an answer of the terminal itself.
   */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    const { output } = this.#parts;
    await this.#pause(() => output.writeStderr(STATUS_QUERY));
    try {
      return await use();
    } finally {
      this.#resume();
    }
  }

  /** Puts a text in the place of what is being written. */
  write(text: string): void {
    const { killed } = this.#editor;
    this.#editor = new LineEditor(this.#parts.history.prompts, text, killed);
    this.#draw();
  }

  #resume(): void {
    const { lines } = this.#parts;
    this.#pausing = new AbortController();
    this.#raw.enter();
    this.#input = lines.capture();
    this.#draw();
    this.#pumping = this.#pump(this.#input);
  }

  /** @param query Makes the terminal send something, if a read is to be ended. */
  async #pause(query?: () => Promise<void>): Promise<void> {
    const input = this.#input;
    if (input === undefined) return;
    this.#input = undefined;
    if (query !== undefined && this.#isWaiting) {
      await query();
      const timer = setTimeout(() => this.#pausing.abort(PAUSED), ANSWER_MS);
      await this.#pumping;
      clearTimeout(timer);
    } else {
      this.#pausing.abort(PAUSED);
      await this.#pumping;
    }
    await this.#parts.output.setInput(undefined);
    this.#raw.leave();
    input.release("");
  }

  async #pump(input: CapturedInput): Promise<void> {
    const { lines } = this.#parts;
    // Typed during a question, before it was drawn.
    while (lines.isReady) this.#enter(await lines.next());
    if (lines.unfinished !== "") {
      this.#editor.take({ type: "paste", text: lines.unfinished });
      lines.dropUnfinished();
    }
    while (this.#input === input) {
      this.#draw();
      let piece: string | undefined;
      try {
        this.#isWaiting = true;
        piece = await input.read(this.#pausing.signal);
      } catch (reason) {
        if (reason === PAUSED) return;
        throw reason;
      } finally {
        this.#isWaiting = false;
      }
      if (piece === undefined) return this.#enter(undefined);
      for (const key of this.#keys.take(piece)) await this.#take(key);
    }
  }

  #enter(text: string | undefined): void {
    this.#entered.push(text);
    this.#wake?.();
  }

  async #take(key: Key): Promise<void> {
    if (key.type !== "interrupt") this.typedAt = Date.now();
    const event = key.type === "sequence"
      ? this.#editor.act(EDITOR_KEYS[key.text] ?? "redraw")
      : this.#editor.take(key);
    switch (event) {
      case "submit": {
        const { text } = this.#editor;
        this.write("");
        return this.#enter(text);
      }
      case "leave":
        return this.#enter(undefined);
      case "interrupt":
        return this.#parts.interrupt();
      case "complete":
        return await this.#complete();
      case "suspend":
        return await this.#suspend();
      case "edit":
        // Not awaited: it waits for the reading of keys, which this is a part of.
        this.#edit();
    }
  }

  async #complete(): Promise<void> {
    const { output, complete } = this.#parts;
    const head = this.#editor.text.slice(0, this.#editor.cursor);
    const { from, candidates } = await complete(head);
    const [only] = candidates;
    if (only === undefined) return;
    const start = commonStart(candidates);
    const isDone = candidates.length === 1 && !only.endsWith("/");
    if (start.length > head.length - from) {
      this.#editor.replace(from, isDone ? `${start} ` : start);
    } else if (candidates.length > 1) {
      const text = oneLine(candidates.join("  "), output.columns - 1);
      await output.stderr(styled("dim", `${text}\n`));
    }
  }

  async #edit(): Promise<void> {
    const { edit, output } = this.#parts;
    const { text } = this.#editor;
    try {
      const edited = await this.lend(() => edit(text));
      this.write(edited);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      await output.stderr(styled("yellow", `${why}\n`));
    }
  }

  async #suspend(): Promise<void> {
    const { suspend, output } = this.#parts;
    if (suspend === undefined) return;
    await output.setInput(undefined);
    this.#raw.leave();
    await suspend();
    this.#raw.enter();
  }

  #draw(): void {
    const { output } = this.#parts;
    if (this.#input === undefined) return;
    const { columns, rows } = output;
    const { text, cursor, search } = this.#editor;
    const view = this.#isReading
      ? editorView(text, cursor, columns, rows - 1, search)
      : aheadView(this.#entered, text, cursor, columns);
    // Nothing awaits this promise.
    output.setInput(view).catch(() => {});
  }
}
