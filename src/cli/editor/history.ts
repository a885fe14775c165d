/**
 * The prompts of past sessions, in a file that only its owner can read.
 *
 * @module
 */

import { readEnv } from "../output/output.ts";

const MOST = 1000;

/** Path of the history file; `undefined` without a home directory. */
export function historyPath(): string | undefined {
  const state = readEnv("XDG_STATE_HOME") ||
    (readEnv("HOME") ? `${readEnv("HOME")}/.local/state` : undefined) ||
    readEnv("LOCALAPPDATA");
  return state === undefined ? undefined : `${state}/claudestream/history`;
}

/** The prompts in a file: each is a line of JSON. Lines that cannot be read are left out. Pure. */
export function readPrompts(text: string): readonly string[] {
  const prompts = text.split("\n").flatMap((line) => {
    try {
      const prompt: unknown = JSON.parse(line);
      return typeof prompt === "string" ? [prompt] : [];
    } catch {
      // Half a line: its writer was ended.
      return [];
    }
  });
  return prompts.slice(-MOST);
}

/** The history of the repl. */
export class History {
  readonly #path: string | undefined;
  readonly #prompts: string[];
  /** Why it is not kept, once that is known. */
  failure: string | undefined;

  private constructor(path: string | undefined, prompts: readonly string[]) {
    this.#path = path;
    this.#prompts = [...prompts];
  }

  /** Reads it, as far as that is allowed; no file is an empty one. */
  static async load(path = historyPath()): Promise<History> {
    if (path === undefined || !isAllowed(path)) {
      return new History(undefined, []);
    }
    try {
      return new History(path, readPrompts(await Deno.readTextFile(path)));
    } catch (error) {
      const history = new History(path, []);
      if (!(error instanceof Deno.errors.NotFound)) history.#fail(error);
      return history;
    }
  }

  /** The prompts, the newest one last. */
  get prompts(): readonly string[] {
    return this.#prompts;
  }

  /** Keeps a prompt, unless it begins with a blank or is the last one once more. */
  async add(prompt: string): Promise<void> {
    if (/^\s/.test(prompt) || prompt === this.#prompts.at(-1)) return;
    this.#prompts.push(prompt);
    if (this.#path === undefined || this.failure !== undefined) return;
    try {
      const folder = this.#path.slice(0, this.#path.lastIndexOf("/"));
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
      await Deno.writeTextFile(this.#path, `${JSON.stringify(prompt)}\n`, {
        append: true,
        mode: 0o600,
      });
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
  }
}

// Deno itself would ask, in the middle of the prompt.
function isAllowed(path: string): boolean {
  return (["read", "write"] as const).every((name) =>
    Deno.permissions.querySync({ name, path }).state === "granted"
  );
}
