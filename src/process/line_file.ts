/**
 * Appends lines to a file that only this user can read.
 *
 * @module
 */

import { requireDeno } from "./runtime.ts";

const encoder = new TextEncoder();

/**
 * Writes each line immediately, so that it survives a crash and nothing is buffered in memory. A
 * line is written in one piece, so that several sessions can append to the same file.
 */
export class LineFile {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Opens the file, truncating or appending to it. Throws the error of the operating system. */
  static open(path: string, isAppended: boolean): LineFile {
    requireDeno(`Cannot write "${path}"`);
    const mode = 0o600;
    if (!isAppended) {
      Deno.openSync(path, { write: true, create: true, truncate: true, mode })
        .close();
    }
    // Use append mode in any case: two processes of a session may write at the same time for a
    // while.
    const file = Deno.openSync(path, { append: true, create: true, mode });
    try {
      // `open` applies the mode only to a new file. An existing file will contain the same private
      // prompts and answers, so set its mode, too, but leave devices and pipes alone.
      if (Deno.build.os !== "windows" && file.statSync().isFile) {
        Deno.chmodSync(path, 0o600);
      }
    } catch (error) {
      file.close();
      throw error;
    }
    return new LineFile(file);
  }

  /** Appends a line. Throws the error of the operating system. */
  write(line: string): void {
    let rest = encoder.encode(`${line}\n`);
    while (rest.length > 0) rest = rest.subarray(this.#file.writeSync(rest));
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }
}
