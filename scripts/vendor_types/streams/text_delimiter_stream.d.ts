// Stand-in types for `@std/streams/text-delimiter-stream`; see
// scripts/setup.ts.

export type DelimiterDisposition = "suffix" | "prefix" | "discard";

export interface DelimiterStreamOptions {
  /** What becomes of the delimiter itself. Default: "discard". */
  disposition?: DelimiterDisposition;
}

export class TextDelimiterStream extends TransformStream<string, string> {
  constructor(delimiter: string, options?: DelimiterStreamOptions);
}
