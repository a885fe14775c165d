// Stand-in types for `@std/streams/to-json`; see scripts/setup.ts.

export function toJson(stream: ReadableStream): Promise<unknown>;
