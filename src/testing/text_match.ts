/**
 * Matches texts with conditions of a scenario. Pure.
 *
 * @module
 */

import type { TextMatch } from "./scenario.ts";

/** Whether a text meets the condition. */
export function matchesText(text: string, match: TextMatch): boolean {
  if (typeof match === "string") return text.trim() === match.trim();
  if ("contains" in match) return text.includes(match.contains);
  return new RegExp(match.pattern, match.flags).test(text);
}

/** Returns a regular expression as plain data; other values unchanged. */
export function asTextMatch(match: TextMatch | RegExp): TextMatch {
  if (!(match instanceof RegExp)) return match;
  const { source, flags } = match;
  return { pattern: source, ...(flags === "" ? {} : { flags }) };
}
