/**
 * Many answers of the host in one session with the real CLI.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  AsyncSession,
  type ClaudeEvent,
  type HandlerFailure,
  type PermissionRequest,
  type SessionOptions,
  type ToolResult,
} from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { world } from "./live_world.ts";

/** What the model says. */
export type Reply = ReturnType<typeof reply.text>;

/** A way to answer, and whether it is one that the CLI takes. */
export type Variant = readonly [
  name: string,
  answer: () => unknown,
  expected: "taken" | "refused",
];

/** A text that is hard to write. */
export const ODD = "\u2028\u0000\ud800\"'\\ \n{}";
/** A text that is long. */
export const HUGE = "x".repeat(300_000);

/** Waits for the end of all, also when one fails: none may run on into the next test. */
export async function together(all: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(all);
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Tries all variants, also when one fails, and tells of all that did. */
export async function each(
  variants: readonly Variant[],
  attempt: (variant: Variant, index: number) => void | Promise<void>,
): Promise<void> {
  const wrong: string[] = [];
  for (const [index, variant] of variants.entries()) {
    try {
      await attempt(variant, index);
    } catch (error) {
      wrong.push(`${variant[0]}: ${error}`);
    }
  }
  assertEquals(wrong, []);
}

/** One session of the real CLI that is asked for many turns. */
export async function many(
  options: SessionOptions,
  left: (request: PermissionRequest) => void = (request) =>
    request.deny("it was left"),
) {
  const replies: Reply[] = [];
  const on = await world({
    replies: () => replies.shift() ?? reply.text("done"),
  });
  const session = new AsyncSession({ ...on.options, ...options });
  const failures: HandlerFailure[] = [];
  session.on("handler_failed", (failure) => failures.push(failure));
  return {
    ...on,
    session,
    /** A turn in which the model says this. */
    async turn(shown: string, ...said: readonly Reply[]) {
      replies.splice(0, Infinity, ...said);
      failures.length = 0;
      const turn = session.send(shown);
      const events: ClaudeEvent[] = [];
      for await (const event of turn) {
        events.push(event);
        // What a function leaves open is for the reader of the events.
        if (event.type === "permission_request") left(event);
        if (event.type === "elicitation_request") event.decline();
      }
      await turn.result();
      for (const event of events) {
        assert(event.type !== "unknown", shown);
        // This is how the CLI tells of an answer that it cannot read.
        assert(
          event.type !== "informational" || event.tag === undefined,
          `${shown}: ${JSON.stringify(event)}`,
        );
      }
      const results = events.filter((event): event is ToolResult =>
        event.type === "tool_result"
      );
      for (const { text } of results) {
        assert(
          !/ZodError|invalid_type|invalid_union|Invalid (permission|hook|result)/i
            .test(text),
          `${shown}: ${text.slice(0, 500)}`,
        );
      }
      return {
        events,
        results,
        failed: failures.map(({ handler }) => handler),
      };
    },
    async [Symbol.asyncDispose]() {
      await session.close();
      await on[Symbol.asyncDispose]();
    },
  };
}
