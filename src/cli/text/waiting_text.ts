/**
 * Formats what a finished turn waits for.
 *
 * @module
 */

import "./exact_width.ts";
import { oneLine } from "./one_line.ts";

/** Formats what the turn waits for. Pure. */
export function waitingText(tasks: readonly string[]): string {
  const [first = "", ...others] = tasks;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `waiting for work in the background: ${
    oneLine(first, 60)
  }${more}; Ctrl-C ends the wait, --until turn does not wait`;
}
