/**
 * How the caller's own `PreToolUse` hooks change calls. The policy decides after them, on
 * the changed call. Pure.
 *
 * The CLI calls all hooks of a call at the same time, in the order in which they were
 * registered, so those that a call has are known when the policy's hook, the last one, is
 * called.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import { changedInput } from "../permissions/hook_reply.ts";
import type { Reply } from "../protocol/pending.ts";
import type { Soon } from "../util/maybe_promise.ts";

/** One call. */
interface OwnCall {
  /** Hooks that have not answered. */
  readonly pending: Set<Promise<void>>;
  /** The input that the last one to answer made. */
  made: WireObject | undefined;
}

/** Follows the calls of one session. */
export class OwnHooks {
  readonly #calls = new Map<string, OwnCall>();

  /** Follows a hook of a call until it answers, or the CLI no longer waits for it. */
  follow(toolUseId: string, reply: Soon<Reply>, signal: AbortSignal): void {
    const call = this.#calls.get(toolUseId) ??
      { pending: new Set(), made: undefined };
    this.#calls.set(toolUseId, call);
    const take = ({ response }: Reply) => {
      call.made = changedInput(response) ?? call.made;
    };
    if (!(reply instanceof Promise)) {
      take(reply);
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    reply.then((reply) => {
      if (!signal.aborted) take(reply);
      resolve();
    });
    call.pending.add(promise);
  }

  /** The input that the hooks of a call made; `undefined` when they left it as it was. */
  made(toolUseId: string): Soon<WireObject | undefined> {
    const call = this.#calls.get(toolUseId);
    this.#calls.delete(toolUseId);
    if (call === undefined || call.pending.size === 0) return call?.made;
    return Promise.all(call.pending).then(() => call.made);
  }

  /** Forgets calls whose policy was never asked. */
  forget(): void {
    this.#calls.clear();
  }
}
