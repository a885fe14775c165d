// Stand-in types for `@std/streams/concat-readable-streams`; see
// scripts/setup.ts.

export function concatReadableStreams<T>(
  ...streams: ReadableStream<T>[]
): ReadableStream<T>;
