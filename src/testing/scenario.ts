/**
 * The scenario language for a scripted Claude: plain data, so that a scenario can be written to a
 * file and played in another process.
 *
 * @module
 */

import type {
  Ignored,
  JsonObject,
  PlainStep,
  TextMatch,
  TurnScript,
} from "./step_types.ts";

export type * from "./step_types.ts";

/** Faults of an answer, apart from its content. */
export interface AnswerFaults {
  /**
   * Number of times that it is written.
   *
   * @default 1
   */
  readonly times?: number;
  /**
   * Delay, in milliseconds.
   *
   * @default 0
   */
  readonly delayMs?: number;
  /**
   * Id of the request that it claims to answer.
   *
   * @default the one that was made
   */
  readonly requestId?: string;
}

/** An answer to a request of the host that replaces the usual one. */
export type ScriptedAnswer =
  | (AnswerFaults & {
    readonly answer: "success";
    readonly response?: JsonObject;
  })
  | (AnswerFaults & {
    readonly answer: "error";
    readonly error: string;
    readonly errorCode?: string;
  })
  /** No answer at all. */
  | { readonly answer: "none" }
  /** The usual answer, once a gate is released. */
  | { readonly answer: "gate"; readonly name: string };

/** A turn for matching prompts. */
export interface PromptScript {
  /** Match for the text of the prompt. */
  readonly prompt: TextMatch;
  /** The turn to play. */
  readonly turn: TurnScript;
  /**
   * Maximum number of times that it is played.
   *
   * @default every time
   */
  readonly times?: number;
}

/** What one process does, from its start to its end. */
export interface ProcessScript {
  /** Steps before the first line of input is read. */
  readonly beforeInput?: readonly PlainStep[];
  /**
   * Turns by the text of the prompt. The first match is played, with precedence over {@linkcode
   * turns}.
   */
  readonly onPrompt?: readonly PromptScript[];
  /** The turns in order, for prompts that do not match any of {@linkcode onPrompt}. */
  readonly turns?: readonly TurnScript[];
  /**
   * The turn for each prompt after the last of {@linkcode turns}.
   *
   * @default a turn that repeats the prompts so far
   */
  readonly forEveryPrompt?: TurnScript;
  /** Steps after an interruption, before the last lines of the turn. */
  readonly onInterrupt?: readonly PlainStep[];
  /** Steps after the end of input, before the process ends. */
  readonly atEndOfInput?: readonly PlainStep[];
  /** Fields that replace or join those of `system/init`. */
  readonly init?: JsonObject;
  /** Fields that replace or join those of the `initialize` response. */
  readonly initialize?: JsonObject;
  /** Answers in place of the usual ones, by subtype of the request. */
  readonly answers?: { readonly [subtype: string]: ScriptedAnswer };
  /** Signals and ends of input that are ignored from the start. */
  readonly ignore?: readonly Ignored[];
  /**
   * Whether prompts that come during a turn join it after a tool result, as
   * they do with the real CLI.
   *
   * @default true
   */
  readonly fold?: boolean;
}

/** A whole scenario: what each started process does. */
export interface Scenario {
  /**
   * One script for each start of the program, in order of the starts. The last
   * one also serves all later starts.
   */
  readonly processes: readonly ProcessScript[];
  /**
   * Makes all ids repeatable. Without it they differ from run to run.
   */
  readonly seed?: string;
  /**
   * CLI version to imitate: lines and fields that it does not send are left out.
   *
   * @default "2.1.332"
   */
  readonly version?: string;
  /**
   * Time of the first line, as an ISO 8601 text. The clock of a scenario does
   * not follow the real one: it gains a millisecond with each line, and the
   * length of each pause.
   *
   * @default "2026-01-01T00:00:00.000Z"
   */
  readonly startTime?: string;
  /** Environment variables whose values are recorded for the test. */
  readonly environment?: readonly string[];
}
