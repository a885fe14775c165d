// What a command line says when it fails: the code, the last lines of stderr, and with
// --json an object on stdout.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Schema, Validator } from "@cfworker/json-schema";
import {
  type Scenario,
  ScriptedClaude,
  step,
  type TurnScript,
} from "../testing/mod.ts";
import { lineSchema } from "./commands/schema.ts";
import { run, Running } from "./fixtures/child.ts";

const posix = { ignore: Deno.build.os === "windows" };

/** A failure: how it comes about, and what is told of it. */
interface Failure {
  readonly args: readonly string[];
  readonly scenario?: Scenario | readonly TurnScript[];
  readonly input?: string | Uint8Array<ArrayBuffer>;
  readonly exitCode: number;
  /** The code in the object. */
  readonly code: string;
  /** In the message. */
  readonly message: string;
  /** In the hint; absent for a failure without one. */
  readonly hint?: string;
}

const utf16 = Uint8Array.of(0xff, 0xfe, 0x68, 0, 0x69, 0);

const FAILURES: readonly Failure[] = [
  {
    args: ["ask", "x", "--modle", "y"],
    exitCode: 2,
    code: "usage",
    message: 'Unknown flag "--modle", did you mean "--model"?',
    hint: "behind --",
  },
  {
    args: ["ask"],
    exitCode: 2,
    code: "usage",
    message: "Cannot send the prompt: there is none",
    hint: "Write one",
  },
  {
    args: ["aks", "x"],
    exitCode: 2,
    code: "usage",
    message: 'Unknown command "aks", did you mean "ask"?',
  },
  {
    args: ["ask"],
    input: utf16,
    exitCode: 2,
    code: "usage",
    message: "the prompt from stdin: it is UTF-16LE, expected UTF-8",
    hint: "iconv -f UTF-16LE -t UTF-8",
  },
  {
    args: ["ask", "x", "-s", "@/no/file"],
    exitCode: 2,
    code: "usage",
    message: 'Cannot read the file of --system-prompt: there is no "/no/file"',
  },
  {
    args: ["ask", "x", "--cwd", "/no/such/folder"],
    scenario: [],
    exitCode: 2,
    code: "cwd_not_found",
    message: 'no directory "/no/such/folder"',
    hint: "--cwd",
  },
  {
    args: ["ask", "x", "--claude-path=/no/claude"],
    exitCode: 3,
    code: "cli_not_found",
    message: 'no executable file "/no/claude"',
    hint: "Check --claude-path",
  },
  {
    args: ["ask", "x"],
    exitCode: 3,
    code: "cli_not_found",
    message: 'no "claude" in ',
    hint: "npm install -g",
  },
  {
    args: ["ask", "x"],
    scenario: {
      processes: [{ beforeInput: [step.stderr("too old\n"), step.exit(1)] }],
    },
    exitCode: 3,
    code: "startup",
    message: "too old",
    hint: "doctor",
  },
  {
    args: ["ask", "x"],
    scenario: [[step.apiError(401, "authentication_failed", "Invalid key")]],
    exitCode: 4,
    code: "auth",
    message: "Invalid key",
    hint: "claude auth login",
  },
  {
    args: ["ask", "x"],
    scenario: [[step.apiError(529, "overloaded", "Full")]],
    exitCode: 75,
    code: "overloaded",
    message: "Full",
    hint: "later",
  },
  {
    args: ["ask", "x"],
    scenario: [[step.text("x"), step.exit(7)]],
    exitCode: 1,
    code: "process_exit",
    message: "exit code 7",
    hint: "claudestream send --resume ",
  },
  {
    args: ["ask", "x"],
    scenario: [[step.apiError(413, "invalid_request", "Too large")]],
    exitCode: 1,
    code: "api",
    message: "Too large",
    hint: "Send smaller or fewer images",
  },
  {
    args: ["ask", "x"],
    scenario: [[step.apiError(404, "model_not_found", "No model")]],
    exitCode: 1,
    code: "model_not_found",
    message: "No model",
    hint: "--model",
  },
  {
    args: ["ask", "x", "--allow", "Baash(git *)"],
    exitCode: 2,
    code: "usage",
    message: 'Unknown tool "Baash" in --allow, did you mean "Bash"?',
    hint: "'=Baash(git *)'",
  },
  {
    args: ["ask", "x", "--dangerously-skip-permissions"],
    exitCode: 2,
    code: "usage",
    message:
      'Unknown flag "--dangerously-skip-permissions": here it is "--allow all"',
    hint: "deny rules",
  },
  {
    args: ["ask", "x", "--canUseTool"],
    exitCode: 2,
    code: "usage",
    message: 'Unknown flag "--canUseTool": here it is "--allow RULES"',
    hint: "the option policy",
  },
  {
    args: ["ask", "x", "--timeout=1500ms"],
    scenario: [[step.silence()]],
    exitCode: 124,
    code: "timeout",
    message: "No end of the turn within 1.5 s (--timeout)",
  },
];

for (const failure of FAILURES) {
  const { args, scenario, input, exitCode, code, message, hint } = failure;
  Deno.test(`a failure is an object with --json: ${args.join(" ")}: ${code}`, async () => {
    for (const isJson of [true, false]) {
      const words = isJson ? [...args, "--json"] : args;
      const { code: exit, stdout, stderr } = await run(scenario, words, input);
      assertEquals(exit, exitCode);
      // People read the same on stderr.
      const [told = "", help] = stderr.trimEnd().split("\n").slice(
        hint === undefined ? -1 : -2,
      );
      assertStringIncludes(told, "claudestream: ");
      assertStringIncludes(told, message);
      assertStringIncludes(help ?? "", hint ?? "");
      if (!isJson) {
        assertEquals(stdout, "");
        continue;
      }
      assertEquals(stdout.split("\n").length, 2, stdout);
      const object = JSON.parse(stdout);
      for (const type of ["error", undefined]) {
        const schema = await lineSchema(type) as Schema;
        const { valid, errors } = new Validator(schema).validate(object);
        assert(valid, JSON.stringify(errors));
      }
      assertEquals([object.code, object.exitCode], [code, exitCode]);
      assertStringIncludes(object.message, message);
      assertStringIncludes(object.hint ?? "", hint ?? "");
      assertEquals(
        typeof object.hint,
        hint === undefined ? "undefined" : "string",
      );
    }
  });
}

Deno.test("events: a failure is the last line, and with --raw there is none", async () => {
  const turns = [[step.text("a"), step.apiError(500, "server_error", "Oh")]];
  for (const args of [["events", "x"], ["send", "x", "--json"]]) {
    const { stdout, code } = await run(turns, args);
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(lines.filter(({ type }) => type === "error").length, 1);
    const { type, exitCode, apiStatus, retryable } = lines.at(-1);
    assertEquals([type, exitCode, apiStatus, retryable], [
      "error",
      1,
      500,
      true,
    ]);
    assertEquals(code, 1);
  }
  const raw = await run(turns, ["events", "x", "--raw"]);
  assert(!raw.stdout.includes('"exitCode"'), raw.stdout);
});

const SIGNALS = [
  ["SIGINT", 130, "interrupted"],
  ["SIGTERM", 143, "terminated"],
  ["SIGHUP", 129, "hang_up"],
] as const;

for (const [signal, exitCode, code] of SIGNALS) {
  Deno.test(`${signal} is an object with --json`, posix, async () => {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("Once upon"), step.gate("open")]]),
    );
    const running = new Running(claude, ["send", "x", "--no-stdin", "--json"]);
    await running.says("Once upon");
    running.child.kill(signal);
    const { code: exit, stdout } = await running.end();
    assertEquals(exit, exitCode);
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const failures = lines.filter(({ type }) => type === "error");
    assertEquals(failures.map((each) => [each.code, each.exitCode]), [
      [code, exitCode],
    ]);
  });
}

Deno.test(
  "a signal while the prompt is read is an object, too",
  posix,
  async () => {
    for (const [signal, exitCode, code] of SIGNALS) {
      const running = new Running(undefined, ["ask", "--json"]);
      await running.hears("waiting for the end of stdin");
      running.child.kill(signal);
      const { code: exit, stdout } = await running.outcome();
      const object = JSON.parse(stdout);
      assertEquals([exit, object.code, object.exitCode], [
        exitCode,
        code,
        exitCode,
      ]);
      await running.child.stdin.close().catch(() => {});
    }
  },
);

Deno.test("a second Ctrl-C leaves one object", posix, async () => {
  await using claude = await ScriptedClaude.create(step.conversation([[
    step.ignore("sigterm"),
    step.text("Once upon"),
    step.silence({ deaf: true }),
  ]]));
  const running = new Running(claude, ["send", "x", "--no-stdin", "--json"]);
  await running.says("Once upon");
  running.child.kill("SIGINT");
  await running.hears("interrupted");
  running.child.kill("SIGINT");
  const { code, stdout } = await running.end();
  assertEquals(code, 130);
  assertEquals(stdout.split('"type":"error"').length, 2);
});

Deno.test("--version --json: every version, with a claude and without", async () => {
  const without = await run(undefined, ["--version", "--json"]);
  const versions = JSON.parse(without.stdout);
  assertEquals(Object.keys(versions), [
    "schemaVersion",
    "claudestream",
    "deno",
    "claude",
    "tested",
  ]);
  assertEquals(versions.claude, null);
  assertEquals(versions.deno, Deno.version.deno);
  await using claude = await ScriptedClaude.create({
    version: "2.1.999",
    processes: [{}],
  });
  const found = await new Running(claude, ["--json", "-V"]).end();
  assertEquals(JSON.parse(found.stdout).claude, {
    path: claude.path,
    version: "2.1.999",
  });
  assertEquals([found.code, found.stderr], [0, ""]);
  const line = await new Running(claude, ["--version"]).end();
  assertStringIncludes(line.stdout, ", claude 2.1.999)\n");
});
