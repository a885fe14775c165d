/**
 * What async and blocking sessions wait for: a value that is settled by a call. An async
 * session takes its promise; a blocking one does whatever there is to do until it is settled.
 * Pure.
 *
 * @module
 */

import { isThenable } from "./maybe_promise.ts";

/** A body with several waits: `yield* due` waits for each. */
export type Steps<T> = Generator<Due<unknown>, T, unknown>;

/** What a wait is for. */
export type DueKind =
  /** The CLI, or the caller, answers by itself. */
  | "answer"
  /** A turn ends, which it may not do before a question of it is answered. */
  | "turn";

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/**
 * A value that is not there yet. It holds no promise, so a thread that blocks can see it
 * settled.
 */
export class Due<T> {
  /** What the wait is for. */
  readonly kind: DueKind;
  #outcome: Outcome<T> | undefined;
  #heard: (() => void)[] = [];
  #promise: Promise<T> | undefined;

  /** @param kind What the wait is for. */
  constructor(kind: DueKind = "answer") {
    this.kind = kind;
  }

  /** Whether the value or an error is there. */
  get isSettled(): boolean {
    return this.#outcome !== undefined;
  }

  /** Settles it with a value. Whatever settles it first counts. */
  settle(value: T): void {
    this.#settle({ ok: true, value });
  }

  /** Settles it with an error. Whatever settles it first counts. */
  fail(error: unknown): void {
    this.#settle({ ok: false, error });
  }

  #settle(outcome: Outcome<T>): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    for (const heard of this.#heard.splice(0)) heard();
  }

  /** Is settled as another one is. */
  follow(other: Due<T>): void {
    other.whenSettled(() => {
      const outcome = other.#outcome;
      if (outcome !== undefined) this.#settle(outcome);
    });
  }

  /**
   * Calls a function once it is settled, at once if it is. Not called `then`: `await` would
   * wait for a `Due` wherever one is returned.
   */
  whenSettled(heard: () => void): void {
    if (this.#outcome === undefined) this.#heard.push(heard);
    else heard();
  }

  /**
   * The value.
   *
   * @throws {unknown} The error that it was settled with.
   * @throws {TypeError} It is not settled.
   */
  take(): T {
    const outcome = this.#outcome;
    if (outcome === undefined) {
      throw new TypeError("Cannot take the value: it is not there yet");
    }
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  }

  /**
   * The value as a promise, always the same. A caller that drops it is told of no rejection:
   * nobody has to wait for a turn.
   */
  get promise(): Promise<T> {
    if (this.#promise === undefined) {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      promise.catch(() => {});
      this.#promise = promise;
      this.whenSettled(() => {
        const outcome = this.#outcome;
        if (outcome?.ok === true) resolve(outcome.value);
        else reject(outcome?.error);
      });
    }
    return this.#promise;
  }

  /** Waits for it in a body with several waits. */
  *[Symbol.iterator](): Steps<T> {
    return (yield this) as T;
  }
}

/** What a function of the caller returned: a value, or a promise that only an async session can wait for. */
export class Foreign<T> extends Due<T> {
  /** What a blocking session says to a promise. */
  readonly #refusal: string;

  /**
   * @param value What the function returned.
   * @param refusal What a blocking session says to a promise.
   */
  constructor(value: T | PromiseLike<T>, refusal: string) {
    super();
    this.#refusal = refusal;
    if (!isThenable(value)) this.settle(value);
    else {
      // Only an adopted promise is sure to call back once.
      Promise.resolve(value).then(
        (value) => this.settle(value as T),
        (error) => this.fail(error),
      );
    }
  }

  /**
   * The value, for a thread that cannot wait for a promise.
   *
   * @throws {TypeError} It is a promise.
   */
  now(): T {
    if (!this.isSettled) throw new TypeError(this.#refusal);
    return this.take();
  }
}

/** A value that is there already. */
export function settled<T>(value: T): Due<T> {
  const due = new Due<T>();
  due.settle(value);
  return due;
}

/** The same as another, but it fails with the signal's reason if that aborts first. */
export function unlessAborted<T>(
  due: Due<T>,
  signal: AbortSignal | undefined,
): Due<T> {
  if (signal === undefined || due.isSettled) return due;
  const first = new Due<T>(due.kind);
  const abort = () => first.fail(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  first.follow(due);
  first.whenSettled(() => signal.removeEventListener("abort", abort));
  return first;
}
