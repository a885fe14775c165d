// A fork is a session of its own with what the original had up to that message.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ClaudeStreamError } from "../errors.ts";
import { answer, prompt, record, ScratchConfig } from "./fixtures/scratch.ts";
import { sessionInfo } from "./find.ts";
import { forkSession } from "./fork.ts";
import { listSessions } from "./list.ts";
import { readSession } from "./read.ts";

const OLD = "aaaa1111-0000-4000-8000-000000000000";

function call(uuid: string, parentUuid: string, id: string, message: string) {
  const block = { type: "tool_use", id, name: "Agent", input: {} };
  return answer(uuid, parentUuid, block, message);
}

function result(uuid: string, parentUuid: string, id: string, agentId: string) {
  const content = [{ type: "tool_result", tool_use_id: id, content: "done" }];
  return record(uuid, parentUuid, {
    type: "user",
    message: { role: "user", content },
    toolUseResult: { agentId },
  });
}

/** Two turns, the first with two calls of subagents, one of which called a third. */
async function scratch(): Promise<ScratchConfig> {
  const on = await ScratchConfig.create();
  const path = await on.write(OLD, [
    { type: "mode", mode: "normal", sessionId: OLD },
    { type: "queue-operation", operation: "enqueue", sessionId: OLD },
    prompt("1", null, "one"),
    "damaged\n",
    call("2", "1", "t1", "m"),
    call("3", "2", "t2", "m"),
    { type: "api-request", sessionId: OLD },
    result("4", "2", "t1", "x"),
    result("5", "4", "t2", "y"),
    answer("6", "5", "first"),
    prompt("7", "6", "two"),
    call("8", "7", "t3", "n"),
    result("9", "8", "t3", "z"),
    answer("10", "9", "second"),
    { type: "custom-title", customTitle: "Plan", sessionId: OLD },
    { type: "cost-state", totalCostUSD: 1, sessionId: OLD },
    { type: "last-prompt", leafUuid: "10", sessionId: OLD },
  ]);
  const agents = path.replace(/\.jsonl$/, "/subagents");
  await Deno.mkdir(agents, { recursive: true });
  const agent = async (
    id: string,
    toolUseId: string,
    lines: readonly unknown[],
  ) => {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    await Deno.writeTextFile(`${agents}/agent-${id}.jsonl`, text);
    await Deno.writeTextFile(
      `${agents}/agent-${id}.meta.json`,
      JSON.stringify({ toolUseId }),
    );
  };
  await agent("x", "t1", [call("x1", "x0", "deep", "xm")]);
  await agent("y", "t2", [answer("y1", "y0", "y says")]);
  await agent("z", "t3", [answer("z1", "z0", "z says")]);
  // Started by a subagent; comes before the one that started it.
  await agent("a", "deep", [answer("a1", "a0", "a says")]);
  return on;
}

async function texts(id: string, configDir: string) {
  const events = await Array.fromAsync(readSession(id, { configDir }));
  return events.flatMap((event) =>
    event.type === "assistant_text" ? [event.text] : []
  );
}

Deno.test("forkSession copies a session with its subagents under a new id", async () => {
  await using on = await scratch();
  const { configDir } = on;
  const before = await Array.fromAsync(readSession(OLD, { configDir }));
  const fork = await forkSession(OLD, { configDir });
  assert(fork.id !== OLD && /^[\da-f-]{36}$/.test(fork.id));
  assertEquals(fork.title, "Plan (fork)");
  const after = await Array.fromAsync(readSession(fork.id, { configDir }));
  assertEquals(
    after.map(({ type, uuid }) => [type, uuid]),
    before.map(({ type, uuid }) => [type, uuid]),
  );
  const { subagents } = await sessionInfo(fork.id, { configDir });
  assertEquals(subagents.map(({ agentId }) => agentId).sort(), [
    ..."axyz",
  ]);
  const copied = [fork.path, ...subagents.map(({ path }) => path)];
  for (const path of copied) {
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600, path);
    const lines = (await Deno.readTextFile(path)).trim().split("\n");
    for (const line of lines.filter((one) => one !== "damaged")) {
      const { type, sessionId, requestSessionId } = JSON.parse(line);
      assertEquals(sessionId, fork.id, line);
      if (type === "assistant") assertEquals(requestSessionId, OLD);
      assert(!["queue-operation", "api-request"].includes(type));
    }
  }
  const text = await Deno.readTextFile(fork.path);
  assert(text.includes("\ndamaged\n") && text.includes("cost-state"));
  // Nothing of the copying is left, and the session is as it was.
  assertEquals((await listSessions({ configDir })).sessions.length, 2);
  assertEquals(await Array.fromAsync(readSession(OLD, { configDir })), before);
});

Deno.test("forkSession up to a message: what came later is not there", async () => {
  await using on = await scratch();
  const { configDir } = on;
  const fork = await forkSession(OLD, { configDir, upTo: "6", title: "Half" });
  assertEquals(fork.title, "Half");
  assertEquals(await texts(fork.id, configDir), ["a says", "y says", "first"]);
  const { subagents } = await sessionInfo(fork.id, { configDir });
  assertEquals(subagents.map(({ agentId }) => agentId).sort(), ["a", "x", "y"]);
  const text = await Deno.readTextFile(fork.path);
  for (const left of ["cost-state", "last-prompt", '"two"', "Plan"]) {
    assertEquals(text.includes(left), false, left);
  }
  assert(text.includes('"mode"'));
  // A call has its result also if that comes behind it.
  const at = await forkSession(OLD, { configDir, upTo: "2" });
  const events = await Array.fromAsync(
    readSession(at.id, { configDir, subagents: "none" }),
  );
  assertEquals(events.map(({ type }) => type), [
    "user_replay",
    "unknown",
    "tool_use",
    "tool_use",
    "tool_result",
    "tool_result",
  ]);
});

Deno.test("forkSession refuses what is no message, no title and no session", async () => {
  await using on = await scratch();
  const { configDir } = on;
  const table: readonly (readonly [string, object, string])[] = [
    [OLD, { upTo: "99" }, "config"],
    [OLD, { title: " " }, "config"],
    ["other", {}, "session_not_found"],
  ];
  for (const [session, options, code] of table) {
    const error = await assertRejects(
      () => forkSession(session, { configDir, ...options }),
      ClaudeStreamError,
    );
    assertEquals(error.code, code);
  }
  const [project] = await Array.fromAsync(
    Deno.readDir(`${configDir}/projects`),
  );
  const left = await Array.fromAsync(
    Deno.readDir(`${configDir}/projects/${project?.name}`),
  );
  assertEquals(left.map(({ name }) => name).sort(), [OLD, `${OLD}.jsonl`]);
});
