/**
 * A session on disk as the events of its turns.
 *
 * @module
 */

import { ConfigError, SessionNotFoundError } from "../errors.ts";
import { EventDecoder } from "../decode/decoder.ts";
import {
  eventsOf,
  type Frame,
  type View,
  type ViewEvents,
} from "../events/mod.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { parseLine } from "../messages/mod.ts";
import { Branch, type BranchOptions } from "./branch.ts";
import { findTranscript } from "./find.ts";
import type { SessionInfo } from "./info.ts";
import { mergeByTime, type Source, type Timed } from "./merge.ts";
import {
  type SessionPlaceOptions,
  sized,
  type SizedTranscript,
} from "./place.ts";
import {
  blockIds,
  isPrompt,
  type RecordAgent,
  textField,
  wireOf,
} from "./records.ts";
import { type SubagentFile, subagentsOf } from "./subagents.ts";
import { transcriptLines } from "./transcript_lines.ts";

/** Options of {@linkcode readSession}. */
export interface ReadSessionOptions<V extends View = "flat">
  extends SessionPlaceOptions {
  /**
   * How the transcript is cut into events. `"flat"` and `"messages"` show the
   * conversation as it now stands; `"wire"` yields every record of the files as it is,
   * also those of turns that were taken back and the CLI's bookkeeping.
   *
   * @default "flat"
   */
  readonly view?: V;
  /**
   * Whose transcripts are read: `"merged"` puts what subagents did in order between
   * what the main agent did, by the times of the records; `"none"` leaves it out; the
   * id of a subagent reads its transcript and no other.
   *
   * @default "merged"
   */
  readonly subagents?: "merged" | "none" | { readonly agentId: string };
  /** Leave out what the last compaction replaced by a summary. Default `false`. */
  readonly sinceCompaction?: boolean;
  /** The longest line in bytes; a longer one becomes an `UnknownEvent`. Default 256 MiB. */
  readonly maxLineBytes?: number;
  /** Cancels the reading. */
  readonly signal?: AbortSignal;
}

/** A line of a transcript, read. */
interface Entry extends Timed {
  readonly frame?: Frame;
  readonly record?: WireObject;
  readonly agent?: RecordAgent;
}

/**
 * Reads a session from its transcript, as the same events that its turns had. Prompts
 * come as `user_replay`. What the file does not hold is not there: `system_init`,
 * `result`, deltas, tasks, requests, rate limits. Starts no process.
 *
 * A transcript that is being written, is damaged or comes from another version is read
 * as far as it goes: what cannot be read comes as an `UnknownEvent` in its place. Of the
 * file no more than a piece is in memory, and the ids of its records.
 *
 * @param session An id, a beginning of the id that no other has, a title, `"last"`, or
 * what `listSessions` returned.
 * @throws {SessionNotFoundError} At the first event, if there is none, or more than one.
 *
 * @example
 * ```ts
 * import { readSession } from "@claudestream/core/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const configDir = "tests/fixtures/config";
 * let answers = 0;
 * for await (const event of readSession("last", { configDir })) {
 *   if (event.type === "user_replay") console.log("> ", event.content);
 *   if (event.type === "assistant_text") answers++;
 * }
 * assertEquals(answers > 0, true);
 * ```
 */
export async function* readSession<V extends View = "flat">(
  session: string | SessionInfo,
  options: ReadSessionOptions<V> = {},
): AsyncGenerator<ViewEvents[V], void, undefined> {
  const { view = "flat" as V, signal } = options;
  if (!["flat", "messages", "wire"].includes(view)) {
    throw new ConfigError(
      "view",
      `Invalid option "view": expected "flat", "messages" or "wire", got "${view}"`,
    );
  }
  signal?.throwIfAborted();
  const file = await transcriptOf(session, options);
  const decoder = new TurnDecoder();
  for await (const entry of await entriesOf(file, options)) {
    if (view === "wire") {
      // A line that is no record has no other form than its text.
      const wire = entry.record ?? entry.frame?.wire;
      if (wire !== undefined) yield wire as ViewEvents[V];
      continue;
    }
    const frame = entry.frame ?? decoder.decode(entry);
    if (frame === undefined) continue;
    for (const event of eventsOf(frame, view)) yield event;
  }
}

/** The transcript that a caller means. */
export async function transcriptOf(
  session: string | SessionInfo,
  options: SessionPlaceOptions,
): Promise<SizedTranscript> {
  if (typeof session === "string") {
    return await findTranscript(session, options);
  }
  const { id, path } = session;
  const folder = path.slice(0, Math.max(0, path.length - id.length - 7));
  const file = await sized({ id, folder, path });
  if (file === undefined) {
    throw new SessionNotFoundError("missing", id, [folder], []);
  }
  return file;
}

/** The entries of all transcripts that the options name, in order. */
async function entriesOf(
  file: SizedTranscript,
  options: ReadSessionOptions<View>,
): Promise<AsyncGenerator<Entry>> {
  const { subagents = "merged" } = options;
  if (subagents === "none") {
    return (await openMain(file, options)).entries;
  }
  const agents = await subagentsOf(file);
  if (subagents !== "merged") {
    const { agentId } = subagents;
    const agent = agents.find((one) => one.agentId === agentId);
    if (agent === undefined) {
      throw new SessionNotFoundError(
        "missing",
        agentId,
        [`${file.folder}/${file.id}/subagents`],
        agents.map((one) => one.agentId),
      );
    }
    return readAgent(agent, options);
  }
  const main = await openMain(file, options);
  const sources = agents.map((agent): Source<Entry> => {
    const call = agent.toolUseId ?? main.agentCalls.get(agent.agentId);
    const known = call === undefined ? agent : { ...agent, toolUseId: call };
    return { call, open: () => readAgent(known, options) };
  });
  // Each generator that hands entries on takes time for each of them.
  return sources.length === 0
    ? main.entries
    : mergeByTime(main.entries, sources);
}

async function openMain(
  { path, sizeBytes }: SizedTranscript,
  options: ReadSessionOptions<View>,
): Promise<{
  readonly entries: AsyncGenerator<Entry>;
  readonly agentCalls: ReadonlyMap<string, string>;
}> {
  // What is written while it is read is left for the next time.
  const limits = { ...limitsOf(options), endBytes: sizeBytes };
  const branch = await branchOf(path, limits, false);
  return {
    entries: readEntries(path, limits, keptBy(branch, options)),
    agentCalls: branch.agentCalls,
  };
}

async function* readAgent(
  agent: SubagentFile,
  options: ReadSessionOptions<View>,
): AsyncGenerator<Entry> {
  const { size } = await Deno.stat(agent.path);
  const limits = { ...limitsOf(options), endBytes: size };
  const branch = await branchOf(agent.path, limits, true);
  const kept = keptBy(branch, options);
  yield* readEntries(agent.path, limits, kept, agent);
}

type Limits = Parameters<typeof transcriptLines>[1] & object;

function limitsOf({ maxLineBytes, signal }: ReadSessionOptions<View>): Limits {
  return {
    ...maxLineBytes === undefined ? {} : { maxLineBytes },
    ...signal === undefined ? {} : { signal },
  };
}

/** The records to show; all for the view that leaves nothing out. */
function keptBy(
  branch: Branch,
  { view, sinceCompaction }: ReadSessionOptions<View>,
): ReadonlySet<string> | undefined {
  if (view === "wire") return undefined;
  const options: BranchOptions = sinceCompaction === undefined
    ? {}
    : { sinceCompaction };
  return branch.uuids(options);
}

async function branchOf(
  path: string,
  limits: Limits,
  isAgent: boolean,
): Promise<Branch> {
  const branch = new Branch();
  for await (const lines of transcriptLines(path, limits)) {
    for (const line of lines) {
      const { raw } = parseLine(line);
      if (raw !== undefined) branch.add(raw, isAgent);
    }
  }
  return branch;
}

async function* readEntries(
  path: string,
  limits: Limits,
  kept: ReadonlySet<string> | undefined,
  agent?: RecordAgent,
): AsyncGenerator<Entry> {
  const seen = new Set<string>();
  for await (const lines of transcriptLines(path, limits)) {
    for (const line of lines) {
      if (line.trim() === "") continue;
      const { raw: record, unknown } = parseLine(line);
      if (record === undefined) {
        const wire = typeof unknown.raw === "string" ? unknown.raw : line;
        const frame = { wire, message: unknown, events: [unknown] };
        yield { atMs: 0, calls: [], frame };
        continue;
      }
      if (!isShown(record, kept, seen, agent)) continue;
      const whose = agent ?? inlineAgent(record);
      yield {
        atMs: timeOf(record),
        calls: callsOf(record),
        record,
        ...whose === undefined ? {} : { agent: whose },
      };
    }
  }
}

/** Whether a record is of the conversation, and the first of its id. */
function isShown(
  record: WireObject,
  kept: ReadonlySet<string> | undefined,
  seen: Set<string>,
  agent: RecordAgent | undefined,
): boolean {
  const uuid = textField(record, "uuid");
  if (kept === undefined || uuid === undefined) return true;
  const isInline = agent === undefined && record.isSidechain === true;
  if (!kept.has(uuid) && !isInline || seen.has(uuid)) return false;
  seen.add(uuid);
  return true;
}

/** Older CLIs wrote what subagents did into the transcript of the session. */
function inlineAgent(record: WireObject): RecordAgent | undefined {
  return record.isSidechain === true
    ? { agentId: textField(record, "agentId") ?? "sidechain" }
    : undefined;
}

function timeOf({ timestamp }: WireObject): number {
  const time = typeof timestamp === "string" ? Date.parse(timestamp) : NaN;
  return Number.isNaN(time) ? 0 : time;
}

function callsOf(record: WireObject): readonly string[] {
  const { message } = record;
  return record.type === "assistant" && isWireObject(message)
    ? blockIds(message.content, "tool_use", "id")
    : [];
}

/**
 * Decodes the records of a session. A decoder remembers the answer of a turn until its
 * result, which no transcript has, so each prompt gets a new one once no call is open.
 */
class TurnDecoder {
  #decoder = new EventDecoder();
  readonly #open = new Set<string>();
  /** A subagent in the background may be in the middle of a reply. */
  #hasAgents = false;

  /** The frame of an entry; `undefined` for what is no part of the conversation. */
  decode({ record, agent, calls }: Entry): Frame | undefined {
    const wire = record && wireOf(record, agent);
    if (record === undefined || wire === undefined) return undefined;
    if (agent !== undefined) this.#hasAgents = true;
    if (isPrompt(record, agent)) {
      if (this.#open.size === 0 && !this.#hasAgents) {
        this.#decoder = new EventDecoder();
      }
      this.#hasAgents = false;
    }
    for (const call of calls) this.#open.add(call);
    const content = isWireObject(record.message)
      ? record.message.content
      : undefined;
    for (const call of blockIds(content, "tool_result", "tool_use_id")) {
      this.#open.delete(call);
    }
    return this.#decoder.decode(wire);
  }
}
