/**
 * What the CLI's tools did to files. Pure.
 *
 * @module
 */

import type { ToolResult } from "../events/blocks.ts";
import { fileChange } from "../events/tools.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";

/** A piece of a file that changed, as in a unified diff. */
export interface Hunk {
  /** The first line before, from 1. */
  readonly oldStart: number;
  /** How many lines there were. */
  readonly oldLines: number;
  /** The first line after, from 1. */
  readonly newStart: number;
  /** How many lines there are. */
  readonly newLines: number;
  /** The lines: each begins with a blank, `+` or `-`. */
  readonly lines: readonly string[];
}

/** What one call did to a file. */
export interface FileEdit {
  /** Id of the call. */
  readonly toolUseId: string;
  /** The call of the tool `Agent` whose subagent did it; `null` for the main agent. */
  readonly parentToolUseId: string | null;
  /** Which tool: `Write`, `Edit` or `NotebookEdit`. */
  readonly op: "write" | "edit" | "notebook_edit";
  /**
   * What changed, as the CLI tells it. Empty if it does not: for a new file, a notebook, and
   * in a stream for what subagents did. A transcript has that, too.
   */
  readonly hunks: readonly Hunk[];
  /** Lines that were added. */
  readonly linesAdded: number;
  /** Lines that were removed. */
  readonly linesRemoved: number;
}

/** What happened to a file. */
export interface ChangedFile {
  /** The file, as the tools said. */
  readonly path: string;
  /** The file was not there before. */
  readonly isNew: boolean;
  /** What was in it before the first change. Absent if it was not there, or the CLI does not tell. */
  readonly before?: string;
  /** What was in it after the last change. Absent if the CLI does not tell. */
  readonly after?: string;
  /** The changes, in their order. */
  readonly edits: readonly FileEdit[];
  /** Lines that were added by all of them. */
  readonly linesAdded: number;
  /** Lines that were removed by all of them. */
  readonly linesRemoved: number;
}

/** What one result tells of a file. */
interface Told {
  readonly hunks: readonly Hunk[];
  readonly isNew: boolean;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** What went in and out, if there are no hunks. */
  readonly added: string;
  readonly removed: string;
}

/** Gathers the changes that results of tools tell of. */
export class ChangeGatherer {
  readonly #files = new Map<string, ChangedFile>();

  /** Takes the next result. */
  add(result: ToolResult): void {
    const change = fileChange(result);
    if (change === undefined) return;
    const { path, op, toolUseId, parentToolUseId } = change;
    const told = toldBy(result, op);
    const counts = told.hunks.length > 0
      ? countsOf(told.hunks)
      : [linesIn(told.added), linesIn(told.removed)] as const;
    const [linesAdded, linesRemoved] = counts;
    const edit: FileEdit = {
      toolUseId,
      parentToolUseId,
      op,
      hunks: told.hunks,
      linesAdded,
      linesRemoved,
    };
    const known = this.#files.get(path);
    const before = known === undefined ? told.before : known.before;
    this.#files.set(path, {
      path,
      isNew: known?.isNew ?? told.isNew,
      ...before === undefined ? {} : { before },
      ...told.after === undefined ? {} : { after: told.after },
      edits: [...known?.edits ?? [], edit],
      linesAdded: (known?.linesAdded ?? 0) + linesAdded,
      linesRemoved: (known?.linesRemoved ?? 0) + linesRemoved,
    });
  }

  /** The files that changed, the one that changed first comes first. */
  changes(): readonly ChangedFile[] {
    return [...this.#files.values()];
  }
}

function toldBy(
  { structured, toolInput = {} }: ToolResult,
  op: FileEdit["op"],
): Told {
  const told = isWireObject(structured) ? structured : {};
  const hunks = Array.isArray(told.structuredPatch)
    ? told.structuredPatch.filter(isHunk)
    : [];
  const before = textOf(told, "originalFile", "original_file");
  const written = textOf(told, "content", "updated_file") ??
    textOf(toolInput, "content");
  const after = written ??
    (before === undefined ? undefined : patched(before, hunks));
  const isNew = told.type === "create";
  return {
    hunks,
    isNew,
    before,
    after,
    // If the stream does not show the earlier contents of a subagent's file, the file counts as
    // new.
    added: isNew || !Array.isArray(told.structuredPatch) && op === "write"
      ? after ?? ""
      : textOf(toolInput, "new_string", "new_source") ?? "",
    removed: isNew ? "" : textOf(toolInput, "old_string") ?? "",
  };
}

function textOf(
  object: WireObject,
  ...names: readonly string[]
): string | undefined {
  for (const name of names) {
    const value = object[name];
    if (typeof value === "string") return value;
  }
  return undefined;
}

function isHunk(value: unknown): value is Hunk {
  return isWireObject(value) &&
    [value.oldStart, value.oldLines, value.newStart, value.newLines].every((
      number,
    ) => Number.isInteger(number)) &&
    Array.isArray(value.lines) &&
    value.lines.every((line) => typeof line === "string");
}

function countsOf(hunks: readonly Hunk[]): readonly [number, number] {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return [
    lines.filter((line) => line.startsWith("+")).length,
    lines.filter((line) => line.startsWith("-")).length,
  ];
}

function linesIn(text: string): number {
  if (text === "") return 0;
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** A text with hunks applied; `undefined` if they do not fit, or there are none. */
function patched(text: string, hunks: readonly Hunk[]): string | undefined {
  if (hunks.length === 0) return undefined;
  const old = text.split("\n");
  const lines: string[] = [];
  let at = 0;
  let isCut = false;
  for (const hunk of hunks) {
    const start = hunk.oldStart - (hunk.oldLines === 0 ? 0 : 1);
    if (start < at || start > old.length) return undefined;
    lines.push(...old.slice(at, start));
    at = start;
    for (const line of hunk.lines) {
      const [mark, rest] = [line[0], line.slice(1)];
      if (mark === "\\") isCut = true;
      else if (mark === "+") lines.push(rest);
      else if (old[at++] !== rest) return undefined;
      else if (mark !== "-") lines.push(rest);
    }
  }
  lines.push(...old.slice(at));
  // If the last line has no line break, a patch does not show on which side.
  return isCut ? undefined : lines.join("\n");
}
