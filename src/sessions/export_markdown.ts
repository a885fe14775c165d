/**
 * A session in Markdown. Pure.
 *
 * What was said stays Markdown, but it cannot leave its place, load anything or run: each
 * line of it is quoted, HTML is shown as text, images and links to other schemes than
 * http and https are no links. What tools got and returned is code.
 *
 * @module
 */

import { type Part, type Speaker, visible } from "./export_parts.ts";
import type { SessionInfo } from "../transcripts/info.ts";

const NAMES: Readonly<Record<Speaker, string>> = {
  user: "User",
  claude: "Claude",
  cli: "CLI",
};

/** Returns the start of the document. */
export function markdownHead(info: SessionInfo): string {
  const facts = [
    ["Session", info.id],
    ["Folder", info.cwd],
    ["Branch", info.gitBranch],
    ["Begun", info.createdAt?.toISOString()],
    ["Written", info.modifiedAt.toISOString()],
  ].flatMap(([name, value]) =>
    value === undefined ? [] : [`- ${name}: ${plain(value)}\n`]
  );
  return `# ${plain(info.label)}\n\n${facts.join("")}`;
}

/** Returns a part, which follows the previous one. */
export function markdownPart(part: Part, before: Part | undefined): string {
  const isSame = before?.speaker === part.speaker &&
    before.agent === part.agent;
  return `${isSame ? "" : `\n## ${speakerOf(part)}\n`}\n${bodyOf(part)}`;
}

function speakerOf({ speaker, agent }: Part): string {
  const name = NAMES[speaker];
  return agent === undefined ? name : `${name} (${plain(agent)})`;
}

function bodyOf(part: Part): string {
  switch (part.kind) {
    case "text":
      return quoted(harmless(part.text));
    case "thinking":
      return `*Thinking*\n\n${quoted(harmless(part.text))}`;
    case "literal":
      return `**${plain(part.title) || "tool"}**\n\n${
        quoted(fenced(part.text))
      }`;
    case "image":
      return `*Image, ${plain(part.mediaType)}*\n`;
  }
}

function quoted(text: string): string {
  return text.split("\n").map((line) => line === "" ? ">\n" : `> ${line}\n`)
    .join("");
}

/** Returns text in a code fence that it cannot close. */
function fenced(text: string): string {
  const shown = visible(text);
  const longest = (shown.match(/`+/g) ?? []).reduce(
    (most, run) => Math.max(most, run.length),
    2,
  );
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${shown.replace(/\n+$/, "")}\n${fence}`;
}

/** Escapes text within a line, so that it has no meaning in Markdown. */
function plain(text: string): string {
  return visible(text).replace(/\s+/g, " ").trim()
    .replace(/[\\`*_{}[\]<>#|~&!$@]/g, "\\$&");
}

/**
 * Markdown that neither has HTML nor loads anything. What is certainly code stays unchanged; if
 * only a full parser could tell, it is treated as text.
 */
function harmless(text: string): string {
  const lines = visible(text).split("\n");
  const written: string[] = [];
  let fence: string | undefined;
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    if (fence !== undefined) {
      // The width of a tab depends on the text before it in the line.
      const shown = /^\s*(```|~~~)/.test(line)
        ? line.replaceAll("\t", "    ")
        : line;
      written.push(shown);
      if (closes(shown, fence)) fence = undefined;
      at++;
      continue;
    }
    // Only at the very start of a line no list or quote can end a block of code.
    const opened = /^(`{3,}|~{3,})([^`]*)$/.exec(line)?.[1];
    if (opened !== undefined) {
      fence = opened;
      written.push(line);
      at++;
      continue;
    }
    if (/^[\s>*+\-\d.)]*(```|~~~)/.test(line)) {
      // The end of a fence in a list depends on the list, so treat it as text.
      written.push(...lines.slice(at).map(disarmed));
      break;
    }
    const end = paragraphEnd(lines, at);
    written.push(...paragraph(lines.slice(at, end)));
    at = end;
  }
  return written.join("\n");
}

function closes(line: string, fence: string): boolean {
  const run = /^ {0,3}(`{3,}|~{3,}) *$/.exec(line)?.[1];
  return run !== undefined && run[0] === fence[0] && run.length >= fence.length;
}

/** The end of the lines that spans of code may run over: an empty line, or a fence. */
function paragraphEnd(lines: readonly string[], start: number): number {
  let end = start + 1;
  while (end < lines.length) {
    const line = lines[end] ?? "";
    if (line.trim() === "" || /^[\s>*+\-\d.)]*(```|~~~)/.test(line)) break;
    end++;
  }
  return end;
}

/** Lines whose spans of code stay as they are, if each span begins and ends in its line. */
function paragraph(lines: readonly string[]): readonly string[] {
  const written: string[] = [];
  for (const line of lines) {
    const pieces = piecesOf(line);
    if (pieces === undefined) return lines.map(disarmed);
    written.push(
      pieces.map(({ text, isCode }) => isCode ? text : disarmed(text)).join(""),
    );
  }
  return written;
}

/** A line as text and spans of code; `undefined` if a span does not end in it. */
function piecesOf(
  line: string,
): readonly { readonly text: string; readonly isCode: boolean }[] | undefined {
  const pieces: { text: string; isCode: boolean }[] = [];
  let rest = line;
  while (true) {
    const start = rest.search(/`/);
    if (start === -1) return [...pieces, { text: rest, isCode: false }];
    const run = /^`+/.exec(rest.slice(start))?.[0] ?? "";
    const inside = rest.slice(start + run.length);
    const end = [...inside.matchAll(/`+/g)].find(([ticks]) => ticks === run)
      ?.index;
    // A backslash makes a mark a letter, an address takes it in, and a bar may be the border
    // of a table's cell.
    if (
      end === undefined ||
      /\\$|(:\/\/|www\.|@)\S*$/i.test(rest.slice(0, start)) ||
      inside.slice(0, end).includes("|")
    ) return undefined;
    const length = run.length + end + run.length;
    pieces.push(
      { text: rest.slice(0, start), isCode: false },
      { text: rest.slice(start, start + length), isCode: true },
    );
    rest = rest.slice(start + length);
  }
}

/**
 * Text without HTML, images, definitions of links and links elsewhere than to the web.
 * Writes character references, which no backslash in the text can undo.
 */
function disarmed(text: string): string {
  return text.replace(/</g, "&lt;").replace(/!\[/g, "!&#91;")
    .replace(/\](?=:|\((?!https?:\/\/))/gi, "&#93;");
}
