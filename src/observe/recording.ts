/**
 * The format of recordings: NDJSON, with an entry for each line that passed between a session and
 * its CLI. Pure.
 *
 * @module
 */

import { isWireObject } from "../util/json.ts";
import { MASK, maskSecrets } from "../util/secrets.ts";

/** Version of the format. It increases when readers of the older format would fail. */
export const RECORDING_FORMAT = 1;

/** What a recording says about the program that created it. */
export interface RecordingStart {
  /** When the process was started, as ISO 8601 in UTC. */
  readonly time: string;
  /** Version of the format. */
  readonly format: number;
  /** Version of this library. */
  readonly claudestream: string;
  /** Version of Deno. */
  readonly deno?: string;
  /** The operating system. */
  readonly os?: string;
}

/** How a recorded process ended. */
export interface RecordedExit {
  /** Exit code; 128 plus the number of the signal after a signal. */
  readonly code: number;
  /** The signal that ended it, or `null`. */
  readonly signal: string | null;
  /** Whether the session had been told to close. */
  readonly closed: boolean;
}

/**
 * A line of a recording. `run` identifies the process when several write to one file; `ms` is the
 * time since the start of the process. `in` is a line from the CLI and `out` a line to it: the JSON
 * object unchanged, or a string with the text of a line that was not an object. A process has one
 * `start` and, if its end was observed, one `exit` or `error`.
 */
export type RecordedLine =
  & { readonly run: string; readonly ms: number }
  & (
    | { readonly start: RecordingStart }
    | { readonly in: unknown }
    | { readonly out: unknown }
    | { readonly stderr: string }
    | { readonly exit: RecordedExit }
    | { readonly error: string }
  );

/** Writes the lines of one process. */
export class RecordingWriter {
  readonly #run: string;
  readonly #secrets: () => readonly string[];
  readonly #now: () => number;
  readonly #began: number;

  /**
   * @param run Id that distinguishes this process from others.
   * @param secrets Returns the values to mask, in addition to texts that look like a key.
   * @param now Returns the time in milliseconds since some fixed moment.
   */
  constructor(
    run: string,
    secrets: () => readonly string[],
    now: () => number,
  ) {
    this.#run = run;
    this.#secrets = secrets;
    this.#now = now;
    this.#began = now();
  }

  /** Returns the first line. */
  start(start: RecordingStart): string {
    return this.#line("start", JSON.stringify(start));
  }

  /** The time since the start, in milliseconds. */
  get ms(): number {
    return Math.round(this.#now() - this.#began);
  }

  /** Returns the entry for a line of the wire. */
  wire(direction: "in" | "out", line: string, ms: number = this.ms): string {
    const masked = maskLine(line, this.#secrets());
    return this.#line(
      direction,
      isObject(masked) ? masked : JSON.stringify(masked),
      ms,
    );
  }

  /** Returns the entry for a line of stderr. */
  stderr(line: string, ms: number = this.ms): string {
    const text = maskSecrets(line, this.#secrets());
    return this.#line("stderr", JSON.stringify(text), ms);
  }

  /** Returns the entry for the end of the process. */
  exit(exit: RecordedExit): string {
    return this.#line("exit", JSON.stringify(exit));
  }

  /** Returns the entry for the end of the session, if the process had not exited. */
  error(message: string): string {
    const text = maskSecrets(message, this.#secrets());
    return this.#line("error", JSON.stringify(text));
  }

  #line(key: string, json: string, ms: number = this.ms): string {
    return `{"run":${JSON.stringify(this.#run)},"ms":${ms},"${key}":${json}}`;
  }
}

/**
 * Masks the secrets in a line of the wire. The rest stays unchanged, so that numbers keep their
 * digits and objects the order of their fields.
 */
export function maskLine(line: string, secrets: readonly string[]): string {
  const text = maskSecrets(line, secrets);
  if (text === line || isObject(text) || !isObject(line)) return text;
  // The mask replaced something that JSON needs: a number, or half of an escape.
  return JSON.stringify(masked(JSON.parse(line), secrets));
}

function masked(
  value: unknown,
  secrets: readonly string[],
  name = "",
): unknown {
  if (typeof value === "string") return maskSecrets(value, secrets);
  if (typeof value === "number" || typeof value === "boolean") {
    // Include the name, which may show that the value is secret.
    const whole = `"${name}":${value}`;
    return maskSecrets(whole, secrets) === whole ? value : MASK;
  }
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets));
  if (!isWireObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const whole = masked(field, secrets, name);
      // A text whose name marks it as secret.
      const isNamed = typeof whole === "string" && typeof field === "string" &&
        maskSecrets(`"${name}":"${whole}"`) !== `"${name}":"${whole}"`;
      return [maskSecrets(name, secrets), isNamed ? MASK : whole];
    }),
  );
}

function isObject(line: string): boolean {
  if (!line.startsWith("{")) return false;
  try {
    JSON.parse(line);
    // JSON may be written over several lines; a recording may not.
    return !/[\r\n]/.test(line);
  } catch {
    return false;
  }
}

/**
 * Reads a recording. Returns the lines of each process in it.
 *
 * The stdout of a CLI is read, too: as one process whose lines are all `in`, unchanged texts without
 * a `start` and without times.
 *
 * @throws {SyntaxError} The text is not a recording, or has a newer format.
 */
export function readRecording(text: string): readonly RecordedLine[][] {
  if (isStdout(text)) {
    return [
      text.split("\n").filter((source) => source.trim() !== "")
        .map((source) => ({ run: "stdout", ms: 0, in: source })),
    ];
  }
  const runs = new Map<string, RecordedLine[]>();
  for (const [index, source] of text.split("\n").entries()) {
    if (source === "") continue;
    const line = readLine(source, index + 1);
    const run = runs.get(line.run) ?? [];
    if (run.length === 0 && !("start" in line)) {
      throw noRecording(index + 1, "expected a start");
    }
    run.push(line);
    runs.set(line.run, run);
  }
  if (runs.size === 0) throw noRecording(1, "it is empty");
  return [...runs.values()];
}

/** Whether a text begins with a line of the CLI. */
function isStdout(text: string): boolean {
  const first = wireValue(text.slice(0, text.indexOf("\n") >>> 0));
  return isWireObject(first) && typeof first.type === "string" &&
    first.run === undefined;
}

/** Returns the object that a recorded line is; its text if it is none. */
export function wireValue(line: unknown): unknown {
  if (typeof line !== "string") return line;
  try {
    const value: unknown = JSON.parse(line);
    return isWireObject(value) ? value : line;
  } catch {
    // The CLI may write what is not JSON.
    return line;
  }
}

function readLine(source: string, number: number): RecordedLine {
  let line: unknown;
  try {
    line = JSON.parse(source);
  } catch (cause) {
    throw noRecording(number, "no JSON", cause);
  }
  if (
    !isWireObject(line) || typeof line.ms !== "number" ||
    typeof line.run !== "string"
  ) {
    throw noRecording(number, "expected an object with run and ms");
  }
  if (isWireObject(line.start) && line.start.format !== RECORDING_FORMAT) {
    throw noRecording(number, `format ${line.start.format} is not known here`);
  }
  return line as unknown as RecordedLine;
}

function noRecording(
  number: number,
  why: string,
  cause?: unknown,
): SyntaxError {
  return new SyntaxError(
    `Cannot read the recording: line ${number}: ${why}`,
    cause === undefined ? undefined : { cause },
  );
}
