/**
 * What goes into the protocol and what it wants done.
 *
 * @module
 */

import type { Question } from "../decode/line.ts";
import type { Frame } from "../events/mod.ts";
import type { Result } from "../messages/result.ts";
import type { Outcome } from "./pending.ts";
import type { Reset } from "./reset.ts";
import type { TurnContext } from "./turn_failure.ts";
import type { MessageState } from "./turns.ts";

/** A prompt on its way out. */
export interface Prompt {
  /** A UUID that this process has not seen; the turn is known by it. */
  readonly id: string;
  /** A text, or blocks of the API. */
  readonly content: string | readonly unknown[];
  /** Taken as it is written: no `@file` and no slash command in it. */
  readonly verbatim?: boolean | undefined;
  /** How long its turn may take, in milliseconds, in place of what the session says. */
  readonly timeoutMs?: number | undefined;
  /** What ends its turn: its result, or that nothing runs in the background any more. */
  readonly until?: Until | undefined;
}

/**
 * What ends a turn: `"turn"`, its own result; `"tasks"`, that no task runs in the
 * background any more and the turn about its end is over.
 */
export type Until = "turn" | "tasks";

/** How a message is pushed. */
export interface PushOptions {
  /**
   * When it is to be taken up: `"now"` ends the running turn at its next safe point
   * and gives the message a turn of its own; `"next"` and `"later"` wait.
   */
  readonly priority?: "now" | "next" | "later";
  /** Takes the message as it is written, in place of the session's `verbatim`. */
  readonly verbatim?: boolean;
  /** `false` adds it to the conversation without asking the model. Default `true`. */
  readonly query?: boolean;
}

/** How a turn ended. */
export type TurnEnd =
  | {
    readonly result: Result;
    readonly context: TurnContext;
    readonly error?: undefined;
  }
  | { readonly result?: undefined; readonly error: unknown };

/** How the process ended. */
export interface ProcessExit {
  /** Its exit code. */
  readonly code: number;
  /** The signal that ended it, or `null`. */
  readonly signal: string | null;
  /** The end of stderr. */
  readonly stderrTail: string;
}

/** Hand a line on: to the turn of this id, and to whoever reads the whole session. */
export interface Emit {
  /** Tells it from the other things to do. */
  readonly do: "emit";
  /** What the line is in each of the views. */
  readonly frame: Frame;
  /** The turn that it is of. */
  readonly turnId: string | undefined;
  /** It is the result of a turn that answers messages which were pushed, and nothing else. */
  readonly endsPushed?: boolean;
}

/** What a driver is to do, in this order. */
export type Output =
  | Emit
  /** Write a line to the CLI; the line break is not in it. */
  | { readonly do: "write"; readonly line: string }
  /** Find an answer and give it to `answer()`. Reading goes on meanwhile. */
  | { readonly do: "ask"; readonly id: string; readonly question: Question }
  /** The CLI no longer waits for that answer. */
  | { readonly do: "withdraw"; readonly id: string }
  /** A request of ours is over. */
  | { readonly do: "settle"; readonly id: string; readonly outcome: Outcome }
  /** A turn is over. */
  | { readonly do: "end_turn"; readonly id: string; readonly end: TurnEnd }
  /** A turn fails for its readers while the CLI goes on with it: interrupt it, let it run out. */
  | { readonly do: "fail_turn"; readonly id: string; readonly error: Error }
  /** The turn is to be interrupted; its result is its end. */
  | { readonly do: "stop_turn"; readonly id: string }
  /** The turn waits until a limit starts anew. */
  | { readonly do: "await_reset"; readonly id: string; readonly reset: Reset }
  /** The session cannot go on. */
  | { readonly do: "fail"; readonly error: Error }
  /** News of a message that was pushed. */
  | {
    readonly do: "tell_push";
    readonly id: string;
    readonly news: PushNews;
    /** Nothing more will be heard of it. */
    readonly last: boolean;
  };

/** What became of a message that was pushed. */
export type PushNews =
  | { readonly state: MessageState }
  /** The turn that answered it is over. */
  | { readonly result: Result }
  /** Nothing more will be heard of it. */
  | { readonly error: unknown };
