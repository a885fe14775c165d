/**
 * Decodes bytes from a pipe or a file as UTF-8, or throws an error that names their encoding. Pure.
 *
 * @module
 */

import { UsageError } from "../failure/usage_error.ts";

/** Byte order marks, the longer ones first. */
const MARKS: readonly (readonly [bytes: readonly number[], name: string])[] = [
  [[0xff, 0xfe, 0, 0], "UTF-32LE"],
  [[0, 0, 0xfe, 0xff], "UTF-32BE"],
  [[0xff, 0xfe], "UTF-16LE"],
  [[0xfe, 0xff], "UTF-16BE"],
];

/** Number of bytes that are inspected to find out what NUL bytes mean. */
const LOOK_BYTES = 4096;

/** Kind of bytes that are not UTF-8 text: the name of an encoding, or `"binary"`. */
export type Foreign =
  | "UTF-16LE"
  | "UTF-16BE"
  | "UTF-32LE"
  | "UTF-32BE"
  | "binary";

/**
 * Returns the kind of bytes that cannot be UTF-8 text, detected by their byte order mark or NUL
 * bytes; `undefined` if they may be text.
 */
export function foreignEncoding(bytes: Uint8Array): Foreign | undefined {
  for (const [mark, name] of MARKS) {
    if (mark.every((byte, at) => bytes[at] === byte)) return name as Foreign;
  }
  const first = bytes.indexOf(0);
  if (first === -1) return undefined;
  // In UTF-16, the letters of most texts have a NUL byte each, always on the same side.
  const start = Math.max(0, first - (first % 4) - LOOK_BYTES);
  const nuls = [0, 0, 0, 0];
  const end = Math.min(bytes.length, start + 2 * LOOK_BYTES);
  for (let at = start; at < end; at++) {
    if (bytes[at] === 0) nuls[at % 4] = (nuls[at % 4] ?? 0) + 1;
  }
  const [a = 0, b = 0, c = 0, d = 0] = nuls;
  const units = (end - start) / 4;
  const half = units / 2;
  if (a <= units / 8 && Math.min(b, c, d) >= half) return "UTF-32LE";
  if (d <= units / 8 && Math.min(a, b, c) >= half) return "UTF-32BE";
  // Half of an emoji may have a NUL byte on the other side.
  const [even, odd] = [a + c, b + d];
  if (odd >= units / 8 && even <= odd / 8) return "UTF-16LE";
  if (even >= units / 8 && odd <= even / 8) return "UTF-16BE";
  return "binary";
}

/** Returns the error for bytes that are not UTF-8 text. */
export function foreignError(what: string, foreign: Foreign): UsageError {
  return foreign === "binary"
    ? new UsageError(
      `Cannot read ${what}: it holds NUL bytes, so it is UTF-16 without a mark, or no text`,
      "Name the file in the prompt, as in @picture.png, and Claude reads it; of a list with NUL bytes make lines: tr '\\0' '\\n'",
    )
    : new UsageError(
      `Cannot read ${what}: it is ${foreign}, expected UTF-8`,
      `Convert it: iconv -f ${foreign} -t UTF-8`,
    );
}

/**
 * Decodes bytes as text.
 *
 * @param what Names the bytes in an error, such as `the prompt from stdin`.
 * @returns The text, and whether invalid bytes were replaced in it.
 * @throws {UsageError} They are UTF-16, or not text at all.
 */
export function textOfBytes(
  bytes: Uint8Array,
  what: string,
): { readonly text: string; readonly isReplaced: boolean } {
  const foreign = foreignEncoding(bytes);
  if (foreign !== undefined) throw foreignError(what, foreign);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text, isReplaced: false };
  } catch {
    // A diff may quote a file in another encoding; the rest of it is still worth sending.
    return { text: new TextDecoder().decode(bytes), isReplaced: true };
  }
}

/** Checks the bytes of a stream as they arrive. */
export class EncodingWatch {
  readonly #what: string;
  /** The first bytes, until there are enough for a byte order mark. */
  #head: Uint8Array<ArrayBuffer> | undefined = new Uint8Array(0);

  /** @param what Names the bytes in an error. */
  constructor(what: string) {
    this.#what = what;
  }

  /**
   * Takes the next bytes.
   *
   * @throws {UsageError} They are UTF-16, or no text at all.
   */
  take(bytes: Uint8Array): void {
    const foreign = this.#head === undefined
      ? bytes.includes(0) ? "binary" : undefined
      : foreignEncoding(this.#head = joined(this.#head, bytes));
    if (foreign !== undefined) throw foreignError(this.#what, foreign);
    if (this.#head !== undefined && this.#head.length >= 4) {
      this.#head = undefined;
    }
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}
