/**
 * Many sessions with few processes.
 *
 * @module
 */

import { check, TEXT, wrong } from "../checks/kinds.ts";
import { StateError } from "../errors.ts";
import { roundUsd } from "../decode/usage.ts";
import type { Clock } from "../options/clock.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { systemClock } from "../options/system_clock.ts";
import type { Pass, Work } from "../session/admission.ts";
import type { AsyncSession } from "../session/async_session.ts";
import type { Due } from "../util/due.ts";
import { Line } from "./line.ts";
import { type MapFunction, type MapOptions, PoolMap } from "./map.ts";
import { Member, type MemberOwner } from "./member.ts";
import {
  checkPooled,
  checkSame,
  type PoolOptions,
  poolOptions,
  type SettledPoolOptions,
} from "./options.ts";

/** Numbers of a pool at a moment. */
export interface PoolStats {
  /** Processes, including those that are ending; never more than `maxProcesses`. */
  readonly processes: number;
  /** Processes without a conversation that are kept ready. */
  readonly warm: number;
  /** Sessions that run a turn or another call. */
  readonly running: number;
  /** Sessions with a process and nothing to do for it but, possibly, background tasks. */
  readonly idle: number;
  /** Sessions without a process: parked, or not used yet. */
  readonly parked: number;
  /** Calls that wait for a process, or for an earlier turn of their session. */
  readonly waiting: number;
  /** Cost of all turns of the pool, in US dollars, those of closed sessions included. */
  readonly costUsd: number;
}

/**
 * Many conversations with few processes: each key has a session, and a session has a process only
 * while it is used. If another session needs the place, or after `idleTimeoutMs`, an idle process
 * is ended (_parked_) and the session continues in another one at its next use, at the cost of a
 * start.
 *
 * Calls that cannot have a process yet wait in a line, which is fair to the keys: first come, first
 * served, and after a turn a key that has more of them goes to the end of the line.
 *
 * The constructor does not start a process. `close()`, which `await using` calls, leaves none.
 *
 * @example
 * ```ts
 * import { SessionPool } from "@claudestream/core/pool";
 *
 * const pool = new SessionPool({ session: { model: "sonnet" }, maxProcesses: 4 });
 *
 * async function reply(userId: string, message: string): Promise<string> {
 *   return (await pool.session(userId).ask(message)).text;
 * }
 * ```
 */
export class SessionPool implements AsyncDisposable {
  readonly #options: SettledPoolOptions;
  readonly #clock: Clock;
  readonly #line: Line;
  readonly #owner: MemberOwner;
  readonly #members = new Set<Member>();
  readonly #keys = new Map<string, Member>();
  /** Members that wait for a key, the oldest first. */
  readonly #spares = new Set<Member>();
  /** Sessions whose last process is ending. */
  readonly #leaving = new Map<Member, Promise<void>>();
  /** Cost of the sessions that were closed. */
  #spentUsd = 0;
  /** Whether missing spares are started; not after one failed, until the pool is used again. */
  #mayWarm = false;
  /** Settles when the last work is over, while the pool drains. */
  #drained: PromiseWithResolvers<void> | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Does not start a process.
   *
   * @throws {ConfigError} An option is invalid, or not possible in a pool.
   */
  constructor(options: PoolOptions = {}) {
    this.#options = poolOptions(options);
    const { clock = systemClock } = this.#options.session;
    this.#clock = clock;
    this.#line = new Line(this.#options, clock, {
      discardSpare: () => this.#discardSpare(),
      rested: () => this.#rested(),
    });
    this.#owner = {
      enter: (member, work, operation) => this.#enter(member, work, operation),
      changed: (member) => this.#changed(member),
      closing: (member, closed) => this.#remove(member, closed),
    };
  }

  /**
   * Starts the processes that are kept ready (`warm`), so that the first sessions start faster.
   *
   * @throws {ClaudeNotFoundError} There is no `claude`.
   * @throws {StartupError} It cannot be started.
   * @throws {StateError} The pool is closed (`session_closed`).
   */
  async start(): Promise<void> {
    this.#checkOpen("start");
    this.#mayWarm = true;
    const starting = this.#warm();
    await Promise.all(starting);
  }

  /**
   * Returns the session of a key, always the same one until it is closed. Its first turn begins a
   * conversation, or with the option `resume` continues one. Use it as any `AsyncSession`, with
   * these differences:
   *
   * - A call waits if no process is free, and a turn also waits for earlier turns of its session:
   *   there is no `session_busy`. A signal that aborts takes the call out of the line.
   * - `state` is `"new"` and `pid` is `undefined` while it is parked.
   * - If its process dies, the running turn fails, and the next turn continues in another process.
   * - `close()` ends the conversation: the key then means a new one. To continue it later, keep
   *   `session.id` and give it as `resume`.
   *
   * @param key Whose session it is, such as the id of a user.
   * @param options Options of this session on top of those of the pool. A session with options of its
   *   own cannot use a process that was kept ready. For a key that has a session they must be those
   *   that it was opened with (functions and objects: the same ones), or its id as `resume`.
   *
   * @throws {ConfigError} An option is invalid, or differs from that of the key's session.
   * @throws {StateError} The pool is closed (`session_closed`).
   */
  session(key: string, options?: SessionOptions): AsyncSession {
    if (key === undefined) throw wrong("key", TEXT.expected, key);
    check("key", key, TEXT);
    this.#checkOpen("session");
    const known = this.#keys.get(key);
    if (known !== undefined) {
      const { face, options: opened } = known;
      if (options !== undefined) checkSame(key, opened, options, face.id);
      return face;
    }
    const member = this.#take(options);
    member.key = key;
    this.#keys.set(key, member);
    return member.face;
  }

  /** Whether a key has a session. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** The keys that have a session, in the order in which they came. */
  keys(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /**
   * Ends the process of a key's session now, as after `idleTimeoutMs`. Returns whether it did: not
   * if the session has no process, runs a turn or another call, or has background tasks.
   */
  park(key: string): boolean {
    const member = this.#keys.get(key);
    return member !== undefined && this.#line.park(member.seat);
  }

  /**
   * Calls a function for each item with a new session, several at a time. See
   * {@linkcode PoolMap} for what is returned.
   *
   * @param items The items; a source such as a generator is read as they are worked on.
   * @param run Called with an item and, among other things, its session, which is closed afterwards.
   *
   * @throws {ConfigError} An option is invalid.
   * @throws {StateError} The pool is closed (`session_closed`).
   *
   * @example
   * ```ts
   * import { SessionPool } from "@claudestream/core/pool";
   *
   * async function summaries(files: readonly string[]): Promise<string[]> {
   *   await using pool = new SessionPool({ maxProcesses: 4 });
   *   return await pool.map(files, async (file, { session }) => {
   *     return (await session.ask(`Summarize ${file}`)).text;
   *   }, { maxCostUsd: 2 }).results();
   * }
   * ```
   */
  map<T, R>(
    items: Iterable<T> | AsyncIterable<T>,
    run: MapFunction<T, R>,
    options: MapOptions = {},
  ): PoolMap<T, R> {
    this.#checkOpen("map");
    const { maxProcesses } = this.#options;
    return new PoolMap(items, run, options, {
      maxProcesses,
      clock: this.#clock,
      open: () => {
        const member = this.#take(undefined, false);
        return { session: member.face, spentUsd: () => member.spentUsd };
      },
    });
  }

  /** Returns numbers of the pool at this moment. */
  stats(): PoolStats {
    const used = [...this.#members].filter((one) => !this.#spares.has(one));
    const held = used.filter(({ seat }) => this.#line.holds(seat));
    const running = held.filter(({ seat }) => seat.running.size > 0).length;
    return {
      processes: this.#line.processes,
      warm: this.#spares.size,
      running,
      idle: held.length - running,
      parked: used.length - held.length,
      waiting: this.#line.waiting,
      costUsd: roundUsd(
        [...this.#members, ...this.#leaving.keys()].reduce(
          (sum, { spentUsd }) => sum + spentUsd,
          this.#spentUsd,
        ),
      ),
    };
  }

  /**
   * Closes all sessions and ends all processes. Calls that wait fail with a `StateError`
   * (`session_closed`), and running turns are interrupted; with `drain` both are finished first, and
   * only new calls fail. A second call waits for the same end; without `drain` it cuts the draining
   * short.
   *
   * @throws {DeadlineError} A process cannot be ended.
   */
  close(options: { readonly drain?: boolean } = {}): Promise<void> {
    const { drain = false } = options;
    if (!drain) this.#drained?.resolve();
    this.#closed ??= this.#close(drain);
    return this.#closed;
  }

  /** Closes the pool. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(drain: boolean): Promise<void> {
    this.#mayWarm = false;
    if (drain && this.#isWorking) {
      this.#drained = Promise.withResolvers();
      await this.#drained.promise;
    }
    const endings = [...this.#members].map(({ face }) => face.close());
    const ends = await Promise.allSettled([
      ...endings,
      ...this.#leaving.values(),
    ]);
    const failed = ends.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  get #isWorking(): boolean {
    return !this.#line.isEmpty ||
      [...this.#members].some(({ seat }) => seat.running.size > 0);
  }

  #checkOpen(operation: string): void {
    if (this.#closed === undefined) return;
    throw new StateError(
      "session_closed",
      "closed",
      operation,
      `Cannot ${operation}: the pool is closed`,
    );
  }

  #enter(member: Member, work: Work, operation: string): Pass {
    this.#checkOpen(operation);
    this.#mayWarm = true;
    return this.#line.enter(member.seat, work, operation);
  }

  #changed(member: Member): void {
    if (!this.#members.has(member)) return;
    this.#line.changed(member.seat);
    if (this.#spares.has(member) && !this.#line.holds(member.seat)) {
      // A process that was kept ready died: another one would, too.
      this.#mayWarm = false;
      this.#drop(member);
    }
  }

  /** Returns a session for a new key: a spare, if it has the options of the pool. */
  #take(
    options: SessionOptions | undefined,
    isCounted = true,
  ): Member {
    if (options === undefined) {
      for (const spare of this.#spares) {
        this.#spares.delete(spare);
        this.#line.take(spare.seat, isCounted);
        return spare;
      }
    } else checkPooled({ ...this.#options.session, ...options });
    return this.#make({ ...this.#options.session, ...options }, isCounted);
  }

  #make(options: SessionOptions, isCounted: boolean): Member {
    const member = new Member(options, this.#owner, isCounted);
    this.#members.add(member);
    return member;
  }

  #rested(): void {
    if (!this.#isWorking) this.#drained?.resolve();
    // A start that fails is reported by the session that needs one.
    for (const starting of this.#warm()) starting.catch(() => {});
  }

  /** Starts the spares that are missing. */
  #warm(): Promise<unknown>[] {
    const starting: Promise<unknown>[] = [];
    while (
      this.#mayWarm && this.#closed === undefined && this.#line.isEmpty &&
      this.#line.hasRoom && this.#spares.size < this.#options.warm
    ) {
      const member = this.#make(this.#options.session, true);
      this.#spares.add(member);
      this.#line.reserve(member.seat);
      const started = member.face.start();
      starting.push(started);
      started.catch(() => {
        this.#mayWarm = false;
        if (this.#spares.has(member)) this.#drop(member);
      });
    }
    return starting;
  }

  #discardSpare(): boolean {
    for (const spare of this.#spares) {
      this.#drop(spare);
      return true;
    }
    return false;
  }

  /** Closes a session that no caller has. */
  #drop(member: Member): void {
    this.#spares.delete(member);
    // What cannot be ended is reported by close() of the pool.
    member.face.close().catch(() => {});
  }

  /** Forgets a session that is closing. */
  #remove(member: Member, closed: Due<void>): void {
    if (!this.#members.delete(member)) return;
    this.#spares.delete(member);
    if (member.key !== undefined) this.#keys.delete(member.key);
    this.#leaving.set(member, closed.promise);
    closed.whenSettled(() => {
      this.#leaving.delete(member);
      this.#spentUsd = roundUsd(this.#spentUsd + member.spentUsd);
    });
    const error = new StateError(
      "session_closed",
      "closed",
      "send",
      "Cannot send: the session was closed while the call waited for a process",
    );
    this.#line.remove(member.seat, error, closed);
  }
}
