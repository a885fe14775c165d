// Stand-in types for `@std/jsonc/parse`; see scripts/setup.ts.

export type JsonValue =
  | { [key: string]: JsonValue | undefined }
  | JsonValue[]
  | string
  | number
  | boolean
  | null;

export function parse(text: string): JsonValue;
