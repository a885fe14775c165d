// Stand-in types for `@std/text/levenshtein-distance`; see scripts/setup.ts.

export function levenshteinDistance(str1: string, str2: string): number;
