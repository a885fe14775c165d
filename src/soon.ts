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

/** Whether a value is a promise, of whatever make. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
