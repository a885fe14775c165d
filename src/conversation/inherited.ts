/**
 * What the driver of one process takes over from that of the one before it.
 *
 * @module
 */

import type { LiveChange } from "./live_changes.ts";
import type { SessionFacts } from "../protocol/facts.ts";

/** From the process before. */
export interface Inherited {
  /** What is known of the session. */
  readonly facts: SessionFacts;
  /** The session of the process that comes, where it is known. */
  readonly id: string | undefined;
  /** What was changed since its start, to be changed again. */
  readonly changes: readonly LiveChange[];
  /** A promise of its end, or anything else where it is gone already. Two processes must not write to one session. */
  readonly gone: unknown;
}
