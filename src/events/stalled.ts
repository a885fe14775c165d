import { type EventBase, makeEvent } from "../messages/_define.ts";

/**
 * A turn runs and the CLI has written nothing for a while, though nothing that is known
 * takes so long: no tool, no hook, no question and no task in the background. It may
 * still go on. Once for each silence; see the option `idleTimeoutMs`, which can also end
 * such a turn.
 *
 * Made by this library; `raw` is `null`.
 */
export interface Stalled extends EventBase<"stalled"> {
  /** How long nothing came, in milliseconds. */
  readonly idleMs: number;
  /** `type` of the last event; absent where there was none. */
  readonly lastEventType?: string;
  /** After how long without a line the turn fails, in milliseconds; absent where it does not. */
  readonly endMs?: number;
}

/** Makes the event. */
export function stalled(
  data: Omit<Stalled, "type" | "raw" | "uuid">,
): Stalled {
  return makeEvent<Stalled>(null, { type: "stalled", ...data });
}
