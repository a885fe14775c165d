/**
 * Recordings of sessions as test fixtures.
 *
 * @module
 */

import { readRecording } from "../observe/recording.ts";
import { type Replay, replay } from "./replay.ts";
import { ScriptedClaude } from "./scripted_claude.ts";

/**
 * How a cassette is used: `"replay"` plays the recording, `"record"` makes a new one with the
 * session's `claude`, `"auto"` plays it if it exists and otherwise makes it.
 */
export type CassetteMode = "auto" | "replay" | "record";

/** Options of {@linkcode cassette}. */
export interface CassetteOptions {
  /**
   * Whether the recording is played or made.
   *
   * @default "auto"
   */
  readonly mode?: CassetteMode;
  /**
   * Folder of the recordings. Created if it does not exist.
   *
   * @default "__cassettes__"
   */
  readonly folder?: string | URL;
  /**
   * Whether this run must not make recordings, because they require an account.
   *
   * @default whether the variable `CI` is set to anything but `"false"`, where
   * `--allow-env=CI` lets it be read
   */
  readonly isCi?: boolean;
}

/** An unfinished recording, in the form of the option `record`. */
export interface CassetteDraft {
  /** The file. */
  readonly path: string;
  /** Whether to append, because several sessions may share the file one after the other. */
  readonly append: boolean;
}

/** A recording that is played or made, as {@linkcode cassette} hands it to a test. */
export interface Cassette {
  /** Whether the recording is played or made. */
  readonly mode: "replay" | "record";
  /** The file. */
  readonly path: string;
  /** Options of an `AsyncSession` that make it play or record. */
  readonly options: {
    /** Plays the recording. */
    readonly spawn?: Replay;
    /** Where it is made. */
    readonly record?: CassetteDraft;
  };
  /** Options of a `SyncSession` that make it play or record; it plays in a process. */
  readonly syncOptions: {
    /** Plays the recording. */
    readonly claudePath?: readonly string[];
    /** Where it is made. */
    readonly record?: CassetteDraft;
  };
}

/** A cassette that is in use. */
interface Tape {
  readonly cassette: Cassette;
  /** Throws an error with what the sessions did otherwise than recorded. */
  check(): void;
  /** Ends it. `hasPassed` is whether the test ran to its end. */
  close(hasPassed: boolean): Promise<void>;
}

/**
 * Runs a test with a recording: the first run records the real `claude`, all later runs play what
 * was recorded. Secrets are masked in recordings; look at one before you commit it.
 *
 * The test fails if its sessions send something else than was recorded, or less. If it fails by
 * itself, its own error comes first, and the difference from the recording is the last `cause` of
 * that error. A test that fails while it is recorded makes no cassette, because the recording may
 * end in the middle: what there is of it stays in `<path>.draft` until the next attempt.
 *
 * @param name The name of the file, without `.ndjson`: letters, digits, `.`, `_`, `-`.
 * @param options Mode and folder.
 * @param test The test; it closes its sessions before it returns.
 * @returns What the test returns.
 * @throws {Error} There is no recording and none may be made, because the mode is `"replay"` or
 *   this is CI; or a session differed from the recording, and the text shows how.
 * @throws {RangeError} The name is not a valid file name, or the mode is unknown.
 *
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 * import { cassette } from "@claudestream/core/testing";
 *
 * async function testGreeting(): Promise<void> {
 *   await cassette("greeting", { mode: "auto" }, async (tape) => {
 *     await using session = new AsyncSession({ model: "haiku", ...tape.options });
 *     console.assert((await session.ask("Say hello")).text.includes("ello"));
 *   });
 * }
 * ```
 */
export async function cassette<T>(
  name: string,
  options: CassetteOptions,
  test: (tape: Cassette) => T | Promise<T>,
): Promise<T> {
  if (typeof test !== "function") {
    throw new TypeError(
      `Cannot open the cassette "${name}": expected the test as third argument, got ${typeof test}`,
    );
  }
  const tape = await opened(name, options);
  let result: T;
  try {
    result = await test(tape.cassette);
  } catch (error) {
    let told = error;
    try {
      tape.check();
    } catch (difference) {
      told = withLastCause(error, difference);
    }
    await tape.close(false);
    throw told;
  }
  try {
    tape.check();
  } finally {
    await tape.close(true);
  }
  return result;
}

/**
 * Returns the error of a test with the difference behind it. The error itself stays the same object
 * if possible, because test runners show more of those that they know.
 */
function withLastCause(error: unknown, difference: unknown): unknown {
  const told = String((difference as Error).message);
  let last = error;
  for (;;) {
    if (!(last instanceof Error) || !Object.isExtensible(last)) {
      return new AggregateError([error, difference], `${error}\n${told}`);
    }
    // The session failed of it, and has told so.
    if (last.message.includes(told)) return error;
    if (last.cause === undefined) break;
    last = last.cause;
  }
  last.cause = difference;
  return error;
}

async function opened(name: string, options: CassetteOptions): Promise<Tape> {
  if (!/^[\w][\w.-]*$/.test(name)) {
    throw new RangeError(
      `Cannot open the cassette "${name}": expected letters, digits, ".", "_" and "-"`,
    );
  }
  const { mode = "auto", folder = "__cassettes__" } = options;
  if (!MODES.includes(mode)) {
    throw new RangeError(
      `Cannot open the cassette "${name}": expected the mode ${
        MODES.map((one) => `"${one}"`).join(", ")
      }, got ${JSON.stringify(mode)}`,
    );
  }
  const path = `${pathOf(folder)}/${name}.ndjson`;
  const isThere = await exists(path);
  if (mode === "replay" || (mode === "auto" && isThere)) {
    if (isThere) return await played(path);
    throw new Error(
      `Cannot play the cassette "${name}": there is no ${path}; record it with the mode "record" or "auto"`,
    );
  }
  if (options.isCi ?? isCi()) {
    throw new Error(
      `Cannot record the cassette "${name}" in CI: run the test once on a machine with an account, and commit ${path}`,
    );
  }
  await Deno.mkdir(pathOf(folder), { recursive: true });
  return await recording(path);
}

const MODES: readonly CassetteMode[] = ["auto", "replay", "record"];

async function played(path: string): Promise<Tape> {
  const memory = replay(path);
  const claude = await ScriptedClaude.replay(path);
  return {
    cassette: {
      mode: "replay",
      path,
      options: { spawn: memory },
      syncOptions: { claudePath: claude.command },
    },
    check() {
      // Check the one that was used, if any.
      if (claude.starts.length > 0) claude.check();
      else memory.check();
    },
    close: () => claude.close(),
  };
}

async function recording(path: string): Promise<Tape> {
  // An incomplete recording is unusable, so the file gets its final name when it is complete.
  const draft = `${path}.draft`;
  if (await exists(draft)) await Deno.remove(draft);
  // Several sessions may record one after the other.
  const options = { record: { path: draft, append: true } };
  return {
    cassette: { mode: "record", path, options, syncOptions: options },
    check() {},
    async close(hasPassed) {
      if (!await exists(draft)) return;
      // Without a line of the CLI there is nothing to play, and the next run has to record again.
      const runs = readRecording(await Deno.readTextFile(draft));
      const isEmpty = runs.every((run) => run.every((line) => !("in" in line)));
      if (isEmpty) await Deno.remove(draft);
      else if (hasPassed) await Deno.rename(draft, path);
    },
  };
}

function pathOf(folder: string | URL): string {
  if (typeof folder === "string") return folder.replace(/(?<=.)\/$/, "");
  const path = decodeURIComponent(folder.pathname).replace(/\/$/, "");
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Whether this is a CI run, as far as Deno may read that. */
function isCi(): boolean {
  try {
    const value = Deno.env.get("CI");
    return value !== undefined && value !== "" && value !== "false";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
}
