/**
 * What some tools did, as lines below their call: an edit as a difference, a list of tasks as
 * a list, a plan as a text. Pure.
 *
 * @module
 */

import "./exact_width.ts";
import { isWireObject, type WireObject } from "../../messages/_define.ts";
import type { Line } from "../live/live_region.ts";
import { markedLine } from "./marked_text.ts";
import { cutLine } from "./one_line.ts";
import type { DiffFunction } from "../question/edit_diff.ts";
import { type Style, styled } from "./terminal.ts";

/** A longer difference is cut, and says so; what is approved is shown whole elsewhere. */
const MOST_LINES = 40;
/** Lines around a change. */
const CONTEXT = 2;

const SIGN_STYLES: Readonly<Record<"-" | "+" | " ", Style>> = {
  "-": "red",
  "+": "green",
  " ": "dim",
};

/** Tools whose lines need a {@linkcode DiffFunction}. */
export const EDITING_TOOLS: ReadonlySet<string> = new Set([
  "Edit",
  "MultiEdit",
  "Write",
]);

/** The lines of a call that went well; none for most tools. */
export function toolLines(
  name: string,
  input: WireObject,
  columns: number,
  diff: DiffFunction | undefined,
): readonly Line[] {
  switch (name) {
    case "Edit":
    case "MultiEdit":
    case "Write":
      return diff === undefined ? [] : editLines(input, columns, diff);
    case "TodoWrite":
      return todoLines(input.todos, columns);
    case "ExitPlanMode":
      return textOf(input.plan).replace(/\n+$/, "").split("\n")
        .flatMap((line) => markedLine(line, "prose", columns));
    default:
      return [];
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function editLines(
  input: WireObject,
  columns: number,
  diff: DiffFunction,
): readonly Line[] {
  const edits = Array.isArray(input.edits)
    ? input.edits.filter(isWireObject)
    : [input];
  const lines = edits.flatMap((edit) => {
    const after = textOf(edit.new_string ?? edit.content);
    const all = diff(textOf(edit.old_string), after);
    return all.filter((_, at) =>
      all.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1)
        .some(({ sign }) => sign !== " ")
    );
  });
  const shown = lines.slice(0, MOST_LINES).map(({ sign, text }): Line => [
    styled(SIGN_STYLES[sign], `${sign} ${cutLine(text, columns - 2)}`),
  ]);
  const more = lines.length - shown.length;
  return more === 0
    ? shown
    : [...shown, [styled("dim", `… ${more} more lines`)]];
}

function todoLines(todos: unknown, columns: number): readonly Line[] {
  if (!Array.isArray(todos)) return [];
  return todos.filter(isWireObject).map(({ content, status }): Line => {
    const text = cutLine(textOf(content), columns - 2);
    switch (status) {
      case "completed":
        return [styled("green", "☑ "), styled("dim", text)];
      case "in_progress":
        return [styled("cyan", "▶ "), styled("bold", text)];
      default:
        return ["☐ ", text];
    }
  });
}
