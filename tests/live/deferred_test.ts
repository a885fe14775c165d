// A call of a tool that a hook left to a later process, with the real CLI.

import { assert, assertEquals } from "@std/assert";
import { AsyncSession, type ClaudeEvent, SyncSession } from "../../mod.ts";
import { reply } from "../../src/testing/messages_api.ts";
import { live, syncWorld, world } from "../support/live_world.ts";

/** A hook that leaves each call to a later process. */
const DEFERS = {
  hooks: {
    PreToolUse: [{
      run: () => ({
        hookSpecificOutput: {
          hookEventName: "PreToolUse",
          permissionDecision: "defer",
        } as const,
      }),
    }],
  },
};

const CALL = reply.toolUse("Bash", { command: "echo from the call" });

/** Ends with a call that is left to a later process. Returns the session. */
async function defer(
  options: ConstructorParameters<typeof AsyncSession>[0] & object,
): Promise<string> {
  await using session = new AsyncSession({ ...options, ...DEFERS });
  const result = await session.send("call it").result();
  assertEquals(
    [result.terminalReason, result.isError],
    ["tool_deferred", false],
  );
  return result.sessionId ?? "";
}

live(
  "a resumed session with a deferred call answers the prompt, with ask and send",
  async () => {
    for (const again of [false, true]) {
      for (const use of ["ask", "send"] as const) {
        await using on = await world({
          replies: (request) =>
            request.toolResults.length === 0 && request.prompts.length === 1
              ? CALL
              : reply.text(`to: ${request.prompts.at(-1)}`),
        });
        const resume = await defer(on.options);
        await using session = new AsyncSession({
          ...on.options,
          ...again ? DEFERS : {},
          resume,
        });
        if (use === "ask") {
          assertEquals((await session.ask("the next")).text, "to: the next");
          continue;
        }
        const turn = session.send("the next");
        const events: ClaudeEvent[] = [];
        for await (const event of turn) events.push(event);
        assertEquals(await turn.text(), "to: the next");
        const types = events.map(({ type }) => type);
        assertEquals(types.filter((type) => type === "result").length, 1);
        assert(!types.includes("tool_result"), types.join());
      }
    }
  },
);

live(
  "blocking: a resumed session with a deferred call answers the prompt",
  async () => {
    await using on = await syncWorld([
      CALL,
      reply.text("about the call"),
      reply.text("about the prompt"),
    ]);
    const resume = await defer(on.options);
    using session = new SyncSession({ ...on.options, resume });
    assertEquals(session.ask("the next").text, "about the prompt");
  },
);
