/**
 * What tests do with a blocking session and the real CLI, on a thread of its own.
 *
 * @module
 */

import * as v from "valibot";
import { SyncSession, type SyncSessionOptions } from "../mod.ts";

/** With words that the CLI checks, and words that it does not know. */
export const CITY = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  founded: v.optional(v.pipe(v.string(), v.isoDate())),
  at: v.tuple([v.number(), v.number()]),
  tags: v.record(v.string(), v.union([v.literal("a"), v.null_()])),
});

/** Something else. */
export const YES = v.object({ yes: v.boolean() });

/** By name, what is done. */
const SCENARIOS = {
  severalSchemas(options: SyncSessionOptions) {
    using session = new SyncSession(options);
    const { output: none } = session.ask("hi");
    const { id } = session;
    session.setPermissionMode("plan");
    const city = session.ask("a city", { schema: CITY });
    const modes = [session.permissionMode];
    const { output: yes } = session.ask("yes?", { schema: YES });
    const last = session.ask("and now?");
    modes.push(session.permissionMode);
    return {
      outputs: [none, city.output, yes, last.output],
      text: last.text,
      modes,
      isSameId: session.id === id,
      turnCount: session.turnCount,
      costs: [last.costUsd, last.totalCostUsd],
    };
  },
};

/** What can be asked for. */
export type Scenarios = typeof SCENARIOS;

/** This thread, where it is one of its own. */
interface WorkerScope {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown): void;
}

if ("WorkerGlobalScope" in globalThis) {
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = ({ data }) => {
    const { name, options } = data as {
      name: keyof Scenarios;
      options: SyncSessionOptions;
    };
    try {
      scope.postMessage({ value: SCENARIOS[name](options) });
    } catch (error) {
      scope.postMessage({
        error: error instanceof Error ? error.stack : String(error),
      });
    }
  };
}
