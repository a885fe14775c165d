// Stand-in types for `@std/streams/to-text`; see scripts/setup.ts.

export function toText(stream: ReadableStream): Promise<string>;
