/**
 * Plays what the option `record` wrote, in the place of a CLI.
 *
 * @module
 */

import { readRecording } from "../observe/recording.ts";
import type { Transport } from "../options/transport.ts";
import { MemoryProcess } from "./memory_claude.ts";
import { differenceText } from "./difference_text.ts";
import { ReplayPlayer } from "./replay_player.ts";

/** Plays a recording: a value for the options `spawn` and `transport` of `AsyncSession`. */
export interface Replay {
  /**
   * Plays the next process of the recording.
   *
   * @throws {Error} There is none.
   */
  (): Transport;
  /**
   * Checks whether all went as recorded.
   *
   * @throws {Error} A session sent something else, or not all that was recorded.
   */
  check(): void;
}

/** How a recording is played. */
export interface ReplayOptions {
  /**
   * How fast: 1 is the speed of the recording, 2 twice that, `Infinity` without pauses.
   *
   * @default Infinity
   */
  readonly speed?: number;
}

/**
 * Reads a recording and plays it: what came from the CLI comes again, each line once the
 * session has sent what it had sent by then. A session that sends something else fails
 * with an error that shows the difference; ids that the session makes up, and what was
 * masked, may differ.
 *
 * With `spawn` all options of the recorded session can be given; nothing is started. For
 * a `SyncSession` take `ScriptedClaude.replay()`.
 *
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 * import { replay } from "@claudestream/core/testing";
 *
 * async function withoutClaude(): Promise<void> {
 *   const recording = replay("tests/fixtures/hello.ndjson");
 *   await using session = new AsyncSession({ model: "sonnet", spawn: recording });
 *   console.log((await session.ask("hello")).text);
 *   await session.close();
 *   recording.check();
 * }
 * ```
 *
 * @param path The recording.
 * @param options How fast it is played.
 * @throws {SyntaxError} It is no recording, or one of a newer format.
 */
export function replay(
  path: string | URL,
  options: ReplayOptions = {},
): Replay {
  const runs = readRecording(Deno.readTextFileSync(path));
  const players: ReplayPlayer[] = [];
  const next = () => {
    const lines = runs[players.length];
    if (lines === undefined) throw noMore(runs.length);
    const player = new ReplayPlayer(lines, {
      ...options,
      describe: differenceText,
    });
    players.push(player);
    return new MemoryProcess(player).transport;
  };
  return Object.assign(next, {
    check() {
      for (const { difference } of players) {
        if (difference !== undefined) throw new Error(difference);
      }
      if (players.length < runs.length) {
        throw tooFew(runs.length, players.length);
      }
    },
  });
}

/** A process was started that the recording has no lines for. */
export function noMore(recorded: number): Error {
  return new Error(
    `Cannot play one more process: the recording has ${recorded}`,
  );
}

/** The recording has processes that were not started. */
export function tooFew(recorded: number, started: number): Error {
  return new Error(
    `The recording has ${recorded} processes, and ${started} were started`,
  );
}
