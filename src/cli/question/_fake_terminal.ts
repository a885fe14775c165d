/**
 * A terminal of the tests: it draws into a text, and answers the query for its status as
 * real ones do, after what was typed before.
 *
 * @module
 */

import {
  type PermissionRequest,
  permissionRequest,
  type ToolRequest,
} from "../../events/permissions.ts";
import { InputLines } from "../input_lines.ts";
import { renderSpans } from "../terminal.ts";
import { STATUS_QUERY } from "./keys.ts";
import type { AskContext } from "./permission_asker.ts";
import { type QuestionScreen, QuestionTerminal } from "./question_terminal.ts";

/** Options of {@linkcode FakeTerminal}. */
export interface FakeTerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** It does not answer queries. */
  readonly isMute?: boolean;
  readonly isDumb?: boolean;
}

/** A terminal without a device. */
export class FakeTerminal {
  columns: number;
  rows: number;
  /** All that was drawn, without sequences. */
  drawn = "";
  /** Sequences that were written. */
  readonly sequences: string[] = [];
  /** Each switch of the mode. */
  readonly modes: boolean[] = [];
  /** Times that somebody waits for; a test lets them pass. */
  readonly timers = new Set<() => void>();
  readonly lines: InputLines;
  readonly terminal: QuestionTerminal;
  /** Called at each piece that is drawn. */
  onDraw: (() => void) | undefined;
  /** Drawing fails from now on. */
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
        // What it erases stays in the text: tests see each line that was there.
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

  /** Something is typed. */
  type(text: string): void {
    this.#input.push(text);
    this.#waiting?.();
  }

  /** The input ends, as when the window is closed. */
  end(): void {
    this.#isEnded = true;
    this.#waiting?.();
  }

  /** Waits until a text was drawn, so many times. */
  async shows(text: string, times = 1): Promise<void> {
    while (this.drawn.split(text).length <= times) await this.#change();
  }

  /** Waits for a time that somebody waits for, and lets it pass, so many times. */
  async passTime(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      while (this.timers.size === 0) await this.#change();
      for (const call of [...this.timers]) {
        this.timers.delete(call);
        call();
      }
    }
  }

  /** Lets time pass until a text was drawn. */
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

/** A request, and what was answered. */
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

/** A turn that goes on. */
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
