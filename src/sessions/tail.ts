/**
 * Follows the end of a growing transcript.
 *
 * @module
 */

import { isGone } from "../transcripts/place.ts";
import { linesOfFile } from "./transcript_lines.ts";

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 10;

/** Where the last whole line of a file ends, in bytes. */
export async function wholeBytes(path: string): Promise<number> {
  using file = await Deno.open(path);
  return await endOfLines(file, 0);
}

/** Where the last whole line ends that ends behind a place; that place if none does. */
async function endOfLines(file: Deno.FsFile, from: number): Promise<number> {
  const { size } = await file.stat();
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let end = size; end > from;) {
    const start = Math.max(from, end - CHUNK_BYTES);
    await file.seek(start, Deno.SeekMode.Start);
    const count = await file.read(buffer.subarray(0, end - start));
    if (count === null) break;
    const at = buffer.subarray(0, count).lastIndexOf(LINE_FEED);
    if (at !== -1) return start + at + 1;
    end = start;
  }
  return from;
}

/** Reads what was added to a file since it was read last. */
export class TranscriptTail {
  readonly #path: string;
  readonly #limits: { readonly maxLineBytes?: number };
  #at: number;
  /** Inode of the file, if the system has inodes. */
  #file: number | null = null;

  /** @param start Where to begin, in bytes: the start of a line. */
  constructor(path: string, start: number, maxLineBytes?: number) {
    this.#path = path;
    this.#at = start;
    this.#limits = maxLineBytes === undefined ? {} : { maxLineBytes };
  }

  /**
   * The lines that are whole by now; an incomplete line at the end is left for the next
   * call. `undefined` if the file is gone.
   */
  async lines(): Promise<readonly string[] | undefined> {
    try {
      return await this.#read();
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async #read(): Promise<readonly string[]> {
    using file = await Deno.open(this.#path);
    const { size, ino } = await file.stat();
    const isOther = this.#file !== null && ino !== null && ino !== this.#file;
    this.#file = ino;
    // Another file took its place, or it was cut: all of it is new.
    if (isOther || size < this.#at) this.#at = 0;
    const end = await endOfLines(file, this.#at);
    await file.seek(this.#at, Deno.SeekMode.Start);
    const all: string[] = [];
    for await (
      const lines of linesOfFile(file, end - this.#at, this.#limits)
    ) all.push(...lines);
    this.#at = end;
    return all;
  }
}
