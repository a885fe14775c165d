// Stand-in types for `@std/streams/to-array-buffer`; see scripts/setup.ts.

export function toArrayBuffer(
  readableStream: ReadableStream<Uint8Array>,
): Promise<ArrayBuffer>;
