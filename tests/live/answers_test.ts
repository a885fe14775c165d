// The answer of a turn, with the real CLI: what it says in `result.result` is the last block only.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  printPrompt,
  SyncSession,
  TurnError,
} from "../../mod.ts";
import { BEHAVIORS, type Need } from "../../src/capabilities/table.ts";
import { block, type Reply, reply } from "../../src/testing/mod.ts";
import { live, syncWorld, world } from "../support/live_world.ts";
import { command } from "../support/live_command.ts";

/** A web search, which the API itself does in the middle of a reply. */
const SEARCH = [
  block.other(
    {
      type: "server_tool_use",
      id: "srvtoolu_1",
      name: "web_search",
      input: {},
    },
    [{
      type: "input_json_delta",
      partial_json: '{"query":"people in Bern"}',
    }],
  ),
  block.other({
    type: "web_search_tool_result",
    tool_use_id: "srvtoolu_1",
    content: [],
  }),
];

const SEARCHED = reply.message([
  block.text("Bern has "),
  ...SEARCH,
  block.text("134,000"),
  block.text(" people."),
]);

const TABLE: readonly {
  readonly name: string;
  readonly prompt: string;
  readonly replies: readonly Reply[];
  readonly answer: string;
  readonly needs?: Pick<Need, "since">;
}[] = [
  {
    name: "text around a web search",
    prompt: "how many live in Bern?",
    replies: [SEARCHED],
    answer: "Bern has 134,000 people.",
  },
  {
    name: "a text and then a thought",
    prompt: "go",
    replies: [reply.message([
      block.text("Done, all 3."),
      block.thinking("anything else?"),
    ])],
    answer: "Done, all 3.",
  },
  {
    name: "a reply that max_tokens cut twice",
    prompt: "go",
    replies: [
      reply.text("One, tw", { stopReason: "max_tokens" }),
      reply.text("o, thr", { stopReason: "max_tokens" }),
      reply.text("ee."),
    ],
    answer: "One, two, three.",
    needs: BEHAVIORS.resumptionLine,
  },
  {
    name: "/compact with nothing to compact",
    prompt: "/compact",
    replies: [],
    answer: "Error: No messages to compact",
  },
];

for (const { name, prompt, replies, answer, needs } of TABLE) {
  live(`the answer, ${name}: AsyncSession`, async () => {
    await using on = await world({ replies: [...replies, ...replies] });
    for (const partials of [true, false]) {
      await using session = new AsyncSession({ ...on.options, partials });
      const turn = session.send(prompt);
      let streamed = "";
      for await (const piece of turn.textStream()) streamed += piece;
      assertEquals([await turn.text(), streamed], [answer, answer]);
    }
  }, needs);

  live(`the answer, ${name}: ask, SyncSession`, async () => {
    await using on = await syncWorld(replies);
    using session = new SyncSession(on.options);
    assertEquals(session.ask(prompt).text, answer);
  }, needs);

  live(`the answer, ${name}: printPrompt and the commands`, async () => {
    await using on = await world({
      replies: [...replies, ...replies, ...replies, ...replies],
    });
    assertEquals(await printPrompt(prompt, on.options), answer);
    for (const name of ["ask", "send", "stream"]) {
      const { code, out } = await command(on, [name, "--", prompt]);
      assertEquals([code, out], [0, `${answer}\n`], name);
    }
  }, needs);
}

live("a turn that the API paused is incomplete", async () => {
  const paused = reply.message([block.text("Bern has "), ...SEARCH], {
    stopReason: "pause_turn",
  });
  {
    await using on = await world({ replies: () => paused });
    await using session = new AsyncSession(on.options);
    const error = await assertRejects(() => session.ask("go"), TurnError);
    assertEquals([error.code, error.result.text], ["incomplete", "Bern has "]);
  }
  await using on = await syncWorld([paused]);
  using session = new SyncSession(on.options);
  const error = assertThrows(() => session.ask("go"), TurnError);
  assertEquals([error.code, error.result.text], ["incomplete", "Bern has "]);
});
