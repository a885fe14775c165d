/**
 * What a text in a scenario has to be. Pure.
 *
 * @module
 */

import type { TextMatch } from "./scenario.ts";

/** Whether a text is as a scenario wants it. */
export function matchesText(text: string, match: TextMatch): boolean {
  if (typeof match === "string") return text.trim() === match.trim();
  if ("contains" in match) return text.includes(match.contains);
  return new RegExp(match.pattern, match.flags).test(text);
}

/** A regular expression as plain data; anything else as it is. */
export function asTextMatch(match: TextMatch | RegExp): TextMatch {
  if (!(match instanceof RegExp)) return match;
  const { source, flags } = match;
  return { pattern: source, ...(flags === "" ? {} : { flags }) };
}
