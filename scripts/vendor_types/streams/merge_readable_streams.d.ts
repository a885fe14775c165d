// Stand-in types for `@std/streams/merge-readable-streams`; see
// scripts/setup.ts.

export function mergeReadableStreams<T>(
  ...streams: ReadableStream<T>[]
): ReadableStream<T>;
