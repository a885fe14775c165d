// What ends a command and an ask() that leave work in the background, with the real CLI.

import { assertEquals } from "@std/assert";
import { allowAll, AsyncSession, SyncSession } from "../../mod.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { type ApiRequest, reply } from "../../src/testing/mod.ts";
import { command } from "../support/live_command.ts";
import { live, syncWorld, world } from "../support/live_world.ts";

function background(shell: string) {
  return reply.toolUse("Bash", { command: shell, run_in_background: true });
}

/** Starts a shell, says so, and tells of its end. */
function shell(line: string) {
  return (request: ApiRequest) => {
    if (JSON.stringify(request.messages).includes("task-notification")) {
      return reply.text("It is built.");
    }
    return request.toolResults.length > 0
      ? reply.text("Started.")
      : background(line);
  };
}

live(
  "commands wait for a shell in the background; --until turn ends it",
  async () => {
    for (const name of ["ask", "send"]) {
      await using on = await world({
        replies: shell("sleep 2; echo built > out"),
      });
      const { code, out } = await command(on, [name, "--allow=all", "go"]);
      assertEquals([code, out], [
        0,
        name === "ask" ? "It is built.\n" : "Started.\n\nIt is built.\n",
      ]);
      assertEquals(await Deno.readTextFile(`${on.scratch.cwd}/out`), "built\n");
    }
    await using on = await world({ replies: shell("sleep 1000") });
    const { code, out } = await command(on, [
      "ask",
      "--allow=all",
      "--until=turn",
      "go",
    ]);
    assertEquals([code, out], [0, "Started.\n"]);
  },
);

live("an interruption ends an ask() that waits for a shell", async () => {
  {
    await using on = await world({ replies: shell("sleep 1000") });
    await using session = new AsyncSession({
      ...on.options,
      policy: allowAll(),
    });
    session.on("result", () => {
      session.interrupt();
    });
    const { text } = await session.ask("go");
    assertEquals([text, session.tasks.size], ["Started.", 1]);
  }
  await using on = await syncWorld([
    background("sleep 1000"),
    reply.text("Started."),
  ]);
  using session = new SyncSession({ ...on.options, policy: allowAll() });
  session.on("result", () => {
    session.interrupt();
  });
  assertEquals(session.ask("go").text, "Started.");
});

live(
  "an answer to a pushed message is not that of the ask() that waits",
  async () => {
    const starts = shell("sleep 1000");
    await using on = await world({
      replies: (request) =>
        request.prompts.some((prompt) => prompt.includes("And you?"))
          ? reply.text("Me too.")
          : starts(request),
    });
    await using session = new AsyncSession({
      ...on.options,
      policy: allowAll(),
    });
    const { promise: pushed, resolve } = Promise.withResolvers<string>();
    session.on("result", async ({ text }) => {
      if (text !== "Started.") return;
      const { text: other } = await session.push("And you?").result();
      resolve(other);
      await session.interrupt();
    });
    const { text } = await session.ask("go");
    assertEquals([text, await pushed], ["Started.", "Me too."]);
  },
  BEHAVIORS.promptLifecycle,
);
