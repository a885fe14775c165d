/**
 * Marks for lines that are not as the CLI wrote them. A separate file, so that the worker of a
 * blocking session, which only reads lines, does not load the messages.
 *
 * @module
 */

/** Mark that the stage for whole lines puts before a line that is too long. No JSON begins with NUL. */
export const OVERSIZED_MARK = "\0oversized ";
/** As {@linkcode OVERSIZED_MARK}, for a last line that has no end. */
export const TAIL_MARK = "\0tail ";
