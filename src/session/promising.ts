/**
 * How async sessions wait: with promises.
 *
 * @module
 */

import { ChildLink } from "../conversation/child_link.ts";
import { Conversation } from "../conversation/conversation.ts";
import type { Due, Steps } from "../util/due.ts";
import type { Converse } from "./succession.ts";
import type { Waiting } from "./waiting.ts";

/** Waits with promises. */
export class Promising implements Waiting<"async"> {
  readonly converse: Converse = (options, sink, inherited) =>
    new Conversation(
      options,
      sink,
      new ChildLink(options, inherited?.gone),
      inherited,
    );

  for<T>(due: Due<T>): Promise<T> {
    return due.promise;
  }

  async run<T>(steps: () => Steps<T>): Promise<T> {
    const body = steps();
    let step = body.next();
    while (step.done !== true) {
      let value: unknown;
      try {
        value = await step.value.promise;
      } catch (error) {
        step = body.throw(error);
        continue;
      }
      step = body.next(value);
    }
    return step.value;
  }

  end(closed: Due<void>): Promise<void> {
    return closed.promise;
  }

  checkTurn(): void {}
}
