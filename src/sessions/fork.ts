/**
 * Forks sessions on disk.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { parseLine } from "../messages/mod.ts";
import { checkPlace } from "./belongings.ts";
import { type Branch, branchOf } from "./branch.ts";
import { detailsOf, sessionInfo, transcriptOf } from "./find.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import {
  isGone,
  type SessionPlaceOptions,
  type SizedTranscript,
} from "../transcripts/place.ts";
import { blockIds, textField } from "../transcripts/record_fields.ts";
import { type SubagentFile, subagentsOf } from "./subagents.ts";
import { transcriptLines } from "./transcript_lines.ts";

/** Options of {@linkcode forkSession}. */
export interface ForkSessionOptions extends SessionPlaceOptions {
  /**
   * The last message that the fork has, by the `uuid` of its events; the results of its
   * calls come along. Default: all of the session, also what a rewind took back.
   */
  readonly upTo?: string;
  /** The title of the fork. Default: that of the session with ` (fork)` behind it, if it has one. */
  readonly title?: string;
}

/** Records that a fork does not take over, because they are about the process that wrote them. */
const LEFT: ReadonlySet<unknown> = new Set([
  "queue-operation",
  "api-request",
  "api-request-blob",
  "api-request-shape",
  "api-request-resumed",
  // They name copies of files in the folder of the other session.
  "file-history-snapshot",
  "file-history-delta",
  "custom-title",
]);

/** Records of the whole session that a part of it does not take over, either. */
const LEFT_BY_PART: ReadonlySet<unknown> = new Set([
  "last-prompt",
  "cost-state",
]);

/** Only the user may read a transcript, as with those of the CLI. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Copies a session, or the beginning of it, into a new one that `resume` can continue. The
 * messages keep their `uuid`, as in a fork that the CLI makes. Subagents whose call is in
 * the fork come along. Large results of tools stay with the session, and the fork refers
 * to them there. Needs `--allow-write`; the new files are for the user alone (mode 0600).
 *
 * @param session As with `readSession`.
 * @returns The new session.
 * @throws {SessionNotFoundError} If there is no such session, or more than one.
 * @throws {ConfigError} If no message has the `uuid` of `upTo`, or the transcript is not
 * in the folder of a project.
 *
 * @example
 * ```ts ignore
 * import { AsyncSession } from "@claudestream/core";
 * import { forkSession } from "@claudestream/core/sessions";
 *
 * const { id } = await forkSession("last", { title: "Another try" });
 * await using session = new AsyncSession({ resume: id });
 * ```
 */
export async function forkSession(
  session: string | SessionInfo,
  options: ForkSessionOptions = {},
): Promise<SessionInfo> {
  const { upTo, title, ...place } = options;
  if (title !== undefined && (typeof title !== "string" || !title.trim())) {
    throw new ConfigError(
      "title",
      `Invalid option "title": expected a text, got ${JSON.stringify(title)}`,
    );
  }
  const file = await transcriptOf(session, place);
  await checkPlace(file, place);
  const old = await detailsOf(file);
  const name = title?.trim() ??
    (old.title === undefined ? undefined : `${old.title} (fork)`);
  const id = crypto.randomUUID();
  const folder = `${file.folder}/${id}`;
  // A list of sessions does not see the file before it is whole.
  const draft = `${folder}.tmp`;
  try {
    const fork = await Fork.of(file, id, upTo);
    await fork.copySubagents(folder);
    await fork.copyTranscript(draft, name);
    await Deno.rename(draft, `${folder}.jsonl`);
  } catch (error) {
    await remove(draft);
    await remove(folder);
    throw error;
  }
  return await sessionInfo(id, place);
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** The part of a session that is copied. */
class Fork {
  readonly #file: SizedTranscript;
  readonly #id: string;
  readonly #branch: Branch;
  readonly #upTo: string | undefined;
  /** The messages that are copied; all if there is none. */
  readonly #kept: ReadonlySet<string> | undefined;
  /** The calls in what was copied. */
  readonly #calls = new Set<string>();

  private constructor(
    file: SizedTranscript,
    id: string,
    branch: Branch,
    upTo: string | undefined,
  ) {
    this.#file = file;
    this.#id = id;
    this.#branch = branch;
    this.#upTo = upTo;
    if (upTo !== undefined) {
      this.#kept = branch.uuids({ leaf: upTo });
      for (const call of branch.callsIn(this.#kept)) this.#calls.add(call);
    }
  }

  static async of(
    file: SizedTranscript,
    id: string,
    upTo: string | undefined,
  ): Promise<Fork> {
    const limits = { endBytes: file.sizeBytes };
    const branch = await branchOf(file.path, limits, false);
    if (upTo !== undefined && !branch.has(upTo)) {
      throw new ConfigError(
        "upTo",
        `Cannot fork the session "${file.id}": no message of it has the uuid "${upTo}"`,
        { hint: "Take the uuid of an event that readSession yields" },
      );
    }
    return new Fork(file, id, branch, upTo);
  }

  async copyTranscript(path: string, title: string | undefined): Promise<void> {
    await write(path, this.#records(title));
  }

  async *#records(title: string | undefined): AsyncGenerator<string> {
    let isPast = false;
    const limits = { endBytes: this.#file.sizeBytes };
    for await (const lines of transcriptLines(this.#file.path, limits)) {
      for (const line of lines) {
        const { raw: record } = parseLine(line);
        if (record === undefined) {
          // Damaged lines are copied unchanged.
          if (!isPast && line.trim() !== "") yield line;
          continue;
        }
        const uuid = textField(record, "uuid");
        if (this.#isCopied(record, uuid, isPast)) yield this.#renamed(record);
        if (uuid !== undefined && uuid === this.#upTo) isPast = true;
      }
    }
    if (title === undefined) return;
    yield JSON.stringify({
      type: "custom-title",
      customTitle: title,
      sessionId: this.#id,
    });
  }

  #isCopied(
    record: WireObject,
    uuid: string | undefined,
    isPast: boolean,
  ): boolean {
    if (LEFT.has(record.type)) return false;
    if (this.#kept === undefined) return true;
    if (uuid !== undefined) return this.#kept.has(uuid);
    return !isPast && !LEFT_BY_PART.has(record.type);
  }

  #renamed(record: WireObject): string {
    const { id } = this.#file;
    return JSON.stringify({
      ...record,
      sessionId: this.#id,
      ...record.type === "assistant"
        ? { requestSessionId: textField(record, "requestSessionId") ?? id }
        : {},
    });
  }

  /** Copies those that the copied messages started, and those that these started. */
  async copySubagents(folder: string): Promise<void> {
    const agents = new Set(await subagentsOf(this.#file));
    for (let before = -1; before !== agents.size;) {
      before = agents.size;
      for (const agent of agents) {
        if (!this.#isStarted(agent)) continue;
        agents.delete(agent);
        await this.#copySubagent(agent, `${folder}/subagents`);
      }
    }
  }

  #isStarted({ agentId, toolUseId }: SubagentFile): boolean {
    if (this.#kept === undefined) return true;
    const call = toolUseId ?? this.#branch.agentCalls.get(agentId);
    return call !== undefined && this.#calls.has(call);
  }

  async #copySubagent(agent: SubagentFile, folder: string): Promise<void> {
    await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const path = `${folder}/agent-${agent.agentId}`;
    await write(`${path}.jsonl`, this.#agentRecords(agent));
    const meta = agent.path.replace(/\.jsonl$/, ".meta.json");
    try {
      const text = await Deno.readTextFile(meta);
      await write(`${path}.meta.json`, [text]);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async *#agentRecords({ path }: SubagentFile): AsyncGenerator<string> {
    for await (const lines of transcriptLines(path)) {
      for (const line of lines) {
        const { raw: record } = parseLine(line);
        if (record === undefined) {
          if (line.trim() !== "") yield line;
          continue;
        }
        const content = isWireObject(record.message)
          ? record.message.content
          : undefined;
        for (const call of blockIds(content, "tool_use", "id")) {
          this.#calls.add(call);
        }
        yield this.#renamed(record);
      }
    }
  }
}

/** Writes a new file, line by line. */
async function write(
  path: string,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  using file = await Deno.open(path, {
    write: true,
    createNew: true,
    mode: FILE_MODE,
  });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  for await (const line of lines) {
    await writer.write(encoder.encode(`${line}\n`));
  }
  await writer.close();
}
