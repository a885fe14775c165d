/**
 * Copies sessions on disk into a store.
 *
 * @module
 */

import { ConfigError, SessionStoreError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import { AGENT_METADATA } from "../process/restored_session.ts";
import type {
  SessionStore,
  StoredSessionKey,
  TranscriptEntry,
} from "../stores/store.ts";
import { holderOptions } from "../stores/store_options.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import type { SessionPlaceOptions } from "../transcripts/place.ts";
import { transcriptOf } from "./find.ts";
import { guarded, type StoredSessionOptions } from "./stored_copy.ts";
import { subagentsOf } from "./subagents.ts";
import { transcriptLines } from "./transcript_lines.ts";

/** Entries are appended in batches of about this many characters. */
const BATCH_CHARS = 1024 * 1024;

/** Options of {@linkcode importSession}. */
export interface ImportSessionOptions
  extends SessionPlaceOptions, StoredSessionOptions {}

/**
 * Copies a session on disk into a store, with its subagents, so that any machine can resume it. The
 * session on disk stays as it is. Needs no process, and `--allow-read` only.
 *
 * @param session As with `readSession`.
 * @returns The id of the session.
 * @throws {SessionNotFoundError} There is no such session, or more than one.
 * @throws {ConfigError} The store has the session.
 * @throws {SessionStoreError} Another one writes it, the store fails, or a line of the transcript
 *   cannot be read. What was imported up to then is deleted, unless the store fails at that, too, or
 *   another one has taken the session over: what that one wrote stays.
 *
 * @example
 * ```ts
 * import { importSession } from "@claudestream/core/sessions";
 * import { MemorySessionStore } from "@claudestream/core/stores";
 * import { assert } from "@std/assert";
 *
 * const store = new MemorySessionStore();
 * const configDir = "tests/fixtures/config";
 * const sessionId = await importSession("last", { configDir, store });
 * assert(await store.session({ projectKey: "default", sessionId }));
 * ```
 */
export async function importSession(
  session: string | SessionInfo,
  { store: given, ...place }: ImportSessionOptions,
): Promise<string> {
  const file = await transcriptOf(session, place);
  const { store, projectKey, holder, leaseMs } = guarded(holderOptions(given));
  const key = { projectKey, sessionId: file.id };
  const { token } = await store.acquire(key, { holder, ttlMs: leaseMs });
  try {
    if (await store.session(key) !== undefined) {
      throw new ConfigError(
        "session",
        `Cannot import the session "${file.id}": the store has it in the project "${projectKey}"`,
        { hint: "Delete it from the store first, or name another projectKey" },
      );
    }
    const writer = new Writer(store, key, token, leaseMs);
    try {
      await writer.add(undefined, file.path);
      for (const { path, agentId, ...facts } of await subagentsOf(file)) {
        const subpath = `subagents/agent-${agentId}`;
        await writer.add(subpath, path, { type: AGENT_METADATA, ...facts });
      }
    } catch (error) {
      await discard(store, key, token, leaseMs);
      throw error;
    }
    return file.id;
  } finally {
    // A lease that cannot be given up expires.
    await store.release(key, token).catch(() => {});
  }
}

/** Deletes what was imported, if the session is still this program's. */
async function discard(
  store: SessionStore,
  key: StoredSessionKey,
  token: number,
  leaseMs: number,
): Promise<void> {
  try {
    // After any error another one may have taken the session over; this fails then.
    await store.renew(key, token, leaseMs);
    await store.delete(key);
  } catch {
    // The error that ended the import tells more.
  }
}

/** Appends files under one lease. */
class Writer {
  readonly #store: SessionStore;
  readonly #key: StoredSessionKey;
  readonly #token: number;
  readonly #leaseMs: number;
  #sequence = 0;

  constructor(
    store: SessionStore,
    key: StoredSessionKey,
    token: number,
    leaseMs: number,
  ) {
    this.#store = store;
    this.#key = key;
    this.#token = token;
    this.#leaseMs = leaseMs;
  }

  /** Appends a transcript, and an entry behind it. */
  async add(
    subpath: string | undefined,
    path: string,
    last?: TranscriptEntry,
  ): Promise<void> {
    let entries: TranscriptEntry[] = [];
    let chars = 0;
    let number = 0;
    for await (const lines of transcriptLines(path)) {
      for (const line of lines) {
        number++;
        entries.push(this.#entryOf(line, `line ${number} of ${path}`));
        chars += line.length;
      }
      if (chars < BATCH_CHARS) continue;
      await this.#append(subpath, entries);
      entries = [];
      chars = 0;
    }
    if (last !== undefined) entries.push(last);
    if (entries.length > 0) await this.#append(subpath, entries);
  }

  #entryOf(line: string, where: string): TranscriptEntry {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      value = undefined;
    }
    if (isWireObject(value)) return value;
    const { sessionId } = this.#key;
    throw new SessionStoreError(
      "append",
      `Cannot import the session "${sessionId}": ${where} is not a JSON object`,
      { sessionId },
    );
  }

  async #append(
    subpath: string | undefined,
    entries: readonly TranscriptEntry[],
  ): Promise<void> {
    const key = subpath === undefined ? this.#key : { ...this.#key, subpath };
    const sequence = ++this.#sequence;
    await this.#store.append(key, { token: this.#token, sequence, entries });
    await this.#store.renew(this.#key, this.#token, this.#leaseMs);
  }
}
