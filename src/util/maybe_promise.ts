/**
 * Handles values that may be promises. A value that is available is never wrapped in a promise,
 * because a blocking thread could not see it resolve. Pure.
 *
 * @module
 */

/** A value, or a promise of it. */
export type Soon<T> = T | Promise<T>;

/** Passes a value to a function, immediately or when its promise resolves. */
export function whenKnown<T, R>(
  value: Soon<T>,
  next: (value: T) => Soon<R>,
): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/**
 * Converts the return value of a caller's function: any kind of promise becomes a native one. Every
 * caller's function that may be asynchronous is called through this.
 */
export function soon<T>(value: T | PromiseLike<T>): Soon<T> {
  return isThenable(value) ? Promise.resolve(value) : value;
}

/** Whether a value is any kind of promise: anything that `await` would wait for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") &&
    value !== null && typeof Reflect.get(value, "then") === "function";
}
