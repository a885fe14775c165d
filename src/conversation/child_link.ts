/**
 * The link to a process that this thread runs, over streams and promises.
 *
 * @module
 */

import { Due } from "../util/due.ts";
import { ClaudeStreamError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS } from "../util/limits.ts";
import { Child, type ChildTaker } from "../process/child.ts";
import { closeStepsOf } from "../process/shutdown.ts";
import {
  type ExitTarget,
  holdExit,
  holdSignals,
} from "../process/exit_hooks.ts";
import type { Launch } from "../options/launch.ts";
import { openTransport } from "../process/open.ts";
import { type Reading, readStdout } from "../process/late_output.ts";
import { readStderr, StderrText, Tail } from "../process/stderr.ts";
import { thrownText } from "../util/faults.ts";
import type { Soon } from "../util/maybe_promise.ts";
import { LateTimers } from "./late_timers.ts";
import type { Link, LinkTaker } from "./link.ts";
import { mayBeResult, StoreMirror } from "./store_mirror.ts";

/** Number of lines taken before the event loop gets a turn. */
const BREATH_LINES = 256;

/** Link to a process that this thread runs. */
export class ChildLink implements Link {
  readonly gone: Due<void> = new Due();
  readonly #options: SessionOptions;
  readonly #before: Due<void> | undefined;
  readonly #child: Child;
  readonly #tail = new Tail();
  readonly #timers: LateTimers;
  #mirror: StoreMirror | undefined;

  /** @param before The end of the previous process: two processes must not write to one session. */
  constructor(options: SessionOptions, before: Due<void> | undefined) {
    this.#options = options;
    this.#before = before;
    this.#child = new Child(closeStepsOf(options));
    // A local process keeps the program running; a caller's transport may not.
    this.#timers = new LateTimers(
      options.transport === undefined && options.spawn === undefined,
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stderrTail(): string {
    return this.#tail.toString();
  }

  get endFailure(): unknown {
    return this.#child.endFailure;
  }

  now(): number {
    return this.#options.clock?.now() ?? performance.now();
  }

  date(): number {
    return this.#options.clock?.date() ?? Date.now();
  }

  after(timeoutMs: number, call: () => void): () => void {
    return (this.#options.clock ?? this.#timers).after(timeoutMs, call);
  }

  start(launch: Launch, taker: LinkTaker): void {
    this.#run(launch, taker)
      .catch((error) => taker.fail(error))
      .then(() => this.#mirror?.close())
      .then((failure) => {
        if (failure === undefined) this.gone.settle();
        else this.gone.fail(failure);
      }, (error) => this.gone.fail(error));
    this.#timers.begin();
  }

  async #run(launch: Launch, taker: LinkTaker): Promise<void> {
    // Wait only if necessary: the sooner the process starts, the more is done here while it gets
    // ready.
    const preparing = taker.prepare();
    if (preparing !== undefined) await preparing;
    if (this.#before !== undefined) await this.#before.promise;
    const mirrored = this.#mirrored(launch, taker);
    const ready = mirrored instanceof Promise ? await mirrored : mirrored;
    const opening = openTransport(this.#options, ready);
    const process = opening instanceof Promise ? await opening : opening;
    await this.#child.run(process, this.#childTaker(taker));
  }

  /** Returns the launch of a process whose session is in a store, made ready to be resumed. */
  #mirrored(launch: Launch, taker: LinkTaker): Soon<Launch> {
    const { sessionStore } = this.#options;
    if (sessionStore === undefined) return launch;
    const mirror = new StoreMirror(this.#options, sessionStore, {
      after: (timeoutMs, call) => this.after(timeoutMs, call),
      tell: (line) => taker.receive(line, true),
      fail(error) {
        const isHeard = taker.state === "running";
        taker.fail(error);
        return isHeard;
      },
    });
    this.#mirror = mirror;
    return mirror.prepare(launch);
  }

  #childTaker(taker: LinkTaker): ChildTaker {
    const { exitSignals } = this.#options;
    return {
      hold: (target) => {
        const held = this.#withFiles(target);
        const releaseExit = holdExit(held);
        const releaseSignals = holdSignals(held, exitSignals);
        return () => {
          releaseExit();
          releaseSignals();
        };
      },
      read: ({ readable, stderr }) => {
        const text = new StderrText(this.#tail, taker.stderr, taker.secrets);
        return {
          stdout: this.#read(readable, taker),
          stderr: stderr === undefined ? undefined : readStderr(stderr, text),
        };
      },
      lost: (error) => taker.fail(connectionLost(error)),
      exited: (status) => {
        const end = () => taker.end({ ...status, stderrTail: this.stderrTail });
        if (this.#mirror === undefined) return void end();
        // Readers are told what could not be stored before they end.
        return this.#mirror.close().then(end, end);
      },
    };
  }

  /** Returns the target, whose end also removes what the process resumed from a store. */
  #withFiles(target: ExitTarget): ExitTarget {
    const mirror = this.#mirror;
    return mirror === undefined ? target : {
      begin: () => target.begin(),
      finish(deadline) {
        target.finish(deadline);
        mirror.removeFiles();
      },
    };
  }

  #read(stdout: ReadableStream<Uint8Array>, taker: LinkTaker): Reading {
    const { maxLineBytes = DEFAULTS.maxLineBytes } = this.#options;
    let isYoung = true;
    let lines = 0;
    let seen = 0;
    const mirror = this.#mirror;
    const receive = (line: string) => {
      lines++;
      // One line per chunk is enough to note when the CLI last wrote something.
      const isNew = reading.progress() !== seen;
      seen = reading.progress();
      // Let the waiting caller see an answer before the next line is taken.
      const isAnswer = taker.receive(line, isNew);
      // While the code is cold, a line takes as long as a hundred lines do later.
      isYoung &&= this.#timers.areHeld;
      return isAnswer || lines % BREATH_LINES === 0 ||
          isYoung && taker.state === "running"
        ? this.#timers.breathe()
        : undefined;
    };
    const reading = readStdout(stdout, maxLineBytes, (line) => {
      if (mirror === undefined) return receive(line);
      if (mirror.take(line)) return mirror.relieved();
      // A turn is over when it is stored.
      const storing = mayBeResult(line) ? mirror.settled() : undefined;
      return storing === undefined
        ? receive(line)
        : storing.then(() => receive(line));
    });
    return reading;
  }

  removeFiles(): void {
    this.#child.removeFiles();
  }

  poll(): void {}

  write(line: string): void {
    this.#child.write(line);
  }

  close(eofMs: number): void {
    this.#child.close(eofMs);
  }

  terminate(): void {
    this.#child.terminate();
  }

  drain(): void {}

  checkWait(): void {}

  soon(call: () => void): void {
    call();
  }
}

/** Returns the error for a stdout that can no longer be read. */
function connectionLost(cause: unknown): ClaudeStreamError {
  return new ClaudeStreamError(
    "process_exit",
    `Lost the connection to the CLI: ${thrownText(cause)}`,
    { cause },
  );
}
