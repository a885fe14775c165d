/**
 * The worker of a blocking session: starts the process and writes its output to the ring, line by
 * line. Everything else happens on the caller's thread.
 *
 * {@linkcode WORKER_NAME} is imported by the link, so that this module is in the program's module
 * graph: a worker could never fetch its module while its owner blocks, and `deno compile` embeds
 * only modules in the graph.
 *
 * @module
 */

import { Child, type ChildTaker } from "../process/child.ts";
import type { CloseSteps } from "../process/shutdown.ts";
import { EXIT_SIGNALS, holdSignals } from "../process/exit_hooks.ts";
import { OutputReading, readStdout } from "../process/late_output.ts";
import { fittingLaunch } from "../process/version.ts";
import {
  type PreparedSpawn,
  prepareSpawn,
  startProcess,
} from "../process/spawn.ts";
import type { SpawnSpec } from "../options/transport.ts";
import { RECORD, type RecordKind, RingWriter } from "./ring.ts";
import {
  plainError,
  type SpawnNews,
  type StartOrder,
  type WorkerOrder,
} from "./worker_messages.ts";

/** Name that distinguishes this worker from a caller's worker that imports this package. */
export const WORKER_NAME = "claudestream:lines";

const encoder = new TextEncoder();

/** Runs one process for a blocking thread. */
class LineWorker {
  readonly #ring: RingWriter;
  readonly #child: Child;
  readonly #order: StartOrder;
  /** The command as changed by the caller, if the caller is asked. */
  readonly #answer = Promise.withResolvers<SpawnSpec>();
  /** Resolves when the current record and those queued after it are written. */
  #writing: Promise<void> = Promise.resolve();
  #unwrittenRecords = 0;

  constructor(order: StartOrder) {
    this.#order = order;
    this.#child = new Child(order.steps);
    this.#ring = new RingWriter(order.memory);
    this.#ring.beat();
    // A refusal may arrive when nothing waits for it.
    this.#answer.promise.catch(() => {});
  }

  /** Starts the process and forwards its output until it ends. Never rejects. */
  async run(): Promise<void> {
    const { options, launch, willChange, inWorker } = this.#order;
    try {
      const fitting = willChange
        ? launch
        : await fittingLaunch(options, launch);
      const prepared = prepareSpawn(options, fitting, willChange);
      const process = startProcess({
        ...willChange ? await this.#changed(prepared) : prepared,
        isWatched: inWorker,
      });
      const { folder } = prepared.files;
      await this.#child.run(process, this.#taker({ pid: process.pid, folder }));
    } catch (error) {
      await this.#json(RECORD.failed, plainError(error));
    }
    this.#ring.gone();
  }

  /** Reports an error outside of {@linkcode run}, which then ends. */
  fail(error: unknown): void {
    this.#json(RECORD.broken, plainError(error));
    this.refuse();
    this.#child.kill();
  }

  /** Lets the caller change the command. */
  async #changed({ spec, files }: PreparedSpawn): Promise<PreparedSpawn> {
    await this.#json(RECORD.prepared, spec);
    try {
      return { spec: await this.#answer.promise, files };
    } catch (error) {
      await files.remove();
      throw error;
    }
  }

  /** Takes the changed command from the caller. */
  spawn(spec: SpawnSpec): void {
    this.#answer.resolve(spec);
  }

  /** Called when the caller refuses to start a process. */
  refuse(): void {
    this.#answer.reject(new Error("The start was given up"));
  }

  #taker(news: SpawnNews): ChildTaker {
    const { options, blocked, maxLineBytes } = this.#order;
    return {
      hold: (target) =>
        holdSignals(target, options.exitSignals, (signal) => {
          // Set the signal before checking whether a call waits: a call that stops waiting in
          // between then sees it.
          this.#ring.signalled(EXIT_SIGNALS.indexOf(signal) + 1);
          return signal !== "SIGINT" || Atomics.load(blocked, 0) === 0;
        }),
      read: ({ readable, stderr }) => {
        this.#json(RECORD.spawned, news);
        return {
          stdout: readStdout(
            readable,
            maxLineBytes,
            (line) => this.#write(RECORD.line, encoder.encode(line)),
          ),
          stderr: stderr && new OutputReading(stderr, (bytes) => bytes, {
            take: (chunk) => this.#write(RECORD.stderr, chunk),
          }),
        };
      },
      lost: (error) => this.fail(error),
      exited: (status) => this.#json(RECORD.exited, status),
    };
  }

  #json(kind: RecordKind, value: unknown): Promise<void> | undefined {
    return this.#write(kind, encoder.encode(JSON.stringify(value)));
  }

  /** Writes a record. Returns a promise if it must wait for the reader. */
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

  /** Writes a line to the process once it has started. */
  write(line: string): void {
    this.#child.write(line);
  }

  /** Ends the process, even if it is still starting. */
  close(eofMs: number): void {
    this.refuse();
    this.#child.close(eofMs);
  }

  /** Ends the process by signals. */
  terminate(steps: CloseSteps | undefined): void {
    this.refuse();
    this.#child.terminate(steps);
  }

  /** Called when the reader of the ring is gone. */
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
  // Reports an uncaught error, which would otherwise end this thread without the blocking thread
  // noticing.
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
        worker = new LineWorker(order);
        // After the run nothing is left to do, whether or not the ring is still read.
        worker.run().then(() => {
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
