/**
 * Plays a recording of the option `record` in place of a CLI.
 *
 * @module
 */

import type { Transport } from "../options/transport.ts";
import { MemoryProcess } from "./memory_claude.ts";
import { differenceText } from "./difference_text.ts";
import { readRecordingFile } from "./input_file.ts";
import { type PlayingRecording, recordingPlayer } from "./recording_player.ts";

/** Plays a recording: a value for the options `spawn` and `transport` of `AsyncSession`. */
export interface Replay {
  /**
   * Plays the next process of the recording.
   *
   * @throws {Error} There is none.
   */
  (): Transport;
  /**
   * Checks that everything happened as recorded.
   *
   * @throws {Error} A session sent something else, or not everything that was recorded.
   */
  check(): void;
}

/** How a recording is played. */
export interface ReplayOptions {
  /**
   * Speed: 1 as recorded, 2 twice as fast, `Infinity` without pauses.
   *
   * @default Infinity
   */
  readonly speed?: number;
}

/**
 * Reads a recording and plays it: each line of the CLI is delivered once the session has sent
 * everything that it had sent before that line in the recording. A session that sends something
 * else fails with an error that shows the difference; ids that the session generates, and masked
 * values, may differ.
 *
 * The stdout of a `claude` that somebody else ran (`claude -p … --output-format stream-json`, saved
 * to a file) can be played as well. It has only one direction, so **nothing that the session sends
 * is compared**: each turn waits for a prompt, whatever it says; answers to permissions, interruptions
 * and changes such as `setModel()` change nothing; requests that ask for something fail. It has no
 * times either.
 *
 * With `spawn` you can pass all options of the recorded session; no process is started. For a
 * `SyncSession` use `ScriptedClaude.replay()`.
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
 * @throws {Error} There is no such file.
 * @throws {SyntaxError} It is no recording, or one of a newer format.
 */
export function replay(
  path: string | URL,
  options: ReplayOptions = {},
): Replay {
  const runs = readRecordingFile(path);
  const players: PlayingRecording[] = [];
  const next = () => {
    const lines = runs[players.length];
    if (lines === undefined) throw noMore(runs.length);
    const player = recordingPlayer(lines, {
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

/** Returns the error for a process that the recording has no lines for. */
export function noMore(recorded: number): Error {
  return new Error(
    `Cannot play one more process: the recording has ${counted(recorded)}`,
  );
}

/** Returns the error for recorded processes that were not started. */
export function tooFew(recorded: number, started: number): Error {
  return new Error(
    `The recording has ${
      counted(recorded)
    }, and the session started ${started}`,
  );
}

function counted(processes: number): string {
  return `${processes} ${processes === 1 ? "process" : "processes"}`;
}
