/**
 * Reads what a process writes to stdout, line by line, at the pace of the taker.
 *
 * @module
 */

import { decodeLines, isTail } from "../decode/lines.ts";
import { OutputReading, type Reading } from "./late_output.ts";

/**
 * Reads stdout to its end.
 *
 * @param take Takes a line. Returns a promise if the next one has to wait.
 */
export function readStdout(
  stdout: ReadableStream<Uint8Array>,
  maxLineBytes: number,
  take: (line: string) => Promise<void> | undefined,
): Reading {
  return new OutputReading(
    stdout,
    (bytes) => decodeLines(bytes, maxLineBytes),
    {
      // Half a line of a pipe that another process holds open is not at its end.
      take: (line, isCut) => isCut && isTail(line) ? undefined : take(line),
    },
  );
}
