/**
 * Entries of a transcript as bytes: UTF-8, one line of JSON for each. Pure.
 *
 * @module
 */

import { TextLineStream } from "@std/streams";
import type { TranscriptEntry } from "./store.ts";

/** Returns the bytes of entries. */
export function entryBytes(
  entries: readonly TranscriptEntry[],
): Uint8Array<ArrayBuffer> {
  // JSON.stringify escapes half surrogates, so that UTF-8 holds every entry.
  const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  return new TextEncoder().encode(text);
}

/** Yields the entries in bytes that come in pieces of any size. */
export async function* entriesIn(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<TranscriptEntry> {
  const lines = bytes.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    if (line !== "") yield JSON.parse(line);
  }
}
