/**
 * How a session waits: the only difference between async and blocking sessions.
 *
 * @module
 */

import type { Given, SessionKind } from "../control/host.ts";
import type { Due, Steps } from "../util/due.ts";
import type { Converse } from "./succession.ts";

/** How sessions of one kind wait. */
export interface Waiting<Kind extends SessionKind> {
  /** Creates the conversation with one process, over the link of this kind. */
  readonly converse: Converse;
  /** Waits for one value. */
  for<T>(due: Due<T>): Given<Kind, T>;
  /** Waits for each value that a body yields. Its errors are thrown or reject. */
  run<T>(steps: () => Steps<T>): Given<Kind, T>;
  /** Waits for the end of a session that is being closed, and ignores all other errors. */
  end(closed: Due<void>): Given<Kind, void>;
  /** @throws {StateError} A function called by the session would start or await a turn. */
  checkTurn(operation: string): void;
}
