/**
 * Calls of tools and what they gave, in a line. Pure.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import { oneLine } from "./one_line.ts";
import { widthOf } from "./terminal.ts";

/** The field of an input that says most, in this order. */
const TELLING = [
  "command",
  "file_path",
  "notebook_path",
  "path",
  "pattern",
  "url",
  "query",
  "description",
  "skill",
  "prompt",
] as const;

/** What a tool is called with, as the one thing that tells most. */
export function inputSummary(input: WireObject): string {
  for (const name of TELLING) {
    const value = input[name];
    if (typeof value === "string" && value !== "") return value;
  }
  const text = JSON.stringify(input);
  return text === "{}" ? "" : text;
}

/** All of an input, a pair for each field. */
export function inputFields(
  input: WireObject,
): readonly (readonly [name: string, value: string])[] {
  return Object.entries(input).map(([name, value]) =>
    [
      name,
      typeof value === "string" ? value : JSON.stringify(value) ?? "",
    ] as const
  );
}

/** The error of a tool without the marks that are meant for the model, nor those of a policy's hook. */
export function errorText(text: string): string {
  return text.replace(/<\/?tool_use_error>/g, "")
    .replace(/^PreToolUse:\S+ hook error: /, "").trim();
}

/** Two texts that share so many columns: the second gets half of them, or what the first leaves. */
export function sharedLine(
  first: string,
  second: string,
  columns: number,
): readonly [string, string] {
  const half = Math.min(
    widthOf(oneLine(second, columns)),
    Math.floor(columns / 2),
  );
  const left = oneLine(first, Math.max(4, columns - half));
  return [left, oneLine(second, Math.max(4, columns - widthOf(left)))];
}
