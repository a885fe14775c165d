/**
 * Ends a process: closes its input, then sends SIGTERM, then SIGKILL, each step after the time
 * limit of the one before; then ends the processes that it left behind. The whole takes a bounded
 * time, whatever the process does.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS, isEndless } from "../util/limits.ts";
import type { ProcessTree } from "./process_tree.ts";
import type { Transport, TransportSignal } from "../options/transport.ts";

/** The process to end. */
export type EndableProcess = Pick<Transport, "exited" | "kill">;

/** How long each step may take, in milliseconds. */
export interface CloseSteps {
  /** After the end of stdin. */
  readonly eofMs: number;
  /** After SIGTERM. */
  readonly termMs: number;
  /** After SIGKILL. */
  readonly killMs: number;
}

/** How long leftover processes may take to end after each signal, in milliseconds. */
const LEFTOVER_MS = 200;

/** Interval of the checks whether they have ended, in milliseconds. */
const LOOK_MS = 20;

/** Interval of the checks for new child processes of a process that is ending, in milliseconds. */
const WATCH_MS = 100;

/**
 * Time for reading the last output and ending leftover processes, on top of the steps, in
 * milliseconds.
 */
const AFTERWARDS_MS = 2_000;

/** Returns the steps that the options specify. */
export function closeStepsOf(
  { closeTimeoutMs = {} }: Pick<SessionOptions, "closeTimeoutMs">,
): CloseSteps {
  const { closeTimeoutMs: eachMs } = DEFAULTS;
  if (typeof closeTimeoutMs === "number") {
    const stepMs = closeTimeoutMs;
    return { eofMs: stepMs, termMs: stepMs, killMs: stepMs };
  }
  const { eofMs = eachMs, termMs = eachMs, killMs = eachMs } = closeTimeoutMs;
  return { eofMs, termMs, killMs };
}

/** Returns the longest time that closing takes with these steps, in milliseconds. */
export function closeBoundMs({ eofMs, termMs, killMs }: CloseSteps): number {
  return eofMs + termMs + killMs + AFTERWARDS_MS;
}

/** Ends one process. */
export class Ending {
  readonly #process: EndableProcess;
  readonly #tree: ProcessTree;
  #steps: CloseSteps;
  readonly #endInput: () => void;
  /** Resolves when waiting for stdin's end to work must stop. */
  readonly #hurry = Promise.withResolvers<void>();
  #run: Promise<void> | undefined;
  #failure: unknown;

  /**
   * @param tree The processes that the process started.
   * @param endInput Closes stdin.
   */
  constructor(
    process: EndableProcess,
    tree: ProcessTree,
    steps: CloseSteps,
    endInput: () => void,
  ) {
    this.#process = process;
    this.#tree = tree;
    this.#steps = steps;
    this.#endInput = endInput;
  }

  /**
   * Takes all steps, starting with the end of stdin. Resolves when the process is gone or cannot be
   * ended.
   *
   * @param mostMs Upper limit for the first step, if lower than in the options.
   */
  close(mostMs: number = Infinity): Promise<void> {
    const { eofMs } = this.#steps;
    return this.#run ??= this.#descend(Math.min(eofMs, mostMs));
  }

  /** The error, if the process could not be ended. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Takes the steps from SIGTERM on, even if the first step is still waiting. */
  terminate(steps: CloseSteps = this.#steps): Promise<void> {
    this.#steps = steps;
    this.#hurry.resolve();
    return this.#run ??= this.#descend(undefined);
  }

  /** @param eofMs How long to wait after the end of stdin; `undefined` skips this step. */
  async #descend(eofMs: number | undefined): Promise<void> {
    const { exited } = this.#process;
    // Once the process is gone, its children can no longer be identified.
    this.#tree.look();
    this.#endInput();
    if (eofMs !== undefined) {
      const over = Promise.race([exited, this.#hurry.promise]);
      await this.#wait(over, eofMs);
    }
    for (const [signal, timeoutMs] of this.#signals()) {
      if (await settleWithin(exited, 0)) return;
      this.#tree.look();
      this.#kill(signal);
      await this.#wait(exited, timeoutMs);
    }
  }

  /** Waits for the end, and meanwhile records what else the process starts. */
  async #wait(over: Promise<unknown>, timeoutMs: number): Promise<void> {
    const last = performance.now() + timeoutMs;
    for (;;) {
      const left = last - performance.now();
      if (left <= 0) return;
      if (await settleWithin(over, Math.min(left, WATCH_MS))) return;
      this.#tree.look();
    }
  }

  #kill(signal: TransportSignal): void {
    try {
      this.#process.kill(signal);
    } catch (error) {
      // A later step may still work.
      this.#failure = error;
    }
  }

  #signals(): readonly (readonly [TransportSignal, number])[] {
    const { termMs, killMs } = this.#steps;
    return [["SIGTERM", termMs], ["SIGKILL", killMs]];
  }
}

/** Ends the processes that an ended process left behind: only those that were found before. */
export async function endLeftovers(tree: ProcessTree): Promise<void> {
  if (!tree.signal("SIGTERM") || await isOver(tree)) return;
  tree.kill();
  await isOver(tree);
}

/** Waits a moment for signalled processes to end. Returns whether they are gone. */
async function isOver(tree: ProcessTree): Promise<boolean> {
  const last = performance.now() + LEFTOVER_MS;
  while (tree.isLeft()) {
    if (performance.now() > last) return false;
    await new Promise<void>((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return true;
}

/** Waits for a promise to settle, but not longer than `timeoutMs`. Returns whether it settled. */
export async function settleWithin(
  promise: Promise<unknown>,
  timeoutMs: number,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = isEndless(timeoutMs)
    ? undefined
    : setTimeout(() => resolve(false), timeoutMs);
  try {
    return await Promise.race([promise.then(() => true, () => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
