// What the process writes to stderr is kept, heard and thrown without secrets.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  AsyncSession,
  ControlError,
  ProcessExitError,
  ProtocolError,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
  TurnError,
} from "../../mod.ts";
import {
  replay,
  type Scenario,
  ScriptedClaude,
  step,
} from "../../src/testing/mod.ts";

const KEY = "sk-ant-api03-0123456789-0123456789";

const SAYS = [
  step.stderr("variable open sesa"),
  step.pause(30),
  step.stderr("me 42\nheader 0123456"),
  step.pause(30),
  step.stderr("789abc, key sk-an"),
  step.pause(30),
  step.stderr(`${KEY.slice(5)}\nlast words with ${KEY}`),
  step.exit(3),
];

const OPTIONS: SyncSessionOptions = {
  env: { MY_TOKEN: "open sesame 42" },
  mcpServers: {
    docs: {
      type: "http",
      url: "https://docs.example/mcp",
      headers: { "X-Api-Key": "0123456789abc" },
    },
  },
};

const CLEAN = [
  "variable ***",
  "header ***, key sk-ant-***",
  "last words with sk-ant-***",
];

function check(session: AsyncSession | SyncSession, error: Error) {
  assert(error instanceof ProcessExitError);
  assertEquals(error.stderrTail, CLEAN.join("\n"));
  assertEquals(session.stderrTail, CLEAN.join("\n"));
  assert(error.message.endsWith("last words with sk-ant-***"), error.message);
}

Deno.test("stderr is masked before anybody sees it, in both sessions", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([SAYS]),
  );
  const heard: string[][] = [[], []];
  const options = (at: number) => ({
    ...OPTIONS,
    claudePath: claude.command,
    stderr: (line: string) => heard[at]?.push(line),
  });

  await using session = new AsyncSession(options(0));
  check(session, await assertRejects(() => session.ask("hi"), Error));

  using blocking = new SyncSession(options(1));
  check(blocking, assertThrows(() => blocking.ask("hi"), Error));

  assertEquals(heard, [CLEAN, CLEAN]);
});

Deno.test("what errors quote of the CLI is masked", () => {
  const refused = new ControlError("set_model", `bad key ${KEY}`);
  assertEquals(refused.reason, "bad key sk-ant-***");
  const issues = [{ path: "a", message: `expected a number, got "${KEY}"` }];
  const broken = new ProtocolError("Broken", `{"a":"${KEY}"}`, issues);
  assertEquals(broken.line, '{"a":"sk-ant-***"}');
  assertEquals(broken.issues, [
    { path: "a", message: 'expected a number, got "sk-ant-***"' },
  ]);
  // One at the end of what is kept, cut short, looks like a key no more.
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";
  const long = new ProtocolError("Broken", " ".repeat(990) + jwt).line;
  assertEquals(long, `${" ".repeat(990)}***`);
});

/** Only its place says that it is secret. */
const QUIET = "quiet 0815, hush";
const LATER = "later 4711, hush";

const TELLING: Scenario = {
  processes: [{
    answers: {
      mcp_set_servers: {
        answer: "success",
        response: { added: ["a"], removed: [], errors: {} },
      },
      set_model: { answer: "error", error: `no, said ${QUIET} and ${LATER}` },
    },
    turns: [[
      step.apiError(400, "invalid_request", `no, said ${QUIET} and ${LATER}`),
    ]],
  }],
};

Deno.test("what the CLI quotes of known secrets is in no error, those set later as well", async () => {
  const server = { command: "x", env: { A_TOKEN: LATER } };
  for (const kind of ["async", "sync"] as const) {
    await using claude = await ScriptedClaude.create(TELLING);
    const record = `${claude.folder}/recording.ndjson`;
    const options: SyncSessionOptions = {
      claudePath: claude.command,
      env: { MY_TOKEN: QUIET },
      record,
    };
    const errors: unknown[] = [];
    if (kind === "async") {
      await using session = new AsyncSession(options);
      await session.mcp.set({ a: server });
      await session.setModel("x").catch((error) => errors.push(error));
      await session.ask("hi").catch((error) => errors.push(error));
    } else {
      using session = new SyncSession(options);
      session.mcp.set({ a: server });
      for (
        const call of [() => session.setModel("x"), () => session.ask("hi")]
      ) {
        errors.push(assertThrows(call));
      }
    }
    const recording = await Deno.readTextFile(record);
    assert(recording.includes("mcp_set_servers"));
    for (const secret of [QUIET, LATER]) assert(!recording.includes(secret));
    assertEquals(errors.length, 2);
    for (const error of errors) {
      assert(error instanceof ControlError || error instanceof TurnError);
      assertStringIncludes(error.message, "*** and ***");
      assert(!`${error.stack}`.includes("hush"), error.stack);
      if (error instanceof ControlError) {
        assertEquals(error.reason, "no, said *** and ***");
      }
    }
  }
});

Deno.test("a recording of a secret in pieces plays again: the same events, but for the mask", async () => {
  const texts = [`it is ${QUIET}, and`, `${QUIET}`, `a key: ${KEY} ok`];
  await using claude = await ScriptedClaude.create({
    processes: [{
      turns: texts.map((text) => [
        step.thinking(`thinks: ${text}`, { deltas: 7 }),
        step.text(text, { deltas: 11 }),
      ]),
    }],
  });
  const record = `${claude.folder}/recording.ndjson`;
  const eventsOf = async (options: SessionOptions) => {
    const events: string[][] = [];
    let said = "";
    await using session = new AsyncSession({
      env: { MY_TOKEN: QUIET },
      ...options,
    });
    for (const _ of texts) {
      for await (const event of session.send("go")) {
        events.push([event.type]);
        if (event.type === "stream_delta") said += event.text ?? "";
      }
    }
    return { events, said };
  };
  const live = await eventsOf({ claudePath: claude.command, record });
  assertEquals(live.said, texts.join(""));
  const recording = replay(record);
  const played = await eventsOf({ spawn: recording });
  recording.check();
  assertEquals(played.events, live.events);
  assertEquals(played.said, "it is ***, and***a key: sk-ant-*** ok");
});
