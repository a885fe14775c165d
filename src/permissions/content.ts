/**
 * Finds the texts of a call that a rule's pattern is matched against: command, path or URL. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import { isWireObject } from "../messages/_define.ts";

/** Kind of a text in a call, which determines how a pattern is interpreted. */
export type ContentKind = "command" | "path" | "url" | "word";

/** A text that determines what a call does. */
export interface Content {
  /** Kind of the text. */
  readonly kind: ContentKind;
  /** The text. */
  readonly text: string;
}

/**
 * For each of the CLI's own tools, by its current name: the kind of its content and the input field
 * that contains it.
 */
export const CONTENT: ReadonlyMap<string, readonly [ContentKind, string]> =
  new Map([
    ["Bash", ["command", "command"]],
    ["Monitor", ["command", "command"]],
    ["PowerShell", ["command", "command"]],
    ["Read", ["path", "file_path"]],
    ["Write", ["path", "file_path"]],
    ["Edit", ["path", "file_path"]],
    ["MultiEdit", ["path", "file_path"]],
    ["NotebookEdit", ["path", "notebook_path"]],
    ["NotebookRead", ["path", "notebook_path"]],
    ["Glob", ["path", "path"]],
    ["Grep", ["path", "path"]],
    ["LS", ["path", "path"]],
    ["LSP", ["path", "filePath"]],
    ["WebFetch", ["url", "url"]],
    ["Skill", ["word", "skill"]],
    ["Agent", ["word", "subagent_type"]],
  ]);

/** Words in the name of a field that indicate the kind of its text. */
const WORDS: readonly (readonly [kind: ContentKind, words: string])[] = [
  ["command", "args argv cmd command commands exec program run script shell"],
  [
    "url",
    "address domain endpoint host href hostname link links uri uris url urls",
  ],
  [
    "path",
    "cwd dest destination dir directories directory dirs dst file filename filenames " +
    "filepath files folder folders from input location locations notebook output path " +
    "pathname paths root roots source sources src target targets to workdir",
  ],
];

const KIND_OF_WORD: ReadonlyMap<string, ContentKind> = new Map(
  WORDS.flatMap(([kind, words]) =>
    words.split(" ").map((word): [string, ContentKind] => [word, kind])
  ),
);

/** Last words of names such as `file_text`, which contain a file's contents and not its path. */
const PLAIN: ReadonlySet<string> = new Set([
  "content",
  "contents",
  "count",
  "data",
  "encoding",
  "format",
  "limit",
  "mode",
  "size",
  "text",
  "type",
]);

/** Fields of the CLI's own tools that contain a plain word. */
const WORD_FIELDS: ReadonlySet<string> = new Set(
  [...CONTENT.values()].filter(([kind]) => kind === "word").map(([, key]) =>
    key
  ),
);

/** Matches a text that is evidently a path or a URL, whatever its field is called. */
const LOCATOR =
  /^(?:[/\\~]|\.{1,2}(?:[/\\]|$)|[A-Za-z]:[\\/]|[a-z][\w+.-]*:\/\/)/i;

/**
 * Returns all texts that a pattern must match. For the CLI's own tools that is the one field that
 * the tool uses; for others, each text at any depth that looks like a command, a path or a URL: it
 * is not known which of them such a tool uses, and a harmless text could stand beside it. Empty if
 * there is none.
 */
export function contentsOf(
  toolName: string,
  input: ToolRequest["input"],
): readonly Content[] {
  const known = CONTENT.get(toolName);
  if (known === undefined) return [...textsIn(input, undefined)];
  const [kind, key] = known;
  const text = input[key];
  return typeof text === "string" ? [{ kind, text }] : [];
}

function* textsIn(
  value: unknown,
  kind: ContentKind | undefined,
): Generator<Content> {
  if (typeof value === "string") {
    if (kind !== undefined) yield { kind, text: value };
    else if (isLocator(value)) yield { kind: "path", text: value };
  } else if (Array.isArray(value)) {
    for (const item of value) yield* textsIn(item, kind);
  } else if (isWireObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      yield* textsIn(item, kindOf(key) ?? kind);
    }
  }
}

/** Whether a text starts like a path or a URL. */
function isLocator(text: string): boolean {
  return !text.includes("\n") && LOCATOR.test(text.trim());
}

/**
 * Returns the kind of a field's text, by the words in its name: `filePath`, `source_file`, `URL`.
 */
function kindOf(key: string): ContentKind | undefined {
  if (WORD_FIELDS.has(key)) return "word";
  const words = key.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase()
    .split(/[^a-z]+/);
  if (PLAIN.has(words.at(-1) ?? "")) return undefined;
  return words.map((word) => KIND_OF_WORD.get(word)).find((kind) =>
    kind !== undefined
  );
}
