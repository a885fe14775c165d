/**
 * The parts of the demo program: a tool, an answer schema, a policy.
 *
 * @module
 */

import * as v from "valibot";
import { callback } from "../../permissions/policy.ts";
import { allow, deny } from "../../permissions/decision.ts";
import type { Policy } from "../../permissions/policy_types.ts";
import { defineTool, type Tool } from "../../tools/tool.ts";

/** Counts groups of vowels: good enough for the haiku of the demo. */
export function syllablesOf(line: string): number {
  return line.toLowerCase().replaceAll(/[^a-z ]/g, "").split(/\s+/)
    .map((word) => word.replace(/(?<=[^aeiouy])e$/, ""))
    .reduce((sum, word) => sum + (word.match(/[aeiouy]+/g)?.length ?? 1), 0);
}

/** The tool that the model calls. */
export const countSyllables: Tool<
  { text: string },
  unknown,
  string
> = defineTool({
  name: "count_syllables",
  description: "Counts the syllables of each line of a text",
  input: v.object({ text: v.string() }),
  run: ({ text }) => text.split("\n").map(syllablesOf).join(", "),
});

/** The type of the last answer. */
export const Verdict: v.GenericSchema<
  unknown,
  { readonly isHaiku: boolean; readonly syllables: readonly number[] }
> = v.object({ isHaiku: v.boolean(), syllables: v.array(v.number()) });

/** Deletes nothing, asks about edits, allows the tool. */
export const demoPolicy: Policy = callback((name, input) => {
  if (name === "Bash" && /\brm\b/.test(String(input.command))) {
    return deny("nothing is deleted here");
  }
  return name === "Edit" ? undefined : allow();
});
