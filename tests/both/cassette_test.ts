// Recordings as fixtures: played in memory and as a process, made once, never in CI, and
// converted to scenarios.

import {
  assert,
  assertEquals,
  AssertionError,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  ClaudeNotFoundError,
  ClaudeStreamError,
  StartupError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  cassette,
  MemoryClaude,
  recordedScenario,
  replay,
  ScriptedClaude,
  step,
} from "../../src/testing/mod.ts";
import { steady } from "../support/both_drivers.ts";
import { pauseADayBefore } from "../support/slow_recording.ts";

const SCENARIO = step.conversation([
  [
    step.thinking("hm"),
    step.toolCalls([
      { name: "Bash", input: { command: "ls" }, asks: true, output: "a\nb" },
      { name: "Read", input: { file_path: "x" }, output: "no", isError: true },
    ]),
    step.text("one 台🙂", { deltas: 3 }),
  ],
  [step.apiRetry(), step.stderr("a warning\n"), step.text("two")],
  [step.apiError(529, "server_error", "Full")],
  [step.line({ type: "invented", x: 1 }), step.text("four")],
  [step.text("x"), step.exit(3)],
]);

const OPTIONS: SyncSessionOptions = {
  model: "sonnet",
  policy: callback((name) => name === "Bash" ? allow() : undefined),
};

const PROMPTS = ["a", "b", "c", "d"];

async function asyncEvents(
  options: SyncSessionOptions | ConstructorParameters<typeof AsyncSession>[0],
  prompts: readonly string[] = PROMPTS,
): Promise<unknown[]> {
  const seen: unknown[] = [];
  await using session = new AsyncSession({ ...OPTIONS, ...options });
  for (const prompt of prompts) {
    for await (const event of session.send(prompt)) seen.push(steady(event));
  }
  return seen;
}

function syncEvents(
  options: SyncSessionOptions,
  prompts: readonly string[] = PROMPTS,
): unknown[] {
  const seen: unknown[] = [];
  using session = new SyncSession({ ...OPTIONS, ...options });
  for (const prompt of prompts) {
    for (const event of session.send(prompt)) seen.push(steady(event));
  }
  return seen;
}

async function withFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a cassette is made on first use and played from then on, by both sessions", () =>
  withFolder(async (folder) => {
    await using claude = await ScriptedClaude.create(SCENARIO);
    const claudePath = claude.command;
    const made: unknown[][] = [];
    for (const expected of ["record", "replay", "replay"]) {
      const events = await cassette("one", { folder, isCi: false }, (tape) => {
        assertEquals(tape.mode, expected);
        return asyncEvents({ claudePath, ...tape.options });
      });
      made.push(events);
    }
    for (let time = 0; time < 2; time++) {
      const events = await cassette(
        "one",
        { folder, isCi: true },
        (tape) => syncEvents({ claudePath, ...tape.syncOptions }),
      );
      made.push(events);
    }
    for (const events of made) assertEquals(events, made[0]);
    assert((made[0] ?? []).length > 30);
    // The real one was started once.
    assertEquals(claude.starts.length, 1);
  }));

Deno.test("a cassette that a SyncSession made is played by both", () =>
  withFolder(async (folder) => {
    await using claude = await ScriptedClaude.create(SCENARIO);
    const claudePath = claude.command;
    const made: unknown[][] = [];
    for (const mode of ["record", "replay"] as const) {
      const options = { folder, mode, isCi: false };
      made.push(
        await cassette(
          "two",
          options,
          (tape) => syncEvents({ claudePath, ...tape.syncOptions }),
        ),
      );
    }
    made.push(
      await cassette(
        "two",
        { folder, mode: "replay" },
        (tape) => asyncEvents({ claudePath, ...tape.options }),
      ),
    );
    for (const events of made) assertEquals(events, made[0]);
  }));

Deno.test("CI makes no recordings, and plays those that are there", () =>
  withFolder(async (folder) => {
    for (const mode of ["auto", "record"] as const) {
      const error = await assertRejects(
        () => cassette("new", { folder, mode, isCi: true }, () => {}),
        Error,
      );
      assertStringIncludes(error.message, `commit ${folder}/new.ndjson`);
    }
    await assertRejects(
      () => cassette("new", { folder, mode: "replay" }, () => {}),
      Error,
      "there is no",
    );
    await assertRejects(
      () => cassette("../x", {}, () => {}),
      RangeError,
      "expected letters",
    );
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("what a session sends otherwise is a failure with a diff, of both", () =>
  withFolder(async (folder) => {
    const long = (word: string) => `${"line\n".repeat(60)}${word}\n`;
    const options = { systemPrompt: long("old") };
    {
      await using claude = await ScriptedClaude.create(SCENARIO);
      const claudePath = claude.command;
      await cassette(
        "x",
        { folder, isCi: false },
        (tape) =>
          asyncEvents({ claudePath, ...options, ...tape.options }, ["a"]),
      );
    }
    const others: readonly (readonly [string, SyncSessionOptions, string])[] = [
      ["b", options, 'message.content: recorded "a", now "b"'],
      ["a", { systemPrompt: long("new") }, "    - old\n    + new"],
    ];
    for (const [prompt, otherwise, text] of others) {
      // The session fails of it at once, and nothing is told twice.
      const error = await assertRejects(
        () =>
          cassette(
            "x",
            { folder },
            (tape) => asyncEvents({ ...otherwise, ...tape.options }, [prompt]),
          ),
        Error,
      );
      assertStringIncludes(error.message, text);
      const causes = chain(error).slice(1);
      assert(causes.every(({ message }) => message !== error.message));
      // A program that swallows the failure of its session fails the test all the same.
      await assertRejects(
        () =>
          cassette("x", { folder }, async (tape) => {
            const given = { ...otherwise, ...tape.options };
            await assertRejects(() => asyncEvents(given, [prompt]));
          }),
        Error,
        text,
      );
      // The process says it on stderr, which the error of the session quotes.
      const blocking = await assertRejects(
        () =>
          cassette("x", { folder }, (tape) => {
            syncEvents({ ...otherwise, ...tape.syncOptions }, [prompt]);
          }),
        ClaudeStreamError,
      );
      const told = text.startsWith("message") ? text : ": recorded ";
      assertStringIncludes(blocking.stderrTail ?? "", told);
      assertStringIncludes(chain(blocking).at(-1)?.message ?? "", text);
    }
    await assertRejects(
      () => cassette("x", { folder }, () => {}),
      Error,
      "the session started 0",
    );
  }));

/** An error and its causes. */
function chain(error: unknown): Error[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : [];
}

Deno.test("a test that fails shows its own failure first, and then what the tape says", () =>
  withFolder(async (folder) => {
    await using claude = await ScriptedClaude.create(SCENARIO);
    const claudePath = claude.command;
    await cassette(
      "x",
      { folder, isCi: false },
      (tape) => asyncEvents({ claudePath, ...tape.options }),
    );
    const cause = new Error("its own cause");
    const own: readonly Error[] = [
      new AssertionError("expected 2, got 1"),
      new Error("wrapped", { cause }),
    ];
    for (const error of own) {
      const before = chain(error);
      // It fails before its session has sent all that was recorded.
      const thrown = await assertRejects(() =>
        cassette("x", { folder }, async (tape) => {
          await asyncEvents(tape.options, ["a"]);
          throw error;
        })
      );
      assertStrictEquals(thrown, error);
      assertEquals(chain(error).slice(0, before.length), before);
      const last = chain(error).slice(before.length);
      assertEquals(last.length, 1);
      assertStringIncludes(last[0]?.message ?? "", "did not send what was");
    }
    // What can hold no cause is told of together with the difference, its own text first.
    for (const odd of ["just a text", Object.freeze(new Error("frozen"))]) {
      const both = await assertRejects(
        () =>
          cassette("x", { folder }, () => {
            throw odd;
          }),
        AggregateError,
      );
      assert(both.message.startsWith(String(odd)), both.message);
      assertStringIncludes(both.message, "the session started 0");
    }
  }));

Deno.test("a test that fails while it is recorded makes no cassette, and loses nothing", () =>
  withFolder(async (folder) => {
    await using claude = await ScriptedClaude.create(SCENARIO);
    const claudePath = claude.command;
    const error = new Error("mine");
    const thrown = await assertRejects(() =>
      cassette("x", { folder, isCi: false }, async (tape) => {
        await asyncEvents({ claudePath, ...tape.options }, ["a"]);
        throw error;
      })
    );
    assertStrictEquals(thrown, error);
    assertEquals(
      (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name),
      ["x.ndjson.draft"],
    );
  }));

Deno.test("a recording is played at its own speed, or at any other", () =>
  withFolder(async (folder) => {
    const path = `${folder}/slow.ndjson`;
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("a"), step.pause(300), step.text("b")]]),
    );
    await asyncEvents({ claudePath: claude.command, record: path }, ["x"]);
    const took = async (speed?: number) => {
      const began = performance.now();
      const recording = replay(path, speed === undefined ? {} : { speed });
      await asyncEvents({ spawn: recording }, ["x"]);
      return performance.now() - began;
    };
    assert(await took(1) >= 280);
    // Not twice as slow as it was, on any machine: pauses are those of the recording.
    assert(await took(0.5) >= 560);
    await pauseADayBefore('"text":"b"', path);
    await took();
  }));

/** What is left of a conversation that a scenario tells of. */
function gist(events: readonly unknown[]): unknown[] {
  return (events as readonly ClaudeEvent[]).flatMap((event): unknown[] => {
    switch (event.type) {
      case "assistant_text":
      case "thinking":
        return [[event.type, event.text]];
      case "tool_use":
        return [[event.type, event.name, event.input]];
      case "tool_result":
        return [[event.type, event.text, event.isError]];
      case "result":
        return [[event.type, event.subtype, event.isError, event.result]];
      case "api_retry":
      case "unknown":
      case "permission_decision":
        return [[event.type]];
      default:
        return [];
    }
  });
}

Deno.test("a recording becomes a scenario that says the same", () =>
  withFolder(async (folder) => {
    const path = `${folder}/r.ndjson`;
    await using claude = await ScriptedClaude.create(SCENARIO);
    const expected = gist(
      await asyncEvents({ claudePath: claude.command, record: path }),
    );
    const scenario = recordedScenario(path);
    assertEquals(JSON.parse(JSON.stringify(scenario)), scenario);
    const memory = new MemoryClaude(scenario);
    const again = gist(await asyncEvents({ spawn: memory.spawn }));
    assertEquals(again, expected);
    await using process = await ScriptedClaude.create(scenario);
    assertEquals(gist(syncEvents({ claudePath: process.command })), expected);
    assert(expected.length > 14);
  }));

Deno.test("without a line of the CLI there is no cassette, and the next run records again", () =>
  withFolder(async (folder) => {
    const claudePath = `${folder}/nowhere`;
    for (const run of [1, 2]) {
      await cassette("x", { folder, isCi: false }, async (tape) => {
        assertEquals([run, tape.mode], [run, "record"]);
        const options = { claudePath, ...tape.options };
        await assertRejects(() => asyncEvents(options), ClaudeNotFoundError);
      });
    }
    await cassette("x", { folder, isCi: false }, (tape) => {
      const options = { claudePath, ...tape.syncOptions };
      assertThrows(() => syncEvents(options), ClaudeNotFoundError);
    });
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("a recorded process that was not started fails at once when it is played, in both sessions", () =>
  withFolder(async (folder) => {
    const record = `${folder}/x.ndjson`;
    const claudePath = `${folder}/nowhere`;
    await assertRejects(
      () => asyncEvents({ claudePath, record }),
      ClaudeNotFoundError,
    );
    const told = "Cannot play a process that was not started";
    await assertRejects(
      () => asyncEvents({ spawn: replay(record) }),
      Error,
      told,
    );
    await using claude = await ScriptedClaude.replay(record);
    const error = assertThrows(
      () => syncEvents({ claudePath: claude.command }),
      StartupError,
    );
    assertStringIncludes(error.stderrTail ?? "", told);
  }));

Deno.test("an unknown mode of a cassette is an error, and so is a missing test", async () => {
  await assertRejects(
    () => cassette("x", {}, undefined as never),
    TypeError,
    "expected the test as third argument",
  );
  await assertRejects(
    () => cassette("x", { mode: "recrd" as "record" }, () => {}),
    RangeError,
    'expected the mode "auto", "replay", "record", got "recrd"',
  );
});
