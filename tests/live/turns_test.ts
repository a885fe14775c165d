// Turns, pushed messages and background tasks with the real CLI.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  allowAll,
  AsyncSession,
  type ClaudeEvent,
  document,
  image,
  StateError,
  text,
} from "../../mod.ts";
import { BEHAVIORS, OPTIONS } from "../../src/capabilities/table.ts";
import { Gate, reply } from "../../src/testing/mod.ts";
import { isSince, live, world } from "../support/live_world.ts";

const SLOW = reply.toolUse("Bash", { command: "read line < gate" });

/** Waits until the command of {@linkcode SLOW} runs; returns a function that lets it continue. */
async function running(cwd: string): Promise<() => Promise<void>> {
  // A pipe opens for writing once somebody has it open for reading.
  const gate = await Deno.open(`${cwd}/gate`, { write: true });
  return async () => {
    await gate.write(new TextEncoder().encode("\n"));
    gate.close();
  };
}

async function makeGate(cwd: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", {
    args: [`${cwd}/gate`],
  }).output();
  assert(success);
}

live(
  "a message pushed during a tool call is folded into the turn",
  async () => {
    await using on = await world({
      replies: (request) =>
        request.toolResults.length === 0 ? SLOW : reply.text(
          `${JSON.stringify(request.messages).includes("and two")}`,
        ),
    });
    await makeGate(on.scratch.cwd);
    await using session = new AsyncSession({
      ...on.options,
      policy: allowAll(),
    });
    const turn = session.send("one");
    const goOn = await running(on.scratch.cwd);
    const pushed = session.push("and two");
    const states: string[] = [];
    for await (const state of pushed.states) {
      states.push(state);
      if (state === "queued") await goOn();
    }
    assertEquals(states, ["queued", "folded", "completed"]);
    const result = await turn.result();
    assertEquals(result.result, "true");
    assertEquals(await pushed.result(), result);
  },
  BEHAVIORS.promptLifecycle,
);

live("a message pushed during the answer gets a turn of its own", async () => {
  const gate = new Gate();
  await using on = await world({
    replies: [reply.text(["one", gate, "."]), reply.text("two")],
  });
  await using session = new AsyncSession(on.options);
  const turn = session.send("a");
  await gate.reached;
  const pushed = session.push("b");
  const states: string[] = [];
  const events: ClaudeEvent[] = [];
  const reading = (async () => {
    for await (const event of turn) events.push(event);
  })();
  for await (const state of pushed.states) {
    states.push(state);
    if (state === "queued") gate.open();
  }
  await reading;
  assertEquals(states, ["queued", "started", "completed"]);
  assertEquals((await turn.result()).result, "one.");
  assertEquals((await pushed.result()).result, "two");
  assert(!JSON.stringify(events).includes("two"));
  assertEquals(session.turnCount, 2);
}, BEHAVIORS.promptLifecycle);

live("an urgent message ends the turn at its next safe point", async () => {
  await using on = await world({
    replies: (request) =>
      request.prompts.includes("urgent") ? reply.text("done") : SLOW,
  });
  await makeGate(on.scratch.cwd);
  await using session = new AsyncSession({ ...on.options, policy: allowAll() });
  const turn = session.send("one");
  const goOn = await running(on.scratch.cwd);
  const pushed = session.push("urgent", { priority: "now" });
  const states: string[] = [];
  for await (const state of pushed.states) {
    states.push(state);
    if (state === "queued") await goOn();
  }
  assertEquals((await turn.result()).terminalReason, "aborted_tools");
  await assertRejects(() => turn.text(), Error, "interrupted");
  assertEquals((await pushed.result()).result, "done");
  assertEquals(states, ["queued", "started", "completed"]);
}, BEHAVIORS.promptLifecycle);

live("a message that is taken back is never answered", async () => {
  const gate = new Gate();
  await using on = await world({ replies: [reply.text(["one", gate, "."])] });
  await using session = new AsyncSession(on.options);
  const turn = session.send("a");
  await gate.reached;
  const pushed = session.push("b");
  const states: string[] = [];
  for await (const state of pushed.states) {
    states.push(state);
    if (state !== "queued") continue;
    await session.control("cancel_async_message", { message_uuid: pushed.id });
  }
  assertEquals(states, ["queued", "cancelled"]);
  await assertRejects(() => pushed.result(), StateError);
  gate.open();
  assertEquals(await turn.text(), "one.");
}, BEHAVIORS.promptLifecycle);

live("a message can join the conversation without a question", async () => {
  await using on = await world({
    replies: (request) => reply.text(request.prompts.join(", ")),
  });
  await using session = new AsyncSession(on.options);
  await session.ask("one");
  const pushed = session.push("by the way", { query: false });
  assertEquals((await pushed.result()).numTurns, 0);
  assertEquals(on.api.scripted.length, 1);
  const { text } = await session.ask("two");
  assert(text.includes("by the way"), text);
}, BEHAVIORS.promptLifecycle);

live(
  "ask waits for a subagent in the background and the turn about it",
  async () => {
    const gate = new Gate();
    await using on = await world({
      replies: (request) => {
        if (request.kind === "subagent") {
          return reply.text(["sub ", gate, "done"]);
        }
        if (JSON.stringify(request.messages).includes("task-notification")) {
          return reply.text("all done");
        }
        return request.toolResults.length > 0
          ? reply.text("started")
          : reply.toolUse("Agent", {
            description: "d",
            prompt: "p",
            subagent_type: "general-purpose",
            run_in_background: true,
          });
      },
    });
    await using session = new AsyncSession({
      ...on.options,
      policy: allowAll(),
    });
    const results: (string | undefined)[] = [];
    session.on("result", (event) => {
      results.push(event.result);
      gate.open();
    });
    const answer = await session.ask("go");
    assertEquals(results, ["started", "all done"]);
    assertEquals(answer.text, "all done");
    assertEquals(answer.result.origin?.kind, "task-notification");
    assertEquals(session.turnCount, 2);
  },
);

live("closing ends a shell in the background", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("Bash", {
        command: "echo $$ > gate; exec sleep 1000",
        run_in_background: true,
      }),
      reply.text("started"),
    ],
  });
  await makeGate(on.scratch.cwd);
  const session = new AsyncSession({ ...on.options, policy: allowAll() });
  const answer = session.ask("go", { until: "turn" });
  // Opens for reading once the shell has it open for writing.
  const pid = (await Deno.readTextFile(`${on.scratch.cwd}/gate`)).trim();
  await answer;
  await session.close();
  await assertRejects(() => Deno.stat(`/proc/${pid}`), Deno.errors.NotFound);
});

live(
  "images and documents reach the API, and a verbatim prompt runs no command",
  async () => {
    // A picture of one dot.
    const dot = Uint8Array.fromBase64(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    );
    await using on = await world({ replies: () => reply.text("seen") });
    const file = `${on.scratch.cwd}/notes.txt`;
    await Deno.writeTextFile(file, "the notes");
    await using session = new AsyncSession(on.options);
    const prompt = [
      image(dot),
      document(file, { title: "Notes" }),
      document(new TextEncoder().encode("%PDF-1.4")),
      text("well?"),
    ];
    assertEquals((await session.ask(prompt)).text, "seen");
    const sent = JSON.stringify(on.api.requests.at(-1)?.body);
    for (
      const part of [
        `"media_type":"image/`,
        `"media_type":"text/plain","data":"the notes"`,
        `"title":"Notes"`,
        `"media_type":"application/pdf"`,
        `"text":"well?`,
      ]
    ) assert(sent.includes(part), part);
    const before = on.api.requests.length;
    assert((await session.ask("/cost")).text !== "seen");
    assertEquals(on.api.requests.length, before);
    const { text: said } = await session.ask("/cost", { verbatim: true });
    // With an older CLI the prompt is a command all the same, and a warning says so.
    assertEquals(said === "seen", isSince(OPTIONS.verbatim[0].since), said);
  },
);
