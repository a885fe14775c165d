/**
 * The recorded transcripts, for the tests.
 *
 * @module
 */

const DIRECTORY = new URL("../transcripts/", import.meta.url);

/** A recorded stdout of the CLI. */
export interface Transcript {
  /** Name of its file. */
  readonly name: string;
  /** What the CLI wrote. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, line by line, without empty ones. */
  readonly lines: readonly string[];
}

/** All of them, in the order of their names. */
export function readTranscripts(): readonly Transcript[] {
  const names = [...Deno.readDirSync(DIRECTORY)]
    .map((entry) => entry.name)
    .filter((name) => name.endsWith(".ndjson"))
    .sort();
  return names.map((name) => {
    const bytes = Deno.readFileSync(new URL(name, DIRECTORY));
    const lines = new TextDecoder().decode(bytes).split("\n")
      .filter((line) => line.trim() !== "");
    return { name, bytes, lines };
  });
}

/** Bytes as a stream of chunks of a size. */
export function inChunks(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + size));
      at += size;
    },
  }, { highWaterMark: 16 });
}

/** Everything that a stream gives. */
export async function drain<T>(stream: ReadableStream<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
}
