/**
 * Errors of the command line's output. Pure.
 *
 * @module
 */

/** The reader of stdout is gone, as after `| head -1`. */
export class StdoutClosedError extends Error {
  override readonly name = "StdoutClosedError";
}

/** Output could not be written: the disk is full, for example. */
export class WriteError extends Error {
  override readonly name = "WriteError";
}
