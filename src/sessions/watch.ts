/**
 * Follows a session that another program writes.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { View, ViewEvents } from "../events/mod.ts";
import { isWireObject } from "../messages/_define.ts";
import { checkView, type Entry, entryOf, TurnDecoder } from "./entries.ts";
import { transcriptOf } from "./find.ts";
import { FolderWatch } from "./folder_watch.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import type { SizedTranscript } from "../transcripts/place.ts";
import { entriesUpTo, type ReadSessionOptions } from "./read.ts";
import { textField } from "../transcripts/record_fields.ts";
import { sessionFolder, subagentsOf } from "./subagents.ts";
import { TranscriptTail, wholeBytes } from "./tail.ts";

/** Options of {@linkcode watchSession}. */
export interface WatchSessionOptions<V extends View = "flat">
  extends Omit<ReadSessionOptions<V>, "subagents" | "store"> {
  /**
   * Where to begin: `"end"` yields what is written from now on, `"start"` first what
   * `readSession` yields.
   *
   * @default "end"
   */
  readonly from?: "end" | "start";
  /** Whether what subagents do is followed, too. Default `true`. */
  readonly subagents?: boolean;
  /** Ends the watching: the iteration rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Follows a session that another program writes: yields the events of each record once it
 * is whole on disk, those of subagents in the order in which they are seen. The events are
 * those of `readSession`; a prompt that follows a rewind is in its place here, too, but what
 * was taken back was yielded before. Waits by the events of the file system, which network
 * drives may not send. Ends when the transcript is deleted.
 *
 * To leave the loop ends the watching; while it waits for something to be written, `signal`
 * does.
 *
 * @param session As with `readSession`.
 * @throws {SessionNotFoundError} At the first event, if there is none, or more than one.
 * @throws {ConfigError} If an option is of no use.
 *
 * @example
 * ```ts ignore
 * import { watchSession } from "@claudestream/core/sessions";
 *
 * for await (const event of watchSession("last")) {
 *   if (event.type === "assistant_text") console.log(event.text);
 * }
 * ```
 */
export async function* watchSession<V extends View = "flat">(
  session: string | SessionInfo,
  options: WatchSessionOptions<V> = {},
): AsyncGenerator<ViewEvents[V], void, undefined> {
  const { view = "flat" as V, from = "end", signal } = options;
  checkView(view);
  if (from !== "end" && from !== "start") {
    throw new ConfigError(
      "from",
      `Invalid option "from": expected "end" or "start", got "${from}"`,
    );
  }
  signal?.throwIfAborted();
  const file = await transcriptOf(session, options);
  const followed = new Followed(file, options);
  // From here on each change is noticed, so that nothing falls between the two parts.
  using watch = new FolderWatch((path) => path.includes(file.id));
  followed.watchWith(watch);
  const ends = await followed.begin();
  const decoder = new TurnDecoder();
  if (from === "start") {
    const { subagents = true, ...rest } = options;
    const merged = {
      ...rest,
      subagents: subagents ? "merged" : "none",
    } as const;
    for await (const entry of await entriesUpTo(ends, file, merged)) {
      followed.note(entry);
      yield* decoder.eventsOf(entry, view);
    }
  }
  while (true) {
    const entries = await followed.next();
    if (entries === undefined) return;
    for (const entry of entries) yield* decoder.eventsOf(entry, view);
    await watch.changed(signal);
    followed.watchWith(watch);
  }
}

/** The transcripts of a session, and how far they were read. */
class Followed {
  readonly #file: SizedTranscript;
  readonly #options: WatchSessionOptions<View>;
  readonly #tails = new Map<string, TranscriptTail>();
  /** Subagents whose call has a result. */
  readonly #answered = new Set<string>();
  /** The records that were yielded, so that none comes twice. */
  readonly #seen = new Set<string>();

  constructor(file: SizedTranscript, options: WatchSessionOptions<View>) {
    this.#file = file;
    this.#options = options;
  }

  /** Watches the folders that exist now. */
  watchWith(watch: FolderWatch): void {
    watch.add(this.#file.folder);
    if (this.#options.subagents === false) return;
    watch.add(sessionFolder(this.#file));
    watch.add(`${sessionFolder(this.#file)}/subagents`);
  }

  /** Where the whole lines of each transcript end now; what follows is to be followed. */
  async begin(): Promise<ReadonlyMap<string, number>> {
    const ends = new Map<string, number>();
    for (const { path } of [this.#file, ...await this.#agents()]) {
      const end = await wholeBytes(path);
      ends.set(path, end);
      this.#follow(path, end);
    }
    return ends;
  }

  async #agents() {
    return this.#options.subagents === false
      ? []
      : await subagentsOf(this.#file);
  }

  #follow(path: string, start: number): TranscriptTail {
    const tail = new TranscriptTail(path, start, this.#options.maxLineBytes);
    this.#tails.set(path, tail);
    return tail;
  }

  /** Notes that an entry was yielded; `false` if it was before. */
  note({ record }: Entry): boolean {
    const uuid = record && textField(record, "uuid");
    if (uuid === undefined) return true;
    if (this.#seen.has(uuid)) return false;
    this.#seen.add(uuid);
    return true;
  }

  /** Returns the entries written since the last call; `undefined` if the session is gone. */
  async next(): Promise<readonly Entry[] | undefined> {
    const found: Entry[] = [];
    const main = await this.#tails.get(this.#file.path)?.lines();
    if (main === undefined) return undefined;
    for (const line of main) this.#take(entryOf(line), found);
    for (const agent of await this.#agents()) {
      const known = this.#tails.get(agent.path);
      // An older CLI notes the call of a subagent after its first lines; their events name the call.
      if (
        known === undefined && agent.toolUseId === undefined &&
        !this.#answered.has(agent.agentId)
      ) continue;
      const tail = known ?? this.#follow(agent.path, 0);
      for (const line of await tail.lines() ?? []) {
        this.#take(entryOf(line, agent), found);
      }
    }
    return inOrder(found);
  }

  #take(entry: Entry | undefined, found: Entry[]): void {
    if (entry === undefined || !this.note(entry)) return;
    const result = entry.record?.toolUseResult;
    const agentId = isWireObject(result) && textField(result, "agentId");
    if (agentId) this.#answered.add(agentId);
    found.push(entry);
  }
}

/** By time; an entry without a time stays behind its predecessor. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  let atMs = 0;
  const timed = entries.map((entry) => {
    if (entry.atMs !== 0) atMs = entry.atMs;
    return { entry, atMs };
  });
  return timed.sort((a, b) => a.atMs - b.atMs).map(({ entry }) => entry);
}
