/**
 * A value that is settled by a call, for async and blocking sessions to wait for. An async session
 * awaits its promise; a blocking one processes the session's work until it is settled. Pure.
 *
 * @module
 */

import { isThenable } from "./maybe_promise.ts";

/** A function body with several waits: `yield* due` waits for each. */
export type Steps<T> = Generator<Due<unknown>, T, unknown>;

/** Purpose of a wait. */
type DueKind =
  /** An answer from the CLI or the caller. */
  | "answer"
  /** The end of a turn, which may require that a question is answered first. */
  | "turn";

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/**
 * A value that may not be available yet. It does not depend on promises, so a blocking thread can
 * see that it is settled.
 */
export class Due<T> {
  /** Purpose of the wait. */
  readonly kind: DueKind;
  #outcome: Outcome<T> | undefined;
  #heard: (() => void)[] = [];
  #promise: Promise<T> | undefined;

  /** @param kind Purpose of the wait. */
  constructor(kind: DueKind = "answer") {
    this.kind = kind;
  }

  /** Whether it has a value or an error. */
  get isSettled(): boolean {
    return this.#outcome !== undefined;
  }

  /** Settles it with a value. Only the first call of `settle` or `fail` counts. */
  settle(value: T): void {
    this.#settle({ ok: true, value });
  }

  /** Settles it with an error. Only the first call of `settle` or `fail` counts. */
  fail(error: unknown): void {
    this.#settle({ ok: false, error });
  }

  #settle(outcome: Outcome<T>): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    for (const heard of this.#heard.splice(0)) heard();
  }

  /** Settles it in the same way as another one, as soon as that is settled. */
  follow(other: Due<T>): void {
    other.whenSettled(() => {
      const outcome = other.#outcome;
      if (outcome !== undefined) this.#settle(outcome);
    });
  }

  /**
   * Calls a function once it is settled, immediately if it already is. It is not named `then`,
   * because `await` would then unwrap a `Due` wherever one is returned.
   */
  whenSettled(heard: () => void): void {
    if (this.#outcome === undefined) this.#heard.push(heard);
    else heard();
  }

  /**
   * Returns the value.
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
   * The value as a promise, always the same one. If a caller ignores it, its rejection is not
   * reported as unhandled: a turn need not be awaited.
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

  /** Waits for it in a {@linkcode Steps} body. */
  *[Symbol.iterator](): Steps<T> {
    return (yield this) as T;
  }
}

/**
 * The result of a caller's function: a value, or a promise that only an async session can wait for.
 */
export class Foreign<T> extends Due<T> {
  /** Error text of a blocking session for a promise. */
  readonly #refusal: string;

  /**
   * @param value The return value of the function.
   * @param refusal Error text of a blocking session for a promise.
   */
  constructor(value: T | PromiseLike<T>, refusal: string) {
    super();
    this.#refusal = refusal;
    if (!isThenable(value)) this.settle(value);
    else {
      // Only a native promise is sure to call back exactly once.
      Promise.resolve(value).then(
        (value) => this.settle(value as T),
        (error) => this.fail(error),
      );
    }
  }

  /**
   * Returns the value, for a thread that cannot wait for a promise.
   *
   * @throws {TypeError} The value is a promise.
   */
  now(): T {
    if (!this.isSettled) throw new TypeError(this.#refusal);
    return this.take();
  }
}

/** Returns a `Due` that already has a value. */
export function settled<T>(value: T): Due<T> {
  const due = new Due<T>();
  due.settle(value);
  return due;
}

/**
 * Returns a `Due` that follows another one, but fails with the signal's reason if the signal aborts
 * first.
 */
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

/**
 * Calls a function when a signal aborts, immediately if it already has. Returns a function that
 * cancels this.
 */
export function onAbort(signal: AbortSignal, abort: () => void): () => void {
  if (signal.aborted) {
    abort();
    return () => {};
  }
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}
