// Exit codes, signals, and no process that is left.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptedClaude, step, type TurnScript } from "../testing/mod.ts";
import { CLI, environment, isGone, run, Running } from "./fixtures/child.ts";

const posix = { ignore: Deno.build.os === "windows" };

const FAILURES: readonly (readonly [number, TurnScript, string])[] = [
  [1, [step.apiError(500, "server_error", "Oh no")], "Oh no"],
  [
    4,
    [step.apiError(401, "authentication_failed", "Invalid key")],
    "claude auth login",
  ],
  [5, [
    step.text("x"),
    step.result("error_max_turns", {
      is_error: true,
      terminal_reason: "max_turns",
    }),
  ], "--max-turns"],
  [75, [step.apiError(429, "rate_limit", "Slow down")], "later"],
  [75, [step.apiError(529, "overloaded", "Full")], "later"],
  [1, [step.text("x"), step.stderr("bad luck\n"), step.exit(7)], "bad luck"],
  [1, [step.text("x"), step.kill("SIGKILL")], "SIGKILL"],
];

for (const [expected, turn, message] of FAILURES) {
  Deno.test(`exit code ${expected}: ${message}`, async () => {
    for (const command of ["send", "ask"]) {
      const { code, stderr } = await run([turn], [command, "x"]);
      assertStringIncludes(stderr, "claudestream: ");
      assertStringIncludes(stderr, message);
      assertEquals(code, expected);
    }
  });
}

Deno.test("exit code 3: no claude, or one that gives up", async () => {
  const missing = await run(undefined, [
    "ask",
    "x",
    "--claude-path=/no/claude",
  ]);
  assertEquals(missing.code, 3);
  assertStringIncludes(missing.stderr, "Check --claude-path");
  const scenario = {
    processes: [{ beforeInput: [step.stderr("too old\n"), step.exit(1)] }],
  };
  const gone = await run(scenario, ["ask", "x"]);
  assertEquals(gone.code, 3);
  assertStringIncludes(gone.stderr, "too old");
});

Deno.test("--timeout: exit code 124, and no process is left", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("x"), step.silence()]]),
  );
  const { code, stdout, stderr } = await new Running(claude, [
    "send",
    "x",
    "--timeout=1500ms",
  ]).end();
  assertEquals(stdout, "x\n");
  assertEquals(
    stderr,
    "claudestream: No end of the turn within 1.5 s (--timeout)\n",
  );
  assertEquals(code, 124);
  await claude.ended();
});

Deno.test("Ctrl-C interrupts the turn: exit code 130", posix, async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("Once upon"), step.gate("open")]]),
  );
  const running = new Running(claude, ["send", "x", "--no-stdin"]);
  await running.says("Once upon");
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.end();
  assertEquals({ code, stdout, stderr }, {
    code: 130,
    stdout: "Once upon\n",
    stderr: "interrupted\n",
  });
  assert(
    claude.received.some(({ request }) =>
      (request as { subtype?: string } | undefined)?.subtype === "interrupt"
    ),
  );
  await claude.ended();
});

Deno.test("a second Ctrl-C ends everything at once", posix, async () => {
  const deaf = [
    step.ignore("sigterm"),
    step.grandchild(),
    step.text("Once upon"),
    step.silence({ deaf: true }),
  ];
  await using claude = await ScriptedClaude.create(step.conversation([deaf]));
  const running = new Running(claude, ["send", "x", "--no-stdin"]);
  await running.says("Once upon");
  running.child.kill("SIGINT");
  await running.hears("interrupted");
  running.child.kill("SIGINT");
  assertEquals((await running.end()).code, 130);
  await claude.ended();
  const [pid = 0] = claude.grandchildren;
  assertEquals(await isGone(pid), true);
});

const ENDINGS = [["SIGTERM", 143], ["SIGHUP", 129]] as const;

for (const [signal, expected] of ENDINGS) {
  Deno.test(`${signal}: exit code ${expected}`, posix, async () => {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("Once upon"), step.gate("open")]]),
    );
    const running = new Running(claude, ["stream", "x", "--no-stdin"]);
    await running.says("Once upon");
    running.child.kill(signal);
    assertEquals((await running.end()).code, expected);
    await claude.ended();
  });
}

Deno.test("a closed stdout ends quietly with 0", posix, async () => {
  const line = "a line of text\n";
  await using claude = await ScriptedClaude.create(step.conversation([[
    step.text(line, { repeat: 20_000 }),
    step.gate("never"),
  ]]));
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      '{ "$@"; echo "code $?" >&2; } | head -1',
      "sh",
      Deno.execPath(),
      "run",
      "-A",
      "--quiet",
      CLI,
      "stream",
      "x",
    ],
    clearEnv: true,
    env: environment(claude),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr } = await child.output();
  assertEquals(new TextDecoder().decode(stdout), line);
  assertEquals(new TextDecoder().decode(stderr), "code 0\n");
  await claude.ended();
});
