// The commands as a person uses them: what goes to stdout, to stderr and into files.

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { TESTED_RANGE } from "../capabilities/version.ts";
import { ScriptedClaude, step } from "../testing/mod.ts";
import { asking, CLI, environment, run, Running } from "./fixtures/child.ts";

Deno.test("send: the answer to stdout, tools to stderr", async () => {
  const { code, stdout, stderr } = await run([asking], [
    "send",
    "look",
    "--allow",
    "Bash(git *)",
  ]);
  assertEquals(stdout, "Let me look.\n\nIt is clean.\n");
  assertMatch(stderr, /^● Bash git status\n✓ Bash {2}\d+ m?s\n {2}clean\n$/);
  assertEquals(code, 0);
});

Deno.test("stream: token by token, a line for each tool, a footer on demand", async () => {
  const { code, stdout, stderr } = await run([asking], [
    "stream",
    "--allow=all",
    "--footer",
    "look",
  ]);
  assertEquals(stdout, "Let me look.\n\nIt is clean.\n");
  assertMatch(
    stderr,
    /^✓ Bash git status {2}\d+ m?s\n.*s · \$0\.\d+ · \d+ in · \d+ out · 1 tool\n$/,
  );
  assertEquals(code, 0);
});

Deno.test("without a terminal a call is denied, with the flag that would allow it", async () => {
  const commands = {
    send: "there is no terminal",
    "send --raw": "send --raw asks nobody; send does, at a terminal",
    stream: "there is no terminal",
    ask: "ask asks nobody; send and stream do, at a terminal",
    events: "events asks nobody; send and stream do, at a terminal",
  };
  for (const [command, why] of Object.entries(commands)) {
    const { stderr, code } = await run([asking], [
      ...command.split(" "),
      "look",
    ]);
    assertStringIncludes(
      stderr,
      `claudestream: A call of Bash was denied: nobody could be asked (${why}); to allow it run again with --allow 'Bash(git *)'\n`,
    );
    assertEquals(code, 0);
  }
});

Deno.test("ask: the final text and nothing else", async () => {
  const { code, stdout, stderr } = await run([asking], [
    "ask",
    "look",
    "--allow=all",
  ]);
  assertEquals({ code, stdout, stderr }, {
    code: 0,
    stdout: "It is clean.\n",
    stderr: "",
  });
});

Deno.test("ask: a call of the API that is tried again is told, unless --quiet", async () => {
  const turns = [[step.apiRetry({ status: 529 }), step.text("Fine.")]];
  const told = await run(turns, ["ask", "x"]);
  assertEquals(told.stdout, "Fine.\n");
  assertStringIncludes(told.stderr, "HTTP 529): retry 1 of ");
  const quiet = await run(turns, ["ask", "x", "--quiet"]);
  assertEquals([quiet.stdout, quiet.stderr], ["Fine.\n", ""]);
});

Deno.test("ask --json: one object", async () => {
  const { stdout } = await run([[step.text("4\n\n")]], [
    "ask",
    "--json",
    "2+2",
  ]);
  const answer = JSON.parse(stdout);
  assertEquals(answer.text, "4\n\n");
  assertEquals(answer.result.type, "result");
  assertEquals(answer.costUsd, answer.result.costUsd);
  assertEquals(stdout.split("\n").length, 2);
});

Deno.test("events: a line of JSON for each event, and nothing lost", async () => {
  const odd = { type: "from_the_future", answer: 42 };
  const turn = [step.line(odd), step.text("Hi.")];
  const { stdout, stderr } = await run([turn], ["events", "hi"]);
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const unknown = events.find(({ type }) => type === "unknown");
  assertEquals(unknown.raw.answer, 42);
  for (const type of ["system_init", "stream_delta", "assistant_text"]) {
    assert(events.some((event) => event.type === type), type);
  }
  assertEquals(events.at(-1).type, "result");
  assertEquals(stderr, "");
});

Deno.test("events --raw and send --raw: the lines of the CLI", async () => {
  for (const command of ["events", "send"]) {
    const turn = [step.write("no json\n"), step.text("Hi.")];
    const { stdout } = await run([turn], [command, "--raw", "hi"]);
    const lines = stdout.trimEnd().split("\n");
    assert(lines.includes("no json"));
    const last = JSON.parse(lines.at(-1) ?? "");
    assertEquals(last.type, "result");
    assertEquals(typeof last.total_cost_usd, "number");
  }
});

Deno.test("the prompt comes from words, from a pipe, or from both", async () => {
  const echo = [[step.echo("<{prompt}>")]];
  const ask = async (args: readonly string[], input?: string) =>
    (await run(echo, ["ask", ...args], input)).stdout;
  assertEquals(await ask(["a", "b"]), "<a b>\n");
  assertEquals(await ask([], "ünï\n"), "<ünï>\n");
  assertEquals(await ask(["a"], "b\n"), "<a\n\nb>\n");
  assertEquals(await ask(["a", "--no-stdin"], "b\n"), "<a>\n");
  assertEquals(await ask(["--", "--json"]), "<--json>\n");
});

Deno.test("no prompt, unknown flags and the like: exit code 2 and no process", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([]));
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["ask"], "Cannot send the prompt: there is none"],
    [["ask", "x", "--modle", "y"], 'did you mean "--model"?'],
    [["aks", "x"], 'did you mean "ask"?'],
    [["ask", "x", "--cwd", "/no/such/folder"], "/no/such/folder"],
    [["ask", "x", "--allow", "Bash("], 'Cannot read the --allow rule "Bash("'],
    [["ask", "x", "--resume=a", "-c"], "Cannot use --continue with --resume"],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await new Running(claude, args).end();
    assertEquals(code, 2, args.join(" "));
    assertEquals(stdout, "");
    assertStringIncludes(stderr, message);
    assertStringIncludes(stderr, "claudestream: ");
  }
  assertEquals(claude.starts, []);
});

Deno.test("a turn without text says why", async () => {
  const turn = [step.result("success", { result: "" })];
  for (const command of ["send", "ask"]) {
    const { code, stdout, stderr } = await run([turn], [command, "x"]);
    assertEquals(code, 0);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, "the turn ended without any text");
  }
});

Deno.test("the answer reaches a pipe byte for byte, stderr is escaped", async () => {
  const turn = [
    step.text("\x1b[31mred \ud83d", { deltas: ["\x1b[31mred ", "😀"] }),
    step.toolCall("Bash", { command: "echo \x1b[2J" }, { output: "\x1b[2J" }),
    step.text("end"),
  ];
  const { stdout, stderr } = await run([turn], ["send", "x", "--color=always"]);
  assertStringIncludes(stdout, "\x1b[31mred ");
  assertStringIncludes(stderr, "␛[2J");
  assert(!stderr.includes("\x1b[2J"));
  assertStringIncludes(stderr, "\x1b[32m✓");
});

Deno.test("help and --version go to stdout", async () => {
  const help = await run(undefined, ["help"]);
  assertStringIncludes(help.stdout, "Examples");
  assertEquals([help.code, help.stderr], [0, ""]);
  const version = await run(undefined, ["--version"]);
  assertMatch(
    version.stdout,
    /^claudestream \d+\.\d+\.\d+ \(deno 2\.[\d.]+, no claude\)\n$/,
  );
  assertEquals([version.code, version.stderr], [0, ""]);
});

Deno.test("a claude that is too old is told of, once and on stderr", async () => {
  const turns = [[step.text("a")]];
  const scenario = { version: "2.0.5", processes: [{ turns }] };
  const { stdout, stderr, code } = await run(scenario, ["ask", "x"]);
  assertEquals([stdout, code], ["a\n", 0]);
  assertEquals(
    stderr,
    `claudestream: claude 2.0.5 is too old (tested: ${TESTED_RANGE}); update it with: claude update\n`,
  );
  const quiet = await run(scenario, ["ask", "x", "--quiet"]);
  assertEquals([quiet.stdout, quiet.stderr], ["a\n", ""]);
});

Deno.test("what cannot be read or written is said in a line, and not where in our code", async () => {
  if (Deno.build.os !== "linux") return;
  await using claude = await ScriptedClaude.create(step.conversation([]));
  const rows: readonly [shell: string, code: number, said: string][] = [
    ["ask < /", 2, "Cannot read the prompt from stdin: it is a directory"],
    ["repl < /", 2, "Cannot read the prompts from stdin: it is a directory"],
    ["--help > /dev/full", 1, "Cannot write to stdout: No space left"],
  ];
  for (const [shell, expected, said] of rows) {
    const { code, stderr } = await new Deno.Command("sh", {
      args: [
        "-c",
        `"$0" run -A --no-check "$1" ${shell}`,
        Deno.execPath(),
        CLI,
      ],
      clearEnv: true,
      env: environment(claude),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = new TextDecoder().decode(stderr);
    assertStringIncludes(text, said);
    assert(!text.includes(".ts:"), text);
    assertEquals(code, expected);
  }
});

Deno.test("--system-prompt and --append-system-prompt go together, texts and files", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "from a file");
  const rows: readonly (readonly [readonly string[], unknown, unknown])[] = [
    [["-s", "A"], ["A"], undefined],
    [["--append-system-prompt", "B"], undefined, "B"],
    [["-s", "A", "--append-system-prompt", "B"], ["A"], "B"],
    [["-s", `@${file}`, "--append-system-prompt=B"], ["from a file"], "B"],
  ];
  for (const [flags, instead, also] of rows) {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("ok")]]),
    );
    const { code } = await new Running(claude, ["ask", "x", ...flags]).end();
    assertEquals(code, 0);
    const [start] = claude.received;
    const { systemPrompt, appendSystemPrompt } = start?.request as {
      systemPrompt?: unknown;
      appendSystemPrompt?: unknown;
    };
    assertEquals([systemPrompt, appendSystemPrompt], [instead, also]);
  }
  await Deno.remove(file);
});
