/**
 * A session on disk as the events of its turns.
 *
 * @module
 */

import { SessionNotFoundError } from "../errors.ts";
import type { View, ViewEvents } from "../events/mod.ts";
import { type Branch, branchOf, type BranchOptions } from "./branch.ts";
import { checkView, type Entry, entryOf, TurnDecoder } from "./entries.ts";
import { openTranscript } from "./find.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import { mergeByTime, type Source } from "./merge.ts";
import type {
  SessionPlaceOptions,
  SizedTranscript,
} from "../transcripts/place.ts";
import type { RecordAgent } from "./records.ts";
import { textField } from "../transcripts/record_fields.ts";
import { type SubagentFile, subagentsOf } from "./subagents.ts";
import { transcriptLines } from "./transcript_lines.ts";
import type { SessionStore } from "../stores/store.ts";
import type { SessionStoreOptions } from "../stores/store_options.ts";

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
  /**
   * Reads a session of this store: by its id, a beginning of the id, its title, or `"last"`. The transcripts
   * lie in a private temporary folder meanwhile, which needs `--allow-write`. `configDir` and
   * `project` are of no use then.
   */
  readonly store?: SessionStore | SessionStoreOptions;
  /** Cancels the reading. */
  readonly signal?: AbortSignal;
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
  checkView(view);
  signal?.throwIfAborted();
  await using opened = await openTranscript(session, options);
  const decoder = new TurnDecoder();
  for await (
    const entry of await entriesUpTo(undefined, opened.file, options)
  ) {
    for (const event of decoder.eventsOf(entry, view)) yield event;
  }
}

/** How far to read of each transcript, in bytes, by its path. */
type Ends = ReadonlyMap<string, number>;

/**
 * The entries of all transcripts that the options name, in order.
 *
 * @param ends Where to stop; transcripts that are not in there are left out. By default
 * each is read to where it ends when it is opened.
 */
export async function entriesUpTo(
  ends: Ends | undefined,
  file: SizedTranscript,
  options: ReadSessionOptions<View>,
): Promise<AsyncGenerator<Entry>> {
  const { subagents = "merged" } = options;
  const endBytes = ends?.get(file.path) ?? file.sizeBytes;
  if (subagents === "none") {
    return (await openMain(file.path, endBytes, options)).entries;
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
        agents.map((one) => ({ id: one.agentId })),
      );
    }
    return readAgent(agent, ends, options);
  }
  const main = await openMain(file.path, endBytes, options);
  const sources = agents.flatMap((agent): readonly Source<Entry>[] => {
    if (ends !== undefined && !ends.has(agent.path)) return [];
    const call = agent.toolUseId ?? main.agentCalls.get(agent.agentId);
    const known = call === undefined ? agent : { ...agent, toolUseId: call };
    return [{ call, open: () => readAgent(known, ends, options) }];
  });
  // Each generator that hands entries on takes time for each of them.
  return sources.length === 0
    ? main.entries
    : mergeByTime(main.entries, sources);
}

async function openMain(
  path: string,
  endBytes: number,
  options: ReadSessionOptions<View>,
): Promise<{
  readonly entries: AsyncGenerator<Entry>;
  readonly agentCalls: ReadonlyMap<string, string>;
}> {
  // Data written during the read is left for the next read.
  const limits = { ...limitsOf(options), endBytes };
  const branch = await branchOf(path, limits, false);
  return {
    entries: readEntries(path, limits, keptBy(branch, options)),
    agentCalls: branch.agentCalls,
  };
}

async function* readAgent(
  agent: SubagentFile,
  ends: Ends | undefined,
  options: ReadSessionOptions<View>,
): AsyncGenerator<Entry> {
  const endBytes = ends?.get(agent.path) ?? (await Deno.stat(agent.path)).size;
  const limits = { ...limitsOf(options), endBytes };
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

async function* readEntries(
  path: string,
  limits: Limits,
  kept: ReadonlySet<string> | undefined,
  agent?: RecordAgent,
): AsyncGenerator<Entry> {
  const seen = new Set<string>();
  for await (const lines of transcriptLines(path, limits)) {
    for (const line of lines) {
      const entry = entryOf(line, agent);
      if (entry !== undefined && isShown(entry, kept, seen, agent)) yield entry;
    }
  }
}

/** Whether a record is of the conversation, and the first of its id. */
function isShown(
  { record }: Entry,
  kept: ReadonlySet<string> | undefined,
  seen: Set<string>,
  agent: RecordAgent | undefined,
): boolean {
  const uuid = record && textField(record, "uuid");
  if (kept === undefined || uuid === undefined) return true;
  const isInline = agent === undefined && record?.isSidechain === true;
  if (!kept.has(uuid) && !isInline || seen.has(uuid)) return false;
  seen.add(uuid);
  return true;
}
