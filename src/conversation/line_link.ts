/**
 * The caller's end of the connection to the worker: sends orders, receives lines.
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
import { isGranted, requireDeno } from "../process/runtime.ts";
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

/** How the process ended, or why it could not be started. */
export type LinkEnd = ExitStatus | Error;

/** How long the worker may be silent before it is probed for a sign of life, in milliseconds. */
const CALM_MS = 500;

/** Interval of the checks for that sign, in milliseconds. */
const PROBE_MS = 250;

/**
 * How long to wait for a sign of life before the worker counts as dead, in milliseconds. A busy
 * machine may stall a thread for seconds, and losing an answer because of that is worse than a late
 * error.
 */
const LOST_MS = 10_000;

/** Maximum number of bytes read at once: reading the clock takes as long as reading a line. */
const BATCH_BYTES = 1 << 16;

/** How long a process may take to end after SIGKILL when the program ends, in milliseconds. */
const EXIT_KILL_MS = 500;

/** Number of nested blocking calls of this thread, shared with every worker. */
const BLOCKED = new Int32Array(new SharedArrayBuffer(4));

/** One worker with its process. */
export class LineLink implements ExitTarget {
  /** The worker; `undefined` if Deno may not load it. */
  readonly #worker: Worker | undefined;
  readonly #reader: RingReader;
  readonly #stderr: StderrText;
  readonly #spawn: SessionOptions["spawn"];
  /** The byte order mark of the stream was already removed; one in a line is part of the line. */
  readonly #lineDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #stderrDecoder = new TextDecoder();
  #lines: string[] = [];
  /** Index of the next line, because removing from the front of a long list is slow. */
  #at = 0;
  /** The process, once it has started. */
  #spawned: SpawnNews | undefined;
  /** Error of the caller's `spawn` function, if it failed. */
  #refusal: Error | undefined;
  #end: LinkEnd | undefined;
  /** Time spent waiting without receiving anything, in milliseconds. */
  #silentMs = 0;
  /** Whether a sign of life was requested and has not arrived. */
  #isAsked = false;
  #beats = 0;
  #isOver = false;
  readonly #releaseExit: () => void = () => {};
  /** Whether the worker is gone and cannot report how the process ends. */
  #isLost = false;
  #interrupted: ClaudeStreamError | undefined;

  /**
   * Starts the worker, and in it the process.
   *
   * @param onStderr Called with each line of stderr.
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
    requireDeno("Cannot start the worker of SyncSession");
    this.#end = loadingRefused();
    if (this.#end !== undefined) return;
    this.#worker = new Worker(new URL("./line_worker.ts", import.meta.url), {
      type: "module",
      name: WORKER_NAME,
    });
    // The event fires only while this thread does not block; a blocking thread notices the error by
    // the ring, or by its silence.
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

  /** Removes the files written for the process, which it has read. */
  removeFiles(): void {
    removeFolderNow(this.#spawned?.folder);
  }

  /** Id of the process, once it has started. */
  get pid(): number | undefined {
    return this.#spawned?.pid;
  }

  /** How the process ended. There may still be unread lines. */
  get end(): LinkEnd | undefined {
    return this.#end;
  }

  /** Whether there are lines to take. */
  get hasLine(): boolean {
    return this.#at < this.#lines.length;
  }

  /** Sends an order to the worker. Does nothing after the worker has ended. */
  send(order: WorkerOrder): void {
    if (!this.#isOver) this.#worker?.postMessage(order);
  }

  /** Returns the next of the lines that were read. */
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
   * Reads a record and the lines that are available, waiting at most `timeoutMs` for the first.
   * Returns the number of bytes read, 0 if nothing arrived.
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
      // Count empty records as well.
      size += record.bytes.length + 1;
      if (record.kind !== RECORD.line || size >= BATCH_BYTES) break;
      record = this.#reader.take();
    }
    return size;
  }

  /**
   * Probes the worker after a wait without data, because a blocking thread cannot see that its
   * worker was killed.
   */
  #watch(waitedMs: number): void {
    const { beats } = this.#reader;
    // The worker is still loading, which may take long; the time limit of the start applies.
    if (beats === 0) return;
    if (beats !== this.#beats) {
      this.#beats = beats;
      this.#isAsked = false;
      this.#silentMs = 0;
    }
    // Add up waiting times instead of reading the clock: when the whole program was suspended, so
    // was the worker.
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

  /** Lets the caller's `spawn` function change the command. */
  #change(spec: SpawnSpec): void {
    try {
      const made = this.#spawn?.(spec);
      // The rejection is ignored because the promise is not allowed in the first place.
      if (isThenable(made)) made.then(() => {}, () => {});
      if (isThenable(made) || isTransport(made)) {
        throw new ConfigError(
          "spawn",
          "Cannot use what the option spawn gave: in a SyncSession it has to give a changed command at once; for a promise or a transport use an AsyncSession",
        );
      }
      this.send({ do: "spawn", spec: checkedSpec(made) });
    } catch (error) {
      // The worker must clean up, and reports when it has.
      this.#refusal = carrierFailed("spawn", error);
      this.send({ do: "refuse" });
    }
  }

  /**
   * Marks this thread as blocking: Ctrl-C now ends what the thread waits for instead of the
   * program.
   */
  enter(): void {
    Atomics.add(BLOCKED, 0, 1);
  }

  /** Marks this thread as no longer blocking. */
  leave(): void {
    Atomics.sub(BLOCKED, 0, 1);
  }

  /** Error for the waiting call; set once a signal has ended the process. */
  get interrupted(): ClaudeStreamError | undefined {
    const number = this.#reader.signal;
    // Fast path: this is read after each event.
    if (number === 0) return undefined;
    const signal = EXIT_SIGNALS[number - 1];
    if (signal === undefined) return undefined;
    return this.#interrupted ??= new ClaudeStreamError(
      "interrupted",
      `Interrupted by ${signal}: the session is closed`,
    );
  }

  /** Stops reading. The worker ends the process, and then itself. */
  abandon(): void {
    this.send({ do: "abandon" });
    this.send({ do: "terminate" });
  }

  /** Called when the program ends. */
  begin(): void {
    this.send({ do: "abandon" });
    const steps = { eofMs: 0, termMs: EXIT_GRACE_MS, killMs: EXIT_KILL_MS };
    this.send({ do: "terminate", steps });
  }

  /**
   * Called when the program ends: waits for the worker, and kills the process if the worker does
   * not end it in time.
   */
  finish(deadline: number): void {
    this.waitGone(deadline + EXIT_KILL_MS - performance.now());
  }

  /**
   * Waits until the process is gone, at most `timeoutMs`, and ends the worker. Returns whether the
   * process was gone; if not, kills it.
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

  /** Kills the process from this thread, since no worker can. */
  #killProcess(): void {
    const { pid, folder } = this.#spawned ?? {};
    removeFolderNow(folder);
    // Without permission to signal it, the end of its stdin must be enough.
    if (pid === undefined || !maySignal()) return;
    const tree = new ProcessTree(pid);
    tree.look();
    try {
      Deno.kill(Deno.build.os === "windows" ? pid : -pid, "SIGKILL");
    } catch {
      // The process is already gone.
    }
    tree.kill();
  }
}

/** Returns the error for a worker that is gone. */
function workerLost(why: string, cause?: Error): ClaudeStreamError {
  return new ClaudeStreamError(
    "protocol",
    `Lost the worker that reads the process: ${why}`,
    cause === undefined ? {} : { cause },
  );
}

/**
 * Returns an error if the worker cannot be loaded. Deno lets a program import its files, but a
 * worker only with permission to read them; without it the worker dies, and a blocking thread
 * cannot see that. Modules from JSR or compiled in do not need the permission.
 */
function loadingRefused(): StartupError | undefined {
  const folder = new URL("..", import.meta.url);
  if (folder.protocol !== "file:" || Deno.build.standalone) return undefined;
  const path = pathOf("worker", folder);
  if (isGranted({ name: "read", path })) return undefined;
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
    // Only the presence of settings matters for a start.
    ...settings === undefined ? {} : { settings: {} },
  };
}

function json<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes));
}
