import * as v from "valibot";
import { type Reads, shape, wireOptional } from "../messages/_define.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  yesOrNo,
} from "./call.ts";

/** Options of `interrupt()`. */
export interface InterruptOptions extends ControlOptions {
  /** Takes back prompts that wait, too. Needs CLI 2.1.222 or newer; an older one ignores it, which a `Warning` says. Default `false`. */
  readonly cancelQueued?: boolean;
}

/** What became of prompts that were waiting when a turn was interrupted. */
export interface InterruptReceipt {
  /** Prompts that still wait and will run, by the `uuid` they were sent with. Not sent by CLI 2.1.197. */
  readonly stillQueued: readonly string[];
  /** Prompts that were taken back, with `cancelQueued`. */
  readonly cancelled?: readonly string[];
}

const receipt: Reads<InterruptReceipt> = v.pipe(
  shape<Partial<InterruptReceipt>>({
    stillQueued: wireOptional("still_queued", v.array(v.string())),
    cancelled: wireOptional("cancelled", v.array(v.string())),
  }),
  v.transform((read) => ({ stillQueued: [], ...read })),
) as Reads<InterruptReceipt>;

/**
 * Interrupts the turn that is running.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson. CLI 2.1.197
 * answers without a receipt.
 */
export function interruptCall(
  { cancelQueued }: InterruptOptions = {},
): ControlCall<InterruptReceipt> {
  return call(
    "interrupt",
    cancelQueued === undefined
      ? {}
      : { cancel_queued: yesOrNo("cancelQueued", cancelQueued) },
    receipt,
  );
}
