/**
 * Plays one recorded process: outputs each line of the CLI once the session has sent everything
 * that it had sent before that line in the recording. Pure: it has no I/O and no clock.
 *
 * @module
 */

import type { RecordedLine } from "../observe/recording.ts";
import type { PlayerOutput } from "./player/output.ts";
import { type Difference, differenceLine, Ids } from "./same_line.ts";

/** Common interface of the players of one process. */
export interface Playing {
  /** Returns the next output, or `undefined` if it waits for input. */
  next(): PlayerOutput | undefined;
  /** Takes a line of the host, without its newline. */
  receive(text: string): void;
  /** Ends the input from the host. */
  endInput(): void;
  /** Continues after a pause, or after a gate was released. */
  resume(key: string): void;
  /** Takes a signal. */
  signal(name: "SIGTERM" | "SIGINT"): void;
}

/** How a recording is played. */
export interface ReplayPlayerOptions {
  /**
   * Speed: 1 as recorded, 2 twice as fast, `Infinity` without pauses.
   *
   * @default Infinity
   */
  readonly speed?: number;
  /**
   * Describes the differences. The process that plays a recording cannot load the library that
   * compares long texts: it runs without the imports of a configuration file.
   *
   * @default the values, cut to 200 characters
   */
  readonly describe?: (differences: readonly Difference[]) => string;
}

/** A line that the session sent. */
interface Sent {
  readonly value: unknown;
}

/** Plays the lines of one recorded process. */
export class ReplayPlayer implements Playing {
  readonly #lines: readonly RecordedLine[];
  readonly #speed: number;
  readonly #describe: (differences: readonly Difference[]) => string;
  readonly #ids = new Ids();
  /** Recorded lines that the session has not sent yet, in order. */
  readonly #expected: unknown[];
  /** Lines that the session sent and that playback has not passed yet. */
  readonly #sent: Sent[] = [];
  readonly #outbox: PlayerOutput[] = [];
  #at = 0;
  /** Recorded time of the current position, in milliseconds. */
  #playedMs = 0;
  #pauses = 0;
  #isPausing = false;
  #isInputOver = false;
  #isOver = false;
  #mismatch: string | undefined;

  constructor(
    lines: readonly RecordedLine[],
    options: ReplayPlayerOptions = {},
  ) {
    this.#lines = lines;
    this.#speed = options.speed ?? Infinity;
    this.#describe = options.describe ??
      ((list) => list.slice(0, 10).map(differenceLine).join("\n  "));
    this.#expected = lines.flatMap((line) => "out" in line ? [line.out] : []);
  }

  /**
   * How the session differs from the recording, including lines it has not sent yet; `undefined` if
   * it does not.
   */
  get difference(): string | undefined {
    if (this.#mismatch !== undefined) return this.#mismatch;
    const [next] = this.#expected;
    if (next === undefined) return undefined;
    return `The session did not send what was recorded: ${shown(next)}`;
  }

  next(): PlayerOutput | undefined {
    const ready = this.#outbox.shift();
    if (ready !== undefined) return this.#given(ready);
    while (!this.#isOver && !this.#isPausing) {
      const line = this.#lines[this.#at];
      if (line === undefined) {
        return this.#isInputOver ? this.#exit(0, null) : undefined;
      }
      if ("out" in line) {
        // The rest of the recording cannot be played; `difference` reports why.
        if (!this.#takeSent(line.out)) {
          return this.#isInputOver ? this.#exit(0, null) : undefined;
        }
        // Do not imitate the time that the recorded session took; this session takes its own.
        this.#playedMs = line.ms;
        this.#at++;
        continue;
      }
      if ("exit" in line && line.exit.closed && !this.#isInputOver) {
        return undefined;
      }
      const pause = this.#pauseBefore(line);
      if (pause !== undefined) return pause;
      this.#at++;
      if ("in" in line) {
        return { do: "line", line: this.#ids.renewed(textOf(line.in)) };
      }
      if ("stderr" in line) {
        const text = `${this.#ids.renewed(line.stderr)}\n`;
        return {
          do: "stderr",
          text,
          bytes: new TextEncoder().encode(text).length,
        };
      }
      if ("exit" in line) {
        return this.#exit(line.exit.code, line.exit.signal);
      }
      // Otherwise the session would wait for an answer of a process that never was.
      if ("error" in line && !this.#lines.some((one) => "in" in one)) {
        return this.#given({
          do: "fail",
          message:
            `Cannot play a process that was not started when it was recorded: ${line.error}`,
        });
      }
    }
    return undefined;
  }

  receive(text: string): void {
    if (this.#isOver) return;
    const given = parsed(text);
    let nearest: readonly Difference[] | undefined;
    // Parallel work, such as two tools, may finish in another order than recorded.
    for (const [index, recorded] of this.#expected.entries()) {
      const found = this.#ids.differences(recorded, given);
      if (found.length === 0) {
        this.#expected.splice(index, 1);
        this.#sent.push({ value: recorded });
        return;
      }
      if (nearest === undefined || found.length < nearest.length) {
        nearest = found;
      }
    }
    this.#mismatch = nearest === undefined
      ? `The session sent more than was recorded: ${shown(given)}`
      : `The session sent something else than was recorded:\n  ${
        this.#describe(nearest)
      }`;
    this.#outbox.push({ do: "fail", message: this.#mismatch });
  }

  endInput(): void {
    this.#isInputOver = true;
  }

  resume(): void {
    this.#isPausing = false;
  }

  signal(name: "SIGTERM" | "SIGINT"): void {
    this.#outbox.push({
      do: "exit",
      code: name === "SIGTERM" ? 143 : 130,
      signal: name,
    });
  }

  #given(output: PlayerOutput): PlayerOutput {
    if (output.do === "exit" || output.do === "fail") this.#isOver = true;
    return output;
  }

  #exit(code: number, signal: string | null): PlayerOutput {
    return this.#given({ do: "exit", code, signal });
  }

  #pauseBefore({ ms }: RecordedLine): PlayerOutput | undefined {
    const wait = (ms - this.#playedMs) / this.#speed;
    this.#playedMs = ms;
    if (!(wait >= 1)) return undefined;
    this.#isPausing = true;
    return { do: "pause", ms: wait, key: `pause ${this.#pauses++}` };
  }

  /** Removes a recorded line from the sent ones. Returns whether it was there. */
  #takeSent(recorded: unknown): boolean {
    const at = this.#sent.findIndex((sent) => sent.value === recorded);
    if (at !== -1) this.#sent.splice(at, 1);
    return at !== -1;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A line that is not JSON is compared as text.
    return text;
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 1000);
}
