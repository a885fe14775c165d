/**
 * Chooses what plays a recorded process.
 *
 * @module
 */

import type { RecordedLine } from "../observe/recording.ts";
import {
  type Playing,
  ReplayPlayer,
  type ReplayPlayerOptions,
} from "./replay_player.ts";
import { StdoutPlayer } from "./stdout_player.ts";

/** Plays a recorded process, and knows how the session differs from the recorded one. */
export interface PlayingRecording extends Playing {
  /** How it differs, including lines it has not sent yet; `undefined` if it does not. */
  readonly difference: string | undefined;
}

/** Returns what plays the lines of a recorded process. */
export function recordingPlayer(
  lines: readonly RecordedLine[],
  options: ReplayPlayerOptions = {},
): PlayingRecording {
  // A stdout has no start: see readRecording().
  const isStdout = lines.length > 0 && !lines.some((line) => "start" in line);
  return isStdout ? new StdoutPlayer(lines) : new ReplayPlayer(lines, options);
}
