/**
 * Plays one recorded process: what came from the CLI comes again, each line once the
 * session has sent what it had sent by then. Pure: there is no I/O here and no clock.
 *
 * @module
 */

import type { RecordedLine } from "../observe/recording.ts";
import type { PlayerOutput } from "./player/output.ts";
import { type Difference, Ids } from "./same_line.ts";

/** What plays one process, whatever it plays. */
export interface Playing {
  /** The next thing to do, or nothing until something new comes in. */
  next(): PlayerOutput | undefined;
  /** A line of the host, without its newline. */
  receive(text: string): void;
  /** Nothing more comes from the host. */
  endInput(): void;
  /** A pause is over or a gate was released. */
  resume(key: string): void;
  /** A signal arrived. */
  signal(name: "SIGTERM" | "SIGINT"): void;
}

/** How a recording is played. */
export interface ReplayPlayerOptions {
  /**
   * How fast: 1 is the speed of the recording, 2 twice that, `Infinity` without pauses.
   *
   * @default Infinity
   */
  readonly speed?: number;
  /**
   * Says what differs.
   *
   * @default the paths alone
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
  /** What is still to be sent, in order. */
  readonly #expected: unknown[];
  /** What was sent and not played past yet. */
  readonly #sent: Sent[] = [];
  readonly #outbox: PlayerOutput[] = [];
  #at = 0;
  /** The recorded time up to which was played, in milliseconds. */
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
      ((list) => list.map(({ path }) => path).join(", "));
    this.#expected = lines.flatMap((line) => "out" in line ? [line.out] : []);
  }

  /** What the session did otherwise than recorded, or has not done yet; `undefined` if nothing. */
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
        // What would have come then will not; `difference` says so.
        if (!this.#takeSent(line.out)) {
          return this.#isInputOver ? this.#exit(0, null) : undefined;
        }
        // Whatever time the session took, it takes its own now.
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
    }
    return undefined;
  }

  receive(text: string): void {
    if (this.#isOver) return;
    const given = parsed(text);
    let nearest: readonly Difference[] | undefined;
    // What runs side by side, such as two tools, may come in another order than before.
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

  /** Whether this was sent; it is taken off where it was. */
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
    // A line that is no JSON is compared as a text.
    return text;
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 1000);
}
