/**
 * Reads the files that a test names, with errors that say what to do.
 *
 * @module
 */

import { readRecording, type RecordedLine } from "../observe/recording.ts";

/**
 * Reads a recording. Returns the lines of each process in it.
 *
 * @throws {Error} There is no such file.
 * @throws {SyntaxError} The file is not a recording, or has a newer format.
 */
export function readRecordingFile(
  path: string | URL,
): readonly (readonly RecordedLine[])[] {
  return readRecording(readText(
    path,
    "recording",
    "make it with the option record of a session, with cassette(), or with `claudestream record FILE PROMPT`",
  ));
}

/**
 * Reads a file as text.
 *
 * @param what What is in it, for the error.
 * @param advice How to get such a file.
 * @throws {Error} There is no such file.
 */
export function readText(
  path: string | URL,
  what: string,
  advice: string,
): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const isRelative = typeof path === "string" && !/^([/\\]|\w:)/.test(path);
    const where = isRelative ? ` in ${Deno.cwd()}` : "";
    throw new Error(
      `Cannot read the ${what}: there is no ${path}${where}: ${advice}`,
      { cause },
    );
  }
}
