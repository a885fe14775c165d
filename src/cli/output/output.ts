/**
 * Writes stdout and stderr of the command line. No other module prints.
 *
 * @module
 */

import { isOneStream } from "../input/descriptor.ts";
import type { FailureObject } from "../failure/failure.ts";
import { jsonLine } from "./json_line.ts";
import { StdoutClosedError, WriteError } from "./output_errors.ts";
import type { ColorChoice } from "../flags/flags.ts";
import { type Cursor, type Line, LiveRegion } from "../live/live_region.ts";
import {
  escapeControls,
  renderSpans,
  type Span,
  wantsColor,
} from "../text/terminal.ts";

/** Something to print. */
export type Piece =
  /** A part of the answer. */
  | { readonly to: "stdout"; readonly text: string }
  /** Something for people. */
  | { readonly to: "stderr"; readonly spans: readonly Span[] }
  /** A part of the answer as a person reads it; only where stdout is a terminal. */
  | { readonly to: "screen"; readonly spans: readonly Span[] };

/** Lines that a person edits. */
export interface InputView {
  readonly lines: readonly Line[];
  /** Position of the cursor in them. */
  readonly cursor: Cursor;
}

/** A stream to write to. */
export interface OutputStream {
  /** Writes some of the bytes; resolves to their number. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Reads a variable if that is permitted, without prompting for the permission. */
export function readEnv(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

/** Writes to stdout and stderr, in the order of the calls. */
export class Output {
  /** Which of the streams are terminals. */
  readonly terminals: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
  };
  /** Whether stderr gets colour. */
  readonly color: boolean;
  /** Whether stdout gets colour. */
  readonly stdoutColor: boolean;
  /** Whether a failure is also printed to stdout as an object: `--json`. */
  readonly failsAsJson: boolean;
  #hasFailed = false;
  /** Where stdout goes: itself, or a pager on its terminal. */
  #stdout: OutputStream = Deno.stdout;
  /** First half of a surrogate pair whose second half has not arrived yet. */
  #half = "";
  // Both streams may be the same terminal, so both go through one queue.
  #queue: Promise<void> = Promise.resolve();
  readonly #region = new LiveRegion();
  /** The lines that are to stand at the end of the screen. */
  #live: readonly Line[] = [];
  #isLiveOver = false;
  /** What a person types, below them. */
  #input: InputView | undefined;
  /** The last line of the screen is not empty, so nothing can be drawn below it. */
  #isLineOpen = false;

  constructor(choice?: ColorChoice, failsAsJson = false) {
    this.failsAsJson = failsAsJson;
    this.terminals = {
      stdin: Deno.stdin.isTerminal(),
      stdout: Deno.stdout.isTerminal(),
      stderr: Deno.stderr.isTerminal(),
    };
    this.color = wantsColor({
      choice,
      isTerminal: this.terminals.stderr,
      env: readEnv,
    });
    this.stdoutColor = wantsColor({
      choice,
      isTerminal: this.terminals.stdout,
      env: readEnv,
    });
  }

  /** Whether both streams go to the same place: a screen, or a pipe or file after `2>&1`. */
  get isOneStream(): boolean {
    const { stdout, stderr } = this.terminals;
    return stdout && stderr || !stdout && !stderr && isOneStream();
  }

  /** Current width of the terminal. */
  get columns(): number {
    try {
      // Some terminals do not know their width and report 0.
      return Math.max(20, Deno.consoleSize().columns || 80);
    } catch {
      // There is no terminal.
      return 80;
    }
  }

  /** Current height of the terminal. */
  get rows(): number {
    try {
      return Math.max(4, Deno.consoleSize().rows || 24);
    } catch {
      return 24;
    }
  }

  /**
   * Writes a part of the answer: escaped for a terminal, unchanged otherwise.
   *
   * @throws {StdoutClosedError} Its reader has closed it.
   */
  stdout(text: string): Promise<void> {
    const whole = this.#half + text;
    const cut = /[\ud800-\udbff]$/.test(whole)
      ? whole.length - 1
      : whole.length;
    this.#half = whole.slice(cut);
    const safe = whole.slice(0, cut);
    return this.#write(
      this.#stdout,
      this.terminals.stdout ? escapeControls(safe) : safe,
    );
  }

  /** Sends what follows for stdout to a pager on its terminal, or to stdout again. */
  sendStdoutTo(stream: OutputStream): void {
    this.#stdout = stream;
  }

  /** Writes a message for people. It is not an error if stderr is closed. */
  async stderr(...spans: readonly Span[]): Promise<void> {
    await this.#write(Deno.stderr, renderSpans(spans, this.color)).catch(
      () => {},
    );
  }

  /** Prints the object of a failure if requested; only the first failure is printed. */
  async failure(failure: FailureObject): Promise<void> {
    if (!this.failsAsJson || this.#hasFailed) return;
    this.#hasFailed = true;
    await this.stdout(jsonLine(failure)).catch((error) => {
      // stderr and the exit code still report the failure.
      if (
        !(error instanceof StdoutClosedError) && !(error instanceof WriteError)
      ) throw error;
    });
  }

  /** Resolves once everything has been written. */
  async written(): Promise<void> {
    await this.#queue;
  }

  /**
   * Writes a text to stderr unchanged, in order with other output.
   *
   * @throws {StdoutClosedError} Its reader has closed it.
   * @throws {WriteError} It cannot be written.
   */
  writeStderr(text: string): Promise<void> {
    return this.#write(Deno.stderr, text);
  }

  /** Prints the pieces from a renderer. */
  async print(pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.to === "stdout") await this.stdout(piece.text);
      else if (piece.to === "stderr") await this.stderr(...piece.spans);
      else {await this.#write(
          Deno.stdout,
          renderSpans(piece.spans, this.stdoutColor),
        );}
    }
  }

  /**
   * Draws lines below all printed text, and replaces those of the previous call. Each line must fit
   * the width of the window. If there are more lines than the window has rows, only the last ones
   * are drawn. Does nothing if neither output is a terminal.
   */
  setLive(lines: readonly Line[]): Promise<void> {
    if (this.#isLiveOver) return this.written();
    this.#live = lines;
    return this.#redraw();
  }

  /** Erases the lines of {@linkcode setLive}, and draws no others: the program ends. */
  endLive(): Promise<void> {
    this.#live = [];
    this.#isLiveOver = true;
    return this.#redraw();
  }

  /** Draws what a person types, below the lines of {@linkcode setLive}. */
  setInput(input: InputView | undefined): Promise<void> {
    this.#input = input;
    return this.#redraw();
  }

  #redraw(): Promise<void> {
    return this.#enqueue(async () => {
      const before = this.#region.erase(this.columns);
      const text = before + this.#drawn();
      if (text !== "") await writeAll(this.#screen, text);
    });
  }

  /** The stream of the lines at the end of the screen. */
  get #screen(): OutputStream {
    return this.terminals.stderr ? Deno.stderr : Deno.stdout;
  }

  #drawn(): string {
    if (this.#isLineOpen) return "";
    const { lines, cursor } = this.#input ?? { lines: [] };
    // Lines that do not fit on the screen could not be erased.
    const room = Math.max(0, this.rows - 1 - lines.length);
    const above = this.#live.slice(Math.max(0, this.#live.length - room));
    if (above.length + lines.length === 0) return "";
    return this.#region.draw(
      [...above, ...lines],
      this.terminals.stderr ? this.color : this.stdoutColor,
      cursor && { row: cursor.row + above.length, column: cursor.column },
    );
  }

  #write(stream: OutputStream, text: string): Promise<void> {
    return this.#enqueue(() => this.#writeNow(stream, text));
  }

  async #writeNow(stream: OutputStream, text: string): Promise<void> {
    const { stdout, stderr } = this.terminals;
    const isTerminal = stream === Deno.stdout
      ? stdout
      : stream === Deno.stderr && stderr;
    if (!isTerminal) {
      return await writeAll(stream, text);
    }
    const before = this.#region.erase(this.columns);
    // deno-lint-ignore no-control-regex
    const seen = text.replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, "");
    if (seen !== "") this.#isLineOpen = !/[\n\r]$/.test(seen);
    const after = this.#drawn();
    if (stream === this.#screen) {
      // In one piece, so that nothing flickers.
      return await writeAll(stream, before + text + after);
    }
    if (before !== "") await writeAll(this.#screen, before);
    await writeAll(stream, text);
    if (after !== "") await writeAll(this.#screen, after);
  }

  #enqueue(write: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(write);
    this.#queue = done.catch(() => {});
    return done;
  }
}

/**
 * Writes a whole text.
 *
 * @throws {StdoutClosedError} Its reader has closed it.
 * @throws {WriteError} It cannot be written.
 */
export async function writeAll(
  stream: OutputStream,
  text: string,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) {
      at += await stream.write(bytes.subarray(at));
    }
  } catch (cause) {
    if (cause instanceof Deno.errors.BrokenPipe) {
      throw new StdoutClosedError("Cannot write: nobody reads it", { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WriteError(
      `Cannot write to ${nameOf(stream)}: ${reason}`,
      { cause },
    );
  }
}

function nameOf(stream: OutputStream): string {
  if (stream === Deno.stdout) return "stdout";
  return stream === Deno.stderr ? "stderr" : "the pager";
}
