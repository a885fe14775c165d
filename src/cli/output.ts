/**
 * Writes stdout and stderr of the command line. No other module prints.
 *
 * @module
 */

import { isOneStream } from "./descriptor.ts";
import type { FailureObject } from "./failure.ts";
import { StdoutClosedError, WriteError } from "./output_errors.ts";
import type { ColorChoice } from "./flags.ts";
import {
  escapeControls,
  renderSpans,
  type Span,
  wantsColor,
} from "./terminal.ts";

/** Something to print. */
export type Piece =
  /** A part of the answer. */
  | { readonly to: "stdout"; readonly text: string }
  /** Something for people. */
  | { readonly to: "stderr"; readonly spans: readonly Span[] }
  /** Erases the open line on stderr; used only if stderr is a terminal. */
  | { readonly to: "erase" };

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
  /** Whether a failure is also printed to stdout as an object: `--json`. */
  readonly failsAsJson: boolean;
  #hasFailed = false;
  /** First half of a surrogate pair whose second half has not arrived yet. */
  #half = "";
  // Both streams may be the same terminal, so both go through one queue.
  #queue: Promise<void> = Promise.resolve();

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
   * @throws {StdoutClosedError} Nobody reads it any more.
   */
  stdout(text: string): Promise<void> {
    const whole = this.#half + text;
    const cut = /[\ud800-\udbff]$/.test(whole)
      ? whole.length - 1
      : whole.length;
    this.#half = whole.slice(cut);
    const safe = whole.slice(0, cut);
    return this.#write(
      Deno.stdout,
      this.terminals.stdout ? escapeControls(safe) : safe,
    );
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
    await this.stdout(`${JSON.stringify(failure)}\n`).catch((error) => {
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
   * @throws {StdoutClosedError} Nobody reads it any more.
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
      else await this.#write(Deno.stderr, "\r\x1b[2K").catch(() => {});
    }
  }

  #write(stream: OutputStream, text: string): Promise<void> {
    const done = this.#queue.then(() => writeAll(stream, text));
    this.#queue = done.catch(() => {});
    return done;
  }
}

/**
 * Writes a whole text.
 *
 * @throws {StdoutClosedError} Nobody reads it any more.
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
  return stream === Deno.stderr ? "stderr" : "the terminal";
}
