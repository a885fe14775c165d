import { type EventBase, makeEvent } from "../messages/_define.ts";

/**
 * A turn runs and nothing happens. Either the CLI has written nothing for a while, though
 * nothing that is known takes so long: no tool, no hook, no question and no task in the
 * background. It comes once for each silence; the option `idleTimeoutMs` can also end
 * such a turn. Or a question that the session left to its readers, such as a
 * `permission_request`, has had no answer for as long: then `waitsFor` and `requestId`
 * name it, it comes once for each question, and nothing is ended.
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
  /** `type` of the event that waits for an answer of this program; absent if the CLI is silent. */
  readonly waitsFor?:
    | "permission_request"
    | "elicitation_request"
    | "user_dialog_request";
  /** `requestId` of that event. */
  readonly requestId?: string;
}

/** Makes the event. */
export function stalled(
  data: Omit<Stalled, "type" | "raw" | "uuid">,
): Stalled {
  return makeEvent<Stalled>(null, { type: "stalled", ...data });
}
