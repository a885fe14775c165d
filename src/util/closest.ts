import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** Returns the word that was most likely meant, or `undefined` if none is similar. */
export function closest(
  word: string,
  words: Iterable<string>,
): string | undefined {
  const choices = [...words];
  if (choices.length === 0) return undefined;
  const near = closestString(word, choices);
  return levenshteinDistance(word.toLowerCase(), near.toLowerCase()) <=
      Math.max(2, word.length / 3)
    ? near
    : undefined;
}
