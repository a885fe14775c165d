/**
 * Reads the stdout of a process line by line, at the pace of the taker.
 *
 * @module
 */

import { decodeLines, isTail } from "../decode/lines.ts";
import { OutputReading, type Reading } from "./late_output.ts";

/**
 * Reads stdout to its end.
 *
 * @param take Takes a line. Returns a promise if the next line must wait.
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
      // Drop an incomplete last line of a cut output: another process held the pipe open.
      take: (line, isCut) => isCut && isTail(line) ? undefined : take(line),
    },
  );
}
