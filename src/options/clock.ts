/**
 * Time, as a session has it. Pure.
 *
 * @module
 */

/** Time. The clock of the machine, unless the option `clock` names another. */
export interface Clock {
  /** Milliseconds that passed since some moment; it never goes back. */
  now(): number;
  /** Milliseconds since 1970, by the clock of the wall. */
  date(): number;
  /** Calls a function after a time, in milliseconds. Returns a function that cancels it. */
  after(timeoutMs: number, call: () => void): () => void;
}
