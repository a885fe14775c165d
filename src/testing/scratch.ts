/**
 * A temporary place for one run of the real CLI: an empty home directory, an empty working
 * directory, and one for temporary files. Everything is removed at the end.
 *
 * CLI 2.1.330 with `-p` needs nothing in the home directory: it skips onboarding and does not
 * require the working directory to be trusted.
 *
 * @example
 * ```ts
 * import { Scratch } from "@claudestream/core/testing";
 *
 * await using scratch = await Scratch.create();
 * await Deno.writeTextFile(`${scratch.cwd}/notes.txt`, "remember the milk");
 * console.assert(scratch.home !== scratch.cwd);
 * ```
 */
export class Scratch implements AsyncDisposable {
  /** Folder that contains the other three. */
  readonly root: string;
  /** For `HOME`. The CLI writes `.claude.json` and `.claude/` here. */
  readonly home: string;
  /** The directory to work in, with symbolic links resolved, as the CLI reports it. */
  readonly cwd: string;
  /** For `TMPDIR`. */
  readonly temporary: string;

  private constructor(root: string) {
    this.root = root;
    this.home = `${root}/home`;
    this.cwd = `${root}/cwd`;
    this.temporary = `${root}/tmp`;
  }

  /**
   * Creates the folders.
   *
   * @returns The place; use it with `await using`.
   */
  static async create(): Promise<Scratch> {
    const made = await Deno.makeTempDir({ prefix: "claudestream-" });
    const scratch = new Scratch(await Deno.realPath(made));
    for (const path of [scratch.home, scratch.cwd, scratch.temporary]) {
      await Deno.mkdir(path);
    }
    return scratch;
  }

  /**
   * Removes everything. Tries again for about two seconds: a process that was just ended may still
   * write (which shows as "not empty"), and Windows keeps the folder of a running process.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    for (let attempt = 1;; attempt++) {
      try {
        return await Deno.remove(this.root, { recursive: true });
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return;
        if (attempt === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}
