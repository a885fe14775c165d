// What the declarations lean on and TypeScript has not: of @std what we use of it.

declare module "@std/streams/text-line-stream" {
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: { allowCR?: boolean });
  }
}

declare module "@std/text/closest-string" {
  export function closestString(
    word: string,
    choices: readonly string[],
  ): string;
}

declare module "@std/text/levenshtein-distance" {
  export function levenshteinDistance(a: string, b: string): number;
}

declare function setTimeout(run: () => void, ms?: number): number;
declare function clearTimeout(timer: number | undefined): void;
