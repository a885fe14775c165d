/**
 * How a process is ended: asked by the end of its input, told by SIGTERM, made by
 * SIGKILL, each after the time that the one before was given; and then what it leaves
 * behind. The whole is bounded, whatever the process does.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS } from "../util/defaults.ts";
import { isEndless } from "../util/time_limit.ts";
import type { ProcessTree } from "./process_tree.ts";
import type { Transport, TransportSignal } from "../options/transport.ts";

/** What is ended. */
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

/** How long what a process left behind has after each signal. */
const LEFTOVER_MS = 200;

/** How often it is looked after meanwhile. */
const LOOK_MS = 20;

/** How often it is looked what a process that is to end still starts. */
const WATCH_MS = 100;

/** What reading the last output and ending leftovers may take besides the steps. */
const AFTERWARDS_MS = 2_000;

/** The steps that the options ask for. */
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

/** The longest time that closing takes with these steps. */
export function closeBoundMs({ eofMs, termMs, killMs }: CloseSteps): number {
  return eofMs + termMs + killMs + AFTERWARDS_MS;
}

/** Ends one process. */
export class Ending {
  readonly #process: EndableProcess;
  readonly #tree: ProcessTree;
  #steps: CloseSteps;
  readonly #endInput: () => void;
  /** No more time for asking. */
  readonly #hurry = Promise.withResolvers<void>();
  #run: Promise<void> | undefined;
  #failure: unknown;

  /**
   * @param tree What the process started.
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
   * All steps, from the end of stdin. Resolves when the process is gone, or will not go.
   *
   * @param mostMs How long the first step may take, where that is less than the options say.
   */
  close(mostMs: number = Infinity): Promise<void> {
    const { eofMs } = this.#steps;
    return this.#run ??= this.#descend(Math.min(eofMs, mostMs));
  }

  /** What went wrong where the process does not go. */
  get failure(): unknown {
    return this.#failure;
  }

  /** The steps from SIGTERM on, also where the end of stdin is being waited for. */
  terminate(steps: CloseSteps = this.#steps): Promise<void> {
    this.#steps = steps;
    this.#hurry.resolve();
    return this.#run ??= this.#descend(undefined);
  }

  /** @param eofMs How long the end of stdin is given; `undefined` for none. */
  async #descend(eofMs: number | undefined): Promise<void> {
    const { exited } = this.#process;
    // Once the process is gone nobody knows what was its own.
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

  /** Waits for an end, and meanwhile looks what else the process starts. */
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
      // A harder step may still work.
      this.#failure = error;
    }
  }

  #signals(): readonly (readonly [TransportSignal, number])[] {
    const { termMs, killMs } = this.#steps;
    return [["SIGTERM", termMs], ["SIGKILL", killMs]];
  }
}

/** Ends what an ended process left behind: those that were found before, and nobody else. */
export async function endLeftovers(tree: ProcessTree): Promise<void> {
  if (!tree.signal("SIGTERM") || await isOver(tree)) return;
  tree.kill();
  await isOver(tree);
}

/** Waits a moment for what was sent a signal. Says whether it is gone. */
async function isOver(tree: ProcessTree): Promise<boolean> {
  const last = performance.now() + LEFTOVER_MS;
  while (tree.isLeft()) {
    if (performance.now() > last) return false;
    await new Promise<void>((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return true;
}

/** Waits for the end of something, but not for longer than this. Says whether it ended. */
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
