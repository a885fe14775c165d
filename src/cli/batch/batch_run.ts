/**
 * Runs the lines of a batch: several at once, within limits of rate and money, and once more after
 * a failure that passes.
 *
 * `pool.map` calls a function for each item, holds all outcomes in memory and gives an item up after
 * a long wait; a batch outlives its process, waits for hours and starts at a steady rate.
 *
 * @module
 */

import type { Clock } from "../../options/clock.ts";
import { roundUsd } from "../../decode/usage.ts";
import { failureObject } from "../failure/failure.ts";
import { BatchBudgetError } from "../failure/exit_code.ts";
import { blameOf, resetOf } from "./batch_errors.ts";
import type { BatchLine } from "./batch_input.ts";
import { type Outcome, recordOf } from "./batch_record.ts";
import type { BatchResults } from "./batch_results.ts";
import { AFTER_RESET_MS } from "../../util/limits.ts";

/** What an attempt came to. */
export interface Attempt {
  readonly costUsd: number;
  readonly outcome: Extract<Outcome, { readonly status: "done" }> | {
    readonly status: "thrown";
    readonly error: unknown;
    /** Whether a tool ran before: another attempt would repeat what it did. */
    readonly hasRunTools: boolean;
  };
}

/** How a batch runs. */
export interface BatchPlan {
  readonly results: BatchResults;
  /** How many lines run at once. */
  readonly jobs: number;
  /** Shortest time between the starts of two attempts, in milliseconds. */
  readonly intervalMs?: number | undefined;
  readonly budgetUsd?: number | undefined;
  /** How often a line, or after an overload the batch, is tried again. */
  readonly retries: number;
  /** How long the end of a limit may be waited for, in milliseconds. */
  readonly maxWaitMs: number;
  readonly clock: Clock;
  /**
   * Sends the prompt of a line.
   *
   * @param budgetUsd What it may cost.
   */
  readonly attempt: (
    line: BatchLine,
    budgetUsd: number | undefined,
    signal: AbortSignal,
  ) => Promise<Attempt>;
  /** Called when a line fails for good. */
  readonly onFailure?: (line: BatchLine, error: unknown) => void;
  /** Called when nothing starts until then, in milliseconds since 1970. */
  readonly onPause?: (until: number) => void;
}

/** The first pause after a failure that names no end, in milliseconds; each further one doubles. */
const PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
/** Longest wait before the wall clock is looked at again, in milliseconds: the machine may sleep. */
const STEP_MS = 60_000;

/** A batch that runs. */
export class BatchRun {
  readonly #plan: BatchPlan;
  readonly #queue: BatchLine[];
  readonly #aborting = new AbortController();
  readonly #stopping = Promise.withResolvers<void>();
  #isStopping = false;
  #running = 0;
  #stoppedBy: unknown;
  /** When the next attempt may start, by the clock. */
  #nextStart = -Infinity;
  /** No attempt starts before this, in milliseconds since 1970. */
  #pausedUntil = 0;
  /** When the first of the pauses began that no success has ended. */
  #pausedSince: number | undefined;
  #pauses = 0;
  /** Attempts whose cost is not yet in the results. */
  #unsettled = 0;
  /** The most that an attempt of this run cost, in US dollars: each that starts may cost as much. */
  #dearestUsd = 0;
  /** Resolves when the cost of an attempt is in the results. */
  #settled = Promise.withResolvers<void>();

  constructor(plan: BatchPlan) {
    this.#plan = plan;
    this.#queue = [...plan.results.open];
  }

  /** How many lines run at the moment. */
  get running(): number {
    return this.#running;
  }

  /** Until when nothing starts, in milliseconds since 1970; `undefined` if nothing is waited for. */
  get pausedUntil(): number | undefined {
    return this.#pausedUntil > this.#plan.clock.date()
      ? this.#pausedUntil
      : undefined;
  }

  /** Whether the lines that run are ended, too. */
  get isAborting(): boolean {
    return this.#aborting.signal.aborted;
  }

  /** Begins no further lines; those that run come to their end. */
  stop(): void {
    this.#isStopping = true;
    this.#stopping.resolve();
  }

  /** Ends the lines that run, too: they have no result. */
  abort(reason: Error): void {
    this.stop();
    this.#aborting.abort(reason);
  }

  /**
   * Runs the lines that have no result yet.
   *
   * @throws The failure that ended the batch early.
   */
  async run(): Promise<void> {
    const count = Math.min(this.#plan.jobs, this.#queue.length);
    await Promise.all(Array.from({ length: count }, () => this.#work()));
    if (this.#stoppedBy !== undefined) throw this.#stoppedBy;
  }

  async #work(): Promise<void> {
    try {
      while (!this.#isStopping) {
        const line = this.#queue.shift();
        if (line === undefined) return;
        await this.#finish(line);
      }
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    this.#stoppedBy ??= error;
    this.stop();
  }

  /** Tries a line until it has a result, or the batch stops. */
  async #finish(line: BatchLine): Promise<void> {
    for (let tries = 1;; tries++) {
      const start = await this.#start();
      if (start === undefined) return;
      try {
        if (await this.#isFinished(line, tries, start.leftUsd)) return;
      } finally {
        this.#unsettled--;
        this.#settled.resolve();
        this.#settled = Promise.withResolvers();
      }
    }
  }

  /** Tries a line once; resolves to whether nothing more is to be done for it. */
  async #isFinished(
    line: BatchLine,
    tries: number,
    leftUsd: number | undefined,
  ): Promise<boolean> {
    const { results, retries, clock } = this.#plan;
    const began = clock.date();
    const { outcome, costUsd } = await this.#attempt(line, leftUsd);
    this.#dearestUsd = Math.max(this.#dearestUsd, costUsd);
    const total = roundUsd(results.spentOn(line) + costUsd);
    if (outcome.status === "done") {
      this.#pauses = 0;
      this.#pausedSince = undefined;
      await results.add(recordOf(line, outcome, total, tries));
      return true;
    }
    const { error, hasRunTools } = outcome;
    // The outcome of a turn that this program broke off is not a result.
    if (this.#aborting.signal.aborted) {
      await results.spend(line, costUsd);
      return true;
    }
    if (leftUsd !== undefined && isBudget(error)) {
      await results.spend(line, costUsd);
      throw this.#budgetSpent();
    }
    const blame = blameOf(error);
    const hasFailed = blame === "line" || hasRunTools ||
      blame === "attempt" && tries > retries;
    if (hasFailed) {
      const failed = {
        status: "failed",
        error: failureObject(error),
      } as const;
      this.#plan.onFailure?.(line, error);
      await results.add(recordOf(line, failed, total, tries));
    } else await results.spend(line, costUsd);
    if (blame === "batch") throw error;
    // The other lines would meet the same limit.
    if (blame === "moment") this.#pause(error, began);
    return hasFailed;
  }

  async #attempt(
    line: BatchLine,
    left: number | undefined,
  ): Promise<Attempt> {
    this.#running++;
    try {
      return await this.#plan.attempt(line, left, this.#aborting.signal);
    } finally {
      this.#running--;
    }
  }

  #budgetSpent(): Error {
    const { budgetUsd = 0, results } = this.#plan;
    return new BatchBudgetError(budgetUsd, results.counts.costUsd);
  }

  /**
   * Lets nothing start for a while.
   *
   * @param began When the attempt began: one from before the pause tells nothing new.
   * @throws {unknown} The failure, if that was done often enough, or would take too long.
   */
  #pause(error: unknown, began: number): void {
    const { clock, retries, maxWaitMs } = this.#plan;
    const now = clock.date();
    const reset = resetOf(error);
    if (reset !== undefined && reset > now) {
      this.#pausedSince ??= now;
      const until = reset + AFTER_RESET_MS;
      if (until - this.#pausedSince > maxWaitMs) throw error;
      this.#pauseUntil(until);
      return;
    }
    if (began < this.#pausedUntil) return;
    if (++this.#pauses > retries) throw error;
    this.#pausedSince ??= now;
    this.#pauseUntil(
      now + Math.min(PAUSE_MS * 2 ** (this.#pauses - 1), LONGEST_PAUSE_MS),
    );
  }

  #pauseUntil(until: number): void {
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#plan.onPause?.(until);
  }

  /**
   * Waits until an attempt may start, and counts it from then on. Resolves to what it may cost, or
   * to `undefined` if the batch stops.
   *
   * @throws {BatchBudgetError} The budget is spent.
   */
  async #start(): Promise<
    { readonly leftUsd: number | undefined } | undefined
  > {
    const { clock, intervalMs = 0 } = this.#plan;
    for (;;) {
      if (this.#isStopping) return undefined;
      const pause = this.#pausedUntil - clock.date();
      if (pause > 0) {
        await this.#wait(Math.min(pause, STEP_MS));
        continue;
      }
      const leftUsd = this.#leftUsd();
      if (leftUsd === "unsure") {
        await Promise.race([this.#settled.promise, this.#stopping.promise]);
        continue;
      }
      const now = clock.now();
      if (now >= this.#nextStart) {
        this.#nextStart = now + intervalMs;
        this.#unsettled++;
        return { leftUsd };
      }
      await this.#wait(this.#nextStart - now);
    }
  }

  /**
   * Returns what another attempt may cost: what is left if each that runs costs as much as the
   * dearest so far. If that is less than the dearest cost, it is unsure while others run.
   *
   * @throws {BatchBudgetError} The budget is spent.
   */
  #leftUsd(): number | undefined | "unsure" {
    const { budgetUsd, results } = this.#plan;
    if (budgetUsd === undefined) return undefined;
    const unspent = budgetUsd - results.counts.costUsd;
    if (roundUsd(unspent) <= 0) throw this.#budgetSpent();
    const left = roundUsd(unspent - this.#unsettled * this.#dearestUsd);
    return this.#unsettled > 0 && left < this.#dearestUsd ? "unsure" : left;
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#plan.clock.after(ms, resolve);
    await Promise.race([promise, this.#stopping.promise]);
    cancel();
  }
}

function isBudget(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === "max_budget";
}
