/**
 * One process from its start to the last byte of its output, the same in this thread and in
 * the worker of a blocking session: what is written to it, how it is ended, and what comes
 * after its end.
 *
 * @module
 */

import { type CloseSteps, Ending, endLeftovers } from "./shutdown.ts";
import { type ExitTarget, ProcessTarget } from "./exit_hooks.ts";
import {
  LATE_OUTPUT_MS,
  type LateLimits,
  lateOutput,
  type Reading,
} from "./late_output.ts";
import { ProcessTree } from "./process_tree.ts";
import type { ExitStatus, HeldTransport } from "../options/transport.ts";

const encoder = new TextEncoder();

/** Who takes what a process writes, and hears of its end. */
export interface ChildTaker {
  /** Ends the process with the program. Returns a function that cancels it. */
  hold(target: ExitTarget): () => void;
  /** Begins to read what the process writes. */
  read(process: HeldTransport): {
    readonly stdout: Reading;
    readonly stderr: Reading | undefined;
  };
  /** Stdout cannot be read any further. */
  lost(error: unknown): void;
  /** The process is gone, and its output was taken. */
  exited(status: ExitStatus): Promise<void> | undefined;
}

/** One process, which may be told to write and to end before it is there. */
export class Child {
  #steps: CloseSteps;
  #process: HeldTransport | undefined;
  #tree: ProcessTree | undefined;
  #ending: Ending | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  /** Lines that wait for the process to be there. */
  readonly #unwritten: string[] = [];
  /** How long the end of stdin may take; `undefined` until the end is asked for. */
  #eofMs: number | undefined;
  #isTerminated = false;

  /** @param steps How long each step of its ending may take. */
  constructor(steps: CloseSteps) {
    this.#steps = steps;
  }

  /** Id of the process, once there is one. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Why the process cannot be ended, as far as that is known. */
  get endFailure(): unknown {
    return this.#ending?.failure;
  }

  /**
   * Serves a process to its end. Resolves when it is gone, with its output and whatever it
   * left behind.
   *
   * @throws {unknown} What `process.exited` rejects with.
   */
  async run(process: HeldTransport, taker: ChildTaker): Promise<void> {
    const tree = new ProcessTree(process.pid, process.lineage);
    const release = taker.hold(new ProcessTarget(process, tree));
    this.#process = process;
    this.#tree = tree;
    try {
      await this.#serve(process, tree, taker);
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      this.#endInput();
      release();
    }
  }

  async #serve(
    process: HeldTransport,
    tree: ProcessTree,
    taker: ChildTaker,
  ): Promise<void> {
    this.#writer = process.writable.getWriter();
    // The next write shows that stdin has ended.
    this.#writer.closed.catch(() => {});
    this.#ending = new Ending(
      process,
      tree,
      this.#steps,
      () => this.#endInput(),
    );
    for (const line of this.#unwritten.splice(0)) this.write(line);
    if (this.#isTerminated) this.#ending.terminate(this.#steps);
    else if (this.#eofMs !== undefined) this.#ending.close(this.#eofMs);
    const { stdout, stderr } = taker.read(process);
    stdout.done.catch((error) => taker.lost(error));
    // The session continues without it.
    stderr?.done.catch(() => {});
    const { code, signal } = await process.exited;
    const ended = endLeftovers(tree);
    const { lateOutput: { silenceMs, maxBytes } } = process;
    await this.#finish(stdout, {
      // Whoever closes waits for less.
      silenceMs: this.#eofMs === undefined ? silenceMs : LATE_OUTPUT_MS,
      maxBytes,
    });
    if (stderr !== undefined) {
      await this.#finish(stderr, { silenceMs: LATE_OUTPUT_MS, maxBytes });
    }
    await taker.exited({ code, signal });
    // Not before: a transport may take that for its end, and have output to come.
    this.#endInput();
    await ended;
  }

  /** Waits for what is left of an output: another process may hold the pipe open for good. */
  async #finish(output: Reading, limits: LateLimits): Promise<void> {
    if (!await lateOutput(output, limits)) await output.cut();
  }

  /** Writes a line, once the process is there. After its end nothing happens. */
  write(line: string): void {
    const writer = this.#writer;
    if (writer === undefined) {
      if (this.#process === undefined) this.#unwritten.push(line);
      return;
    }
    // A process that no longer reads has ended, or has to: its end is what is reported.
    writer.write(encoder.encode(`${line}\n`))
      .catch(() => this.#ending?.terminate());
  }

  /** Ends the process by the steps, from the end of stdin, which gets at most this long. */
  close(eofMs: number): void {
    this.#eofMs ??= eofMs;
    this.#ending?.close(eofMs);
  }

  /** Ends it by signals, with steps of its own if time is short. */
  terminate(steps: CloseSteps = this.#steps): void {
    this.#isTerminated = true;
    this.#steps = steps;
    this.#ending?.terminate(steps);
  }

  /** Kills it, and what it is known to have started. */
  kill(): void {
    this.#process?.kill("SIGKILL");
    this.#tree?.kill();
  }

  /** Removes at once what was written for the process, which has read it. */
  removeFiles(): void {
    this.#process?.removeFiles();
  }

  #endInput(): void {
    // The process may have closed its end before.
    this.#writer?.close().catch(() => {});
    this.#writer = undefined;
  }
}
