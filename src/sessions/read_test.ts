// A transcript is read as the conversation that it is: branches, compactions, damaged
// lines.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ClaudeEvent } from "../events/mod.ts";
import {
  answer,
  FIXTURES,
  prompt,
  record,
  ScratchConfig,
} from "./fixtures/scratch.ts";
import { readSession, type ReadSessionOptions } from "./read.ts";

/** What was said, as one word for each event. */
function words(events: readonly ClaudeEvent[]): readonly string[] {
  return events.map((event) => {
    switch (event.type) {
      case "user_replay":
        return `>${event.content}`;
      case "assistant_text":
      case "user_text":
        return event.text;
      case "tool_use":
        return `${event.name}(${event.toolUseId})`;
      case "tool_result":
        return `=${event.toolUseId}`;
      case "unknown":
        return `?${event.reason}`;
      default:
        return event.type;
    }
  });
}

async function read(
  configDir: string,
  options: Omit<ReadSessionOptions, "configDir"> = {},
): Promise<readonly string[]> {
  return words(
    await Array.fromAsync(readSession("last", { configDir, ...options })),
  );
}

const call = (id: string) => ({
  type: "tool_use",
  id,
  name: "Bash",
  input: {},
});
const result = (uuid: string, parent: string, id: string) =>
  record(uuid, parent, {
    type: "user",
    message: {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: id, content: "x" }],
    },
  });

Deno.test("readSession shows the branch that the conversation is on", async () => {
  await using on = await ScratchConfig.create();
  await on.write("s", [
    prompt("1", null, "one"),
    answer("2", "1", "two"),
    prompt("3", "2", "taken back"),
    answer("4", "3", "never mind"),
    prompt("5", "2", "instead"),
    answer("6", "5", "fine"),
  ]);
  assertEquals(await read(on.configDir), [">one", "two", ">instead", "fine"]);
});

Deno.test("readSession ends where last-prompt says, until something follows", async () => {
  await using on = await ScratchConfig.create();
  const records = [
    prompt("1", null, "one"),
    answer("2", "1", "two"),
    prompt("3", "2", "three"),
    answer("4", "3", "four"),
    { type: "last-prompt", leafUuid: "2", explicit: true },
  ];
  await on.write("s", records);
  assertEquals(await read(on.configDir), [">one", "two"]);
  await on.write("s", [...records, prompt("5", "2", "five")]);
  assertEquals(await read(on.configDir), [">one", "two", ">five"]);
  // One that names nothing in the file changes nothing.
  await on.write("s", [
    prompt("1", null, "one"),
    { type: "last-prompt", leafUuid: "gone" },
  ]);
  assertEquals(await read(on.configDir), [">one"]);
});

Deno.test("readSession keeps all calls of a reply, and their results", async () => {
  await using on = await ScratchConfig.create();
  await on.write("s", [
    prompt("1", null, "go"),
    answer("2", "1", call("a"), "msg"),
    answer("3", "2", call("b"), "msg"),
    answer("4", "3", call("c"), "msg"),
    result("5", "3", "b"),
    result("6", "2", "a"),
    result("7", "4", "c"),
    answer("8", "7", "done"),
  ]);
  assertEquals(await read(on.configDir), [
    ">go",
    "Bash(a)",
    "Bash(b)",
    "Bash(c)",
    "=b",
    "=a",
    "=c",
    "done",
  ]);
});

Deno.test("readSession follows the conversation over a compaction, or begins at it", async () => {
  await using on = await ScratchConfig.create();
  await on.write("s", [
    prompt("1", null, "old"),
    answer("2", "1", "answer"),
    answer("3", "2", "kept"),
    record("4", null, {
      type: "system",
      subtype: "compact_boundary",
      logicalParentUuid: "3",
      compactMetadata: {
        trigger: "auto",
        preTokens: 7,
        preservedMessages: { anchorUuid: "5", uuids: ["3"] },
      },
    }),
    { ...prompt("5", "4", "summary"), isCompactSummary: true },
    { ...prompt("6", "5", "caveat"), isMeta: true },
    prompt("7", "6", "new"),
  ]);
  const { configDir } = on;
  const after = ["compact_boundary", "summary", ">new"];
  assertEquals(await read(configDir), [">old", "answer", "kept", ...after]);
  assertEquals(await read(configDir, { sinceCompaction: true }), [
    "kept",
    ...after,
  ]);
});

Deno.test("readSession reads a damaged transcript as far as it goes", async () => {
  await using on = await ScratchConfig.create();
  await on.write("s", [
    prompt("1", null, "one"),
    '{"type":"assistant","uuid":"2", damaged\n',
    "\n",
    "[1]\n",
    prompt("3", "2", "three"),
    record("4", "3", { type: "from-the-future" }),
    record("5", "4", { type: "system", subtype: "from_the_future" }),
    answer("6", "5", { type: "hologram" }),
    record("7", "6", { type: "assistant", message: { content: 7 } }),
    { type: "no-uuid" },
    answer("8", "7", "x".repeat(2_000)),
    answer("9", "8", "end"),
    '{"type":"user","uuid":"10","mess',
  ]);
  assertEquals(await read(on.configDir, { maxLineBytes: 1_000 }), [
    ">one",
    "?not_json",
    "?not_object",
    ">three",
    "?type",
    "?subtype",
    "?block",
    "?invalid",
    "?type",
    "?oversized",
    "end",
    "?truncated",
  ]);
});

Deno.test("readSession: the wire view is every record, untouched, and what is none", async () => {
  await using on = await ScratchConfig.create();
  const records = [
    { type: "mode", mode: "normal" },
    prompt("1", null, "one"),
    prompt("2", null, "on no branch"),
    record("3", "1", { type: "attachment", attachment: { type: "date" } }),
  ];
  await on.write("s", [...records, "damaged\n"]);
  const { configDir } = on;
  const wire = await Array.fromAsync(
    readSession("s", { configDir, view: "wire" }),
  );
  assertEquals(wire, [...records, "damaged"]);
});

Deno.test("readSession: events have the record in raw, messages stay whole", async () => {
  await using on = await ScratchConfig.create();
  const reply = answer("2", "1", "two");
  await on.write("s", [{ ...prompt("1", null, "one"), isNew: 1 }, reply]);
  const { configDir } = on;
  const [first] = await Array.fromAsync(readSession("s", { configDir }));
  assert((first?.raw as { isNew?: number }).isNew === 1);
  const messages = await Array.fromAsync(
    readSession("s", { configDir, view: "messages" }),
  );
  assertEquals(messages.map(({ type }) => type), [
    "user_message",
    "assistant_message",
  ]);
});

Deno.test("readSession: a subagent comes between its call and what follows it", async () => {
  await using on = await ScratchConfig.create();
  const at = (ms: number, one: Record<string, unknown>) => ({
    ...one,
    timestamp: new Date(ms).toISOString(),
  });
  await on.write("s", [
    at(1, prompt("1", null, "go")),
    at(2, answer("2", "1", { ...call("a"), name: "Agent" })),
    at(9, result("3", "2", "a")),
    at(10, answer("4", "3", "done")),
  ]);
  const folder = "s/subagents";
  await on.write(`${folder}/agent-x`, [
    // The clock of the record says it was before the call.
    at(1, { ...prompt("5", null, "task"), isSidechain: true }),
    at(9, { ...answer("6", "5", "found"), isSidechain: true }),
  ]);
  await on.write(`${folder}/agent-lost`, [
    at(3, { ...prompt("7", null, "lost"), isSidechain: true }),
  ]);
  const meta =
    `${on.configDir}/projects/-work-demo/${folder}/agent-x.meta.json`;
  const merged = [">go", "Agent(a)", "task", "found", "=a", "done", "lost"];
  const metas = ['{"toolUseId":"a","agentType":"Explore"}', "{}", '{"tool'];
  for (const text of metas) {
    await Deno.writeTextFile(meta, text);
    if (text !== metas[0]) {
      // Without it, the result of the call names the subagent.
      await on.write("s", [
        at(1, prompt("1", null, "go")),
        at(2, answer("2", "1", { ...call("a"), name: "Agent" })),
        { ...at(9, result("3", "2", "a")), toolUseResult: { agentId: "x" } },
        at(10, answer("4", "3", "done")),
      ]);
    }
    assertEquals(await read(on.configDir), merged, text);
  }
  assertEquals(await read(on.configDir, { subagents: "none" }), [
    ">go",
    "Agent(a)",
    "=a",
    "done",
  ]);
  assertEquals(
    await read(on.configDir, { subagents: { agentId: "x" } }),
    ["task", "found"],
  );
  await assertRejects(
    () => read(on.configDir, { subagents: { agentId: "y" } }),
    Error,
    'Cannot find the session "y"',
  );
});

Deno.test("readSession: what is written while it reads is left for the next time", async () => {
  await using on = await ScratchConfig.create();
  const path = await on.write("s", [
    prompt("1", null, "one"),
    answer("2", "1", "two"),
  ]);
  const { configDir } = on;
  const seen: ClaudeEvent[] = [];
  for await (const event of readSession("s", { configDir })) {
    if (seen.push(event) > 1) continue;
    const more = JSON.stringify(prompt("3", "2", "three"));
    await Deno.writeTextFile(path, `${more}\n`, { append: true });
  }
  assertEquals(words(seen), [">one", "two"]);
  let lines = 0;
  const wire = readSession("s", { configDir, view: "wire" });
  for await (const _ of wire) {
    if (lines++ === 0) {
      await Deno.writeTextFile(path, "more\n", { append: true });
    }
  }
  assertEquals(lines, 3);
  await Deno.writeTextFile(
    path,
    (await Deno.readTextFile(path)).replace("more\n", ""),
  );
  assertEquals(await read(configDir), [">one", "two", ">three"]);
});

Deno.test("readSession takes what listSessions returned, an abort, and no other view", async () => {
  await using on = await ScratchConfig.create();
  const path = await on.write("s", [prompt("1", null, "one")]);
  const info = {
    id: "s",
    label: "",
    modifiedAt: new Date(),
    sizeBytes: 0,
    path,
  };
  const events = await Array.fromAsync(readSession(info));
  assertEquals(words(events), [">one"]);
  await Deno.remove(path);
  await assertRejects(
    () => Array.fromAsync(readSession(info)),
    Error,
    'Cannot find the session "s"',
  );
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(
    () => Array.fromAsync(readSession(info, { signal })),
    Error,
    "enough",
  );
  const view = "flut" as "flat";
  await assertRejects(
    () => Array.fromAsync(readSession(info, { view })),
    Error,
    '"flat", "messages" or "wire"',
  );
});

Deno.test("readSession reads what the CLI wrote, across subagents, a compaction and a resume", async () => {
  const events = await Array.fromAsync(
    readSession("5438a942", { configDir: FIXTURES }),
  );
  const counts: Record<string, number> = {};
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  assertEquals(counts, {
    user_replay: 12,
    assistant_text: 13,
    thinking: 1,
    tool_use: 8,
    tool_result: 7,
    file_change: 1,
    user_text: 3,
    compact_boundary: 1,
  });
  // Blocks of a reply keep their places, over the lines that they were written in.
  const blocks = events.flatMap((event) =>
    "index" in event && event.messageId === "msg_scripted_0002"
      ? [event.index]
      : []
  );
  assertEquals(blocks, [0, 1, 2, 3]);
});

Deno.test("readSession: commands, prompts in a turn, interruptions, as the CLI notes them", async () => {
  await using on = await ScratchConfig.create();
  const text = (words: string) => [{ type: "text", text: words }];
  const queued = (prompt: unknown, isMeta?: boolean) => ({
    type: "attachment",
    attachment: { type: "queued_command", prompt, isMeta },
  });
  await on.write("s", [
    record("1", null, {
      type: "system",
      subtype: "local_command",
      content: "<local-command-stdout>costs\nnothing</local-command-stdout>",
    }),
    prompt("2", "1", "one"),
    record("3", "2", queued("and two")),
    record("4", "3", queued("for the model", true)),
    record("5", "4", queued(text("and three"))),
    { ...answer("6", "5", "cut"), isAbortedMidStream: true },
    record("7", "6", {
      type: "user",
      message: { role: "user", content: text("[Request interrupted by user]") },
    }),
    record("8", "7", {
      type: "user",
      permissionMode: "default",
      message: { role: "user", content: text("in blocks") },
    }),
  ]);
  const { configDir } = on;
  const events = await Array.fromAsync(readSession("s", { configDir }));
  const told = events.map((event) => {
    switch (event.type) {
      case "user_replay":
        return ["prompt", event.content];
      case "assistant_text":
        return ["answer", event.text, event.aborted === true];
      default:
        return [event.type];
    }
  });
  assertEquals(told, [
    ["answer", "costs\nnothing", false],
    ["prompt", "one"],
    ["prompt", "and two"],
    ["prompt", text("and three")],
    ["answer", "cut", true],
    ["user_text"],
    ["prompt", text("in blocks")],
  ]);
});
