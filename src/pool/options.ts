/**
 * The options of a pool, and which options its sessions cannot have. Pure.
 *
 * @module
 */

import { check, fields, FUNCTION, type Kind, TIME } from "../checks/kinds.ts";
import { ConfigError } from "../errors.ts";
import { checkOptions } from "../options/check_options.ts";
import type { SessionOptions } from "../options/session_options.ts";

/** Options of a `SessionPool`. */
export interface PoolOptions {
  /**
   * Options of every session. Not those that name one conversation (`resume`, `sessionId`, …):
   * these belong to `pool.session(key, options)`.
   */
  readonly session?: SessionOptions;
  /**
   * How many processes there may be at most: those that work, are idle, are kept ready or are
   * ending. Default 4. A process of the CLI takes some 200 to 400 MB.
   */
  readonly maxProcesses?: number;
  /**
   * How many processes without a conversation to keep ready, so that a new session need not wait
   * for a start. They take places of `maxProcesses`, and give way to sessions that wait. Default
   * 1, and 0 if there may be only one process.
   */
  readonly warm?: number;
  /**
   * How long a process may be idle before it is ended, in milliseconds; the session continues in
   * another one at its next use. Default 300,000: five minutes, as long as the API keeps a prompt in
   * its cache.
   */
  readonly idleTimeoutMs?: number;
  /**
   * How many calls may wait for a process. One more fails with a `StateError` of the code
   * `queue_full`. The items of `map()` wait apart: they are not counted. No limit by default.
   */
  readonly maxQueue?: number;
  /**
   * How long a call may wait for a process, in milliseconds. Then it fails with a `DeadlineError`
   * (operation `queue`). The time limits of turns begin when the wait is over. No limit by default.
   */
  readonly queueTimeoutMs?: number;
}

const COUNT: Kind = {
  expected: "a whole number above 0",
  fits: (value) => Number.isSafeInteger(value) && Number(value) > 0,
};

const COUNT_OR_NONE: Kind = {
  expected: "a whole number, 0 for none",
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

const LIMIT: Kind = {
  expected: "a whole number, or Infinity for no limit",
  fits: (value) => value === Infinity || COUNT_OR_NONE.fits(value),
};

const POOL: Kind = fields<PoolOptions>({
  session: { expected: "the options of the sessions", fits: () => true },
  maxProcesses: COUNT,
  warm: COUNT_OR_NONE,
  idleTimeoutMs: TIME,
  maxQueue: LIMIT,
  queueTimeoutMs: TIME,
});

/** The options with their defaults. */
export type SettledPoolOptions = Required<PoolOptions>;

/** Options that name one conversation or one file, so that not all sessions can have them. */
const OF_ONE_SESSION: readonly (keyof SessionOptions)[] = [
  "resume",
  "fork",
  "sessionId",
  "fromPr",
  "resumeAt",
  "resumeDropsTurn",
  "record",
];

/**
 * Checks the options of a pool.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function poolOptions(given: PoolOptions): SettledPoolOptions {
  check("options of the pool", given, POOL);
  const settled = {
    session: {},
    maxProcesses: 4,
    warm: given.maxProcesses === 1 ? 0 : 1,
    idleTimeoutMs: 300_000,
    maxQueue: Infinity,
    queueTimeoutMs: Infinity,
    ...given,
  };
  const { session, warm, maxProcesses } = settled;
  if (warm > maxProcesses) {
    throw new ConfigError(
      "warm",
      `Cannot keep ${warm} processes ready (warm): there may be ${maxProcesses} in all (maxProcesses)`,
    );
  }
  checkPooled(session);
  const name = OF_ONE_SESSION.find((name) => session[name] !== undefined);
  if (name !== undefined) {
    throw new ConfigError(
      name,
      `Cannot give "${name}" to all sessions of a pool: it is about one; use pool.session(key, { ${name} })`,
    );
  }
  return settled;
}

/**
 * Checks the options of one session of a pool, which has to continue in other processes.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkPooled(options: SessionOptions): void {
  checkOptions(options);
  const { persist, transport, onBreak, recover } = options;
  if (persist === false) {
    throw unfit("persist: false", "persist", "it could not be resumed");
  }
  if (transport !== undefined && !FUNCTION.fits(transport)) {
    throw unfit(
      "a single transport",
      "transport",
      "it has one process after another; give a function that makes transports",
    );
  }
  if (onBreak === "close") {
    throw unfit(
      'onBreak: "close"',
      "onBreak",
      "leaving a turn would end the conversation of its key",
    );
  }
  if (recover !== undefined) {
    throw unfit(
      "recover",
      "recover",
      "it always continues in another process if one dies",
    );
  }
}

function unfit(what: string, option: string, why: string): ConfigError {
  return new ConfigError(
    option,
    `Cannot give ${what} to a session of a pool: ${why}`,
  );
}

/**
 * Checks the options that are given for a key which has a session: they cannot change it.
 *
 * @param opened The options that the session was opened with, those of the pool included.
 * @param id The id of the session, if it is known.
 * @throws {ConfigError} With the name of the first option that differs.
 */
export function checkSame(
  key: string,
  opened: SessionOptions,
  given: SessionOptions,
  id: string | undefined,
): void {
  for (const name of Object.keys({ ...given }) as (keyof SessionOptions)[]) {
    const value = given[name];
    if (value === undefined || isSame(value, opened[name])) continue;
    const isItsName = name === "resume" || name === "sessionId";
    if (isItsName && value === id) continue;
    throw new ConfigError(
      name,
      `Cannot change the option "${name}" of the session of the key "${key}": it was opened with another value. To continue it with other options, close it and give its id as resume; if the value is the same, give the same object or function`,
    );
  }
}

/** Whether two values of an option are the same: lists of texts by content, other objects by identity. */
function isSame(value: unknown, other: unknown): boolean {
  if (Object.is(value, other)) return true;
  return Array.isArray(value) && Array.isArray(other) &&
    value.length === other.length &&
    value.every((one, at) => typeof one === "string" && one === other[at]);
}
