/**
 * The lines of a transcript.
 *
 * @module
 */

import { DEFAULTS } from "../util/defaults.ts";
import { LineSplitter } from "../decode/lines.ts";

const CHUNK_BYTES = 256 * 1024;

/** Options of {@linkcode transcriptLines}. */
export interface TranscriptLinesOptions {
  /** The longest line in bytes; a longer one becomes an `UnknownEvent`. Default 256 MiB. */
  readonly maxLineBytes?: number;
  /** Stops here, at a byte of the file. Default: at its end. */
  readonly endBytes?: number;
  /** Cancels the reading. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a file line by line, some lines at a time. `parseLine` knows the marks of a line
 * that is too long or cut short.
 */
export async function* transcriptLines(
  path: string,
  options: TranscriptLinesOptions = {},
): AsyncGenerator<readonly string[]> {
  const { maxLineBytes = DEFAULTS.maxLineBytes, endBytes = Infinity, signal } =
    options;
  signal?.throwIfAborted();
  using file = await Deno.open(path);
  const splitter = new LineSplitter(maxLineBytes);
  const buffer = new Uint8Array(CHUNK_BYTES);
  let at = 0;
  while (at < endBytes) {
    signal?.throwIfAborted();
    const room = Math.min(buffer.length, endBytes - at);
    const count = await file.read(buffer.subarray(0, room));
    if (count === null) break;
    at += count;
    const lines = splitter.push(buffer.subarray(0, count));
    if (lines.length > 0) yield lines;
  }
  const rest = splitter.end();
  if (rest.length > 0) yield rest;
}
