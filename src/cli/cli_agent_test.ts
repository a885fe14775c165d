// Agents of files on the command line: run, list, info, validate, `--agent`, `--var`, and
// tools of a module.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptedClaude, step, type TurnScript } from "../testing/mod.ts";
import { asking, environment, Running } from "./fixtures/child.ts";

const REVIEWER = `{
  // Reviews one file.
  "description": "Reviews a file",
  "version": "1.2.0",
  "model": "haiku",
  "systemPrompt": { "append": "Look for {{focus}}." },
  "policy": { "allow": ["Bash(git *)"] },
  "disallowedTools": ["WebFetch"],
  "variables": {
    "path": { "description": "The file" },
    "focus": { "default": "bugs", "values": ["bugs", "style"] },
  },
  "prompt": "Review {{path}}.",
}`;
const BAD = `{
  "modl": "sonnet",
  "effort": "huge",
}`;
const TYPED =
  '{ "outputSchema": { "type": "object", "properties": { "ok": { "type": "boolean" } } } }';

/** A folder with agents, a home with others, and a claude. */
class Place {
  readonly folder = Deno.makeTempDirSync();
  readonly home = `${this.folder}/home`;
  readonly agents = `${this.folder}/.claudestream/agents`;

  constructor() {
    Deno.mkdirSync(this.agents, { recursive: true });
    Deno.mkdirSync(`${this.home}/.claudestream/agents`, { recursive: true });
    this.write("reviewer", REVIEWER);
  }

  write(name: string, text: string, folder = this.agents): void {
    Deno.writeTextFileSync(`${folder}/${name}.agent.jsonc`, text);
  }

  async run(
    args: readonly string[],
    options: { readonly turn?: TurnScript; readonly input?: string } = {},
  ) {
    await using claude = await ScriptedClaude.create(
      step.conversation([options.turn ?? [step.echo("{prompt}")]]),
    );
    const running = new Running(
      claude,
      [...args, "--cwd", this.folder],
      undefined,
      { ...environment(claude), HOME: this.home },
    );
    if (options.input !== undefined) await running.write(options.input);
    const outcome = await running.end();
    const { received, starts } = claude;
    return {
      ...outcome,
      lastLine: outcome.stderr.trimEnd().split("\n").at(-1) ?? "",
      arguments: (starts[0]?.arguments ?? []).join(" "),
      handshake: JSON.stringify(received[0]?.request),
    };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("agent run: the prompt of the file, then the words, then the pipe", async () => {
  using place = new Place();
  const all = ["agent", "run", "reviewer", "--var", "path=a.ts"];
  const plain = await place.run(all);
  assertEquals([plain.code, plain.stdout], [0, "Review a.ts.\n"], plain.stderr);
  assertStringIncludes(plain.arguments, "--model=haiku");
  assertStringIncludes(
    plain.handshake,
    '"appendSystemPrompt":"Look for bugs."',
  );
  assertStringIncludes(plain.arguments, "--disallowedTools=WebFetch");
  const more = await place.run([...all, "Mind", "the tests"], {
    input: "a diff\n",
  });
  assertEquals(more.stdout, "Review a.ts.\n\nMind the tests\n\na diff\n");
});

Deno.test("--agent: every command that sends a prompt; flags count before the file", async () => {
  using place = new Place();
  for (const command of ["ask", "send", "stream"]) {
    const { code, stdout, stderr, arguments: args, handshake } = await place
      .run([
        command,
        "--agent=reviewer",
        "--var=path=b.ts",
        "--var=focus=style",
        "--model=opus",
        "--deny=WebSearch",
        "--append-system-prompt=Be brief.",
      ]);
    assertEquals([code, stdout], [0, "Review b.ts.\n"], stderr);
    assertStringIncludes(args, "--model=opus");
    assertStringIncludes(args, "WebFetch");
    assertStringIncludes(args, "WebSearch");
    assertStringIncludes(
      handshake,
      '"appendSystemPrompt":"Look for style.\\n\\nBe brief."',
    );
  }
  const events = await place.run([
    "events",
    "--agent=reviewer",
    "--var=path=b.ts",
    "--filter=result",
  ]);
  assertEquals(JSON.parse(events.stdout).type, "result");
});

Deno.test("--agent: a name without a file is one of claude's agents", async () => {
  using place = new Place();
  const { code, arguments: args, stderr } = await place.run(
    ["ask", "x", "--agent=other"],
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(args, "--agent=other");
  const own = await place.run(["ask", "x", "--agent=reviewer", "--var=path=a"]);
  assert(!own.arguments.includes("--agent="), own.arguments);
});

Deno.test("--agent: the policy of the file allows, --allow none does not", async () => {
  using place = new Place();
  const args = ["ask", "--agent=reviewer", "--var=path=a", "--fail-on-deny"];
  assertEquals((await place.run(args, { turn: asking })).code, 0);
  const none = await place.run([...args, "--allow=none"], { turn: asking });
  assertEquals(none.code, 6, none.stderr);
});

Deno.test("--agent: the schema of the file is that of ask", async () => {
  using place = new Place();
  place.write("typed", TYPED);
  const turn = [step.result("success", {
    result: "yes",
    structured_output: { ok: true },
  })];
  const typed = await place.run(["ask", "x", "--agent=typed"], { turn });
  assertEquals([typed.code, typed.stdout], [0, '{"ok":true}\n'], typed.stderr);
  const none = await place.run(["ask", "x", "--agent=typed"]);
  assertEquals(none.code, 7);
});

Deno.test("--var: a value of a file", async () => {
  using place = new Place();
  await Deno.writeTextFile(`${place.folder}/name.txt`, "c.ts");
  const { stdout } = await place.run([
    "ask",
    "--agent=reviewer",
    `--var=path=@${place.folder}/name.txt`,
  ]);
  assertEquals(stdout, "Review c.ts.\n");
});

Deno.test("an agent of this folder that hides one of the home folder is told", async () => {
  using place = new Place();
  const args = ["ask", "--agent=reviewer", "--var=path=a"];
  assertEquals((await place.run(args)).stderr, "");
  place.write("reviewer", REVIEWER, `${place.home}/.claudestream/agents`);
  assertStringIncludes(
    (await place.run(args)).stderr,
    'claudestream: the agent "reviewer" is that of this folder',
  );
});

Deno.test("agent list, info, validate: for people and with --json", async () => {
  using place = new Place();
  place.write("bad", BAD);
  place.write("home", "{}", `${place.home}/.claudestream/agents`);
  const list = await place.run(["agent"]);
  assertEquals(
    list.stdout,
    `bad              (cannot be used: see claudestream agent validate bad)
home
reviewer  1.2.0  Reviews a file
`,
  );
  const rows = JSON.parse(
    (await place.run(["agent", "list", "--json"])).stdout,
  );
  assertEquals(
    rows.map((row: Record<string, unknown>) => [row.name, row.isValid]),
    [["bad", false], ["home", true], ["reviewer", true]],
  );
  const named = await place.run(["agent", "list", "--json=name"]);
  assertEquals(JSON.parse(named.stdout)[2], {
    schemaVersion: 1,
    name: "reviewer",
  });
  const other = await place.run(["agent", "list", "--dir", place.home]);
  assertEquals([other.code, other.stdout], [0, ""]);
  const info = await place.run(["agent", "info", "reviewer"]);
  for (
    const line of [
      "name: reviewer",
      "version: 1.2.0",
      "model: haiku",
      "{{path}}: The file; required",
      "{{focus}}: one of bugs, style; default: bugs",
    ]
  ) assertStringIncludes(info.stdout, `${line}\n`);
  assertStringIncludes(info.stdout, "Bash(git *)");
  const facts = JSON.parse(
    (await place.run(["agent", "info", "reviewer", "--json"])).stdout,
  );
  assertEquals([facts.name, facts.hasPrompt], ["reviewer", true]);
  const checked = await place.run(["agent", "validate", "reviewer", "bad"]);
  assertEquals([checked.code, checked.stdout], [1, "Valid: reviewer v1.2.0\n"]);
  const issues = checked.stderr.trimEnd().split("\n");
  assertEquals(issues.map((line) => /:(\d+:\d+):/.exec(line)?.[1]), [
    "2:3",
    "3:13",
  ]);
  assertStringIncludes(checked.stderr, 'did you mean "model"?');
  const json = JSON.parse(
    (await place.run(["agent", "validate", "--json"])).stdout,
  );
  assertEquals(
    json.map((row: { issues: unknown[] }) => row.issues.length),
    [2, 0, 0],
  );
});

/** Wrong command lines, and what is told. */
const WRONG: readonly (readonly [readonly string[], string])[] = [
  [["agent", "lst"], 'did you mean "agent list"?'],
  [["agent", "run"], "none was named"],
  [["agent", "run", "reviwer"], 'Did you mean "reviewer"?'],
  [["agent", "info"], "expected NAME"],
  [["agent", "info", "bad"], '"modl"'],
  [["agent", "list", "--model=opus"], 'Cannot use --model with "agent list"'],
  [["agent", "info", "x", "--max-budget-usd=1"], "Cannot use --max-budget-usd"],
  [["ask", "--agent=reviewer"], 'the variable "path" is missing'],
  [["ask", "--agent=reviewer"], "Its variables: path (The file), focus"],
  [["ask", "--agent=reviewer", "--var=pth=x"], 'did you mean "path"?'],
  [["ask", "--agent=reviewer", "--var=path"], "expected NAME=VALUE"],
  [["ask", "--agent=reviewer", "--var=path=@/no/file"], "there is no"],
  [["ask", "x", "--var=path=x"], "without an agent"],
  [["ask", "x", "--agent=other", "--var=a=b"], "no agent file"],
  [["ask", "x", "--tools=./no.ts"], "there is no"],
];

for (const [args, expected] of WRONG) {
  Deno.test(`${args.join(" ")}: exit code 2`, async () => {
    using place = new Place();
    place.write("bad", BAD);
    const { code, stdout, stderr } = await place.run(args);
    assertEquals([code, stdout], [2, ""], stderr);
    assertStringIncludes(stderr, expected);
  });
}

Deno.test("--tools FILE: the model calls a function of the module", async () => {
  using place = new Place();
  const path = `${place.folder}/my tools.ts`;
  const entry = new URL("../../mod.ts", import.meta.url).href;
  await Deno.writeTextFile(
    path,
    `import { defineTool } from "${entry}";
const number = { type: "number" };
const input = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => ({ value }),
    jsonSchema: { input: () => ({ type: "object", properties: { a: number, b: number } }) },
  },
};
export const tools = [defineTool({
  name: "add",
  description: "Adds",
  input,
  run: ({ a, b }) => String(a + b),
})];
`,
  );
  const turn = [
    step.toolCall("mcp__tools__add", { a: 2, b: 3 }),
    step.text("It is 5."),
  ];
  const { code, stdout, stderr } = await place.run(
    ["send", "x", "--tools", path, "--allow=mcp__tools__add"],
    { turn },
  );
  assertEquals([code, stdout], [0, "It is 5.\n"], stderr);
  await Deno.writeTextFile(path, "export const tools = 5;");
  const bad = await place.run(["ask", "x", "--tools", path]);
  assertEquals(bad.code, 2);
  assertStringIncludes(bad.stderr, 'exported as "tools"');
});
