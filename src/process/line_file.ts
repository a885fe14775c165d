/**
 * A file that lines are added to, for this user alone.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * Writes each line at once: what was written is there after a crash, and nothing waits
 * in memory. A line is written in one piece, so that several sessions can add to one file.
 */
export class LineFile {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Opens it, made anew or to be added to. Throws what the operating system says. */
  static open(path: string, isAppended: boolean): LineFile {
    const mode = 0o600;
    if (!isAppended) {
      Deno.openSync(path, { write: true, create: true, truncate: true, mode })
        .close();
    }
    // Added to in any case: the processes of a session may write for a while together.
    const file = Deno.openSync(path, { append: true, create: true, mode });
    try {
      // The mode is heeded for a new file only. What is in this one, prompts and answers,
      // is no less private; but a device or a pipe is not ours to change.
      if (Deno.build.os !== "windows" && file.statSync().isFile) {
        Deno.chmodSync(path, 0o600);
      }
    } catch (error) {
      file.close();
      throw error;
    }
    return new LineFile(file);
  }

  /** Adds a line. Throws what the operating system says. */
  write(line: string): void {
    let rest = encoder.encode(`${line}\n`);
    while (rest.length > 0) rest = rest.subarray(this.#file.writeSync(rest));
  }

  /** Closes it. */
  close(): void {
    this.#file.close();
  }
}
