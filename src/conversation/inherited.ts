/**
 * What a conversation takes over from the one with the process before.
 *
 * @module
 */

import type { Due } from "../util/due.ts";
import type { LiveChange } from "./live_changes.ts";
import type { SessionFacts } from "../protocol/facts.ts";

/** From the process before. */
export interface Inherited {
  /** What is known of the session. */
  readonly facts: SessionFacts;
  /** The session of the process that comes, if it is known. */
  readonly id: string | undefined;
  /** What was changed since its start, to be changed again. */
  readonly changes: readonly LiveChange[];
  /** Whether it died, and was not closed. */
  readonly isLost: boolean;
  /** Its end: two processes must not write to one session. */
  readonly gone: Due<void>;
}
