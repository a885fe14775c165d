// Observers: recordings, the logger, the cost log, CLAUDESTREAM_TRACE; the same in both
// sessions.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as v from "valibot";
import {
  AsyncSession,
  callback,
  ConfigError,
  type CostEntry,
  deny,
  type HandlerFailure,
  type Logger,
  ProcessExitError,
  StateError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  readRecording,
  type RecordedLine,
} from "../../src/observe/recording.ts";
import { type Scenario, ScriptedClaude, step } from "../../src/testing/mod.ts";

const KEY = "sk-ant-api03-abcdefghijklmnop";
const TOKEN = "my-own-value-4711";

/** The prompts of a session, one after the other, in both sessions. */
async function inBoth(
  scenario: Scenario,
  options: (kind: "async" | "sync", folder: string) => SyncSessionOptions,
  prompts: readonly string[],
  look: (
    kind: "async" | "sync",
    folder: string,
    claude: ScriptedClaude,
  ) => void,
): Promise<void> {
  for (const kind of ["async", "sync"] as const) {
    await using claude = await ScriptedClaude.create(scenario);
    const { folder } = claude;
    const given = { claudePath: claude.command, ...options(kind, folder) };
    if (kind === "async") {
      await using session = new AsyncSession(given);
      for (const prompt of prompts) {
        await session.ask(prompt).catch(() => {});
      }
    } else {
      using session = new SyncSession(given);
      for (const prompt of prompts) {
        try {
          session.ask(prompt);
        } catch {
          // As above.
        }
      }
    }
    look(kind, folder, claude);
  }
}

function keys(lines: readonly RecordedLine[]): string[] {
  return lines.map((line) => Object.keys(line)[2] ?? "");
}

Deno.test("a recording has both directions, stderr and the end, without secrets", async () => {
  await inBoth(
    step.conversation([
      [
        step.stderr("warning: key " + KEY + "\n"),
        step.write("no JSON\n"),
        step.text(`the token is ${TOKEN}`),
      ],
    ]),
    (_, folder) => ({
      env: { MY_TOKEN: TOKEN },
      record: { path: `${folder}/a.ndjson`, secrets: ["Zanzibar"] },
    }),
    [`use ${KEY}, and Zanzibar`],
    (kind, folder, claude) => {
      const path = `${folder}/a.ndjson`;
      const text = Deno.readTextFileSync(path);
      for (const secret of [KEY, TOKEN, "Zanzibar"]) {
        assert(!text.includes(secret), `${kind}: ${secret}`);
      }
      const [lines = [], ...others] = readRecording(text);
      assertEquals(others, []);
      const [first] = lines;
      assert(first !== undefined && "start" in first);
      assertEquals([first.start.format, first.start.os], [1, Deno.build.os]);
      const known = keys(lines);
      assertEquals([known[0], known.at(-1)], ["start", "exit"]);
      assert(known.includes("stderr"));
      const out = lines.flatMap((line) => "out" in line ? [line.out] : []);
      const masked = JSON.stringify(claude.received)
        .replaceAll(KEY, "sk-ant-***").replaceAll("Zanzibar", "***");
      assertEquals(JSON.stringify(out), masked);
      assert(lines.some((line) => "in" in line && line.in === "no JSON"));
      for (const [index, { ms }] of lines.entries()) {
        assert(ms >= (lines[index - 1]?.ms ?? 0));
      }
      if (Deno.build.os !== "windows") {
        assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
      }
    },
  );
});

Deno.test("a file that is there is written anew, or added to, and made private", async () => {
  await inBoth(
    step.conversation([]),
    (_, folder) => {
      const path = `${folder}/b.ndjson`;
      Deno.writeTextFileSync(path, "old\n", { mode: 0o644 });
      return { record: new URL(`file://${path}`) };
    },
    ["hi"],
    (_, folder) => {
      const path = `${folder}/b.ndjson`;
      assertEquals(readRecording(Deno.readTextFileSync(path)).length, 1);
      assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    },
  );
  await inBoth(
    step.conversation([]),
    (_, folder) => {
      const path = `${folder}/c.ndjson`;
      Deno.writeTextFileSync(path, '{"run":"a","ms":0,"start":{"format":1}}\n');
      return { record: { path, append: true } };
    },
    ["hi"],
    (_, folder) => {
      const text = Deno.readTextFileSync(`${folder}/c.ndjson`);
      assertEquals(readRecording(text).length, 2);
    },
  );
});

Deno.test("a session that recovers is one recording", async () => {
  const [dying] = step.conversation([[step.exit(3)]]).processes;
  const [living] = step.conversation([[step.text("y")]]).processes;
  assert(dying !== undefined && living !== undefined);
  await inBoth(
    { processes: [dying, living] },
    (_, folder) => ({
      record: `${folder}/d.ndjson`,
      recover: { attempts: 1 },
    }),
    ["one", "two"],
    (_, folder) => {
      const processes = readRecording(
        Deno.readTextFileSync(`${folder}/d.ndjson`),
      );
      assertEquals(
        processes.map((lines) => lines.at(-1)).map((line) =>
          line !== undefined && "exit" in line ? line.exit.code : undefined
        ),
        [3, 0],
      );
    },
  );
});

Deno.test("a file that cannot be opened fails the start, before anything runs", async () => {
  for (const name of ["record", "costLog"] as const) {
    const options = {
      claudePath: "/nowhere/claude",
      record: "/dev/null",
      [name]: "/nowhere/at/all/x.ndjson",
    };
    await using session = new AsyncSession(options);
    const error = await assertRejects(() => session.start(), ConfigError);
    assertEquals(error.option, name);
    assertThrows(() => session.send("hi"), ConfigError);
    using blocking = new SyncSession(options);
    assertThrows(() => blocking.start(), ConfigError);
    assertThrows(() => blocking.send("hi"), ConfigError);
  }
});

Deno.test({
  name: "a full disk is told once, and the session goes on",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("one")], [step.text("two")]]),
    );
    const options = {
      claudePath: claude.command,
      record: "/dev/full",
      costLog: "/dev/full",
    };
    const failures: HandlerFailure[][] = [[], []];
    {
      await using session = new AsyncSession(options);
      session.on("handler_failed", (failure) => failures[0]?.push(failure));
      assertEquals((await session.ask("hi")).text, "one");
      assertEquals((await session.ask("hi")).text, "two");
    }
    {
      using session = new SyncSession(options);
      session.on("handler_failed", (failure) => failures[1]?.push(failure));
      assertEquals(session.ask("hi").text, "one");
      assertEquals(session.ask("hi").text, "two");
    }
    for (const told of failures) {
      assertEquals(told.map(({ handler }) => handler), ["record", "costLog"]);
      assertStringIncludes(`${told[0]?.error}`, "No space left");
    }
  },
});

Deno.test("the cost log has a line for each turn, or is a function", async () => {
  const entries: Record<string, CostEntry[]> = { async: [], sync: [] };
  await inBoth(
    step.conversation([[step.text("one")], [step.text("two")]]),
    (_, folder) => ({ costLog: `${folder}/costs.ndjson` }),
    ["a", "b"],
    (kind, folder) => {
      const text = Deno.readTextFileSync(`${folder}/costs.ndjson`);
      entries[kind] = text.trim().split("\n").map((line) => JSON.parse(line));
    },
  );
  const told: Record<string, CostEntry[]> = { async: [], sync: [] };
  await inBoth(
    step.conversation([[step.text("one")], [step.text("two")]]),
    (kind) => ({
      costLog: (entry) => told[kind]?.push(JSON.parse(JSON.stringify(entry))),
    }),
    ["a", "b"],
    () => {},
  );
  for (const list of [...Object.values(entries), ...Object.values(told)]) {
    const [one, two] = list;
    assert(list.length === 2 && one !== undefined && two !== undefined);
    assertEquals(two.totalCostUsd, one.costUsd + two.costUsd);
    assert(one.costUsd > 0 && one.usage.outputTokens > 0);
    assertEquals([one.model, one.isError], ["claude-opus-5-5", false]);
    assertEquals(one.sessionId, two.sessionId);
    assertEquals(new Date(one.time).toISOString(), one.time);
  }
});

type Logged = readonly [keyof Logger, string, unknown];

function gather(to: Logged[]): Logger {
  const take = (level: keyof Logger) => (text: string, facts: unknown) => {
    to.push([level, text, facts]);
  };
  return {
    debug: take("debug"),
    info: take("info"),
    warn: take("warn"),
    error: take("error"),
  };
}

Deno.test("a logger hears what happens; prompts and payloads at debug alone", async () => {
  const logged: Record<string, Logged[]> = { async: [], sync: [] };
  await inBoth(
    step.conversation([
      [
        step.toolCall("Bash", { command: "cat PAYLOAD" }, { asks: true }),
        step.line({ type: "invented" }),
        step.apiRetry(),
        step.text("ANSWER"),
      ],
      [step.apiError(401, "authentication_failed", "No.")],
      [step.exit(3)],
    ]),
    (kind) => ({
      logger: gather(logged[kind] ?? []),
      env: { MY_TOKEN: TOKEN },
      policy: callback(() => deny(TOKEN)),
    }),
    [`PROMPT ${TOKEN}`, "b", "c"],
    () => {},
  );
  for (const [kind, list] of Object.entries(logged)) {
    const loud = list.filter(([level]) => level !== "debug");
    assertEquals(
      loud.map(([level, text]) => `${level} ${text}`),
      [
        "info claudestream: session starts",
        "info claudestream: tool call denied",
        "warn claudestream: line of the CLI that is not known",
        "warn claudestream: call of the API failed and is tried again",
        "info claudestream: turn ended",
        "warn claudestream: turn failed",
        "error claudestream: process of the session ended by itself",
      ],
      kind,
    );
    const said = JSON.stringify(loud);
    for (const word of ["PROMPT", "PAYLOAD", "ANSWER"]) {
      assert(!said.includes(word), `${kind}: ${word}`);
      assertStringIncludes(JSON.stringify(list), word);
    }
    assert(!JSON.stringify(list).includes(TOKEN), kind);
  }
});

Deno.test("a session that is closed is no error to a logger; console will do", async () => {
  const logged: Record<string, Logged[]> = { async: [], sync: [] };
  await inBoth(
    step.conversation([[step.text("x")]]),
    (kind) => ({ logger: gather(logged[kind] ?? []) }),
    ["a"],
    () => {},
  );
  for (const list of Object.values(logged)) {
    const [level, text, facts] = list.at(-1) ?? [];
    assertEquals([level, text], ["info", "claudestream: session closed"]);
    assertEquals(facts, { code: 0, signal: null });
  }
  new AsyncSession({ logger: console });
  assertThrows(
    () => new AsyncSession({ logger: {} as Logger }),
    ConfigError,
    "logger",
  );
});

Deno.test("a death is logged and recorded with its signal", async () => {
  const logged: Logged[] = [];
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.kill("SIGKILL")]]),
  );
  const path = `${claude.folder}/e.ndjson`;
  await using session = new AsyncSession({
    claudePath: claude.command,
    logger: gather(logged),
    record: path,
  });
  await assertRejects(() => session.ask("hi"), ProcessExitError);
  assertEquals(logged.at(-1), [
    "error",
    "claudestream: process of the session ended by itself",
    { code: 137, signal: "SIGKILL" },
  ]);
  const last = readRecording(await Deno.readTextFile(path))[0]?.at(-1);
  assert(last !== undefined && "exit" in last);
  assertEquals(last.exit, { code: 137, signal: "SIGKILL", closed: false });
});

Deno.test("a blocking session begins no turn in an observer that is called outside of a turn", async () => {
  const calls: Readonly<Record<string, (session: SyncSession) => unknown>> = {
    send: (session) => session.send("inside"),
    ask: (session) => session.ask("inside"),
    // It would need another process.
    "ask with a schema": (session) =>
      session.ask("inside", { schema: v.object({ ok: v.boolean() }) }),
  };
  for (const [name, call] of Object.entries(calls)) {
    await using claude = await ScriptedClaude.create({
      processes: [{ forEveryPrompt: [step.echo("to {prompt}")] }],
    });
    const refused: unknown[] = [];
    let isArmed = false;
    using session = new SyncSession({
      claudePath: claude.path,
      onWire: (_direction, line) => {
        if (!isArmed || !line.includes("set_model")) return;
        isArmed = false;
        try {
          call(session);
        } catch (error) {
          refused.push(error);
        }
      },
    });
    const heard: string[] = [];
    session.on("close", () => heard.push("close"));
    session.ask("one");
    isArmed = true;
    session.setModel("opus");
    const [error] = refused;
    assert(error instanceof StateError, `${name}: ${error}`);
    assertEquals(error.operation, name.split(" ")[0], name);
    assertEquals(session.state, "idle", name);
    assertEquals(session.ask("two").text, "to two", name);
    session.close();
    assertEquals(heard, ["close"], name);
  }
});

for (const kind of ["async", "blocking"] as const) {
  Deno.test(`${kind}: a request whose signal an observer aborts as it is written fails`, async () => {
    await using claude = await ScriptedClaude.create({
      processes: [{ forEveryPrompt: [step.echo("to {prompt}")] }],
    });
    const abort = new AbortController();
    const reason = new Error("not any longer");
    const options: SyncSessionOptions = {
      claudePath: claude.path,
      onWire: (direction, line) => {
        if (direction === "out" && line.includes("set_model")) {
          abort.abort(reason);
        }
      },
    };
    const session = kind === "async"
      ? new AsyncSession(options)
      : new SyncSession(options);
    try {
      await session.start();
      let error: unknown;
      try {
        await session.setModel("opus", { signal: abort.signal });
      } catch (thrown) {
        error = thrown;
      }
      assertEquals(error, reason);
      assertEquals((await session.ask("one")).text, "to one");
    } finally {
      await session.close();
    }
  });
}
