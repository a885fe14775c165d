/**
 * The worker of a blocking session: starts the process and carries what it writes
 * into the ring, in whole lines. All else happens on the caller's thread.
 *
 * {@linkcode WORKER_NAME} is imported by the driver, so that this module is in the
 * graph of the program: a worker whose module still has to be fetched while its owner
 * blocks never gets it, and `deno compile` embeds only what is in the graph.
 *
 * @module
 */

import { type CloseSteps, Ending, endLeftovers } from "../process/ending.ts";
import { LATE_OUTPUT_MS, lateOutput } from "../process/late_output.ts";
import {
  EXIT_SIGNALS,
  holdSignals,
  ProcessTarget,
} from "../process/exit_hooks.ts";
import { LineGatherer } from "../process/lines.ts";
import { ProcessTree } from "../process/process_tree.ts";
import { fittingLaunch } from "../process/fitting.ts";
import {
  type LocalProcess,
  type PreparedSpawn,
  prepareSpawn,
  startProcess,
} from "../process/spawn.ts";
import type { SpawnSpec } from "../process/transport.ts";
import { RECORD, type RecordKind, RingWriter } from "./ring.ts";
import {
  plainError,
  type SpawnNews,
  type StartOrder,
  type WorkerOrder,
} from "./worker_messages.ts";

/** Tells our worker from one of the caller's that imports this package. */
export const WORKER_NAME = "claudestream:lines";

const encoder = new TextEncoder();

/** Runs one process for a thread that blocks. */
class LineWorker {
  readonly #ring: RingWriter;
  #process: LocalProcess | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  /** Lines that wait for the process to be there. */
  readonly #unwritten: string[] = [];
  /** What the caller makes of the command, where it is asked. */
  readonly #answer = Promise.withResolvers<SpawnSpec>();
  /** How the process is ended, once it is there. */
  #ending: Ending | undefined;
  /** Set where it has to end, maybe before it is there. */
  #toEnd: ((ending: Ending) => void) | undefined;
  /** The record that is being written, and those that wait for it. */
  #writing: Promise<void> = Promise.resolve();
  #unwrittenRecords = 0;
  #chunks = 0;
  /** Stdout is read no further, whatever is still in it. */
  #isCut = false;

  constructor(memory: SharedArrayBuffer) {
    this.#ring = new RingWriter(memory);
    this.#ring.beat();
    // A refusal may come when nobody waits for it.
    this.#answer.promise.catch(() => {});
  }

  /** Starts the process and carries what it writes, to its end. Never rejects. */
  async run(order: StartOrder): Promise<void> {
    const { options, launch, willChange } = order;
    try {
      const fitting = willChange
        ? launch
        : await fittingLaunch(options, launch);
      const prepared = prepareSpawn(options, fitting, willChange);
      const process = startProcess({
        ...willChange ? await this.#changed(prepared) : prepared,
        isWatched: order.inWorker,
      });
      const tree = new ProcessTree(process.pid, process.lineage);
      const release = this.#hold(order, process, tree);
      this.#process = process;
      try {
        await this.#serve(order, process, tree, {
          pid: process.pid,
          folder: prepared.files.folder,
        });
      } finally {
        // What is left where reading it failed.
        process.kill("SIGKILL");
        tree.kill();
        release();
      }
    } catch (error) {
      await this.#json(RECORD.failed, plainError(error));
    }
    this.#ring.gone();
  }

  /** Something here failed that nobody waits for. {@linkcode run} then comes to its end. */
  fail(error: unknown): void {
    this.#json(RECORD.broken, plainError(error));
    this.refuse();
    this.#process?.kill("SIGKILL");
  }

  /** What the caller makes of the command. */
  async #changed({ spec, files }: PreparedSpawn): Promise<PreparedSpawn> {
    await this.#json(RECORD.prepared, spec);
    try {
      return { spec: await this.#answer.promise, files };
    } catch (error) {
      await files.remove();
      throw error;
    }
  }

  /** Takes what the caller makes of the command. */
  spawn(spec: SpawnSpec): void {
    this.#answer.resolve(spec);
  }

  /** There will be no process. */
  refuse(): void {
    this.#answer.reject(new Error("The start was given up"));
  }

  async #serve(
    { maxLineBytes, steps }: StartOrder,
    process: LocalProcess,
    tree: ProcessTree,
    news: SpawnNews,
  ): Promise<void> {
    this.#writer = process.writable.getWriter();
    // The end of stdin is seen by whoever writes next.
    this.#writer.closed.catch(() => {});
    this.#ending = new Ending(process, tree, steps, () => this.#endInput());
    await this.#json(RECORD.spawned, news);
    const lines = process.readable.getReader();
    const stdout = this.#carryLines(lines, new LineGatherer(maxLineBytes));
    const stderr = this.#carry(RECORD.stderr, process.stderr.getReader());
    for (const line of this.#unwritten.splice(0)) this.write(line);
    this.#toEnd?.(this.#ending);
    const { code, signal } = await process.exited;
    const ended = endLeftovers(tree);
    // A process that was started by this one may hold the pipes open for ever.
    await this.#late(stdout);
    this.#isCut = true;
    await lines.cancel();
    await stdout;
    await this.#late(stderr);
    await this.#json(RECORD.exited, { code, signal });
    await ended;
  }

  /** Ends the process with the program where a signal does that. */
  #hold(
    { options, blocked }: StartOrder,
    process: LocalProcess,
    tree: ProcessTree,
  ): () => void {
    const target = new ProcessTarget(process, tree);
    return holdSignals(target, options.exitSignals, (signal) => {
      // First this and then the look whether somebody waits: one that stops waiting in
      // between sees it.
      this.#ring.signalled(EXIT_SIGNALS.indexOf(signal) + 1);
      return signal !== "SIGINT" || Atomics.load(blocked, 0) === 0;
    });
  }

  async #carryLines(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    lines: LineGatherer,
  ): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      this.#chunks++;
      // Half a line of a pipe that somebody else holds open is not at its end.
      const parts = !done ? lines.push(value) : this.#isCut ? [] : lines.end();
      for (const part of parts) {
        const waiting = this.#write(RECORD.stdout, part);
        if (waiting !== undefined) await waiting;
      }
      if (done) return;
    }
  }

  async #carry(
    kind: RecordKind,
    reader: ReadableStreamDefaultReader<Uint8Array>,
  ): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#chunks++;
      await this.#write(kind, value);
    }
  }

  /** Waits for what is left of an output. A reader of the ring that rests is no silence. */
  async #late(done: Promise<void>): Promise<void> {
    await lateOutput({
      done,
      progress: () => this.#chunks,
      isHeld: () => this.#unwrittenRecords > 0,
    }, LATE_OUTPUT_MS);
  }

  #json(kind: RecordKind, value: unknown): Promise<void> | undefined {
    return this.#write(kind, encoder.encode(JSON.stringify(value)));
  }

  /** Writes a record; a promise where it has to wait for the reader. */
  #write(kind: RecordKind, bytes: Uint8Array): Promise<void> | undefined {
    if (this.#unwrittenRecords === 0 && this.#ring.writeNow(kind, bytes)) {
      return undefined;
    }
    this.#unwrittenRecords++;
    this.#writing = this.#writing
      .then(() => this.#ring.write(kind, bytes))
      .then(() => {
        this.#unwrittenRecords--;
      });
    return this.#writing;
  }

  /** Writes a line to the process, once it is there. */
  write(line: string): void {
    const writer = this.#writer;
    if (writer === undefined) {
      if (this.#process === undefined) this.#unwritten.push(line);
      return;
    }
    // A process that reads no more has ended, or has to be: its end is what is reported.
    writer.write(encoder.encode(`${line}\n`)).catch(() =>
      this.#ending?.terminate()
    );
  }

  #endInput(): void {
    // The process may have closed its end before.
    this.#writer?.close().catch(() => {});
    this.#writer = undefined;
  }

  /** Ends the process, also one that is only just being started. */
  close(eofMs: number): void {
    this.#end((ending) => ending.close(eofMs));
  }

  /** Ends it by signals. */
  terminate(steps: CloseSteps | undefined): void {
    this.#end((ending) => ending.terminate(steps));
  }

  #end(how: (ending: Ending) => void): void {
    this.#toEnd = how;
    this.refuse();
    if (this.#ending !== undefined) how(this.#ending);
  }

  /** Nobody reads any more. */
  abandon(): void {
    this.#ring.abandon();
  }

  /** Gives a sign of life. */
  beat(): void {
    this.#ring.beat();
  }
}

function listen(): void {
  let worker: LineWorker | undefined;
  // Such an error would end this thread, and no one who blocks would learn of it.
  function broken(event: Event, error: unknown): void {
    if (worker === undefined) return;
    event.preventDefault();
    worker.fail(error);
  }
  globalThis.addEventListener(
    "error",
    (event) => broken(event, (event as ErrorEvent).error),
  );
  globalThis.addEventListener(
    "unhandledrejection",
    (event) => broken(event, (event as PromiseRejectionEvent).reason),
  );
  globalThis.addEventListener("message", (event) => {
    const order = (event as MessageEvent<WorkerOrder>).data;
    switch (order.do) {
      case "start":
        worker = new LineWorker(order.memory);
        // Then there is nothing left to do, whether or not somebody still looks.
        worker.run(order).then(() => {
          (globalThis as unknown as Worker).postMessage("gone");
          globalThis.close();
        });
        break;
      case "spawn":
        worker?.spawn(order.spec);
        break;
      case "refuse":
        worker?.refuse();
        break;
      case "write":
        worker?.write(order.line);
        break;
      case "close":
        worker?.close(order.eofMs);
        break;
      case "terminate":
        worker?.terminate(order.steps);
        break;
      case "abandon":
        worker?.abandon();
        break;
      case "beat":
        worker?.beat();
        break;
      default:
        order satisfies never;
    }
  });
}

if ("WorkerGlobalScope" in globalThis && globalThis.name === WORKER_NAME) {
  listen();
}
