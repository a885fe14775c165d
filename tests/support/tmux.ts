/**
 * A real terminal for tests: tmux, with typed keys and screens as a person sees them.
 *
 * @module
 */

import { pathOf } from "../../scripts/_files.ts";
import { inTime } from "./longest_wait.ts";

/** The program. */
const CLI = pathOf(new URL("../../cli.ts", import.meta.url));

/** Why there is no terminal to test with; `undefined` if there is one. */
export const tmuxMissing: string | undefined = findMissing();

function findMissing(): string | undefined {
  if (Deno.build.os === "windows") return "no tmux on Windows";
  try {
    const { success } = new Deno.Command("tmux", {
      args: ["-V"],
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success ? undefined : "tmux does not run";
  } catch {
    return "tmux is not installed";
  }
}

/** A test that needs tmux; says so if it is missing. */
export function atTmux(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: tmuxMissing === undefined
      ? name
      : `${name} (skipped: ${tmuxMissing})`,
    ignore: tmuxMissing !== undefined,
    fn,
  });
}

/** A word as a shell reads it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Options of {@linkcode Tmux.create}. */
export interface TmuxOptions {
  /** What runs there; `CLI` stands for the command line of this project, with Deno's `$DENO_FLAGS`. */
  readonly command: string;
  readonly columns?: number;
  readonly rows?: number;
  /** All of its environment, besides `PATH` and where Deno keeps its files. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** The last line that a terminal prints, after the command. */
const OVER = "-- over with code ";

/** One terminal. */
export class Tmux implements AsyncDisposable {
  readonly #folder: string;
  readonly #control: Deno.ChildProcess;
  #wake: (() => void) | undefined;
  #isEnded = false;
  #isOver = false;
  readonly #reading: Promise<void>;

  private constructor(folder: string, control: Deno.ChildProcess) {
    this.#folder = folder;
    this.#control = control;
    this.#reading = this.#read();
  }

  /** Starts a command in a new terminal. */
  static async create(options: TmuxOptions): Promise<Tmux> {
    const { columns = 80, rows = 24, env, command, cwd } = options;
    const folder = await Deno.makeTempDir({ prefix: "claudestream-tmux-" });
    await Deno.writeTextFile(
      `${folder}/tmux.conf`,
      "set -g history-limit 20000\nset -g status off\nset -sg escape-time 0\n",
    );
    await Deno.writeTextFile(
      `${folder}/run.sh`,
      `CLI() { ${
        quoted(Deno.execPath())
      } run \${DENO_FLAGS:--A} --quiet --no-check ${
        quoted(CLI)
      } "$@"; }\n${command}\n` +
        `echo "${OVER}$?"\nexec cat\n`,
    );
    await run(folder, {
      args: [
        "new-session",
        "-d",
        "-x",
        `${columns}`,
        "-y",
        `${rows}`,
        `sh ${quoted(`${folder}/run.sh`)}`,
      ],
      env,
      ...cwd === undefined ? {} : { cwd },
    });
    // Not in the file: tmux 3.3a ends at it. Nothing but the test changes the size.
    await run(folder, { args: ["set-option", "-g", "window-size", "manual"] });
    const control = new Deno.Command("tmux", {
      args: [...socket(folder), "-C", "attach-session"],
      env: { TMUX: "" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    return new Tmux(folder, control);
  }

  async #read(): Promise<void> {
    // Each piece of output of the terminal is told here: no need to look every so often.
    for await (const _ of this.#control.stdout) this.#wake?.();
    this.#isEnded = true;
    this.#wake?.();
  }

  /** What is on the screen, without blanks at the ends. */
  async screen(): Promise<string> {
    return await this.#capture([]);
  }

  /** The screen and all that went up and out of it. */
  async all(): Promise<string> {
    return await this.#capture(["-S", "-"]);
  }

  async #capture(args: readonly string[]): Promise<string> {
    const text = await run(this.#folder, {
      args: ["capture-pane", "-p", ...args],
    });
    return text.replace(/[ \n]+$/, "");
  }

  /** Waits until the screen shows a text, so many times; returns the screen. */
  async shows(text: string, times = 1): Promise<string> {
    return await this.#until(
      () => this.screen(),
      (screen) => screen.split(text).length > times,
      text,
    );
  }

  /** Waits until a text was shown, be it on the screen or above it. */
  async showed(text: string, times = 1): Promise<string> {
    return await this.#until(
      () => this.all(),
      (all) => all.split(text).length > times,
      text,
    );
  }

  /** Waits until a text was shown, wherever the width of the window breaks it. */
  async told(text: string): Promise<void> {
    const joined = (screen: string) => screen.replace(/\s+/g, "");
    await this.#until(
      () => this.all(),
      (all) => joined(all).includes(joined(text)),
      text,
    );
  }

  async #until(
    look: () => Promise<string>,
    isGood: (text: string) => boolean,
    wanted: string,
  ): Promise<string> {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const seen = await look();
      if (isGood(seen)) return seen;
      const missing = () =>
        new Error(`Cannot find ${JSON.stringify(wanted)} in:\n${seen}`);
      if (this.#isEnded || seen.includes(OVER) && !this.#isOver) {
        throw missing();
      }
      await inTime(promise, missing);
    }
  }

  /** Types a text, each character as a key. */
  async type(text: string): Promise<void> {
    await run(this.#folder, { args: ["send-keys", "-l", "--", text] });
  }

  /** Presses keys by name: `Enter`, `C-c`, `Space`. */
  async press(...keys: readonly string[]): Promise<void> {
    await run(this.#folder, { args: ["send-keys", ...keys] });
  }

  /** Pastes a text, in marks if the program wants them. */
  async paste(text: string): Promise<void> {
    await run(this.#folder, { args: ["set-buffer", "--", text] });
    await run(this.#folder, { args: ["paste-buffer", "-p"] });
  }

  /** Changes the size of the terminal. */
  async resize(columns: number, rows: number): Promise<void> {
    await run(this.#folder, {
      args: ["resize-window", "-x", `${columns}`, "-y", `${rows}`],
    });
  }

  /** Sends a signal to the command, and to nothing else. */
  async signal(name: string): Promise<void> {
    const pid = await run(this.#folder, {
      args: ["display-message", "-p", "#{pane_pid}"],
    });
    const { stdout } = await new Deno.Command("pgrep", {
      args: ["-P", pid.trim(), "-x", "deno"],
    }).output();
    const [child] = new TextDecoder().decode(stdout).trim().split("\n");
    await new Deno.Command("kill", { args: [`-${name}`, `${child}`] }).output();
  }

  /** Waits until the command is over; returns its code. */
  async over(): Promise<number> {
    this.#isOver = true;
    const all = await this.showed(OVER);
    return Number(all.split(OVER)[1]?.match(/^\d+/)?.[0]);
  }

  /** Whether the terminal echoes lines as a shell needs it. Call it when the command is over. */
  async isSane(): Promise<boolean> {
    const path = await run(this.#folder, {
      args: ["display-message", "-p", "#{pane_tty}"],
    });
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", `stty -a <${quoted(path.trim())}`],
    }).output();
    const modes = new TextDecoder().decode(stdout).split(/\s+/);
    await this.paste("pasted afterwards");
    const screen = await this.showed("pasted afterwards");
    return ["icanon", "echo", "isig", "icrnl"].every((mode) =>
      modes.includes(mode)
    ) && !screen.includes("200~");
  }

  /** Closes the terminal, as a person closes a window. */
  async hangUp(): Promise<void> {
    await run(this.#folder, { args: ["kill-server"] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It is gone where the test hung up.
    await this.hangUp().catch(() => {});
    await this.#control.stdin.abort().catch(() => {});
    await this.#reading;
    await this.#control.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function socket(folder: string): string[] {
  return ["-S", `${folder}/socket`, "-f", `${folder}/tmux.conf`];
}

interface TmuxCall {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Where Deno has what it compiled; it would do all of it again for each new home. */
function denoDir(): Readonly<Record<string, string>> {
  const home = Deno.env.get("HOME");
  const path = Deno.env.get("DENO_DIR") ??
    (home === undefined ? undefined : `${home}/.cache/deno`);
  return path === undefined ? {} : { DENO_DIR: path };
}

async function run(
  folder: string,
  { args, env, cwd }: TmuxCall,
): Promise<string> {
  const PATH = Deno.env.get("PATH") ?? "";
  const output = await new Deno.Command("tmux", {
    args: [...socket(folder), ...args],
    ...env === undefined ? {} : {
      clearEnv: true,
      env: { PATH, LC_ALL: "C.UTF-8", ...denoDir(), ...env },
    },
    ...cwd === undefined ? {} : { cwd },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!output.success) {
    throw new Error(`tmux ${args[0]}: ${decoder.decode(output.stderr)}`);
  }
  return decoder.decode(output.stdout);
}
