/**
 * Copies what one process writes to its transcripts into the session store.
 *
 * @module
 */

import { type ErrorDetails, SessionStoreError } from "../errors.ts";
import { transcriptMirror } from "../messages/conversation.ts";
import type { Launch } from "../options/launch.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { removeFolder, removeFolderNow } from "../process/launch_files.ts";
import {
  type RestoredSession,
  restoreSession,
} from "../process/restored_session.ts";
import type {
  StoredSessionKey,
  TranscriptEntry,
  TranscriptKey,
} from "../stores/store.ts";
import { GuardedStore } from "../stores/guarded_store.ts";
import { storedId } from "../stores/lookup.ts";
import { storeOptions } from "../stores/store_options.ts";
import { thrownText } from "../util/faults.ts";
import { isWireObject } from "../util/json.ts";
import { UUID_SOURCE } from "../util/uuid.ts";

/** Entries may wait for the store up to this many characters; then the CLI waits. */
const MOST_WAITING = 8 * 1024 * 1024;
/** First pause before entries are tried again, in milliseconds; each one is twice the last one. */
const PAUSE_MS = 100;
/** How often a lease is renewed while it lasts. */
const RENEWALS = 3;

const FILE = new RegExp(`^(${UUID_SOURCE})(?:[\\\\/](.+))?\\.jsonl$`, "i");
const PROJECT = /^.*[\\/]projects[\\/][^\\/]+[\\/]/;

/** What the mirror needs of its link. */
export interface MirrorHost {
  /** Calls a function after a time. Returns a function that cancels it. */
  after(timeoutMs: number, call: () => void): () => void;
  /** Takes a line as if the CLI had written it. */
  tell(line: string): void;
  /** Fails the session. Returns whether a turn was running, which fails with it. */
  fail(error: Error): boolean;
}

/** Entries that wait for the store. */
interface Waiting {
  readonly key: TranscriptKey;
  readonly entries: readonly TranscriptEntry[];
  readonly size: number;
}

/** The right to write to one session, and the number of its last batch. */
interface Held {
  readonly token: number;
  sequence: number;
}

/** Whether a line may be the result of a turn. */
export function mayBeResult(line: string): boolean {
  return line.includes('"type":"result"');
}

/** The copy of the transcripts of one process. */
export class StoreMirror {
  readonly #options: ReturnType<typeof storeOptions>;
  readonly #store: GuardedStore;
  readonly #session: SessionOptions;
  readonly #host: MirrorHost;
  /** Leases by session: `/clear` begins another one in the same process. */
  readonly #leases = new Map<string, Held>();
  readonly #waiting: Waiting[] = [];
  #size = 0;
  #writing: Promise<void> | undefined;
  #restored: RestoredSession | undefined;
  #stopRenewal: (() => void) | undefined;
  #renewing: Promise<void> | undefined;
  #closing: Promise<Error | undefined> | undefined;
  /** Why nothing more is stored, if the session was failed for that. */
  #broken: Error | undefined;
  /** Whether a turn failed with that. */
  #isTold = false;
  /** Why the last try failed. */
  #failure: SessionStoreError | undefined;

  /** Touches nothing yet. */
  constructor(
    session: SessionOptions,
    given: NonNullable<SessionOptions["sessionStore"]>,
    host: MirrorHost,
  ) {
    this.#session = session;
    this.#options = storeOptions(given);
    const { store, timeoutMs } = this.#options;
    this.#store = new GuardedStore(store, timeoutMs, host.after);
    this.#host = host;
  }

  /**
   * Makes ready what the process resumes. Returns the launch with its path.
   *
   * @throws {SessionStoreError} Another one writes the session, or the store fails.
   * @throws {SessionNotFoundError} No session of the store has the id, the beginning of an id, or the
   *   title, or more than one has it.
   */
  async prepare(launch: Launch): Promise<Launch> {
    const { resume, fork } = this.#session;
    if (resume === undefined) return launch;
    // Before the lease is acquired, which would leave a row in the store for each wrong id.
    const { projectKey } = this.#options;
    const key = this.#keyOf(await storedId(this.#store, projectKey, resume));
    // A fork leaves the session as it is.
    if (fork !== true) await this.#acquire(key);
    const restored = await restoreSession(this.#store, key);
    this.#restored = restored;
    const given = resume === "last" ? "--continue" : `--resume=${resume}`;
    const args = launch.args.map((argument) =>
      argument === given ? `--resume=${restored.path}` : argument
    );
    return { ...launch, args };
  }

  #keyOf(sessionId: string): StoredSessionKey {
    return { projectKey: this.#options.projectKey, sessionId };
  }

  /** Takes a line. Returns whether it was for the store. */
  take(line: string): boolean {
    if (!line.slice(0, 200).includes("transcript_mirror")) return false;
    const parsed = jsonOf(line);
    if (!isWireObject(parsed) || parsed.type !== transcriptMirror.type) {
      return false;
    }
    const { filePath, entries } = parsed;
    if (typeof filePath !== "string" || !Array.isArray(entries)) return false;
    if (entries.length === 0) return true;
    const key = this.#keyOfFile(filePath);
    if (key === undefined) {
      this.#failed(
        storeFailure(`the CLI wrote a transcript elsewhere: "${filePath}"`),
        undefined,
      );
      return true;
    }
    this.#waiting.push({ key, entries, size: line.length });
    this.#size += line.length;
    this.#write();
    return true;
  }

  #keyOfFile(path: string): TranscriptKey | undefined {
    const folder = `${this.#restored?.folder}/`;
    const rest = path.startsWith(folder)
      ? path.slice(folder.length)
      : path.replace(PROJECT, "");
    const [, sessionId, subpath] = FILE.exec(rest) ?? [];
    if (sessionId === undefined) return undefined;
    return {
      ...this.#keyOf(sessionId),
      ...subpath === undefined
        ? {}
        : { subpath: subpath.replaceAll("\\", "/") },
    };
  }

  /** Waits if too much waits for the store. */
  relieved(): Promise<void> | undefined {
    return this.#size > MOST_WAITING ? this.#writing : undefined;
  }

  /** Waits until what was taken is stored, or could not be. */
  settled(): Promise<void> | undefined {
    if (this.#broken !== undefined || this.#waiting.length === 0) {
      return undefined;
    }
    this.#write();
    return this.#writing;
  }

  #write(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || this.#broken !== undefined) return;
      try {
        await this.#append(next);
      } catch (error) {
        this.#failed(error, next.key);
        return;
      }
      this.#failure = undefined;
      this.#waiting.shift();
      this.#size -= next.size;
    }
  }

  async #append({ key, entries }: Waiting): Promise<void> {
    const { attempts } = this.#options;
    let sequence: number | undefined;
    for (let attempt = 1;; attempt++) {
      try {
        const held = await this.#lease(key);
        // A batch keeps its number: the store may have it although the call failed.
        sequence ??= held.sequence + 1;
        await this.#store.append(key, { token: held.token, sequence, entries });
        held.sequence = sequence;
        return;
      } catch (error) {
        if (isAboutLease(error) || attempt >= attempts) throw error;
        await this.#pause(PAUSE_MS * 2 ** (attempt - 1));
      }
    }
  }

  #pause(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => this.#host.after(timeoutMs, resolve));
  }

  async #lease({ sessionId }: TranscriptKey): Promise<Held> {
    const known = this.#leases.get(sessionId);
    if (known !== undefined) return known;
    // A session that was not resumed here is new, unless its id was given twice.
    const key = this.#keyOf(sessionId);
    const held = await this.#acquire(key);
    try {
      if (await this.#store.session(key) === undefined) return held;
    } catch (error) {
      await this.#release(sessionId, held);
      throw error;
    }
    await this.#release(sessionId, held);
    throw alreadyStored(key);
  }

  async #acquire(key: StoredSessionKey): Promise<Held> {
    const { holder, leaseMs: ttlMs } = this.#options;
    const { token } = await this.#store.acquire(key, { holder, ttlMs });
    const held = { token, sequence: 0 };
    this.#leases.set(key.sessionId, held);
    this.#renewLater();
    return held;
  }

  async #release(sessionId: string, { token }: Held): Promise<void> {
    this.#leases.delete(sessionId);
    // A lease that cannot be given up expires.
    await this.#store.release(this.#keyOf(sessionId), token).catch(() => {});
  }

  #renewLater(): void {
    if (this.#closing !== undefined) return;
    const { leaseMs } = this.#options;
    this.#stopRenewal ??= this.#host.after(leaseMs / RENEWALS, () => {
      this.#stopRenewal = undefined;
      this.#renewing = this.#renew().finally(() => this.#renewLater());
    });
  }

  async #renew(): Promise<void> {
    const { leaseMs } = this.#options;
    for (const [sessionId, { token }] of this.#leases) {
      try {
        await this.#store.renew(this.#keyOf(sessionId), token, leaseMs);
      } catch (error) {
        // Anything else may pass; if not, the next append fails.
        if (isAboutLease(error)) this.#failed(error, this.#keyOf(sessionId));
      }
    }
  }

  /** Tells that the store failed; fails the session if that is wanted or nothing else is possible. */
  #failed(cause: unknown, key: TranscriptKey | undefined): void {
    if (this.#broken !== undefined) return;
    const error = cause instanceof SessionStoreError
      ? cause
      : storeFailure(thrownText(cause), { cause, sessionId: key?.sessionId });
    this.#failure = error;
    this.#host.tell(JSON.stringify({
      type: "system",
      subtype: "mirror_error",
      error: error.message,
      ...key === undefined ? {} : { key, session_id: key.sessionId },
      uuid: crypto.randomUUID(),
    }));
    if (this.#options.onFailure === "report" && !isAboutLease(error)) return;
    this.#broken = error;
    if (this.#closing === undefined) this.#isTold = this.#host.fail(error);
  }

  /**
   * Stores what waits, gives the leases up and removes the files, once.
   *
   * @returns Why the end is not stored, if no one was told.
   */
  close(): Promise<Error | undefined> {
    return this.#closing ??= this.#close();
  }

  /** Removes the files synchronously, when the program ends. */
  removeFiles(): void {
    removeFolderNow(this.#restored?.folder);
  }

  async #close(): Promise<Error | undefined> {
    // What just failed is not tried again: a store that hangs would be waited for twice.
    await (this.#writing ?? this.settled());
    this.#stopRenewal?.();
    // A renewal that overtakes the release would keep others out until it expires.
    await this.#renewing;
    await Promise.all(
      [...this.#leases].map(([id, held]) => this.#release(id, held)),
    );
    await removeFolder(this.#restored?.folder);
    return this.#isTold ? undefined : this.#failure;
  }
}

/** Parses a line. Returns `undefined` if it is no JSON: the protocol reports such a line. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isAboutLease(error: unknown): boolean {
  return error instanceof SessionStoreError &&
    (error.reason === "lease_held" || error.reason === "lease_lost");
}

function alreadyStored(
  { projectKey, sessionId }: StoredSessionKey,
): SessionStoreError {
  return new SessionStoreError(
    "lease_held",
    `Cannot store a new session as "${sessionId}": the project "${projectKey}" of the session store has one of that id`,
    {
      hint: "Continue that one with resume, or leave out sessionId",
      sessionId,
    },
  );
}

function storeFailure(
  reason: string,
  details: ErrorDetails = {},
): SessionStoreError {
  return new SessionStoreError(
    "append",
    `Cannot store the session: ${reason}`,
    details,
  );
}
