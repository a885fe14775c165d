/**
 * A session store in PostgreSQL.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import {
  type Lease,
  leaseHeld,
  leaseLost,
  type LeaseRequest,
  type SessionStore,
  type StoredSessionEntry,
  type StoredSessionKey,
  type TranscriptBatch,
  type TranscriptEntry,
  type TranscriptKey,
} from "./store.ts";

/** Rows read at once: an entry may have megabytes, such as an image. */
const ROWS = 32;

/** A row of a result. */
export type PostgresRow = Readonly<Record<string, unknown>>;

/** A query: its rows as a promise, or one part after the other. */
export interface PostgresQuery extends PromiseLike<readonly PostgresRow[]> {
  /** Yields rows in parts of this many. */
  cursor(rows: number): AsyncIterable<readonly PostgresRow[]>;
}

/** What runs queries. */
export interface PostgresQueries {
  /** Makes a query; `$1` stands for the first parameter. */
  unsafe(query: string, parameters?: (string | number | null)[]): PostgresQuery;
}

/** The part of a client of the npm package `postgres` that the store needs. */
export interface PostgresClient extends PostgresQueries {
  /** Runs queries in one transaction. */
  begin<T>(run: (queries: PostgresQueries) => Promise<T>): Promise<unknown>;
  /** Closes the connections. */
  end(): Promise<void>;
}

/** Options of {@linkcode PostgresSessionStore.open}. */
export interface PostgresStoreOptions {
  /** Beginning of the names of its tables: letters, digits and `_`. Default `"claudestream"`. */
  readonly tablePrefix?: string;
}

/**
 * Keeps sessions in two tables of a PostgreSQL database, which are made when they are missing.
 * Leases go by the clock of the database. `open()` loads the npm package `postgres`: it has no
 * dependencies, reads through cursors, and runs under Deno and Node.
 */
export class PostgresSessionStore implements SessionStore, AsyncDisposable {
  readonly #sql: PostgresClient;
  readonly #sessions: string;
  readonly #entries: string;
  readonly #prefix: string;

  private constructor(sql: PostgresClient, prefix: string) {
    this.#sql = sql;
    this.#prefix = prefix;
    this.#sessions = `${prefix}_sessions`;
    this.#entries = `${prefix}_entries`;
  }

  /**
   * Connects to a database and makes the tables.
   *
   * @param database Its address (`postgres://user:password@host/name`), or a client of the npm
   *   package `postgres`.
   * @throws {ConfigError} The prefix is no name of a table, or the package `postgres` is not there.
   * @throws {Error} The database cannot be reached, or refuses to make the tables: the error of the
   *   client. A client that was made for an address is closed then.
   */
  static async open(
    database: string | PostgresClient,
    { tablePrefix = "claudestream" }: PostgresStoreOptions = {},
  ): Promise<PostgresSessionStore> {
    if (!/^[a-z_][a-z0-9_]{0,40}$/.test(tablePrefix)) {
      throw new ConfigError(
        "tablePrefix",
        `Invalid option "tablePrefix": expected at most 41 small letters, digits and "_", got "${tablePrefix}"`,
      );
    }
    const sql = typeof database === "string"
      ? await connect(database)
      : database;
    const store = new PostgresSessionStore(sql, tablePrefix);
    try {
      await store.#makeTables();
    } catch (error) {
      if (typeof database === "string") await sql.end();
      throw error;
    }
    return store;
  }

  /** Closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sql.end();
  }

  async #makeTables(): Promise<void> {
    await this.#sql.begin(async (sql) => {
      // Two programs that create the same table at once would fail one of them.
      await sql.unsafe("select pg_advisory_xact_lock(hashtext($1))", [
        this.#prefix,
      ]);
      const exists = await sql.unsafe("select to_regclass($1)::text as name", [
        this.#entries,
      ]);
      if (exists[0]?.name != null) return;
      await sql.unsafe(`create table ${this.#sessions} (
        project_key text not null,
        session_id text not null,
        token bigint not null,
        holder text not null,
        expires_at timestamptz not null,
        sequence bigint not null,
        updated_at timestamptz,
        primary key (project_key, session_id)
      )`);
      await sql.unsafe(`create table ${this.#entries} (
        project_key text not null,
        session_id text not null,
        subpath text not null,
        position bigint not null,
        entry text not null,
        primary key (project_key, session_id, subpath, position)
      )`);
    });
  }

  /** As in {@linkcode SessionStore}. */
  async append(key: TranscriptKey, batch: TranscriptBatch): Promise<void> {
    const { projectKey, sessionId, subpath = "" } = key;
    await this.#sql.begin(async (sql) => {
      const [held] = await sql.unsafe(
        `select token, sequence from ${this.#sessions}
         where project_key = $1 and session_id = $2 for update`,
        [projectKey, sessionId],
      );
      if (held === undefined || Number(held.token) !== batch.token) {
        throw leaseLost(key);
      }
      if (batch.sequence <= Number(held.sequence)) return;
      // As text: jsonb would sort the keys and refuse \u0000. Escaped twice on the way, NUL is never
      // a character that text cannot hold.
      await sql.unsafe(
        `insert into ${this.#entries}
         select $1, $2, $3, last.position + line.number, line.entry
         from (select coalesce(max(position), 0) as position
           from ${this.#entries}
           where project_key = $1 and session_id = $2 and subpath = $3) last,
           json_array_elements_text($4::text::json)
             with ordinality as line(entry, number)`,
        [
          projectKey,
          sessionId,
          subpath,
          JSON.stringify(batch.entries.map((one) => JSON.stringify(one))),
        ],
      );
      await sql.unsafe(
        `update ${this.#sessions} set sequence = $3, updated_at = clock_timestamp()
         where project_key = $1 and session_id = $2`,
        [projectKey, sessionId, batch.sequence],
      );
    });
  }

  /** As in {@linkcode SessionStore}. */
  async *load(key: TranscriptKey): AsyncIterable<TranscriptEntry> {
    const { projectKey, sessionId, subpath = "" } = key;
    const rows = this.#sql.unsafe(
      `select entry from ${this.#entries}
       where project_key = $1 and session_id = $2 and subpath = $3
       order by position`,
      [projectKey, sessionId, subpath],
    );
    for await (const part of rows.cursor(ROWS)) {
      for (const { entry } of part) yield JSON.parse(String(entry));
    }
  }

  /** As in {@linkcode SessionStore}. */
  async session(
    { projectKey, sessionId }: StoredSessionKey,
  ): Promise<StoredSessionEntry | undefined> {
    const [row] = await this.#sql.unsafe(
      `${this.#listing} and s.session_id = $2`,
      [projectKey, sessionId],
    );
    return row && entryOf(projectKey, row);
  }

  /** As in {@linkcode SessionStore}. */
  async *list(projectKey: string): AsyncIterable<StoredSessionEntry> {
    const rows = this.#sql.unsafe(this.#listing, [projectKey]);
    for await (const part of rows.cursor(ROWS)) {
      for (const row of part) yield entryOf(projectKey, row);
    }
  }

  get #listing(): string {
    return `select s.session_id, extract(epoch from s.updated_at) * 1000 as updated,
      (select json_agg(distinct e.subpath) from ${this.#entries} e
        where e.project_key = s.project_key and e.session_id = s.session_id
        and e.subpath <> '')::text as subpaths
      from ${this.#sessions} s
      where s.project_key = $1 and s.updated_at is not null`;
  }

  /** As in {@linkcode SessionStore}. */
  async delete({ projectKey, sessionId }: StoredSessionKey): Promise<void> {
    await this.#sql.begin(async (sql) => {
      for (const table of [this.#sessions, this.#entries]) {
        await sql.unsafe(
          `delete from ${table} where project_key = $1 and session_id = $2`,
          [projectKey, sessionId],
        );
      }
    });
  }

  /** As in {@linkcode SessionStore}. */
  async acquire(
    key: StoredSessionKey,
    { holder, ttlMs }: LeaseRequest,
  ): Promise<Lease> {
    const { projectKey, sessionId } = key;
    const now = "floor(extract(epoch from clock_timestamp()) * 1000)::bigint";
    const [row] = await this.#sql.unsafe(
      `insert into ${this.#sessions} as s values ($1, $2, ${now}, $3,
         clock_timestamp() + $4::double precision * interval '1 millisecond', 0)
       on conflict (project_key, session_id) do update
         set token = greatest(s.token + 1, ${now}), holder = excluded.holder,
           expires_at = excluded.expires_at, sequence = 0
         where s.expires_at <= clock_timestamp() or s.holder = excluded.holder
       returning token`,
      [projectKey, sessionId, holder, ttlMs],
    );
    if (row !== undefined) return { token: Number(row.token) };
    const [held] = await this.#sql.unsafe(
      `select holder, extract(epoch from expires_at - clock_timestamp()) * 1000 as left
       from ${this.#sessions} where project_key = $1 and session_id = $2`,
      [projectKey, sessionId],
    );
    throw leaseHeld(key, String(held?.holder ?? ""), Number(held?.left ?? 0));
  }

  /** As in {@linkcode SessionStore}. */
  async renew(
    key: StoredSessionKey,
    token: number,
    ttlMs: number,
  ): Promise<void> {
    const { projectKey, sessionId } = key;
    const rows = await this.#sql.unsafe(
      `update ${this.#sessions} set expires_at =
         clock_timestamp() + $4::double precision * interval '1 millisecond'
       where project_key = $1 and session_id = $2 and token = $3
       returning token`,
      [projectKey, sessionId, token, ttlMs],
    );
    if (rows.length === 0) throw leaseLost(key);
  }

  /** As in {@linkcode SessionStore}. */
  async release(
    { projectKey, sessionId }: StoredSessionKey,
    token: number,
  ): Promise<void> {
    await this.#sql.unsafe(
      `update ${this.#sessions} set expires_at = 'epoch'
       where project_key = $1 and session_id = $2 and token = $3`,
      [projectKey, sessionId, token],
    );
  }
}

function entryOf(projectKey: string, row: PostgresRow): StoredSessionEntry {
  return {
    projectKey,
    sessionId: String(row.session_id),
    updatedMs: Number(row.updated),
    subpaths: row.subpaths === null
      ? []
      : (JSON.parse(String(row.subpaths)) as string[]).sort(),
  };
}

async function connect(address: string): Promise<PostgresClient> {
  let make: (address: string, options: object) => unknown;
  try {
    ({ default: make } = await import("postgres"));
  } catch (cause) {
    throw new ConfigError(
      "sessionStore",
      'Cannot connect to PostgreSQL: the npm package "postgres" cannot be loaded',
      { cause, hint: "Add it with: deno add npm:postgres" },
    );
  }
  return make(address, { onnotice: () => {} }) as PostgresClient;
}
