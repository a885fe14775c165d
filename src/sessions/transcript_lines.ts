/**
 * The lines of a transcript.
 *
 * @module
 */

import { DEFAULTS } from "../util/limits.ts";
import { decodeLines } from "../decode/lines.ts";

const CHUNK_BYTES = 256 * 1024;
const BATCH_LINES = 64;

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
 * Reads a file line by line, some lines at a time. `parseLine` knows the marks of a line that
 * is too long or cut short.
 */
export async function* transcriptLines(
  path: string,
  options: TranscriptLinesOptions = {},
): AsyncGenerator<readonly string[]> {
  options.signal?.throwIfAborted();
  using file = await Deno.open(path);
  const { endBytes = Infinity } = options;
  yield* linesOfFile(file, endBytes, options);
}

/** Reads this many bytes of an open file line by line, from its current position. */
export async function* linesOfFile(
  file: Deno.FsFile,
  bytesMost: number,
  options: Omit<TranscriptLinesOptions, "endBytes"> = {},
): AsyncGenerator<readonly string[]> {
  const { maxLineBytes = DEFAULTS.maxLineBytes, signal } = options;
  let left = bytesMost;
  const bytes = new ReadableStream<Uint8Array>({
    async pull(controller) {
      signal?.throwIfAborted();
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
      const count = left === 0 ? null : await file.read(chunk);
      if (count === null) return controller.close();
      left -= count;
      controller.enqueue(chunk.subarray(0, count));
    },
  }, { highWaterMark: 0 });
  let lines: string[] = [];
  for await (const line of decodeLines(bytes, maxLineBytes)) {
    if (lines.push(line) < BATCH_LINES) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}
