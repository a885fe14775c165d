/**
 * A terminal for tests: it draws into a string, and answers the status query as real terminals do,
 * after earlier input.
 *
 * @module
 */

import {
  type PermissionRequest,
  permissionRequest,
  type ToolRequest,
} from "../../events/permissions.ts";
import { InputLines } from "../input/input_lines.ts";
import { renderSpans } from "../text/terminal.ts";
import { STATUS_QUERY } from "./keys.ts";
import type { AskContext } from "./permission_asker.ts";
import { type QuestionScreen, QuestionTerminal } from "./question_terminal.ts";

/** Options of {@linkcode FakeTerminal}. */
export interface FakeTerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Whether it ignores status queries. */
  readonly isMute?: boolean;
  readonly isDumb?: boolean;
}

/** A terminal without a device. */
export class FakeTerminal {
  columns: number;
  rows: number;
  /** Everything that was drawn, without control sequences. */
  drawn = "";
  /** Control sequences that were written. */
  readonly sequences: string[] = [];
  /** Each change of the raw mode. */
  readonly modes: boolean[] = [];
  /** Pending timers; a test lets them fire. */
  readonly timers = new Set<() => void>();
  readonly lines: InputLines;
  readonly terminal: QuestionTerminal;
  /** Called at each piece that is drawn. */
  onDraw: (() => void) | undefined;
  /** Whether drawing fails from now on. */
  isBroken = false;
  readonly #isMute: boolean;
  readonly #input: string[] = [];
  #waiting: (() => void) | undefined;
  #watching: (() => void)[] = [];
  #isEnded = false;

  constructor(options: FakeTerminalOptions = {}) {
    const { columns = 80, rows = 24, isMute = false, isDumb = false } = options;
    this.columns = columns;
    this.rows = rows;
    this.#isMute = isMute;
    this.lines = new InputLines((buffer) => this.#read(buffer));
    const draw = (text: string): void => {
      if (this.isBroken) throw new Error("no terminal there");
      this.drawn += text;
      this.onDraw?.();
      for (const wake of this.#watching.splice(0)) wake();
    };
    const screen: QuestionScreen = {
      ...sizeOf(this),
      isDumb,
      // deno-lint-ignore require-await
      print: async (...spans) => draw(renderSpans(spans, false)),
      // deno-lint-ignore require-await
      control: async (sequence) => {
        this.sequences.push(sequence);
        // Erased text stays in `drawn`: tests see each line that was shown.
        if (sequence === "\r\x1b[2K") draw("\n");
        if (sequence === STATUS_QUERY && !this.#isMute) this.type("\x1b[0n");
      },
    };
    Object.defineProperties(screen, {
      columns: { get: () => this.columns },
      rows: { get: () => this.rows },
    });
    this.terminal = new QuestionTerminal({
      screen,
      input: this.lines,
      setRaw: (isRaw) => this.modes.push(isRaw),
      after: (_ms, call) => {
        this.timers.add(call);
        for (const wake of this.#watching.splice(0)) wake();
        return () => this.timers.delete(call);
      },
    });
  }

  /** Types a text. */
  type(text: string): void {
    this.#input.push(text);
    this.#waiting?.();
  }

  /** Ends the input, as when the window is closed. */
  end(): void {
    this.#isEnded = true;
    this.#waiting?.();
  }

  /** Waits until a text was drawn the given number of times. */
  async shows(text: string, times = 1): Promise<void> {
    while (this.drawn.split(text).length <= times) await this.#change();
  }

  /** Waits for a timer and fires it, `rounds` times. */
  async passTime(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      while (this.timers.size === 0) await this.#change();
      for (const call of [...this.timers]) {
        this.timers.delete(call);
        call();
      }
    }
  }

  /** Fires timers until a text was drawn. */
  async passTimeUntil(text: string): Promise<void> {
    while (!this.drawn.includes(text)) {
      await Promise.race([this.passTime(1), this.shows(text)]);
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#watching.push(resolve));
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      const text = this.#input.shift();
      if (text !== undefined) {
        return new TextEncoder().encodeInto(text, buffer).written;
      }
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => this.#waiting = resolve);
    }
  }
}

function sizeOf({ columns, rows }: FakeTerminal) {
  return { columns, rows };
}

/** A request and the answers to it. */
export interface Asked {
  readonly request: PermissionRequest;
  readonly answers: unknown[];
}

/** Makes a request. */
export function asked(more: Partial<ToolRequest> = {}): Asked {
  const answers: unknown[] = [];
  const tool: ToolRequest = {
    toolName: "Bash",
    toolUseId: "1",
    input: { command: "ls\x1b[2J" },
    ...more,
  };
  const request = permissionRequest({}, "id", tool, undefined, {
    allow: (options) => answers.push(["allow", options]),
    deny: (message) => answers.push(["deny", message]),
  });
  return { request, answers };
}

/** Returns the context of a running turn. */
export function context(more: Partial<AskContext> = {}): AskContext {
  return {
    stopped: new AbortController().signal,
    withdrawn: new AbortController().signal,
    interrupt: () => {},
    explain: () =>
      Promise.resolve({ decision: undefined, by: ["--allow"], reason: "open" }),
    ...more,
  };
}
