/**
 * How a session waits: the only difference between async and blocking ones.
 *
 * @module
 */

import type { Given, SessionKind } from "../control/host.ts";
import type { Due, Steps } from "../util/due.ts";
import type { Converse } from "./succession.ts";

/** How sessions of a kind wait. */
export interface Waiting<Kind extends SessionKind> {
  /** Makes the conversation with one process, over the link of this kind. */
  readonly converse: Converse;
  /** Waits for one thing. */
  for<T>(due: Due<T>): Given<Kind, T>;
  /** Waits for each thing that a body yields. What it throws is thrown, or rejects. */
  run<T>(steps: () => Steps<T>): Given<Kind, T>;
  /** Waits for the end of a session that is being closed, and is told nothing else. */
  end(closed: Due<void>): Given<Kind, void>;
  /** @throws {StateError} A function that the session calls would begin a turn, or wait for one. */
  checkTurn(operation: string): void;
}
