/**
 * Plays what the option `record` wrote, in the place of a CLI.
 *
 * @module
 */

import { readRecording, type RecordedLine } from "../observe/recording.ts";
import type { ExitStatus, Transport } from "../options/transport.ts";
import { encode } from "./player/bytes.ts";
import { Ids } from "./same_line.ts";

/** Plays a recording: a value for the options `spawn` and `transport`. */
export interface Replay {
  /** Plays the next process of the recording. */
  (): Transport;
  /**
   * Says whether all went as recorded.
   *
   * @throws {Error} A session sent something else, or not all that was recorded.
   */
  check(): void;
}

/**
 * Reads a recording and plays it: what came from the CLI comes again, each line when the
 * session has sent what it had sent by then. A session that sends something else fails
 * with an error that says what differs. Ids that the session makes up may be others.
 *
 * With `spawn` all options of the recorded session can be given; nothing is started.
 *
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 * import { replay } from "@claudestream/core/testing";
 *
 * async function withoutClaude(): Promise<void> {
 *   const recording = replay("tests/fixtures/hello.ndjson");
 *   await using session = new AsyncSession({ model: "sonnet", spawn: recording });
 *   console.log((await session.ask("hello")).text);
 *   await session.close();
 *   recording.check();
 * }
 * ```
 *
 * @param path The recording.
 * @throws {SyntaxError} It is none, or one of a newer format.
 */
export function replay(path: string | URL): Replay {
  const runs = readRecording(Deno.readTextFileSync(path));
  const played: Run[] = [];
  const next = () => {
    const lines = runs[played.length];
    if (lines === undefined) {
      throw new Error(
        `Cannot play one more process: the recording has ${runs.length}`,
      );
    }
    const run = new Run(lines);
    played.push(run);
    return run.transport;
  };
  return Object.assign(next, {
    check() {
      for (const run of played) run.check();
      if (played.length < runs.length) {
        throw new Error(
          `The recording has ${runs.length} processes, and ${played.length} were started`,
        );
      }
    },
  });
}

/** A line that the session sent. */
interface Sent {
  readonly value: unknown;
}

/** One recorded process. */
class Run {
  readonly transport: Transport;
  readonly #ids = new Ids();
  /** What is still to be sent, in order. */
  readonly #expected: unknown[];
  /** What was sent and not played past yet. */
  readonly #sent: Sent[] = [];
  readonly #exit = Promise.withResolvers<ExitStatus>();
  #mismatch: Error | undefined;
  #isInputOver = false;
  #isOver = false;
  #text = "";
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();
  #stdout: ReadableStreamDefaultController<Uint8Array> | undefined;
  #stderr: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(lines: readonly RecordedLine[]) {
    this.#expected = lines.flatMap((line) => "out" in line ? [line.out] : []);
    const decoder = new TextDecoder();
    this.transport = {
      readable: new ReadableStream({
        start: (controller) => {
          this.#stdout = controller;
        },
      }),
      stderr: new ReadableStream({
        start: (controller) => {
          this.#stderr = controller;
        },
      }),
      writable: new WritableStream({
        write: (bytes) => this.#take(decoder.decode(bytes, { stream: true })),
        close: () => this.#endInput(),
      }),
      exited: this.#exit.promise,
      kill: (signal) =>
        this.#end({ code: signal === "SIGKILL" ? 137 : 143, signal }),
    };
    this.#play(lines).catch((error) => this.#fail(error));
  }

  /** Whether all went as recorded. */
  check(): void {
    if (this.#mismatch !== undefined) throw this.#mismatch;
    const [next] = this.#expected;
    if (next === undefined) return;
    throw new Error(
      `The session did not send what was recorded: ${
        JSON.stringify(next).slice(0, 1000)
      }`,
    );
  }

  async #play(lines: readonly RecordedLine[]): Promise<void> {
    for (const line of lines) {
      if (this.#isOver) return;
      if ("out" in line) {
        let wasSent = false;
        await this.#wait(() =>
          (wasSent = this.#takeSent(line.out)) || this.#isInputOver
        );
        // What would have come then will not; check() says so.
        if (!wasSent) return this.#end({ code: 0, signal: null });
      } else if ("in" in line) this.#write(this.#stdout, line.in);
      else if ("stderr" in line) this.#write(this.#stderr, line.stderr);
      else if ("exit" in line) {
        const { code, signal, closed } = line.exit;
        if (closed) await this.#wait(() => this.#isInputOver);
        return this.#end({ code, signal });
      }
    }
    await this.#wait(() => this.#isInputOver);
    this.#end({ code: 0, signal: null });
  }

  async #wait(isSo: () => boolean): Promise<void> {
    while (!this.#isOver && !isSo()) {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  /** Whether this was sent; it is taken off where it was. */
  #takeSent(recorded: unknown): boolean {
    const at = this.#sent.findIndex((sent) => sent.value === recorded);
    if (at !== -1) this.#sent.splice(at, 1);
    return at !== -1;
  }

  #write(
    to: ReadableStreamDefaultController<Uint8Array> | undefined,
    value: unknown,
  ): void {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    to?.enqueue(encode(`${this.#ids.renewed(text)}\n`));
  }

  #take(text: string): void {
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) this.#compare(JSON.parse(line));
    this.#wake.resolve();
  }

  /** What runs side by side, such as two tools, may come in another order than before. */
  #compare(given: unknown): void {
    let nearest: readonly string[] | undefined;
    for (const [index, recorded] of this.#expected.entries()) {
      const found = this.#ids.differences(recorded, given);
      if (found.length === 0) {
        this.#expected.splice(index, 1);
        this.#sent.push({ value: recorded });
        return;
      }
      nearest ??= found;
    }
    this.#fail(
      new Error(
        nearest === undefined
          ? `The session sent more than was recorded: ${
            JSON.stringify(given).slice(0, 1000)
          }`
          : `The session sent something else than was recorded:\n  ${
            nearest.slice(0, 10).join("\n  ")
          }`,
      ),
    );
  }

  #endInput(): void {
    this.#isInputOver = true;
    this.#wake.resolve();
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#mismatch = error;
    this.#over();
    this.#exit.reject(error);
  }

  #end(status: ExitStatus): void {
    if (this.#isOver) return;
    this.#over();
    this.#exit.resolve(status);
  }

  #over(): void {
    this.#isOver = true;
    this.#wake.resolve();
    for (const stream of [this.#stdout, this.#stderr]) {
      try {
        stream?.close();
      } catch {
        // Its reader cancelled it.
      }
    }
  }
}
