/**
 * How blocking sessions wait: the waiting call does the session's work in the meantime.
 *
 * @module
 */

import { CallGuard } from "../conversation/call_guard.ts";
import { Conversation } from "../conversation/conversation.ts";
import { synchronous } from "../conversation/sync_handlers.ts";
import { WorkerLink } from "../conversation/worker_link.ts";
import { type Due, Foreign, type Steps } from "../util/due.ts";
import { stateOf } from "./facts_view.ts";
import type { Converse } from "./succession.ts";
import type { Waiting } from "./waiting.ts";

/** Waits by processing lines, for one session. */
export class Blocking implements Waiting<"sync"> {
  readonly #guard = new CallGuard();
  /** Link to the current process. */
  #link: WorkerLink | undefined;
  #conversation: Conversation | undefined;
  /** Number of calls that wait for a turn: more than one if handlers make calls as well. */
  #turnWaits = 0;

  readonly converse: Converse = (given, sink, inherited) => {
    const options = synchronous(
      given,
      (error) => link.misused(error),
      (run) => this.#guard.observe(run),
    );
    const link = new WorkerLink(options, this.#guard);
    this.#link = link;
    return this.#conversation = new Conversation(
      options,
      sink,
      link,
      inherited,
    );
  };

  /** Whether a call waits for a turn, in which case `events()` is not being read. */
  get isInTurn(): boolean {
    return this.#turnWaits > 0;
  }

  for<T>(due: Due<T>): T {
    if (due instanceof Foreign) {
      const value = due.now();
      this.#link?.tellMisuse();
      return value;
    }
    const isDone = () => due.isSettled;
    if (due.kind === "turn") this.untilTurn(isDone);
    else this.#link?.wait(isDone);
    return due.take();
  }

  run<T>(steps: () => Steps<T>): T {
    const body = steps();
    let step = body.next();
    while (step.done !== true) {
      let value: unknown;
      try {
        value = this.for(step.value);
      } catch (error) {
        step = body.throw(error);
        continue;
      }
      step = body.next(value);
    }
    return step.value;
  }

  end(closed: Due<void>): void {
    closed.take();
  }

  checkTurn(operation: string): void {
    const state = this.#conversation && stateOf(this.#conversation);
    this.#guard.checkTurnWait(operation, state ?? "new");
  }

  /**
   * Blocks until a condition is met. The turn may ask a question meanwhile.
   * `events()` cannot be read meanwhile, so questions left to its readers are denied.
   */
  untilTurn(isDone: () => boolean): void {
    if (!isDone()) this.checkTurn("wait");
    this.#turnWaits++;
    try {
      this.#conversation?.unattend();
      this.#link?.wait(isDone);
    } finally {
      this.#turnWaits--;
    }
  }

  /** Blocks until there is an event for a reader of the whole session. */
  untilEvent(isDone: () => boolean): void {
    this.checkTurn("wait for events");
    this.#link?.wait(isDone);
  }
}
