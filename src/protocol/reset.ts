/**
 * The option `waitForReset`: when a turn that failed by a rate limit goes on. Pure.
 *
 * @module
 */

import type { WaitForReset } from "./options.ts";
import type { TurnEnd } from "./output.ts";
import { turnFailure } from "./turn_failure.ts";
import type { OpenTurn } from "./turns.ts";
import { TurnError } from "../errors.ts";

/** How a turn goes on. */
export interface Reset {
  /** When, in seconds since 1970. */
  readonly resetsAt: number;
  /** What is sent. */
  readonly sends: "prompt" | "message";
}

/** How a turn that ended goes on; `undefined` where it does not. */
export function resetOf(
  end: TurnEnd,
  turn: OpenTurn,
  option: WaitForReset | undefined,
): Reset | undefined {
  if (option === undefined || end.result === undefined) return undefined;
  const failure = turnFailure(end.result, end.context);
  if (!(failure instanceof TurnError) || failure.code !== "rate_limit") {
    return undefined;
  }
  const { resetsAt } = failure;
  // The same limit once more: its end was no end, and would be none again.
  if (resetsAt === undefined || resetsAt <= (turn.waitedFor ?? 0)) {
    return undefined;
  }
  if (!turn.ranTools) return { resetsAt, sends: "prompt" };
  return option.message === undefined
    ? undefined
    : { resetsAt, sends: "message" };
}
