// A pool with the real CLI: each answer goes to its own conversation, whose history is whole
// over all processes, and no process is left.

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
} from "@std/assert";
import { callback, StartupError } from "../../mod.ts";
import { SessionPool } from "../../src/pool/mod.ts";
import { type ApiRequest, block, reply } from "../../src/testing/mod.ts";
import { isSince, live, world } from "../support/live_world.ts";
import { children } from "../support/processes.ts";

/** How many conversations, each of three turns. All 100 of the issue: `=100`, some five minutes. */
const KEYS = Number(Deno.env.get("CLAUDESTREAM_TEST_POOL_KEYS") ?? 12);

/** The markers of a conversation that the model is told, in order. */
function markers({ messages }: ApiRequest): string[] {
  return messages.filter(({ role }) => role === "user").flatMap(({ content }) =>
    [...JSON.stringify(content).matchAll(/<(\w+ \d+)>/g)]
      .map(([, marker = ""]) => marker)
  );
}

/** Replies with all markers that the request holds. */
const echo = (request: ApiRequest) => reply.text(markers(request).join(", "));

live(
  `a pool of 4 processes serves ${KEYS} conversations of 3 turns, each with its own history`,
  async () => {
    await using on = await world({ replies: echo });
    let most = 0;
    const keys = Array.from({ length: KEYS }, (_, at) => `user${at}`);
    const costs: number[] = [];
    {
      await using pool = new SessionPool({
        maxProcesses: 4,
        session: { ...on.options, model: "haiku" },
      });
      await Promise.all(keys.map(async (key) => {
        const session = pool.session(key);
        const { id } = session;
        const said: string[] = [];
        for (const turn of [1, 2, 3]) {
          said.push(`${key} ${turn}`);
          const answer = await session.ask(`<${key} ${turn}>`);
          assertEquals(answer.text, said.join(", "));
          assertEquals(answer.sessionId, id);
          costs.push(answer.costUsd);
          most = Math.max(most, pool.stats().processes);
        }
      }));
      const sum = costs.reduce((sum, cost) => sum + cost, 0);
      assert(sum > 0);
      assertAlmostEquals(pool.stats().costUsd, sum, 1e-9);
      // What the CLI counts itself comes to the same, over all processes of a key.
      const totals = keys.map((key) => pool.session(key).totalCostUsd);
      assertAlmostEquals(totals.reduce((all, one) => all + one, 0), sum, 1e-9);
      assert(pool.stats().processes <= 4);
    }
    assert(most <= 4, `${most}`);
    assertEquals(
      (await children()).filter((one) =>
        one.join(" ").includes(on.scratch.home)
      ),
      [],
    );
  },
);

live(
  "what a parked session keeps: model, mode, thinking, settings, the new conversation of /clear, costs",
  async () => {
    await using on = await world({ replies: echo });
    await using pool = new SessionPool({
      warm: 0,
      session: { ...on.options, model: "haiku" },
    });
    const session = pool.session("a");
    await session.ask("<a 1>");
    await session.setModel("opus");
    await session.setPermissionMode("acceptEdits");
    await session.applySettings({ outputStyle: "default", env: { MARK: "x" } });
    const before = await session.ask("<a 2>");
    assert(pool.park("a"));
    assertEquals(session.pid, undefined);
    const after = await session.ask("<a 3>");
    assertEquals(after.text, "a 1, a 2, a 3");
    assertEquals(after.sessionId, before.sessionId);
    assert(session.model?.includes("opus"), session.model);
    assertEquals(session.permissionMode, "acceptEdits");
    assert(after.totalCostUsd > before.totalCostUsd);
    assertAlmostEquals(after.totalCostUsd, pool.stats().costUsd, 1e-9);
    const { effective } = await session.settings();
    assertEquals(Reflect.get(Object(effective), "env")?.MARK, "x");

    await session.ask("/clear", { until: "turn" });
    const cleared = await session.ask("<b 1>");
    assertEquals(cleared.text, "b 1");
    assert(pool.park("a"));
    assertEquals((await session.ask("<b 2>")).text, "b 1, b 2");
  },
);

live(
  "what a parked session does not keep: rules of the session, and the directory of the shell",
  async () => {
    let questions = 0;
    await using on = await world({
      replies: (request) => {
        // The CLI adds reminders of its own.
        const last = request.messages.map((message) => JSON.stringify(message))
          .findLast((text) =>
            text.includes("DO[") || text.includes("tool_result")
          ) ?? "";
        if (last.includes("tool_result")) {
          const [line = ""] = request.toolResults.at(-1)?.text.split("\n") ??
            [];
          return reply.text(`${line}.`);
        }
        const [, command] = last.match(/DO\[([^\]]+)\]/) ?? [];
        return reply.message([
          block.toolUse("Bash", {
            command: command ?? "pwd",
            description: "d",
          }),
        ]);
      },
    });
    await using pool = new SessionPool({
      warm: 0,
      session: { ...on.options, policy: callback(() => undefined) },
    });
    const session = pool.session("a");
    session.on("permission_request", (request) => {
      questions++;
      request.allow({ remember: "session" });
    });
    await Deno.mkdir(`${on.scratch.cwd}/sub`);
    await session.ask("DO[touch x1]");
    await session.ask("DO[touch x1]");
    assertEquals(questions, 1);
    pool.park("a");
    await session.ask("DO[touch x1]");
    assertEquals(questions, 2);
    assert((await session.ask("DO[cd sub && pwd]")).text.endsWith("/sub."));
    // Older CLIs go back after each command.
    const { text } = await session.ask("DO[pwd]");
    if (isSince("2.1.300")) assert(text.endsWith("/sub."), text);
    pool.park("a");
    assert((await session.ask("DO[pwd]")).text.endsWith("/cwd."));
  },
);

live(
  "a parked session whose transcript is gone says so at each turn, and nothing else begins",
  async () => {
    await using on = await world({ replies: echo });
    await using pool = new SessionPool({ warm: 0, session: on.options });
    const session = pool.session("a");
    await session.ask("<a 1>");
    pool.park("a");
    // The process that is ending still writes.
    await pool.session("b").ask("<b 1>");
    const projects = `${on.scratch.home}/.claude/projects`;
    for await (const { name } of Deno.readDir(projects)) {
      await Deno.remove(`${projects}/${name}/${session.id}.jsonl`);
    }
    for (const _ of [1, 2]) {
      const error = await assertRejects(
        () => session.ask("<a 2>"),
        StartupError,
      );
      assertEquals(error.code, "session_not_found");
      assertEquals(pool.session("a"), session);
    }
    await session.close();
    assertEquals((await pool.session("a").ask("<a 3>")).text, "a 3");
  },
);
