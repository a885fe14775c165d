/**
 * Outputs of the protocol, which its caller carries out.
 *
 * @module
 */

import type { Question } from "../decode/line.ts";
import type { Frame } from "../events/mod.ts";
import type { Reset } from "./limit_wait.ts";
import type { Outcome } from "./pending.ts";
import type { PushNews } from "./message_state.ts";
import type { TurnEnd } from "./turn_failure.ts";

/** Hand a line to the turn of this id, and to the readers of the whole session. */
export interface Emit {
  /** Tells it from the other things to do. */
  readonly do: "emit";
  /** The line in each of the views. */
  readonly frame: Frame;
  /** The turn that it belongs to; `undefined` if it is a turn that the caller did not send. */
  readonly turnId: string | undefined;
  /** Whether it is the result of a turn that answers pushed messages and nothing else. */
  readonly endsPushed?: boolean;
}

/** An action for the caller of the protocol; actions are carried out in order. */
export type Output =
  | Emit
  /** Write a line to the CLI; the line break is not in it. */
  | { readonly do: "write"; readonly line: string }
  /** Find an answer and pass it to `answer()`, and read on meanwhile. */
  | { readonly do: "ask"; readonly id: string; readonly question: Question }
  /** The CLI no longer waits for that answer. */
  | { readonly do: "withdraw"; readonly id: string }
  /** A control request has ended. */
  | { readonly do: "settle"; readonly id: string; readonly outcome: Outcome }
  /** A turn is over. */
  | { readonly do: "end_turn"; readonly id: string; readonly end: TurnEnd }
  /** A turn fails for its readers while the CLI continues it: interrupt it, and let it finish. */
  | { readonly do: "fail_turn"; readonly id: string; readonly error: Error }
  /** Interrupt the turn; its result is its end. */
  | { readonly do: "stop_turn"; readonly id: string }
  /** The turn waits for the end of a limit. */
  | { readonly do: "await_reset"; readonly id: string; readonly reset: Reset }
  /** The session cannot continue. */
  | { readonly do: "fail"; readonly error: Error }
  /** News of a message that was pushed. */
  | {
    readonly do: "tell_push";
    readonly id: string;
    readonly news: PushNews;
    /** Whether this is the last news about it. */
    readonly last: boolean;
  };
