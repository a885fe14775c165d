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

import { WholeLinesStream } from "../process/lines.ts";
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
  type StartOrder,
  type WorkerOrder,
} from "./worker_messages.ts";

/** Tells our worker from one of the caller's that imports this package. */
export const WORKER_NAME = "claudestream:lines";

/** How long the output of an ended process may still come, once it is silent. */
const LATE_OUTPUT_MS = 50;

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
  #isInputOver = false;
  /** Set where the process has to end before it is there. */
  #stepMs: number | undefined;
  #killTimer: ReturnType<typeof setTimeout> | undefined;
  /** The record that is being written, and those that wait for it. */
  #writing: Promise<void> = Promise.resolve();
  #unwrittenRecords = 0;
  #chunks = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#ring = new RingWriter(memory);
    // A refusal may come when nobody waits for it.
    this.#answer.promise.catch(() => {});
  }

  /** Starts the process and carries what it writes, to its end. Never rejects. */
  async run(order: StartOrder): Promise<void> {
    const { options, launch, maxLineBytes, willChange } = order;
    try {
      const prepared = await prepareSpawn(options, launch, willChange);
      const process = await startProcess(
        willChange ? await this.#changed(prepared) : prepared,
      );
      this.#process = process;
      this.#writer = process.writable.getWriter();
      // The end of stdin is seen by whoever writes next.
      this.#writer.closed.catch(() => {});
      await this.#json(RECORD.spawned, { pid: process.pid });
      const lines = process.readable.pipeThrough(
        new WholeLinesStream(maxLineBytes),
      ).getReader();
      const stdout = this.#carry(RECORD.stdout, lines);
      const stderr = this.#carry(RECORD.stderr, process.stderr.getReader());
      for (const line of this.#unwritten.splice(0)) this.write(line);
      if (this.#isInputOver) this.endInput();
      if (this.#stepMs !== undefined) this.terminate(this.#stepMs);
      const { code, signal } = await process.exited;
      clearTimeout(this.#killTimer);
      // A process that was started by this one may hold the pipes open for ever.
      await this.#silence(stdout);
      await lines.cancel();
      await stdout;
      await this.#silence(stderr);
      await this.#json(RECORD.exited, { code, signal });
    } catch (error) {
      this.#process?.kill("SIGKILL");
      await this.#json(RECORD.failed, plainError(error));
    }
    this.#ring.gone();
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

  /** Waits until something ends or no more comes. A reader that is slow is no silence. */
  async #silence(end: Promise<void>): Promise<void> {
    let seen = -1;
    while (seen !== this.#chunks || this.#unwrittenRecords > 0) {
      seen = this.#chunks;
      if (await settleWithin(end, LATE_OUTPUT_MS)) return;
    }
  }

  #json(kind: RecordKind, value: unknown): Promise<void> {
    return this.#write(kind, encoder.encode(JSON.stringify(value)));
  }

  #write(kind: RecordKind, bytes: Uint8Array): Promise<void> {
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
      this.#process?.kill("SIGTERM")
    );
  }

  /** Closes stdin. */
  endInput(): void {
    this.#isInputOver = true;
    // The process may have closed its end before.
    this.#writer?.close().catch(() => {});
    if (this.#process !== undefined) this.#writer = undefined;
  }

  /** Ends the process by signals, also one that is only just being started. */
  terminate(stepMs: number): void {
    this.#stepMs = stepMs;
    this.refuse();
    const process = this.#process;
    if (process === undefined || this.#killTimer !== undefined) return;
    process.kill("SIGTERM");
    this.#killTimer = setTimeout(() => process.kill("SIGKILL"), stepMs);
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

/** Waits for the end of something, but not for longer than this. Says whether it ended. */
async function settleWithin(
  promise: Promise<void>,
  timeoutMs: number,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), timeoutMs);
  try {
    return await Promise.race([promise.then(() => true, () => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function listen(): void {
  let worker: LineWorker | undefined;
  globalThis.addEventListener("message", (event) => {
    const order = (event as MessageEvent<WorkerOrder>).data;
    switch (order.do) {
      case "start":
        worker = new LineWorker(order.memory);
        // Then there is nothing left to do, whether or not somebody still looks.
        worker.run(order).then(() => globalThis.close());
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
      case "end_input":
        worker?.endInput();
        break;
      case "terminate":
        worker?.terminate(order.stepMs);
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
