// What scripts rely on: the flags of `ask` and `events`, their stdout, the last line of
// stderr, the exit code; and what `claude` is started with.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptedClaude, step, type TurnScript } from "../testing/mod.ts";
import { FLAGS, type Flags } from "./flags/flags.ts";
import { asking, run, Running } from "./fixtures/child.ts";

const CODE = "Here:\n\n```ts\nlet a = 1;\n```\nand\n```sh\nls\n```\n";
const person: TurnScript = [
  step.result("success", {
    result: "Ann is 4.",
    structured_output: { name: "Ann", age: 4 },
  }),
];

/** A call, and what comes of it. */
interface Row {
  readonly args: readonly string[];
  readonly turn?: TurnScript;
  readonly code: number;
  readonly stdout: RegExp | string;
  /** The last line of stderr; absent for an empty stderr. */
  readonly stderr?: string;
}

const SCHEMA = "name, age int";

const ROWS: readonly Row[] = [
  {
    args: ["ask", "x", "--schema", SCHEMA],
    turn: person,
    code: 0,
    stdout: '{"name":"Ann","age":4}\n',
  },
  {
    args: ["ask", "x", "--schema", SCHEMA, "--json=text,output"],
    turn: person,
    code: 0,
    stdout:
      '{"schemaVersion":1,"text":"Ann is 4.","output":{"name":"Ann","age":4}}\n',
  },
  {
    args: ["ask", "x", "--schema", SCHEMA],
    turn: [step.text("I do not know.")],
    code: 7,
    stdout: "",
    stderr: "",
  },
  {
    args: ["ask", "x", "--schema", SCHEMA],
    turn: [step.result("error_max_structured_output_retries", {
      is_error: true,
      terminal_reason: "structured_output_retry_exhausted",
    })],
    code: 7,
    stdout: "",
    stderr: "",
  },
  {
    args: ["ask", "x", "--schema", "name, ok bol"],
    code: 2,
    stdout: "",
    stderr: 'did you mean "bool"?',
  },
  {
    args: ["ask", "x", "-x"],
    turn: [step.text(CODE)],
    code: 0,
    stdout: "let a = 1;\n",
  },
  {
    args: ["ask", "x", "--extract-last"],
    turn: [step.text(CODE)],
    code: 0,
    stdout: "ls\n",
  },
  {
    args: ["ask", "x", "-x"],
    turn: [step.text("No code.")],
    code: 1,
    stdout: "",
    stderr: "Ask for a block of code",
  },
  {
    args: ["ask", "x", "--json=text,costUSD"],
    code: 2,
    stdout: /"code":"usage"/,
    stderr: "There are: text, output, result, costUsd",
  },
  {
    args: ["send", "x", "--json=type"],
    code: 2,
    stdout: /"code":"usage"/,
    stderr: "else take jq",
  },
  {
    args: ["ask", "x", "-o", "/no/such/folder/file"],
    code: 2,
    stdout: "",
    stderr: "there is no such directory",
  },
  {
    args: ["ask", "x", "--fail-on-deny"],
    turn: asking,
    code: 6,
    stdout: "It is clean.\n",
    stderr: "Allow it with --allow",
  },
  {
    args: ["ask", "x", "--fail-on-deny", "--allow", "Bash(git *)"],
    turn: asking,
    code: 0,
    stdout: "It is clean.\n",
  },
  {
    args: ["send", "x", "--json", "--fail-on-deny", "-q"],
    turn: asking,
    code: 6,
    stdout: /\n\{"schemaVersion":1,"type":"error","code":"denied"[^\n]*\n$/,
    stderr: "Allow it with --allow",
  },
  {
    args: ["events", "x", "--filter", "result,assistant_text"],
    turn: [step.text("Hi.")],
    code: 0,
    stdout:
      /^\{"schemaVersion":1,"type":"assistant_text"[^\n]*\n\{"schemaVersion":1,"type":"result"[^\n]*\n$/,
  },
  {
    args: ["events", "x", "--filter=reslt"],
    code: 2,
    stdout: /"code":"usage"/,
    stderr: "claudestream schema",
  },
  {
    args: ["events", "x", "--filter=result", "--raw"],
    code: 2,
    stdout: "",
    stderr: "Cannot use --filter with --raw",
  },
  {
    args: ["ask", "x", "-a", "/no/file"],
    code: 2,
    stdout: "",
    stderr: 'Cannot attach "/no/file": there is no such file',
  },
  {
    args: ["ask", "x", "--effort", "hihg"],
    code: 2,
    stdout: "",
    stderr: "effort",
  },
  {
    args: ["ask", "x", "--agents", "[]"],
    code: 2,
    stdout: "",
    stderr: '{"reviewer"',
  },
  {
    args: ["ask", "x", "--claude-arg=--verbose"],
    code: 2,
    stdout: "",
    stderr: "it is always on",
  },
];

for (const { args, turn, code, stdout, stderr } of ROWS) {
  Deno.test(`${args.join(" ")}: exit code ${code}`, async () => {
    const outcome = await run(turn === undefined ? [] : [turn], args);
    assertEquals(outcome.code, code, outcome.stderr);
    if (typeof stdout === "string") assertEquals(outcome.stdout, stdout);
    else assert(stdout.test(outcome.stdout), outcome.stdout);
    const told = outcome.stderr.trimEnd().split("\n").at(-1) ?? "";
    if (stderr === undefined) assert(!told.includes("claudestream:"), told);
    else assertStringIncludes(told, stderr);
  });
}

Deno.test("every line of events and every object has the version of the schema", async () => {
  const cases = [["events", "x"], ["ask", "x", "--json"], ["doctor", "--json"]];
  for (const args of cases) {
    const { stdout } = await run([[step.text("Hi.")]], args);
    const lines = stdout.trimEnd().split("\n");
    for (const line of lines) assertEquals(JSON.parse(line).schemaVersion, 1);
  }
});

Deno.test("ask -o: a failed turn leaves the file as it was, a good one replaces it", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "before");
  const failed = [[step.apiError(500, "server_error", "Oh no")]];
  assertEquals((await run(failed, ["ask", "x", "-o", path])).code, 1);
  assertEquals(await Deno.readTextFile(path), "before");
  const { code, stdout } = await run([[step.text("after")]], [
    "ask",
    "x",
    "-o",
    path,
  ]);
  assertEquals([code, stdout], [0, ""]);
  assertEquals(await Deno.readTextFile(path), "after\n");
  await Deno.remove(path);
});

Deno.test("-a: images, PDFs and texts go in front of the words", async () => {
  const folder = await Deno.makeTempDir();
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  await Deno.writeFile(`${folder}/a.png`, png);
  await Deno.writeTextFile(`${folder}/b.pdf`, "%PDF-1.7\n");
  await Deno.writeTextFile(`${folder}/c.txt`, "text");
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("ok")]]),
  );
  const files = ["a.png", "b.pdf", "c.txt"].flatMap((name) => [
    "-a",
    `${folder}/${name}`,
  ]);
  const running = new Running(claude, ["ask", "what is it?", ...files]);
  assertEquals((await running.end()).code, 0);
  const prompt = claude.received.find(({ type }) => type === "user") as {
    message: { content: { type: string; source?: { media_type: string } }[] };
  };
  assertEquals(
    prompt.message.content.map(({ type, source }) =>
      source?.media_type ?? type
    ),
    ["image/png", "application/pdf", "text/plain", "text"],
  );
  await Deno.remove(folder, { recursive: true });
});

/** A flag, and the argument or the field of the handshake that it becomes. */
const HANDED_ON: readonly (readonly [readonly string[], string])[] = [
  [["--model", "opus"], "--model=opus"],
  [["--continue"], "--continue"],
  [["--continue", "--fork"], "--fork-session"],
  [["--resume", "last"], "--continue"],
  [["--system-prompt", "be brief"], '"systemPrompt":["be brief"]'],
  [["--append-system-prompt", "be brief"], '"appendSystemPrompt":"be brief"'],
  [["--deny", "WebFetch"], "--disallowedTools=WebFetch"],
  [["--permission-mode", "plan"], "--permission-mode=plan"],
  [["--max-turns", "3"], "--max-turns=3"],
  [["--settings", '{"model": "opus"}'], "--settings=/"],
  [["--add-dir", "/tmp", "--add-dir", "/var"], "--add-dir=/var"],
  [["--effort", "high"], "--effort=high"],
  [["--fallback-model", "a,b"], "--fallback-model=a,b"],
  [["--agent", "reviewer"], "--agent=reviewer"],
  [["--setting-sources", "user,project"], "--setting-sources=user,project"],
  [["--tools", "Bash,Read"], "--tools=Bash,Read"],
  [["--session-id", "0b5f1c9e-7d1a-4c55-9d57-3f0c8a1b2c3d"], "--session-id="],
  [["--from-pr", "7"], "--from-pr=7"],
  [["--strict-mcp-config"], "--strict-mcp-config"],
  [["--mcp-config", "deno.json"], "--mcp-config=deno.json"],
  [["--budget", "2"], "--max-budget-usd=2"],
  [["--claude-arg=--chrome"], "--chrome"],
  [["-n", "A title"], '"title":"A title"'],
  [["--schema", "name,"], '"jsonSchema":{"type":"object"'],
  [
    ["--agents", '{"r": {"description": "d", "prompt": "p"}}'],
    '"agents":{"r":{"description":"d","prompt":"p"}}',
  ],
];

/** Flags that claude never hears of; other tests show what they do. */
const NOT_HANDED_ON: ReadonlySet<keyof Flags> = new Set<keyof Flags>([
  "cwd",
  "var",
  "profile",
  "config",
  "stats",
  "configDir",
  "claudePath",
  "allow",
  "attach",
  "timeoutMs",
  "until",
  "waitForReset",
  "failOnDeny",
  "stdin",
  "extract",
  "extractLast",
  "json",
  "output",
  "quiet",
  "plain",
  "color",
  "record",
  "tee",
  "dryRun",
  "input",
  "help",
  "version",
]);

Deno.test("each flag of ask has a row in HANDED_ON, or is known to go nowhere", () => {
  const rows = new Set(
    HANDED_ON.flatMap(([flags]) => flags.map((flag) => flag.split("=")[0])),
  );
  const lacking = Object.entries(FLAGS).filter(([key, flag]) =>
    (flag.commands === undefined || flag.commands.includes("ask")) &&
    !NOT_HANDED_ON.has(key as keyof Flags) &&
    ![flag.name, ...flag.synonyms ?? []].some((name) =>
      rows.has(`--${name}`)
    ) &&
    !rows.has(`-${flag.alias}`)
  );
  assertEquals(
    lacking.map(([key]) => key),
    [],
    "add rows to HANDED_ON in src/cli/cli_scripts_test.ts",
  );
});

for (const [flags, expected] of HANDED_ON) {
  Deno.test(`ask ${flags.join(" ")}: claude gets ${expected}`, async () => {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.result("success", {
        result: "ok",
        structured_output: { name: "a" },
      })]]),
    );
    const { code, stderr } = await new Running(claude, ["ask", "x", ...flags])
      .end();
    assertEquals(code, 0, stderr);
    const given = JSON.stringify(claude.received[0]?.request) +
      (claude.starts[0]?.arguments ?? []).join(" ");
    assertStringIncludes(given, expected);
  });
}

Deno.test("--dry-run: arguments, environment, files and handshake, without secrets and without a process", async () => {
  const settings = JSON.stringify({ env: { MY_API_KEY: "hunter2hunter2" } });
  for (const command of ["ask", "send", "events"]) {
    await using claude = await ScriptedClaude.create(step.conversation([]));
    const { code, stdout, stderr } = await new Running(claude, [
      command,
      "say hi",
      "--dry-run",
      "--effort=high",
      "--append-system-prompt",
      "Be brief",
      "--settings",
      settings,
    ]).end();
    assertEquals([code, stderr], [0, ""]);
    const shown = JSON.parse(stdout);
    assertEquals(shown.prompt, "say hi");
    assertEquals(shown.command, claude.path);
    assert(shown.args.includes("--effort=high"), stdout);
    assertEquals(shown.handshake.subtype, "initialize");
    assertEquals(shown.handshake.appendSystemPrompt, "Be brief");
    assertStringIncludes(shown.files[0].text, "MY_API_KEY");
    assert(!stdout.includes("hunter2"), stdout);
    assertEquals(claude.starts, []);
  }
});

Deno.test("models: a line for each, an array with --json, and a claude that is missing", async () => {
  const text = await run([], ["models"]);
  assertEquals([text.code, text.stderr], [0, ""]);
  const names = await run([], ["models", "--json=value"]);
  const values = JSON.parse(names.stdout).map((
    { schemaVersion, value }: { schemaVersion: number; value: string },
  ) => {
    assertEquals(schemaVersion, 1);
    return value;
  });
  assert(values.length > 0);
  assertEquals(
    text.stdout.trimEnd().split("\n").map((line) => line.split(/ {2}/)[0]),
    values,
  );
  const none = await run(undefined, ["models", "--claude-path=/no/claude"]);
  assertEquals([none.code, none.stdout], [3, ""]);
  assertStringIncludes(none.stderr, "Check --claude-path");
});
