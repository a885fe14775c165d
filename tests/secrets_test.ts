// What the process writes to stderr is kept, heard and thrown without secrets.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  ControlError,
  ProcessExitError,
  ProtocolError,
  SyncSession,
  type SyncSessionOptions,
} from "../mod.ts";
import { ScriptedClaude } from "../src/testing/scripted_claude.ts";
import * as step from "../src/testing/steps.ts";

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
