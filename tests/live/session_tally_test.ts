// The numbers of a session with the real CLI: live, and from its transcript.

import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type AgentStats,
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  type SessionOptions,
  SyncSession,
  Tally,
} from "../../mod.ts";
import { sessionTally } from "../../src/sessions/mod.ts";
import {
  type ApiRequest,
  block,
  type Reply,
  reply,
} from "../../src/testing/mod.ts";
import { live, syncWorld, world } from "../support/live_world.ts";

const policy = callback(() => allow());
/** Without it the CLI has no tools for a list in a session without a terminal. */
const TASKS = { CLAUDE_CODE_ENABLE_TODO_TOOLS: "1" };

function answer(request: ApiRequest, cwd: string): Reply {
  if (request.kind === "subagent") {
    return request.toolResults.length === 0
      ? reply.message([
        block.text("looking"),
        block.toolUse("Bash", { command: "echo sub" }),
      ])
      : reply.text("sub done");
  }
  const last = JSON.stringify(
    request.messages.findLast(({ role }) => role === "user"),
  );
  if (last.includes("tool_result")) return reply.text("done");
  const agent = block.toolUse("Agent", {
    description: "d",
    prompt: "p",
    subagent_type: "general-purpose",
    run_in_background: false,
  });
  if (last.includes("TWO AGENTS")) return reply.message([agent, agent]);
  if (last.includes("AGENT")) return reply.message([agent]);
  if (last.includes("WRITE")) {
    return reply.toolUse("Write", {
      file_path: `${cwd}/a.txt`,
      content: "one\ntwo\n",
    });
  }
  if (last.includes("EDIT")) {
    return reply.toolUse("Edit", {
      file_path: `${cwd}/a.txt`,
      old_string: "two\n",
      new_string: "2\n3\n",
    });
  }
  if (last.includes("FAIL")) {
    return reply.toolUse("Bash", { command: "exit 3" });
  }
  if (last.includes("CREATE")) {
    return reply.message(
      ["one", "two"].map((subject) =>
        block.toolUse("TaskCreate", { subject, description: subject })
      ),
    );
  }
  if (last.includes("UPDATE")) {
    return reply.message([
      block.toolUse("TaskUpdate", { taskId: "1", status: "completed" }),
      block.toolUse("TaskUpdate", { taskId: "2", status: "deleted" }),
    ]);
  }
  return reply.text("hello");
}

/** What a transcript has of the numbers, without the times. */
function held(tally: Tally): unknown {
  const { costUsd, models, main, other, tools, inputTokens, outputTokens } =
    tally.stats();
  return {
    costUsd,
    inputTokens,
    outputTokens,
    models: Object.fromEntries(
      Object.entries(models).map(([name, { costUsd, outputTokens }]) =>
        [name, { costUsd, outputTokens }] as const
      ),
    ),
    main: withoutEstimate(main),
    other,
    tools: Object.fromEntries(
      Object.entries(tools).map(([name, { calls, errors }]) =>
        [name, { calls, errors }] as const
      ),
    ),
    changes: tally.changes(),
    todos: tally.todos(),
  };
}

/** A stream tells that several subagents are not told apart; a transcript tells them apart. */
function withoutEstimate(agent: AgentStats): unknown {
  const { isEstimate: _, agents, ...rest } = agent;
  return { ...rest, agents: agents.map(withoutEstimate) };
}

async function run(
  options: SessionOptions,
  prompts: readonly string[],
): Promise<{ readonly id: string; readonly tally: Tally }> {
  const tally = new Tally();
  let id = "";
  {
    await using session = new AsyncSession({ ...options, policy });
    const all = session.events();
    const reading = (async () => {
      for await (const event of all) tally.add(event as ClaudeEvent);
    })();
    for (const prompt of prompts) await session.ask(prompt);
    id = session.id ?? "";
    await session.close();
    await reading;
    if (options.resume === undefined) {
      assertAlmostEquals(tally.stats().costUsd, session.totalCostUsd, 1e-9);
    }
  }
  return { id, tally };
}

for (const partials of [true, false]) {
  live(
    `a transcript comes to the same as the session, ${
      partials ? "with" : "without"
    } partial messages`,
    async () => {
      await using on = await world({
        replies: (request) => answer(request, on.scratch.cwd),
      });
      const prompts = [
        "hello",
        "WRITE",
        "EDIT",
        "FAIL",
        "AGENT",
        "TWO AGENTS",
        "CREATE",
        "UPDATE",
      ];
      const { id, tally } = await run({
        ...on.options,
        partials,
        env: { ...on.options.env, ...TASKS },
      }, prompts);
      const stats = tally.stats();
      assertEquals(stats.turns, prompts.length);
      assertEquals(stats.main.agents.length, 3);
      assertEquals(stats.main.agents.map(({ toolCalls }) => toolCalls), [
        1,
        1,
        1,
      ]);
      assert(stats.costUsd > 0 && stats.apiMs !== undefined && stats.apiMs > 0);
      assertEquals(
        tally.changes().map(({ isNew, after, linesAdded, linesRemoved }) => [
          isNew,
          after,
          linesAdded,
          linesRemoved,
        ]),
        [[true, "one\n2\n3\n", 4, 1]],
      );
      assertEquals(
        tally.todos().map(({ content, status }) => [content, status]),
        [["one", "completed"]],
      );
      const configDir = `${on.scratch.home}/.claude`;
      assertEquals(held(await sessionTally(id, { configDir })), held(tally));
    },
    BEHAVIORS.costOnDisk,
  );
}

live(
  "the costs of a resumed session are those of all its processes",
  async () => {
    await using on = await world({
      replies: (request) => answer(request, on.scratch.cwd),
    });
    const configDir = `${on.scratch.home}/.claude`;
    const first = await run(on.options, ["hello", "AGENT"]);
    const again = await run({ ...on.options, resume: first.id }, ["WRITE"]);
    const whole = (await sessionTally(first.id, { configDir })).stats();
    const [a, b] = [first.tally.stats(), again.tally.stats()];
    assertEquals(whole.outputTokens, a.outputTokens + b.outputTokens);
    assertEquals(
      Math.round(whole.costUsd * 1e9),
      Math.round((a.costUsd + b.costUsd) * 1e9),
    );
  },
  BEHAVIORS.usageOfAllOnDisk,
);

live("a blocking session comes to the same as its transcript", async () => {
  await using on = await syncWorld([
    reply.toolUse("Bash", { command: "echo a" }),
    reply.text("done"),
  ]);
  const tally = new Tally();
  let id = "";
  {
    using session = new SyncSession({ ...on.options, policy });
    for (const event of session.send("go")) tally.add(event);
    id = session.id ?? "";
  }
  const configDir = `${on.scratch.home}/.claude`;
  assertEquals(held(await sessionTally(id, { configDir })), held(tally));
}, BEHAVIORS.costOnDisk);
