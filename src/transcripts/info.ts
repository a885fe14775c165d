/**
 * Reads information about a session from the head and tail of its transcript.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import { isGone, type SizedTranscript } from "./place.ts";
import { blockIds, isPrompt, textField } from "./record_fields.ts";

/** A session on disk, as far as the first and last 64 KiB of its transcript tell. */
export interface SessionInfo {
  /** The session's id, a UUID. */
  readonly id: string;
  /** What to call it in a list: its title, else the generated one, else its first or last prompt, else its id. */
  readonly label: string;
  /** Title set by the user. */
  readonly title?: string;
  /** The title that the CLI generated. */
  readonly generatedTitle?: string;
  /** Tag set by the user. */
  readonly tag?: string;
  /** The first prompt, at most 500 characters. */
  readonly firstPrompt?: string;
  /** The last prompt, as the CLI noted it; at most 500 characters. */
  readonly lastPrompt?: string;
  /** The folder that the session was started in. */
  readonly cwd?: string;
  /** The branch of git that was checked out in the end. */
  readonly gitBranch?: string;
  /** The version of the CLI that wrote last. */
  readonly claudeVersion?: string;
  /** When the first record was written. */
  readonly createdAt?: Date;
  /** When the transcript was last written, by the file system. */
  readonly modifiedAt: Date;
  /** Size of the transcript in bytes. */
  readonly sizeBytes: number;
  /** The transcript. */
  readonly path: string;
}

const PART_BYTES = 64 * 1024;
const PROMPT_CHARS = 500;
const ENCODER = new TextEncoder();
/** Matches records that the CLI writes for slash commands, which are not prompts of the user. */
const COMMANDS = /^<(command|local-command|bash|task-notification)/;

/** The parts of a transcript that are read: whole lines. */
interface Ends {
  /** Lines at the start. */
  readonly head: string;
  /** Lines at the end; empty if the head contains the whole file. */
  readonly tail: string;
}

/** Reads transcripts, one after the other, into the same memory. */
export class InfoReader {
  readonly #buffer = new Uint8Array(PART_BYTES);
  readonly #decoder = new TextDecoder();

  /** Reads one; `undefined` if the file is gone. */
  read(file: SizedTranscript): SessionInfo | undefined {
    try {
      return { ...infoOf(file, this.#ends(file)), path: file.path };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  #ends({ path, sizeBytes }: SizedTranscript): Ends {
    using file = Deno.openSync(path);
    const head = this.#part(file, Math.min(sizeBytes, PART_BYTES));
    if (sizeBytes <= PART_BYTES) return { head, tail: "" };
    const start = Math.max(PART_BYTES, sizeBytes - PART_BYTES);
    file.seekSync(start, Deno.SeekMode.Start);
    const tail = this.#part(file, sizeBytes - start);
    // The last line of the head is cut, the first one of the tail as well.
    return {
      head: head.slice(0, head.lastIndexOf("\n") + 1),
      tail: tail.slice(tail.indexOf("\n") + 1),
    };
  }

  #part(file: Deno.FsFile, bytes: number): string {
    let filled = 0;
    while (filled < bytes) {
      const count = file.readSync(this.#buffer.subarray(filled, bytes));
      if (count === null) break;
      filled += count;
    }
    return this.#decoder.decode(this.#buffer.subarray(0, filled));
  }
}

/** Takes the lines of a transcript that is no file, one by one, and keeps those that tell of it. */
export class InfoLines {
  #head = "";
  #isHeadFull = false;
  readonly #tail: string[] = [];
  #tailChars = 0;
  #sizeBytes = 0;

  /** Takes the next line, without its end. */
  add(line: string): void {
    this.#sizeBytes += ENCODER.encode(line).length + 1;
    this.#isHeadFull ||= this.#head.length + line.length >= PART_BYTES;
    if (!this.#isHeadFull) {
      this.#head += `${line}\n`;
      return;
    }
    this.#tail.push(line);
    this.#tailChars += line.length + 1;
    while (this.#tailChars > PART_BYTES && this.#tail.length > 1) {
      this.#tailChars -= (this.#tail.shift()?.length ?? 0) + 1;
    }
  }

  /** Returns what the lines tell. */
  info(id: string, modifiedMs: number): Omit<SessionInfo, "path"> {
    const file = { id, modifiedMs, sizeBytes: this.#sizeBytes };
    const tail = this.#tail.map((line) => `${line}\n`).join("");
    return infoOf(file, { head: this.#head, tail });
  }
}

function infoOf(
  file: Pick<SizedTranscript, "id" | "modifiedMs" | "sizeBytes">,
  ends: Ends,
): Omit<SessionInfo, "path"> {
  const { head, tail } = ends;
  const first = firstOf(
    recordsIn(head, '"cwd":'),
    (record) => textField(record, "cwd") !== undefined,
  );
  const isLast = (record: WireObject) =>
    textField(record, "version") !== undefined;
  const last = firstOf(recordsBack(tail, '"version":'), isLast) ??
    firstOf(recordsBack(head, '"version":'), isLast);
  const title = lastField(ends, "custom-title", "customTitle");
  const generatedTitle = lastField(ends, "ai-title", "aiTitle");
  const tag = lastField(ends, "tag", "tag");
  const firstPrompt = promptIn(head);
  const lastPrompt = lastField(ends, "last-prompt", "lastPrompt");
  const createdAt = dateOf(first?.timestamp);
  const fields = {
    title,
    generatedTitle,
    tag,
    firstPrompt,
    lastPrompt: lastPrompt && shortened(lastPrompt),
    cwd: first && textField(first, "cwd"),
    gitBranch: last && textField(last, "gitBranch"),
    claudeVersion: last && textField(last, "version"),
    createdAt,
  };
  return {
    id: file.id,
    label: title ?? generatedTitle ?? firstPrompt ?? lastPrompt ?? file.id,
    ...Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    ),
    modifiedAt: new Date(file.modifiedMs),
    sizeBytes: file.sizeBytes,
  };
}

function firstOf(
  records: Iterable<WireObject>,
  fits: (record: WireObject) => boolean,
): WireObject | undefined {
  for (const record of records) if (fits(record)) return record;
  return undefined;
}

/** The records whose lines have a mark in them, from the first one on. */
function* recordsIn(text: string, mark: string): Generator<WireObject> {
  for (let at = text.indexOf(mark); at !== -1;) {
    const end = endOfLine(text, at);
    const record = parsed(text.slice(text.lastIndexOf("\n", at) + 1, end));
    if (record !== undefined) yield record;
    at = text.indexOf(mark, end);
  }
}

/** The same in reverse order. */
function* recordsBack(text: string, mark: string): Generator<WireObject> {
  // Most often there is none, which is faster to tell from the start.
  if (!text.includes(mark)) return;
  for (let at = text.lastIndexOf(mark); at !== -1;) {
    const start = text.lastIndexOf("\n", at) + 1;
    const record = parsed(text.slice(start, endOfLine(text, at)));
    if (record !== undefined) yield record;
    if (start === 0) return;
    at = text.lastIndexOf(mark, start - 1);
  }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

/** Returns the value of the last record of a type; an empty text removes an earlier value. */
function lastField(
  { head, tail }: Ends,
  type: string,
  field: string,
): string | undefined {
  const fits = (record: WireObject) =>
    record.type === type && typeof record[field] === "string";
  const record = firstOf(recordsBack(tail, `"${type}"`), fits) ??
    firstOf(recordsBack(head, `"${type}"`), fits);
  return record && textField(record, field);
}

function promptIn(head: string): string | undefined {
  for (const record of recordsIn(head, '"user"')) {
    const text = promptText(record);
    if (text !== undefined) return shortened(text);
  }
  return undefined;
}

/** Returns the text of a user's prompt; `undefined` for any other record. */
export function promptText(record: WireObject): string | undefined {
  if (record.type !== "user" || record.isMeta === true) return undefined;
  if (record.isCompactSummary === true || record.isSidechain === true) {
    return undefined;
  }
  const content = isWireObject(record.message)
    ? record.message.content
    : undefined;
  if (blockIds(content, "tool_result", "tool_use_id").length > 0) {
    return undefined;
  }
  const text = contentText(content);
  if (text.trim() === "" || COMMANDS.test(text)) return undefined;
  return isPrompt(record) ? text : undefined;
}

/** The text in the content of a message. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.flatMap((block) =>
    isWireObject(block) && typeof block.text === "string" ? [block.text] : []
  ).join("\n");
}

function shortened(text: string): string {
  return text.length <= PROMPT_CHARS
    ? text
    : `${text.slice(0, PROMPT_CHARS - 1)}…`;
}

function dateOf(timestamp: unknown): Date | undefined {
  if (typeof timestamp !== "string") return undefined;
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function parsed(line: string): WireObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isWireObject(value) ? value : undefined;
  } catch {
    // Ignore a damaged line here; `readSession` reports it.
    return undefined;
  }
}
