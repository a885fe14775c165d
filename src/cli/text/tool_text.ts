/**
 * Summarizes tool calls and their results in one line. Pure.
 *
 * @module
 */

import type { WireObject } from "../../messages/_define.ts";
import { oneLine } from "./one_line.ts";
import { widthOf } from "./terminal.ts";

/** Fields that summarize an input best, in order of preference. */
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

/** Returns the most telling field of a tool's input. */
export function inputSummary(input: WireObject): string {
  for (const name of TELLING) {
    const value = input[name];
    if (typeof value === "string" && value !== "") return value;
  }
  const text = JSON.stringify(input);
  return text === "{}" ? "" : text;
}

/** Returns all fields of an input as pairs. */
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

/**
 * Returns the error of a tool without the tags meant for the model and those of a policy's hook.
 */
export function errorText(text: string): string {
  return text.replace(/<\/?tool_use_error>/g, "")
    .replace(/^PreToolUse:\S+ hook error: /, "").trim();
}

/**
 * Fits two texts into the given columns: the second gets half of them, or what the first leaves
 * free.
 */
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
