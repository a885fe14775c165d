// Stand-in types for `@std/streams/text-line-stream`; see scripts/setup.ts.

export interface TextLineStreamOptions {
  /** Whether a lone `\r` ends a line too. Default: false. */
  allowCR?: boolean;
}

export class TextLineStream extends TransformStream<string, string> {
  constructor(options?: TextLineStreamOptions);
}
