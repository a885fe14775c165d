/**
 * Sessions on disk as text for people. What users, models and tools wrote is marked or
 * escaped in it, wherever it goes. Pure.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { ClaudeEvent } from "../../events/mod.ts";
import { contentText, type SessionInfo } from "../../transcripts/info.ts";
import type { SessionMatch } from "../../sessions/search.ts";
import { oneLine } from "../text/one_line.ts";
import { escapeControls, widthOf } from "../text/terminal.ts";
import { errorText, inputSummary } from "../text/tool_text.ts";

/** The shortest beginning of an id that lists show. */
const SHORTEST = 8;

/** Returns a line for each session: the beginning of its id, when it was written, what it is about. */
export function listText(
  sessions: readonly SessionInfo[],
  columns: number,
  showsDirectory: boolean,
): string {
  const length = uniqueLength(sessions.map(({ id }) => id));
  return sessions.map((session) => {
    const { id, modifiedAt, tag, label, cwd } = session;
    const rest = [
      ...tag === undefined ? [] : [`#${tag}`],
      label,
      ...showsDirectory && cwd !== undefined ? [`(${cwd})`] : [],
    ].join(" ");
    const start = `${id.slice(0, length)}  ${timeText(modifiedAt)}  `;
    return `${start}${oneLine(rest, Math.max(8, columns - widthOf(start)))}\n`;
  }).join("");
}

/** How much of ids tells them apart, at least {@linkcode SHORTEST}. */
export function uniqueLength(ids: readonly string[]): number {
  const longest = Math.max(SHORTEST, ...ids.map((id) => id.length));
  const count = new Set(ids).size;
  for (let length = SHORTEST; length < longest; length++) {
    if (new Set(ids.map((id) => id.slice(0, length))).size === count) {
      return length;
    }
  }
  return longest;
}

/** Who said what was found. What else is found has the words of its type. */
const WHO: Readonly<Record<string, string>> = {
  user_replay: "you",
  assistant_text: "claude",
};

/** Returns a line for each match, in the form of `grep`. */
export function matchText(
  { session, event, excerpt }: SessionMatch,
  columns: number,
): string {
  const who = WHO[event.type] ?? event.type.replaceAll("_", " ");
  const start = `${session.id.slice(0, SHORTEST)}  ${who}  `;
  return `${start}${oneLine(excerpt, Math.max(8, columns - widthOf(start)))}\n`;
}

/** Returns what is known of a session. */
export function factsText(session: SessionInfo): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["title", session.title ?? session.generatedTitle],
    ["id", session.id],
    ["tag", session.tag],
    ["directory", session.cwd],
    ["branch", session.gitBranch],
    ["begun", session.createdAt && timeText(session.createdAt)],
    ["written", timeText(session.modifiedAt)],
    ["claude", session.claudeVersion],
    ["file", session.path],
  ];
  return rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.padEnd(9)}  ${oneLine(value, 1000)}\n`]
  ).join("");
}

/** Returns a part of a conversation as text; empty for what says nothing to people. */
export function talkText(event: ClaudeEvent, columns: number): string {
  switch (event.type) {
    case "user_replay": {
      const text = escapeControls(contentText(event.content).trim());
      return text === "" ? "" : `\n${text.replace(/^/gm, "> ")}\n`;
    }
    case "assistant_text": {
      const text = escapeControls(event.text.trim());
      return text === "" ? "" : `\n${text}\n`;
    }
    case "tool_use":
      return `\n● ${
        oneLine(`${event.name} ${inputSummary(event.input)}`, columns - 2)
      }\n`;
    case "tool_result":
      return event.isError
        ? `✗ ${oneLine(errorText(event.text), columns - 2)}\n`
        : "";
    default:
      return "";
  }
}

/** Returns a time as people here write it: `2026-11-30 14:05`. */
export function timeText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return `${day.map(two).join("-")} ${two(date.getHours())}:${
    two(date.getMinutes())
  }`;
}
