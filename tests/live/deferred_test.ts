// A call of a tool that a hook left to a later process, with the real CLI.

import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { assert, assertEquals } from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  deny,
  SyncSession,
} from "../../mod.ts";
import { deferredCalls } from "../../src/sessions/mod.ts";
import { reply } from "../../src/testing/mod.ts";
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

live(
  "a deferred call survives the death of its CLI, is listed, and is decided on by a resume",
  async () => {
    for (const isYes of [true, false]) {
      await using on = await world({
        replies: (request) =>
          request.toolResults.length === 0 && request.prompts.length === 1
            ? CALL
            : reply.text("went on"),
      });
      const configDir = `${on.scratch.home}/.claude`;
      let id = "";
      {
        await using session = new AsyncSession({ ...on.options, ...DEFERS });
        const result = await session.send("call it").result();
        id = result.sessionId ?? "";
        const { pid } = session;
        assert(pid !== undefined);
        // What it wrote is on disk by then: nothing of it is told to the CLI.
        const died = new Promise((resolve) => session.on("close", resolve));
        Deno.kill(pid, "SIGKILL");
        await died;
      }
      const [call, ...others] = await deferredCalls(id, { configDir });
      assert(call !== undefined);
      assertEquals(others, []);
      assertEquals([call.toolName, call.input], [
        "Bash",
        { command: "echo from the call" },
      ]);
      const asked: unknown[] = [];
      {
        await using session = new AsyncSession({
          ...on.options,
          resume: id,
          policy: callback((_name, input, { toolUseId }) => {
            asked.push([toolUseId, input]);
            return isYes ? allow() : deny("not approved");
          }),
        });
        await session.ask("go on");
      }
      // Exactly that call, and only once.
      assertEquals(asked, [[call.toolUseId, call.input]]);
      assertEquals(await deferredCalls(id, { configDir }), []);
      const results = on.api.requests.flatMap(({ toolResults }) => toolResults);
      const [result] = results;
      assertEquals(result?.toolUseId, call.toolUseId);
      assertEquals(result?.isError, !isYes);
      assert(result?.text.includes(isYes ? "from the call" : "not approved"));
    }
  },
  BEHAVIORS.writtenAtResult,
);
