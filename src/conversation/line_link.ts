/**
 * The caller's end of the worker: orders go out, lines come in.
 *
 * @module
 */

import { ClaudeStreamError, ConfigError, StartupError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS } from "../util/limits.ts";
import { closeStepsOf } from "../process/shutdown.ts";
import {
  EXIT_GRACE_MS,
  EXIT_SIGNALS,
  type ExitTarget,
  holdExit,
} from "../process/exit_hooks.ts";
import { type Launch, pathOf } from "../options/launch.ts";
import { removeFolderNow } from "../process/launch_files.ts";
import { maySignal, ProcessTree } from "../process/process_tree.ts";
import { carrierFailed, checkedSpec, isTransport } from "../process/carrier.ts";
import { isWorker } from "../process/worker_watch.ts";
import type { ExitStatus, SpawnSpec } from "../options/transport.ts";
import { StderrText, type Tail } from "../process/stderr.ts";
import { isThenable } from "../util/maybe_promise.ts";
import { WORKER_NAME } from "./line_worker.ts";
import { makeRing, RECORD, RingReader, type RingRecord } from "./ring.ts";
import {
  revivedError,
  type SpawnNews,
  type SpawnOptions,
  type WorkerOrder,
} from "./worker_messages.ts";

/** How the process ended, or why there is none. */
export type LinkEnd = ExitStatus | Error;

/** So long is the worker left in peace before it is asked for a sign of life. */
const CALM_MS = 500;

/** Then it is looked for so often, */
const PROBE_MS = 250;

/**
 * and after so long without one it counts as dead. A busy machine may keep a thread waiting
 * for seconds, and an answer that is lost for that is worse than a late error.
 */
const LOST_MS = 10_000;

/** How much is read in one go of what is there: looking at the clock takes as long as a line. */
const BATCH_BYTES = 1 << 16;

/** How long SIGKILL may take where the program ends. */
const EXIT_KILL_MS = 500;

/** How many calls of this thread block, one inside the other; every worker sees it. */
const BLOCKED = new Int32Array(new SharedArrayBuffer(4));

/** One worker with its process. */
export class LineLink implements ExitTarget {
  /** None where Deno may not load it. */
  readonly #worker: Worker | undefined;
  readonly #reader: RingReader;
  readonly #stderr: StderrText;
  readonly #spawn: SessionOptions["spawn"];
  /** The stream's mark of the byte order is gone by then; one in a line is a part of it. */
  readonly #lineDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #stderrDecoder = new TextDecoder();
  #lines: string[] = [];
  /** The next of them: taking from the front of a long list is slow. */
  #at = 0;
  /** The process, once there is one. */
  #spawned: SpawnNews | undefined;
  /** Why the caller's function would have no process. */
  #refusal: Error | undefined;
  #end: LinkEnd | undefined;
  /** How long nothing came, of the time that was waited for it. */
  #silentMs = 0;
  /** A sign of life was asked for and has not been seen. */
  #isAsked = false;
  #beats = 0;
  #isOver = false;
  readonly #releaseExit: () => void = () => {};
  /** The worker is gone and cannot say how the process ends. */
  #isLost = false;
  #interrupted: ClaudeStreamError | undefined;

  /**
   * Starts the worker, and in it the process.
   *
   * @param onStderr Hears each line of stderr.
   * @param secrets Values that are masked in stderr.
   */
  constructor(
    options: SessionOptions,
    launch: Launch,
    tail: Tail,
    onStderr: ((line: string) => void) | undefined = options.stderr,
    secrets: () => readonly string[] = () => [],
  ) {
    const memory = makeRing();
    this.#reader = new RingReader(memory);
    this.#spawn = options.spawn;
    this.#stderr = new StderrText(
      tail,
      onStderr,
      secrets,
    );
    this.#end = loadingRefused();
    if (this.#end !== undefined) return;
    this.#worker = new Worker(new URL("./line_worker.ts", import.meta.url), {
      type: "module",
      name: WORKER_NAME,
    });
    // Called only while no thread blocks; a thread that blocks learns of it by the ring, or by its silence.
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#lose(event.message);
    });
    this.#releaseExit = holdExit(this);
    this.#worker.addEventListener("message", this.#releaseExit);
    this.send({
      do: "start",
      memory,
      launch,
      options: spawnOptions(options),
      maxLineBytes: options.maxLineBytes ?? DEFAULTS.maxLineBytes,
      willChange: options.spawn !== undefined,
      inWorker: isWorker(),
      steps: closeStepsOf(options),
      blocked: BLOCKED,
    });
  }

  /** Removes what was written for the process, which has read it. */
  removeFiles(): void {
    removeFolderNow(this.#spawned?.folder);
  }

  /** Id of the process, once there is one. */
  get pid(): number | undefined {
    return this.#spawned?.pid;
  }

  /** How it ended. There may still be lines. */
  get end(): LinkEnd | undefined {
    return this.#end;
  }

  /** Whether there are lines to take. */
  get hasLine(): boolean {
    return this.#at < this.#lines.length;
  }

  /** Tells the worker something. After its end nothing happens. */
  send(order: WorkerOrder): void {
    if (!this.#isOver) this.#worker?.postMessage(order);
  }

  /** Takes the next line, of those that were read. */
  takeLine(): string | undefined {
    const line = this.#lines[this.#at];
    if (line === undefined) return undefined;
    this.#at++;
    if (!this.hasLine) {
      this.#lines = [];
      this.#at = 0;
    }
    return line;
  }

  /**
   * Reads a record and the lines that are there already, or waits for one no longer than
   * this, maybe less. Returns the size of what it read, 0 if nothing came.
   */
  read(timeoutMs: number): number {
    const sliceMs = Math.min(timeoutMs, this.#isAsked ? PROBE_MS : CALM_MS);
    let record = this.#reader.read(sliceMs);
    if (record === undefined) {
      if (this.#reader.isOver) this.#lose("it ended by itself");
      else this.#watch(sliceMs);
      return 0;
    }
    this.#silentMs = 0;
    let size = 0;
    while (record !== undefined) {
      this.#take(record);
      // A record without bytes counts as well.
      size += record.bytes.length + 1;
      if (record.kind !== RECORD.line || size >= BATCH_BYTES) break;
      record = this.#reader.take();
    }
    return size;
  }

  /** Nothing came. What kills a worker from outside cannot be seen by a thread that blocks. */
  #watch(waitedMs: number): void {
    const { beats } = this.#reader;
    // It is still being loaded, which may take long: the time limit of the start holds.
    if (beats === 0) return;
    if (beats !== this.#beats) {
      this.#beats = beats;
      this.#isAsked = false;
      this.#silentMs = 0;
    }
    // Not by the clock: where everything stood still, the worker did too.
    this.#silentMs += waitedMs;
    if (this.#isAsked) {
      if (this.#silentMs >= LOST_MS) this.#lose("it gives no sign of life");
    } else if (this.#silentMs >= CALM_MS) {
      this.#isAsked = true;
      this.#silentMs = 0;
      this.send({ do: "beat" });
    }
  }

  #lose(why: string): void {
    if (this.#end !== undefined) return;
    this.#end = workerLost(why);
    this.#isLost = true;
    this.#killProcess();
  }

  #take({ kind, bytes }: RingRecord): void {
    switch (kind) {
      case RECORD.line:
        this.#lines.push(this.#lineDecoder.decode(bytes));
        break;
      case RECORD.stderr:
        this.#stderr.push(this.#stderrDecoder.decode(bytes, { stream: true }));
        break;
      case RECORD.spawned:
        this.#spawned = json<SpawnNews>(bytes);
        break;
      case RECORD.exited:
        this.#stderr.push(this.#stderrDecoder.decode());
        this.#stderr.end();
        this.#end ??= json<ExitStatus>(bytes);
        break;
      case RECORD.broken: {
        const cause = revivedError(json(bytes));
        this.#end ??= workerLost(cause.message, cause);
        break;
      }
      case RECORD.failed:
        this.#end = this.#refusal ?? revivedError(json(bytes));
        break;
      case RECORD.prepared:
        this.#change(json(bytes));
        break;
    }
  }

  /** Asks the caller's function what it makes of the command. */
  #change(spec: SpawnSpec): void {
    try {
      const made = this.#spawn?.(spec);
      // Its failure is of no interest: the promise was refused.
      if (isThenable(made)) made.then(() => {}, () => {});
      if (isThenable(made) || isTransport(made)) {
        throw new ConfigError(
          "spawn",
          "Cannot use what the option spawn gave: in a SyncSession it has to give a changed command at once; for a promise or a transport use an AsyncSession",
        );
      }
      this.send({ do: "spawn", spec: checkedSpec(made) });
    } catch (error) {
      // The worker has to clean up, and says when it has.
      this.#refusal = carrierFailed("spawn", error);
      this.send({ do: "refuse" });
    }
  }

  /** This thread blocks from here on; a Ctrl-C ends what it waits for, and not the program. */
  enter(): void {
    Atomics.add(BLOCKED, 0, 1);
  }

  /** This thread no longer blocks. */
  leave(): void {
    Atomics.sub(BLOCKED, 0, 1);
  }

  /** Set once a signal ended the process: the error of whatever waited. */
  get interrupted(): ClaudeStreamError | undefined {
    const number = this.#reader.signal;
    // Asked after each event.
    if (number === 0) return undefined;
    const signal = EXIT_SIGNALS[number - 1];
    if (signal === undefined) return undefined;
    return this.#interrupted ??= new ClaudeStreamError(
      "interrupted",
      `Interrupted by ${signal}: the session is closed`,
    );
  }

  /** Reads no more. The worker ends the process, and then itself. */
  abandon(): void {
    this.send({ do: "abandon" });
    this.send({ do: "terminate" });
  }

  /** The program ends. */
  begin(): void {
    this.send({ do: "abandon" });
    const steps = { eofMs: 0, termMs: EXIT_GRACE_MS, killMs: EXIT_KILL_MS };
    this.send({ do: "terminate", steps });
  }

  /** The program ends: waits for the worker, and kills the process if that is no use. */
  finish(deadline: number): void {
    this.waitGone(deadline + EXIT_KILL_MS - performance.now());
  }

  /**
   * Waits until the process is gone, but no longer than this, and ends the worker. Says
   * whether it was gone by then; if not, it is killed.
   */
  waitGone(timeoutMs: number): boolean {
    if (this.#isOver) return true;
    const isGone = this.#worker === undefined ||
      !this.#isLost && this.#reader.waitGone(Math.max(timeoutMs, 0));
    if (!isGone) this.#killProcess();
    this.#isOver = true;
    this.#releaseExit();
    this.#worker?.terminate();
    return isGone;
  }

  /** Kills the process itself, as no worker does. */
  #killProcess(): void {
    const { pid, folder } = this.#spawned ?? {};
    removeFolderNow(folder);
    // Where it may not be signalled, the end of its stdin has to do.
    if (pid === undefined || !maySignal()) return;
    const tree = new ProcessTree(pid);
    tree.look();
    try {
      Deno.kill(Deno.build.os === "windows" ? pid : -pid, "SIGKILL");
    } catch {
      // It is gone.
    }
    tree.kill();
  }
}

/** The error of a worker that is gone. */
function workerLost(why: string, cause?: Error): ClaudeStreamError {
  return new ClaudeStreamError(
    "protocol",
    `Lost the worker that reads the process: ${why}`,
    cause === undefined ? {} : { cause },
  );
}

/**
 * Deno lets a program import its files, but a worker only with the permission to read
 * them; without it the worker dies where nobody who blocks can see it. What comes from
 * JSR, or is compiled in, needs none.
 */
function loadingRefused(): StartupError | undefined {
  const folder = new URL("..", import.meta.url);
  if (folder.protocol !== "file:" || Deno.build.standalone) return undefined;
  const path = pathOf("worker", folder);
  const { state } = Deno.permissions.querySync({ name: "read", path });
  if (state === "granted") return undefined;
  return new StartupError(
    "permission",
    `Cannot start the worker of SyncSession: Deno may not read "${path}"`,
    {
      hint:
        `Run Deno with --allow-read=${path}, or import the package from JSR`,
    },
  );
}

function spawnOptions(options: SessionOptions): SpawnOptions {
  const { cwd, claudePath, clearEnv, keepEnv, bare, settings, exitSignals } =
    options;
  return {
    ...cwd === undefined ? {} : { cwd: pathOf("cwd", cwd) },
    ...claudePath === undefined ? {} : {
      claudePath: typeof claudePath === "string" || claudePath instanceof URL
        ? pathOf("claudePath", claudePath)
        : [...claudePath],
    },
    ...clearEnv === undefined ? {} : { clearEnv },
    ...keepEnv === undefined ? {} : { keepEnv: [...keepEnv] },
    ...bare === undefined ? {} : { bare },
    ...exitSignals === undefined ? {} : { exitSignals },
    // Only that there are some matters to a start.
    ...settings === undefined ? {} : { settings: {} },
  };
}

function json<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes));
}
