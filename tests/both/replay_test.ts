// What a session records is played again: the same events, or an error that says what
// the session did otherwise.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  ControlError,
  defineTool,
  ProcessExitError,
  type SessionOptions,
} from "../../mod.ts";
import {
  readScenario,
  recordedScenario,
  replay,
  type Scenario,
  ScriptedClaude,
  step,
} from "../../src/testing/mod.ts";
import * as v from "valibot";

const KEY = "sk-ant-api03-abcdefghijklmnop";

/** Every event of some prompts, as JSON, but for what is measured here. */
async function events(
  options: SessionOptions,
  prompts: readonly string[],
): Promise<string[]> {
  const session = new AsyncSession(options);
  const seen: ClaudeEvent[] = [];
  try {
    for (const prompt of prompts) {
      const turn = session.send(prompt);
      for await (const event of turn) seen.push(event);
    }
    await session.mcp.status();
  } finally {
    await session.close();
  }
  return seen.map((event) =>
    JSON.stringify(event, (key, value) => key === "durationMs" ? 0 : value)
  );
}

/** The ids of prompts, which the session makes up, by number. All else stays as it is. */
function steady(lines: readonly string[]): string {
  const text = lines.join("\n");
  const ids = [...text.matchAll(/"commandUuid":"([^"]+)"/g)];
  return [...new Set(ids.map(([, id = ""]) => id))].reduce(
    (text, id, index) => text.replaceAll(id, `prompt ${index}`),
    text,
  );
}

async function recorded(
  scenario: Scenario,
  options: SessionOptions,
  prompts: readonly string[],
): Promise<{ readonly path: string; readonly seen: readonly string[] }> {
  await using claude = await ScriptedClaude.create(scenario);
  const path = await Deno.makeTempFile({ suffix: ".ndjson" });
  const given = { ...options, claudePath: claude.command, record: path };
  return { path, seen: await events(given, prompts) };
}

const add = defineTool({
  name: "add",
  description: "Adds",
  input: v.object({ a: v.number() }),
  run: ({ a }) => `${a + 1}`,
});

const SCENARIO = step.conversation([
  [
    step.thinking("hm"),
    step.write("no JSON\n"),
    step.toolCall("Bash", { command: "ls" }, { asks: true, output: "x" }),
    step.text("one 台🙂", { deltas: 3 }),
  ],
  [step.stderr("a warning\n"), step.text("two")],
]);

const OPTIONS: SessionOptions = {
  model: "sonnet",
  policy: callback((name) => name === "Bash" ? allow() : undefined),
  systemPrompt: `key ${KEY}`,
  tools: [add],
};

Deno.test("a recording played again gives the same events, whatever the ids", async () => {
  const prompts = ["first", "second"];
  const { path, seen } = await recorded(SCENARIO, OPTIONS, prompts);
  const recording = replay(path);
  const again = await events({ ...OPTIONS, spawn: recording }, prompts);
  recording.check();
  assertEquals(steady(again), steady(seen));
  assert(seen.length > 20);
  assertThrows(() => recording(), Error, "the recording has 1");
  await Deno.remove(path);
});

Deno.test("a session that sends something else fails with what differs", async () => {
  const { path } = await recorded(SCENARIO, OPTIONS, ["first", "second"]);
  const otherwise: readonly [SessionOptions, string[], string][] = [
    [OPTIONS, ["first", "another"], 'recorded "second", now "another"'],
    [{ ...OPTIONS, systemPrompt: "other" }, ["first"], "systemPrompt"],
    [{ ...OPTIONS, tools: [] }, ["first"], "sdkMcpServers"],
  ];
  for (const [options, prompts, text] of otherwise) {
    const recording = replay(path);
    const error = await assertRejects(
      () => events({ ...options, spawn: recording }, prompts),
      Error,
    );
    assertStringIncludes(error.message, text);
    assertThrows(() => recording.check(), Error, text);
  }
  const short = replay(path);
  await using session = new AsyncSession({ ...OPTIONS, spawn: short });
  await session.ask("first");
  await session.close();
  assertThrows(() => short.check(), Error, "did not send");
  await Deno.remove(path);
});

Deno.test("a recorded death dies again", async () => {
  const { path } = await (async () => {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("x"), step.exit(3)]]),
    );
    const path = await Deno.makeTempFile({ suffix: ".ndjson" });
    await using session = new AsyncSession({
      claudePath: claude.command,
      record: path,
    });
    await assertRejects(() => session.ask("hi"));
    return { path };
  })();
  await using session = new AsyncSession({ transport: replay(path) });
  const error = await assertRejects(() => session.ask("hi"), Error);
  assertStringIncludes(error.message, "exit code 3");
  await Deno.remove(path);
});

Deno.test("a file that is not there is an error that says how to get one", async () => {
  const gone = "no/such/file.ndjson";
  const reads: readonly (() => unknown)[] = [
    () => replay(gone),
    () => recordedScenario(gone),
    () => ScriptedClaude.replay(gone),
    () => replay(new URL("file:///no/such/file.ndjson")),
  ];
  for (const read of reads) {
    const error = await assertRejects(async () => await read(), Error);
    assertMatch(error.message, /^Cannot read the recording: there is no /);
    assertStringIncludes(error.message, "`claudestream record FILE PROMPT`");
    assertInstanceOf(error.cause, Deno.errors.NotFound);
  }
  const error = assertThrows(() => replay(gone), Error);
  assertStringIncludes(error.message, `there is no ${gone} in ${Deno.cwd()}: `);
  const scenario = assertThrows(() => readScenario("gone.jsonc"), Error);
  assertStringIncludes(scenario.message, "scenarioJsonSchema()");
});

Deno.test("the stdout of somebody else's claude is played, and becomes a scenario", async () => {
  const path = "tests/transcripts/2.1.330_01-multi-turn.ndjson";
  const { processes: [process] } = recordedScenario(path);
  const turns = process?.turns?.length ?? 0;
  assert(turns > 1, `${turns}`);
  const recording = replay(path);
  await using session = new AsyncSession({ spawn: recording });
  for (let turn = 0; turn < turns; turn++) await session.ask("whatever");
  // What is asked for is not in it; what is ordered changes nothing.
  await session.setModel("other");
  await assertRejects(
    () => session.mcp.status(),
    ControlError,
    "the recording has only what the CLI wrote",
  );
  const error = await assertRejects(
    () => session.ask("one more"),
    ProcessExitError,
  );
  assertStringIncludes(error.message, "more prompts than the recording has");
  await session.close();
  recording.check();
});
