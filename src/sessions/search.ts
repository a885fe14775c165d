/**
 * Searches the contents of sessions.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { EventDecoder } from "../decode/decoder.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import { parseLine } from "../messages/mod.ts";
import {
  contentText,
  InfoReader,
  type SessionInfo,
} from "../transcripts/info.ts";
import { filterOf, type ListSessionsOptions } from "./list.ts";
import { newestFirst } from "../transcripts/newest.ts";
import { inSlices } from "../transcripts/steps.ts";
import type { SizedTranscript } from "../transcripts/place.ts";
import { type RecordAgent, wireOf } from "./records.ts";
import { textField } from "../transcripts/record_fields.ts";
import { subagentsOf } from "./subagents.ts";
import { transcriptLines } from "./transcript_lines.ts";

/** Options of {@linkcode searchSessions}. */
export interface SearchSessionsOptions
  extends Omit<ListSessionsOptions, "text" | "cursor"> {
  /** The most matches of one session. Default: all. */
  readonly limitPerSession?: number;
  /** Search the transcripts of subagents as well. Default `true`. */
  readonly subagents?: boolean;
}

/** A place in a session that matches. */
export interface SessionMatch {
  /** The session. */
  readonly session: SessionInfo;
  /** What matches, as `readSession` yields it: a prompt, an answer, a call, a result. */
  readonly event: ClaudeEvent;
  /** The matching text with up to 80 characters before and behind it, in one line. */
  readonly excerpt: string;
  /** When it was written, in ISO 8601. */
  readonly timestamp?: string;
}

const AROUND = 80;

/**
 * Searches what was said in sessions, those that were last written first: prompts,
 * answers, thoughts, calls of tools and their results. Also finds what a rewind took
 * back or a compaction replaced. Reads the files from start to end, one line of them at
 * a time, and parses those lines only that have the text.
 *
 * @param query A text, upper and lower case alike, or a regular expression. A regular
 * expression is tried on every message, which takes longer.
 * @throws {ConfigError} If an option is of no use, or the text is empty.
 *
 * @example
 * ```ts
 * import { searchSessions } from "@claudestream/core/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const configDir = "no-such-folder";
 * const found: string[] = [];
 * for await (const match of searchSessions("migration", { configDir })) {
 *   found.push(`${match.session.label}: ${match.excerpt}`);
 * }
 * assertEquals(found, []);
 * ```
 */
export async function* searchSessions(
  query: string | RegExp,
  options: SearchSessionsOptions = {},
): AsyncGenerator<SessionMatch, void, undefined> {
  const { limit = Infinity, limitPerSession = Infinity, signal } = options;
  const pattern = new Pattern(query);
  const { since, before } = options;
  const fits = filterOf(options);
  const reader = new InfoReader();
  let count = 0;
  for (const file of await inSlices(newestFirst(options), signal)) {
    signal?.throwIfAborted();
    if (since !== undefined && file.modifiedMs < since.getTime()) continue;
    if (before !== undefined && file.modifiedMs >= before.getTime()) continue;
    let session: SessionInfo | undefined;
    let inSession = 0;
    for await (const found of matchesIn(file, pattern, options)) {
      session ??= reader.read(file);
      if (session === undefined || !fits(session)) break;
      yield { session, ...found };
      if (++count >= limit) return;
      if (++inSession >= limitPerSession) break;
    }
  }
}

async function* matchesIn(
  file: SizedTranscript,
  pattern: Pattern,
  { subagents = true, signal }: SearchSessionsOptions,
): AsyncGenerator<Omit<SessionMatch, "session">> {
  const limits = signal === undefined ? {} : { signal };
  yield* matchesOf(file.path, pattern, limits);
  if (!subagents) return;
  for (const agent of await subagentsOf(file)) {
    yield* matchesOf(agent.path, pattern, limits, agent);
  }
}

async function* matchesOf(
  path: string,
  pattern: Pattern,
  limits: { readonly signal?: AbortSignal },
  agent?: RecordAgent,
): AsyncGenerator<Omit<SessionMatch, "session">> {
  for await (const lines of transcriptLines(path, limits)) {
    for (const line of lines) {
      if (!pattern.mayBeIn(line)) continue;
      const { raw: record } = parseLine(line);
      const wire = record && wireOf(record, agent);
      if (record === undefined || wire === undefined) continue;
      const timestamp = textField(record, "timestamp");
      for (const event of new EventDecoder().decode(wire).events) {
        const excerpt = pattern.excerptOf(saidIn(event));
        if (excerpt === undefined) continue;
        yield {
          event,
          excerpt,
          ...timestamp === undefined ? {} : { timestamp },
        };
      }
    }
  }
}

/** The text of an event that can be searched; empty if it has none. */
function saidIn(event: ClaudeEvent): string {
  switch (event.type) {
    case "assistant_text":
    case "thinking":
    case "tool_result":
    case "user_text":
      return event.text;
    case "user_replay":
      return contentText(event.content);
    case "tool_use":
      return textsIn(event.input).join("\n");
    default:
      return "";
  }
}

/** All texts in what a tool is called with, at any depth. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** A search pattern. */
class Pattern {
  readonly #text: RegExp;
  /** The same pattern for a line of JSON. */
  readonly #json: RegExp | undefined;

  constructor(query: string | RegExp) {
    if (query instanceof RegExp) {
      // Neither remembers where the last match ended.
      this.#text = new RegExp(query.source, query.flags.replace(/[gy]/g, ""));
      return;
    }
    if (typeof query !== "string" || query === "") {
      throw new ConfigError(
        "query",
        'Cannot search: expected a text or a regular expression, got ""',
      );
    }
    this.#text = literal(query);
    this.#json = literal(JSON.stringify(query).slice(1, -1));
  }

  mayBeIn(line: string): boolean {
    return this.#json === undefined
      ? line.includes('"message"') || line.includes('"queued_command"')
      : this.#json.test(line);
  }

  excerptOf(text: string): string | undefined {
    const found = this.#text.exec(text);
    if (found === null) return undefined;
    const start = Math.max(0, found.index - AROUND);
    const end = found.index + found[0].length + AROUND;
    return [
      start > 0 ? "…" : "",
      text.slice(start, end).replace(/\s+/g, " ").trim(),
      end < text.length ? "…" : "",
    ].join("");
  }
}

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "iu");
}
