/**
 * Recordings of sessions as fixtures of tests.
 *
 * @module
 */

import { type Replay, replay } from "./replay.ts";
import { ScriptedClaude } from "./scripted_claude.ts";

/**
 * What is done with a cassette: `"replay"` plays the recording, `"record"` makes it
 * anew with the `claude` of the session, `"auto"` plays it if it is there and else makes
 * it.
 */
export type CassetteMode = "auto" | "replay" | "record";

/** Options of {@linkcode cassette}. */
export interface CassetteOptions {
  /**
   * Whether it is played or made.
   *
   * @default "auto"
   */
  readonly mode?: CassetteMode;
  /**
   * The folder of the recordings. It is made if need be.
   *
   * @default "__cassettes__"
   */
  readonly folder?: string | URL;
  /**
   * Whether this is a run that must not make recordings, as they need an account.
   *
   * @default whether the variable `CI` is set to anything but `"false"`, where
   * `--allow-env=CI` lets it be read
   */
  readonly isCi?: boolean;
}

/** A recording in the making, as the option `record` takes it. */
export interface CassetteDraft {
  /** The file. */
  readonly path: string;
  /** Several sessions may follow each other in it. */
  readonly append: boolean;
}

/**
 * A recording, played or in the making. Dispose of it **after** the session: declare it
 * before.
 */
export interface Cassette extends AsyncDisposable {
  /** Whether the recording is played or made. */
  readonly mode: "replay" | "record";
  /** The file. */
  readonly path: string;
  /** For an `AsyncSession`: what makes it play, or record. */
  readonly options: {
    /** Plays the recording. */
    readonly spawn?: Replay;
    /** Where it is made. */
    readonly record?: CassetteDraft;
  };
  /** For a `SyncSession`, which needs a process for it: what makes it play, or record. */
  readonly syncOptions: {
    /** Plays the recording. */
    readonly claudePath?: readonly string[];
    /** Where it is made. */
    readonly record?: CassetteDraft;
  };
  /**
   * Checks whether all that was recorded was sent, and nothing else. Disposing of the
   * cassette does it, too.
   *
   * @throws {Error} It was not; the text shows the difference.
   */
  check(): void;
}

/**
 * Opens a cassette: the first run of a test records what the real `claude` says, all
 * others play it. Secrets are masked in recordings; look at one before you commit it.
 *
 * @param name The name of the file, without `.ndjson`: letters, digits, `.`, `_`, `-`.
 * @param options Mode and folder.
 * @throws {Error} There is no recording, and none may be made: the mode is `"replay"`,
 * or this is CI.
 * @throws {RangeError} The name is no name of a file.
 *
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 * import { cassette } from "@claudestream/core/testing";
 *
 * async function testGreeting(): Promise<void> {
 *   await using tape = await cassette("greeting");
 *   await using session = new AsyncSession({ model: "haiku", ...tape.options });
 *   console.assert((await session.ask("Say hello")).text.includes("ello"));
 * }
 * ```
 */
export async function cassette(
  name: string,
  options: CassetteOptions = {},
): Promise<Cassette> {
  if (!/^[\w][\w.-]*$/.test(name)) {
    throw new RangeError(
      `Cannot open the cassette "${name}": expected letters, digits, ".", "_" and "-"`,
    );
  }
  const { mode = "auto", folder = "__cassettes__" } = options;
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

async function played(path: string): Promise<Cassette> {
  const memory = replay(path);
  const claude = await ScriptedClaude.replay(path);
  let isPlayed = false;
  const check = () => {
    // Whichever of the two was used.
    if (claude.starts.length > 0) claude.check();
    else memory.check();
    isPlayed = true;
  };
  return {
    mode: "replay",
    path,
    options: { spawn: memory },
    syncOptions: { claudePath: claude.command },
    check,
    async [Symbol.asyncDispose]() {
      try {
        if (!isPlayed) check();
      } finally {
        await claude.close();
      }
    },
  };
}

async function recording(path: string): Promise<Cassette> {
  // Half a recording is none: it gets its name when it is whole.
  const draft = `${path}.draft`;
  if (await exists(draft)) await Deno.remove(draft);
  // Several sessions may follow each other.
  const options = { record: { path: draft, append: true } };
  return {
    mode: "record",
    path,
    options,
    syncOptions: options,
    check() {},
    async [Symbol.asyncDispose]() {
      if (await exists(draft)) await Deno.rename(draft, path);
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

/** Whether this is a run on a build server, as far as it may be known. */
function isCi(): boolean {
  try {
    const value = Deno.env.get("CI");
    return value !== undefined && value !== "" && value !== "false";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
}
