/**
 * What a conversation takes over from its predecessor.
 *
 * @module
 */

import type { Due } from "../util/due.ts";
import type { LiveChange } from "./live_changes.ts";
import type { SessionFacts } from "../protocol/facts.ts";

/** State of the previous process. */
export interface Inherited {
  /** Facts about the session. */
  readonly facts: SessionFacts;
  /** Session id of the next process, if it is known. */
  readonly id: string | undefined;
  /** Changes since its start, to be repeated. */
  readonly changes: readonly LiveChange[];
  /** Whether the process died rather than being closed. */
  readonly isLost: boolean;
  /** Settled when it has ended: two processes must not write to one session. */
  readonly gone: Due<void>;
}
