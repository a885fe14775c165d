/**
 * The option `waitForReset`: how a turn that failed by a rate limit continues after the
 * limit. Pure.
 *
 * @module
 */

import { TurnError } from "../errors.ts";
import { OpenTurn } from "./open_turn.ts";
import type { WaitForReset } from "./options.ts";
import type { Prompt } from "./prompt.ts";
import { type TurnEnd, turnFailure } from "./turn_failure.ts";

/** How a turn continues. */
export interface Reset {
  /** When, in seconds since 1970. */
  readonly resetsAt: number;
  /** What is sent after the wait. */
  readonly sends: "prompt" | "message";
}

/** Makes turns wait that failed by a rate limit. */
export class LimitWait {
  readonly #option: WaitForReset | undefined;

  /** @param option As the session was given it. */
  constructor(option: WaitForReset | undefined) {
    this.#option = option;
  }

  /**
   * Makes a turn with this end wait for the reset of a limit. Returns `undefined` if the turn
   * really ends.
   */
  begin(turn: OpenTurn, end: TurnEnd): Reset | undefined {
    const reset = this.#resetOf(turn, end);
    if (reset === undefined) return undefined;
    turn.waitedFor = reset.resetsAt;
    turn.resting = end;
    return reset;
  }

  #resetOf(turn: OpenTurn, end: TurnEnd): Reset | undefined {
    if (this.#option === undefined || end.result === undefined) {
      return undefined;
    }
    const failure = turnFailure(end.result, end.context);
    if (!(failure instanceof TurnError) || failure.code !== "rate_limit") {
      return undefined;
    }
    const { resetsAt } = failure;
    // If it is the same limit once more, its end was no end, and would be none again.
    if (resetsAt === undefined || resetsAt <= (turn.waitedFor ?? 0)) {
      return undefined;
    }
    if (!turn.ranTools) return { resetsAt, sends: "prompt" };
    return this.#option.message === undefined
      ? undefined
      : { resetsAt, sends: "message" };
  }

  /**
   * Continues a turn after its wait. Returns the turn as it is from now on, and what is
   * sent for it.
   *
   * @param promptId A UUID that this process has not seen.
   */
  end(
    turn: OpenTurn,
    promptId: string,
  ): { readonly turn: OpenTurn; readonly prompt: Prompt } {
    const { prompt, ranTools } = turn;
    const { message } = this.#option ?? {};
    // The prompt again would run the tools again.
    const content = ranTools && message !== undefined
      ? message
      : prompt.content;
    return {
      turn: new OpenTurn(prompt, { turn, promptId }),
      prompt: { ...prompt, content, id: promptId },
    };
  }
}
