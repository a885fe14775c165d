/**
 * Works through many items, each with a new session.
 *
 * @module
 */

import {
  AMOUNT,
  check,
  fields,
  FUNCTION,
  type Kind,
  POSITIVE,
  SIGNAL,
  TIME,
  wrong,
  YES_OR_NO,
} from "../checks/kinds.ts";
import {
  BudgetExceededError,
  ClaudeStreamError,
  TurnError,
} from "../errors.ts";
import { roundUsd } from "../decode/usage.ts";
import type { Clock } from "../options/clock.ts";
import type { AsyncSession } from "../session/async_session.ts";
import { AFTER_RESET_MS } from "../util/limits.ts";

/** What the function of `pool.map` gets besides its item. */
export interface MapContext {
  /** A new session, without a conversation yet. It is closed when the function is over. */
  readonly session: AsyncSession;
  /** Number of the item, from 0. */
  readonly index: number;
  /** Which attempt at the item this is, from 1. */
  readonly attempt: number;
  /** Aborts when the call is to stop. The session is then closed anyway. */
  readonly signal: AbortSignal;
}

/** The function of `pool.map`. */
export type MapFunction<T, R> = (
  item: T,
  context: MapContext,
) => R | PromiseLike<R>;

/** Options of `pool.map`. */
export interface MapOptions {
  /** How many items are worked on at a time. Default: `maxProcesses` of the pool. */
  readonly concurrency?: number;
  /**
   * Stops everything when it aborts: running items are interrupted, others are skipped. The
   * outcomes up to then still come, and then the loop rejects with the signal's reason.
   */
  readonly signal?: AbortSignal;
  /**
   * How much all items may cost, in US dollars, failed attempts included. Once that is spent, no
   * other item begins; those that run are finished, so it may cost more by what they cost. The
   * others are skipped with a `BudgetExceededError`. No limit by default.
   */
  readonly maxCostUsd?: number;
  /**
   * How often an item is tried again, with a new session, if it failed with an error that is
   * `retryable`: a rate limit, an overloaded API, a lost connection, a process that died. Default 2.
   */
  readonly retries?: number;
  /**
   * Whether to try again even if tools ran in the failed attempt, whose effects would come twice.
   * Default `false`.
   */
  readonly retryAfterTools?: boolean;
  /**
   * How long to wait before another attempt at most, in milliseconds. After a rate limit the wait
   * lasts until the limit resets; if that is too long, the item fails and those that have not begun
   * are skipped with its error. Otherwise the waits are 1 s, 2 s, 4 s and so on. After a rate limit
   * or an overloaded API no other item begins meanwhile. Default 60,000.
   */
  readonly maxRetryWaitMs?: number;
  /**
   * Whether the first item that fails stops everything, as a signal would: running items are
   * interrupted, others are skipped. Default `false`.
   */
  readonly stopOnError?: boolean;
}

/** What became of one item. */
export type MapOutcome<T, R> =
  & {
    /** Number of the item, from 0. */
    readonly index: number;
    /** The item. */
    readonly item: T;
    /** How often it was tried: 0 if it was skipped. */
    readonly attempts: number;
    /** What all attempts cost, in US dollars. */
    readonly costUsd: number;
  }
  & (
    | {
      /** The function returned a value. */
      readonly status: "fulfilled";
      /** The value. */
      readonly value: R;
    }
    | {
      /** The function failed, or was stopped. */
      readonly status: "rejected";
      /** The error of the last attempt. */
      readonly reason: unknown;
    }
    | {
      /** The function was not called. */
      readonly status: "skipped";
      /** Why not: an abort, the end of the money, a long rate limit, or the failure of another item. */
      readonly reason: unknown;
    }
  );

/** A session of an item. */
interface Opened {
  readonly session: AsyncSession;
  /** What it has spent so far. */
  spentUsd(): number;
}

/** What a map needs from its pool. */
export interface MapPool {
  readonly maxProcesses: number;
  readonly clock: Clock;
  /** Returns a session without a conversation. */
  open(): Opened;
}

const MAP: Kind = fields<MapOptions>({
  concurrency: POSITIVE,
  signal: SIGNAL,
  maxCostUsd: AMOUNT,
  retries: {
    expected: "a whole number, 0 for none",
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  },
  retryAfterTools: YES_OR_NO,
  maxRetryWaitMs: TIME,
  stopOnError: YES_OR_NO,
});

/** First wait before another attempt, in milliseconds. */
const FIRST_WAIT_MS = 1_000;

/**
 * What `pool.map` returns: the outcomes in the order of the items, each as soon as it and all
 * earlier ones are available. Begins when it is first read, and can be read once: in a loop, or with
 * {@linkcode PoolMap.results}.
 *
 * Leaving the loop early stops everything: running items are interrupted, others do not begin.
 */
export class PoolMap<T, R> implements AsyncIterable<MapOutcome<T, R>> {
  readonly #run: MapFunction<T, R>;
  readonly #options: MapOptions;
  readonly #pool: MapPool;
  readonly #source: () => Source<T>;
  readonly #stop = new AbortController();
  /** Outcomes that wait for their turn, by index. */
  readonly #outcomes = new Map<number, MapOutcome<T, R>>();
  #taken = 0;
  #isRead = false;
  #isExhausted = false;
  /** What went wrong with the source of the items. */
  #sourceError: { readonly error: unknown } | undefined;
  #spentUsd = 0;
  /** When items may begin again, by the wall clock, after a rate limit. */
  #resumesAt = 0;
  /** Why items are skipped. */
  #skips: { readonly reason: unknown } | undefined;
  #heard: () => void = () => {};

  /** Called by `pool.map()`. */
  constructor(
    items: Iterable<T> | AsyncIterable<T>,
    run: MapFunction<T, R>,
    options: MapOptions,
    pool: MapPool,
  ) {
    check("options of map", options, MAP);
    if (!FUNCTION.fits(run)) throw wrong("run", FUNCTION.expected, run);
    this.#source = sourceOf(items);
    this.#run = run;
    this.#options = options;
    this.#pool = pool;
  }

  /**
   * Returns the values of all items, in their order.
   *
   * @throws {unknown} What the first item failed with, or was skipped for: everything else is
   *   stopped then. To keep the values that there are, read the outcomes in a loop.
   */
  async results(): Promise<R[]> {
    const values: R[] = [];
    for await (const outcome of this.#read(true)) {
      if (outcome.status !== "fulfilled") throw outcome.reason;
      values.push(outcome.value);
    }
    return values;
  }

  /** The outcomes, in the order of the items. */
  [Symbol.asyncIterator](): AsyncIterableIterator<MapOutcome<T, R>> {
    return this.#read(this.#options.stopOnError === true);
  }

  async *#read(stopsOnError: boolean): AsyncGenerator<MapOutcome<T, R>> {
    if (this.#isRead) {
      throw new TypeError(
        "Cannot read the outcomes: they can be read only once",
      );
    }
    this.#isRead = true;
    const { signal, concurrency = this.#pool.maxProcesses } = this.#options;
    const abort = () => this.#end(signal?.reason);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
    const source = this.#source();
    let running = concurrency;
    const workers = Array.from(
      { length: concurrency },
      () =>
        this.#work(source, stopsOnError).finally(() => {
          running--;
          this.#heard();
        }),
    );
    try {
      for (let at = 0;;) {
        const outcome = this.#outcomes.get(at);
        if (outcome !== undefined) {
          this.#outcomes.delete(at++);
          yield outcome;
        } else if (running === 0) break;
        else await new Promise<void>((heard) => this.#heard = heard);
      }
      if (this.#sourceError !== undefined) throw this.#sourceError.error;
      if (signal?.aborted === true) throw signal.reason;
    } finally {
      this.#end(
        new DOMException("The outcomes are no longer read", "AbortError"),
      );
      signal?.removeEventListener("abort", abort);
      await Promise.all(workers);
      await source.close();
    }
  }

  /** Stops everything, once. */
  #end(reason: unknown): void {
    this.#skips ??= { reason };
    this.#stop.abort(reason);
  }

  /** Works on one item after another. */
  async #work(source: Source<T>, stopsOnError: boolean): Promise<void> {
    for (;;) {
      if (this.#skips !== undefined) this.#isExhausted ||= source.isEndless;
      if (this.#isExhausted) return;
      const index = this.#taken++;
      const next = await source.next().catch((error) => {
        this.#sourceError ??= { error };
        this.#end(error);
        return undefined;
      });
      if (next === undefined || next.done === true) {
        this.#isExhausted = true;
        return;
      }
      const outcome = await this.#outcomeOf(next.value, index);
      if (stopsOnError && outcome.status === "rejected") {
        this.#end(outcome.reason);
      }
      this.#outcomes.set(index, outcome);
      this.#heard();
    }
  }

  /** Waits while a rate limit holds. Returns whether items may begin. */
  async #settled(): Promise<boolean> {
    while (this.#skips === undefined) {
      const waitMs = this.#resumesAt - this.#pool.clock.date();
      if (waitMs <= 0) return true;
      await this.#wait(waitMs);
    }
    return false;
  }

  async #outcomeOf(item: T, index: number): Promise<MapOutcome<T, R>> {
    const { retries = 2 } = this.#options;
    let costUsd = 0;
    let attempt = 0;
    let waitMs: number | undefined;
    let reason: unknown;
    do {
      if (waitMs !== undefined) await this.#wait(waitMs);
      if (!await this.#settled()) break;
      if (this.#isSpent) break;
      attempt++;
      const tried = await this.#attempt(item, index, attempt);
      costUsd = roundUsd(costUsd + tried.costUsd);
      this.#spentUsd = roundUsd(this.#spentUsd + tried.costUsd);
      if ("value" in tried) {
        const { value } = tried;
        return {
          status: "fulfilled",
          value,
          index,
          item,
          attempts: attempt,
          costUsd,
        };
      }
      reason = tried.reason;
      waitMs = this.#waitFor(tried, attempt, retries);
    } while (waitMs !== undefined);
    return attempt === 0
      ? {
        status: "skipped",
        reason: this.#skips?.reason,
        index,
        item,
        attempts: 0,
        costUsd,
      }
      : { status: "rejected", reason, index, item, attempts: attempt, costUsd };
  }

  /** Whether the money is spent. */
  get #isSpent(): boolean {
    const { maxCostUsd = Infinity } = this.#options;
    if (this.#spentUsd < maxCostUsd) return false;
    this.#skips ??= {
      reason: new BudgetExceededError("cost", maxCostUsd, this.#spentUsd, {
        hint: "Raise maxCostUsd, and run the items that were skipped",
      }),
    };
    return true;
  }

  async #attempt(item: T, index: number, attempt: number): Promise<Tried<R>> {
    const { session, spentUsd } = this.#pool.open();
    const { signal } = this.#stop;
    const stop = () => {
      session.close().catch(() => {});
    };
    signal.addEventListener("abort", stop, { once: true });
    const failed = (reason: unknown): Failed => ({
      reason: signal.aborted ? signal.reason : reason,
      hasRunTools: Object.keys(session.stats().tools).length > 0,
    });
    let tried: Failed | { readonly value: R };
    try {
      signal.throwIfAborted();
      tried = {
        value: await this.#run(item, { session, index, attempt, signal }),
      };
    } catch (error) {
      tried = failed(error);
    }
    signal.removeEventListener("abort", stop);
    try {
      await session.close();
    } catch (error) {
      // The end of the conversation could not be stored, say. The first error tells more.
      if ("value" in tried) tried = failed(error);
    }
    return { ...tried, costUsd: spentUsd() };
  }

  /**
   * Returns how long to wait for another attempt; `undefined` if there is to be none. Whether or not
   * there is one, a limit holds the others back, which would run into the same one.
   */
  #waitFor(
    { reason, hasRunTools }: Failed,
    attempt: number,
    retries: number,
  ): number | undefined {
    const { maxRetryWaitMs = 60_000, retryAfterTools = false } = this.#options;
    if (
      this.#skips !== undefined || !(reason instanceof ClaudeStreamError) ||
      !reason.retryable
    ) return undefined;
    const resetsAt = reason instanceof TurnError ? reason.resetsAt : undefined;
    const now = this.#pool.clock.date();
    const waitMs = resetsAt === undefined
      ? FIRST_WAIT_MS * 2 ** (attempt - 1)
      : Math.max(resetsAt * 1000 - now, 0) + AFTER_RESET_MS;
    const isTooLong = waitMs > maxRetryWaitMs;
    if (isTooLong && resetsAt !== undefined) this.#skips = { reason };
    else if (reason.code === "rate_limit" || reason.code === "overloaded") {
      const until = now + Math.min(waitMs, maxRetryWaitMs);
      this.#resumesAt = Math.max(this.#resumesAt, until);
    }
    const isLast = attempt > retries || hasRunTools && !retryAfterTools;
    return isLast || isTooLong ? undefined : waitMs;
  }

  /** Waits, unless everything is stopped. */
  #wait(waitMs: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise<void>((resolve) => {
      const done = () => {
        cancel();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = this.#pool.clock.after(waitMs, done);
      if (signal.aborted) done();
      else signal.addEventListener("abort", done, { once: true });
    });
  }
}

/** A failed attempt. */
interface Failed {
  readonly reason: unknown;
  /** Whether tools ran in it. */
  readonly hasRunTools: boolean;
}

type Tried<R> = (Failed | { readonly value: R }) & { readonly costUsd: number };

/** Where items come from: one at a time, in order. */
interface Source<T> {
  /** Whether it may have no end, so that its rest cannot be named when everything stops. */
  readonly isEndless: boolean;
  next(): Promise<IteratorResult<T>>;
  close(): Promise<void>;
}

/** @throws {TypeError} It is nothing to iterate over. */
function sourceOf<T>(items: Iterable<T> | AsyncIterable<T>): () => Source<T> {
  if (
    items === null || typeof items !== "object" && typeof items !== "string" ||
    !(Symbol.iterator in Object(items) || Symbol.asyncIterator in Object(items))
  ) {
    throw new TypeError(
      `Cannot map: expected items to iterate over, got ${
        items === null ? "null" : typeof items
      }`,
    );
  }
  return () => {
    const iterator = Symbol.asyncIterator in Object(items)
      ? (items as AsyncIterable<T>)[Symbol.asyncIterator]()
      : (items as Iterable<T>)[Symbol.iterator]();
    return {
      // The items of a list are known even if they are not worked on.
      isEndless: !Array.isArray(items) && !(items instanceof Set) &&
        !(items instanceof Map) && typeof items !== "string",
      next: async () => await iterator.next(),
      close: async () => {
        await iterator.return?.();
      },
    };
  };
}
