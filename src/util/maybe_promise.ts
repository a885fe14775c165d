/**
 * Values that are there at once, or come with a promise. What is known at once is not
 * kept waiting for one: a thread that blocks could never see it kept. Pure.
 *
 * @module
 */

/** A value, or a promise where it takes time. */
export type Soon<T> = T | Promise<T>;

/** Goes on with a value at once, or when it is there. */
export function whenKnown<T, R>(
  value: Soon<T>,
  next: (value: T) => Soon<R>,
): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/**
 * What a function of the caller's gave: a promise of whatever make becomes one of the
 * platform's. Every function that may answer later is called through this.
 */
export function soon<T>(value: T | PromiseLike<T>): Soon<T> {
  return isThenable(value) ? Promise.resolve(value) : value;
}

/** Whether a value is a promise, of whatever make: anything that `await` waits for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") &&
    value !== null && typeof Reflect.get(value, "then") === "function";
}
