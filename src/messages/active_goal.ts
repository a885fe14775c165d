import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "./_define.ts";

/** A goal that was set with `/goal`. */
export interface Goal {
  /** What is to be reached. */
  readonly condition: string;
  /** How often it was looked at. */
  readonly iterations?: number;
  /** When it was set, in milliseconds since 1970. */
  readonly setAt?: number;
  /** Tokens that the session had used by then. */
  readonly tokensAtStart?: number;
  /** Why it was not reached yet, the last time. */
  readonly lastReason?: string;
}

/**
 * The goal that was set with `/goal`, and how it stands.
 *
 * Written only if the variable `CLAUDE_CODE_REMOTE` is `1`: seen with CLI 2.1.332 in
 * 2.1.332_p-goal-remote-cli332.ndjson, and none without it in 2.1.330_30-goal.ndjson.
 */
export interface ActiveGoal extends EventBase<"active_goal"> {
  /** The goal, or `null` where there is none any more. */
  readonly goal: Goal | null;
}

/** Reads {@linkcode ActiveGoal}. */
export const activeGoal: MessageKind<ActiveGoal> = defineMessage<ActiveGoal>(
  "active_goal",
  "active_goal",
  {
    goal: wire(
      "value",
      v.nullable(shape<Goal>({
        condition: wire("condition", v.string()),
        iterations: wireOptional("iterations", v.number()),
        setAt: wireOptional("set_at", v.number()),
        tokensAtStart: wireOptional("tokens_at_start", v.number()),
        lastReason: wireOptional("last_reason", v.string()),
      })),
    ),
  },
);
