/**
 * A stand-in for the `claude` executable that plays a scenario: it costs nothing, needs no network,
 * and is deterministic.
 *
 * @module
 */

import type { RecordedLine } from "../observe/recording.ts";
import { ControlPort } from "./control_port.ts";
import { differenceText } from "./difference_text.ts";
import { readRecordingFile } from "./input_file.ts";
import { noMore, type ReplayOptions, tooFew } from "./replay.ts";
import { recordingPlayer } from "./recording_player.ts";
import type { JsonObject, Scenario } from "./scenario.ts";
import { verifyShape } from "./scenario_shape.ts";

/** Options of {@linkcode ScriptedClaude.create}. */
export interface ScriptedClaudeOptions {
  /**
   * The command that plays a scenario file; the path of the file is added. A
   * compiled program, in which `Deno.execPath()` is not Deno, passes itself
   * and a subcommand that calls `main` of `scripted_claude_main.ts`.
   *
   * @default Deno, running `scripted_claude_main.ts`
   */
  readonly runner?: readonly string[];
}

/** How a process was started. */
export interface ScriptedStart {
  /** Number of the start, from 0. */
  readonly start: number;
  /** Id of the process. */
  readonly pid: number;
  /** The arguments, without the command and the scenario file. */
  readonly arguments: readonly string[];
  /** Its working directory. */
  readonly workingDirectory: string;
  /** Names of all environment variables, sorted. */
  readonly environmentNames: readonly string[];
  /** Values of the variables that the scenario lists. */
  readonly environment: { readonly [name: string]: string };
}

/**
 * A stand-in for `claude` that records what it receives.
 *
 * @example A turn that waits for the test
 * ```ts
 * import { assert } from "@std/assert";
 * import { ScriptedClaude, step } from "@claudestream/core/testing";
 *
 * await using claude = await ScriptedClaude.create(
 *   step.conversation([[step.gate("asked"), step.text("Hello.")]]),
 * );
 * const [program = "", ...args] = claude.command;
 * const child = new Deno.Command(program, {
 *   args: [...args, "-p", "--output-format", "stream-json", "--verbose"],
 *   stdin: "piped",
 *   stdout: "piped",
 * }).spawn();
 * const writer = child.stdin.getWriter();
 * const prompt = { type: "user", message: { role: "user", content: "Hi" } };
 * await writer.write(new TextEncoder().encode(JSON.stringify(prompt) + "\n"));
 * await claude.reached("asked");
 * await claude.release("asked");
 * await writer.close();
 * assert((await child.stdout.text()).includes("Hello."));
 * await child.status;
 * ```
 */
export class ScriptedClaude implements AsyncDisposable {
  /** Program and leading arguments; those of `claude` come after them. */
  readonly command: readonly string[];
  /** An executable file that does the same as {@linkcode command}. */
  readonly path: string;
  /** Folder of all its files; {@linkcode close} removes it. */
  readonly folder: string;
  readonly #port: ControlPort;
  /** The recording that is played, if any. */
  readonly #runs: readonly (readonly RecordedLine[])[];
  readonly #places: ReadonlySet<string>;
  #closed: Promise<void> | undefined;

  private constructor(
    command: readonly string[],
    path: string,
    folder: string,
    port: ControlPort,
    runs: readonly (readonly RecordedLine[])[],
    places: ReadonlySet<string>,
  ) {
    this.command = command;
    this.path = path;
    this.folder = folder;
    this.#port = port;
    this.#runs = runs;
    this.#places = places;
  }

  /**
   * Prepares a stand-in without starting a process: the code under test does that, with {@linkcode
   * command} or {@linkcode path}.
   *
   * @param scenario What each started process does
   * @param options How it is run
   * @throws {RangeError} The scenario has no process.
   * @throws {TypeError} A turn is not a list of steps.
   */
  static async create(
    scenario: Scenario,
    options: ScriptedClaudeOptions = {},
  ): Promise<ScriptedClaude> {
    verifyShape(scenario);
    return await ScriptedClaude.#prepare({ scenario }, [], options);
  }

  /**
   * Prepares a stand-in that plays a recording, as `replay()` does in memory. {@linkcode check}
   * then checks that everything happened as recorded.
   *
   * @param recording The file that the option `record` wrote.
   * @param options How it is run, and how fast.
   * @throws {Error} There is no such file.
   * @throws {SyntaxError} The file is not a recording, or has a newer format.
   */
  static async replay(
    recording: string | URL,
    options: ScriptedClaudeOptions & ReplayOptions = {},
  ): Promise<ScriptedClaude> {
    const runs = readRecordingFile(recording);
    const { speed } = options;
    const played = {
      scenario: { processes: [{}] },
      runs,
      ...(speed === undefined || speed === Infinity ? {} : { speed }),
    };
    return await ScriptedClaude.#prepare(played, runs, options);
  }

  static async #prepare(
    played: object,
    runs: readonly (readonly RecordedLine[])[],
    options: ScriptedClaudeOptions,
  ): Promise<ScriptedClaude> {
    const folder = await Deno.makeTempDir({ prefix: "scripted-claude-" });
    const port = new ControlPort();
    const file = `${folder}/scenario.json`;
    const content = { ...played, port: port.number };
    await Deno.writeTextFile(file, JSON.stringify(content));
    const command = [...(options.runner ?? defaultRunner()), file];
    const path = await writeWrapper(folder, command);
    const places = new Set(placesOf(played));
    return new ScriptedClaude(command, path, folder, port, runs, places);
  }

  /**
   * Checks, after {@linkcode ScriptedClaude.replay}, that everything happened as recorded. Does
   * nothing after {@linkcode ScriptedClaude.create}.
   *
   * @throws {Error} The host sent something else, or not everything that was recorded.
   */
  check(): void {
    const { starts } = this;
    for (const { start } of starts) {
      const lines = this.#runs[start];
      if (lines === undefined) {
        if (this.#runs.length > 0) throw noMore(this.#runs.length);
        continue;
      }
      const player = recordingPlayer(lines, { describe: differenceText });
      for (const text of this.#linesOf(start)) player.receive(text);
      if (player.difference !== undefined) throw new Error(player.difference);
    }
    if (starts.length < this.#runs.length) {
      throw tooFew(this.#runs.length, starts.length);
    }
  }

  /** All starts so far, in order. */
  get starts(): readonly ScriptedStart[] {
    const starts: ScriptedStart[] = [];
    for (let index = 0;; index++) {
      const text = readIfThere(`${this.folder}/process-${index}/start.json`);
      if (text === undefined) return starts;
      starts.push(JSON.parse(text));
    }
  }

  /**
   * The lines that all processes have read so far, in the order of the
   * starts. A line that is not a JSON object appears as `{ text: <the line> }`.
   *
   * A line appears here before any output that the process writes in response, and it remains after
   * the process is gone.
   */
  get received(): readonly JsonObject[] {
    return this.starts.flatMap(({ start }) => this.receivedBy(start));
  }

  /** The lines that one process has read so far. */
  receivedBy(start: number): readonly JsonObject[] {
    return this.#linesOf(start).map(parseObject);
  }

  #linesOf(start: number): readonly string[] {
    const file = `${this.folder}/process-${start}/received.ndjson`;
    const lines = (readIfThere(file) ?? "").split("\n");
    lines.pop();
    return lines;
  }

  /** Ids of the processes that {@linkcode grandchild} steps have started. */
  get grandchildren(): readonly number[] {
    return this.starts.flatMap(({ start }) => {
      const file = `${this.folder}/process-${start}/grandchildren.txt`;
      return (readIfThere(file) ?? "").split("\n").filter(Boolean).map(Number);
    });
  }

  /**
   * Waits until a gate or a mark was reached.
   *
   * @param name The name in the scenario
   * @param times How often it must have been reached in all
   * @throws {RangeError} The scenario has neither a gate nor a mark with this name.
   */
  async reached(name: string, times = 1): Promise<void> {
    this.#verifyPlace(name);
    await this.#port.reached(name, times);
  }

  /**
   * Lets one process through a gate: the one that has waited longest, or, if none waits, the next
   * to arrive.
   *
   * @throws {RangeError} The scenario has no gate with this name.
   */
  async release(name: string): Promise<void> {
    this.#verifyPlace(name);
    await this.#port.release(name);
  }

  /** A wrong name would be waited for without end. */
  #verifyPlace(name: string): void {
    if (this.#places.has(name)) return;
    throw new RangeError(
      `There is no gate or mark "${name}" in the scenario: ${
        this.#places.size === 0
          ? "it has none"
          : `expected one of ${[...this.#places].join(", ")}`
      }`,
    );
  }

  /**
   * Waits until a started process is gone, however it ended.
   *
   * @param start Which start, counted from 0
   */
  async ended(start = 0): Promise<void> {
    await this.#port.ended(start);
  }

  /**
   * Ends all running processes and those that they started, and removes the folder. Further calls
   * do nothing.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const grandchildren = this.grandchildren;
    await this.#port.close();
    for (const pid of grandchildren) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // The process is already gone.
      }
    }
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Returns the names of all gates and marks, at any depth: answers may wait at a gate, too. */
function placesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { do: step, answer, name } = value as Record<string, unknown>;
  const isPlace = step === "gate" || step === "mark" || answer === "gate";
  return [
    ...isPlace && typeof name === "string" ? [name] : [],
    ...Object.values(value).flatMap(placesOf),
  ];
}

function defaultRunner(): readonly string[] {
  const url = new URL(import.meta.resolve("./scripted_claude_main.ts"));
  // Use the path of a file instead of its URL, so that the wrapper script needs no escapes.
  const main = url.protocol === "file:" ? pathOf(url) : url.href;
  const flags = ["run", "--quiet", "--no-config", "--no-lock", "-A"];
  return [Deno.execPath(), ...flags, main];
}

function pathOf(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

async function writeWrapper(
  folder: string,
  command: readonly string[],
): Promise<string> {
  if (Deno.build.os === "windows") {
    const path = `${folder}/claude.cmd`;
    const words = command.map((word) => `"${word}"`).join(" ");
    await Deno.writeTextFile(path, `@${words} %*\r\n`);
    return path;
  }
  const path = `${folder}/claude`;
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const script = `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`;
  await Deno.writeTextFile(path, script, { mode: 0o755 });
  return path;
}

function readIfThere(file: string): string | undefined {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function parseObject(text: string): JsonObject {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value;
    }
  } catch {
    // Reported as text below.
  }
  return { text };
}
