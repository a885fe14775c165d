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

/** Receives what a process writes, and is told when it ends. */
export interface ChildTaker {
  /** Makes the process end when the program ends. Returns a function that cancels this. */
  hold(target: ExitTarget): () => void;
  /** Starts reading what the process writes. */
  read(process: HeldTransport): {
    readonly stdout: Reading;
    readonly stderr: Reading | undefined;
  };
  /** Called when stdout can no longer be read. */
  lost(error: unknown): void;
  /** Called when the process is gone and its output has been taken. */
  exited(status: ExitStatus): Promise<void> | undefined;
}

/** One process. `write` and the ending methods may be called before it has started. */
export class Child {
  #steps: CloseSteps;
  #process: HeldTransport | undefined;
  #tree: ProcessTree | undefined;
  #ending: Ending | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  /** Lines to write once the process has started. */
  readonly #unwritten: string[] = [];
  /**
   * How long the process may run after stdin is closed, in milliseconds; `undefined` until `close`
   * is called.
   */
  #eofMs: number | undefined;
  #isTerminated = false;

  /** @param steps How long each step of ending the process may take. */
  constructor(steps: CloseSteps) {
    this.#steps = steps;
  }

  /** Id of the process, once it has started. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Why the process could not be ended, if known. */
  get endFailure(): unknown {
    return this.#ending?.failure;
  }

  /**
   * Serves a process until it ends. Resolves when it is gone, its output is read, and the processes
   * it left behind are ended.
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
    // If stdin has ended, the next write fails and shows it.
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
    // The session continues without stderr.
    stderr?.done.catch(() => {});
    const { code, signal } = await process.exited;
    const ended = endLeftovers(tree);
    const { lateOutput: { silenceMs, maxBytes } } = process;
    await this.#finish(stdout, {
      // When the session is being closed, wait for less time.
      silenceMs: this.#eofMs === undefined ? silenceMs : LATE_OUTPUT_MS,
      maxBytes,
    });
    if (stderr !== undefined) {
      await this.#finish(stderr, { silenceMs: LATE_OUTPUT_MS, maxBytes });
    }
    await taker.exited({ code, signal });
    // Do not close stdin earlier: a transport may end then, with output still to come.
    this.#endInput();
    await ended;
  }

  /**
   * Waits for the rest of an output, within limits: another process may hold the pipe open forever.
   */
  async #finish(output: Reading, limits: LateLimits): Promise<void> {
    if (!await lateOutput(output, limits)) await output.cut();
  }

  /** Writes a line once the process has started. After the process has ended, does nothing. */
  write(line: string): void {
    const writer = this.#writer;
    if (writer === undefined) {
      if (this.#process === undefined) this.#unwritten.push(line);
      return;
    }
    // A process that no longer reads has ended or must be ended; its end is reported, not this
    // error.
    writer.write(encoder.encode(`${line}\n`))
      .catch(() => this.#ending?.terminate());
  }

  /** Ends the process step by step: closes stdin, waits at most `eofMs`, then sends signals. */
  close(eofMs: number): void {
    this.#eofMs ??= eofMs;
    this.#ending?.close(eofMs);
  }

  /** Ends the process by signals; pass shorter `steps` if time is short. */
  terminate(steps: CloseSteps = this.#steps): void {
    this.#isTerminated = true;
    this.#steps = steps;
    this.#ending?.terminate(steps);
  }

  /** Kills the process and every process it is known to have started. */
  kill(): void {
    this.#process?.kill("SIGKILL");
    this.#tree?.kill();
  }

  /** Removes the files written for the process now, since it has read them. */
  removeFiles(): void {
    this.#process?.removeFiles();
  }

  #endInput(): void {
    // The process may already have closed its end.
    this.#writer?.close().catch(() => {});
    this.#writer = undefined;
  }
}
