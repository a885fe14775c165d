// Agent files: options and variables are read, and all that is wrong is told with line
// and column.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { AgentFileError, listAgents, loadAgent } from "./agent.ts";

/** A folder with agent files, removed in the end. */
async function folder(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly dir: string } & AsyncDisposable> {
  const cwd = await Deno.makeTempDir({ prefix: "agents-" });
  const dir = `${cwd}/.claudestream/agents`;
  await Deno.mkdir(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${dir}/${name}`, text);
  }
  return {
    dir: cwd,
    async [Symbol.asyncDispose]() {
      await Deno.remove(cwd, { recursive: true });
    },
  };
}

const REVIEWER = `{
  // Reviews one file.
  "description": "Reviews a file",
  "version": "1.2.0",
  "model": "sonnet",
  "systemPrompt": { "append": "Look for {{focus}} only." },
  "builtinTools": ["Read", "Grep"],
  "policy": { "allow": ["Bash(git log *)"], "readOnly": true, "otherwise": "deny" },
  "limits": { "maxTurns": 5, "maxBudgetUsd": 0.5 },
  "outputSchema": { "type": "object", "properties": { "ok": { "type": "boolean" } } },
  "variables": {
    "path": { "description": "The file" },
    "focus": { "default": "bugs", "values": ["bugs", "style"] },
  },
  "prompt": "Review {{path}} for {{ focus }}. {{path}} is all.",
}`;

Deno.test("loadAgent: options, prompt and variables of a file", async () => {
  await using on = await folder({ "reviewer.agent.jsonc": REVIEWER });
  const agent = await loadAgent("reviewer", { cwd: on.dir });
  assertEquals([agent.name, agent.description, agent.version], [
    "reviewer",
    "Reviews a file",
    "1.2.0",
  ]);
  const values = { path: "$& {{focus}}", focus: "style" };
  assertEquals(
    agent.prompt(values),
    "Review $& {{focus}} for style. $& {{focus}} is all.",
  );
  const { policy, ...options } = agent.options({ path: "a" });
  assertEquals(options as SessionOptions, {
    model: "sonnet",
    systemPrompt: { append: "Look for bugs only." },
    builtinTools: ["Read", "Grep"],
    limits: { maxTurns: 5, maxBudgetUsd: 0.5 },
    outputSchema: {
      type: "object",
      properties: { ok: { type: "boolean" } },
    },
  });
  assert(policy !== undefined);
  assertEquals(Object.keys(agent.variables), ["path", "focus"]);
  // A path is taken as it is.
  const path = `${on.dir}/.claudestream/agents/reviewer.agent.jsonc`;
  assertEquals((await loadAgent(path)).name, "reviewer");
});

Deno.test("loadAgent tells all that is wrong with a file, with line, column and what is near", async () => {
  await using on = await folder({
    "bad.agent.jsonc": `{
  "modl": "sonnet",
  "name": "a b",
  "description": 5,
  "effort": "huge",
  "limits": { "maxTurn": 5 },
  "claudePath": "/bin/sh",
  "env": {},
  "permissionMode": "bypassPermissions",
  "policy": { "alow": [], "allow": ["Bash(", "Read"], "otherwise": "allow" },
  "variables": { "path": {}, "unused": { "default": "a", "values": ["b"] }, "2": 5 },
  "prompt": "{{pth}} {{nothing_like_it_at_all}}",
  "prompt": "{{pth}} {{nothing_like_it_at_all}}",
}`,
  });
  const error = await assertRejects(
    () => loadAgent("bad", { cwd: on.dir }),
    AgentFileError,
  );
  const places = error.issues.map(({ line, path }) => `${line} ${path}`);
  assertEquals(places, [
    "2 modl",
    "3 name",
    "4 description",
    "5 effort",
    "6 limits",
    "7 claudePath",
    "8 env",
    "9 permissionMode",
    "10 policy.alow",
    "10 policy.otherwise",
    "11 variables.path",
    "11 variables.unused",
    "11 variables.unused.default",
    "11 variables.2",
    "11 variables.2",
    "11 variables.2",
    "13 prompt",
    "13 prompt",
    "13 prompt",
  ]);
  const told = (at: string) =>
    error.issues.filter(({ path }) => path === at).map(({ message }) => message)
      .join("\n");
  assert(told("modl").includes('did you mean "model"?'));
  assert(told("policy.alow").includes('did you mean "allow"?'));
  assert(told("claudePath").includes("give it to the session"));
  assert(told("limits").includes("maxTurns"), told("limits"));
  assert(told("prompt").includes("did you mean {{path}}?"));
  assert(told("prompt").includes("given twice"));
  assert(told("prompt").includes('add it to "variables"'));
  assert(error.message.includes(".agent.jsonc:2:3: there is no field"));
  assertEquals(error.code, "config");
});

Deno.test("loadAgent: rules that can never fire are told one by one", async () => {
  await using on = await folder({
    "rules.agent.json": '{\n"policy": {"allow": ["Read", "Bash(", 5, ""]}}',
    "rule.agent.json": '{\n"policy": {"allow": ["Read", "Bash(",\n "("]}}',
    "cut.agent.json": '{\n"policy": {',
    "list.agent.json": "[1]",
  });
  const table: readonly (readonly [string, readonly string[]])[] = [
    ["rules", ["2 policy.allow"]],
    ["rule", ["2 policy.allow.1", "3 policy.allow.2"]],
    ["cut", ["2 "]],
    ["list", ["1 "]],
  ];
  for (const [name, expected] of table) {
    const { issues } = await assertRejects(
      () => loadAgent(name, { cwd: on.dir }),
      AgentFileError,
    );
    assertEquals(issues.map(({ line, path }) => `${line} ${path}`), expected);
  }
});

Deno.test("values: all that is missing, unknown or not allowed is told at once", async () => {
  await using on = await folder({
    "reviewer.agent.jsonc": REVIEWER,
    "silent.agent.json": "{}",
  });
  const agent = await loadAgent("reviewer", { cwd: on.dir });
  const { message } = assertThrows(
    () => agent.prompt({ pth: "x", focus: "speed" }),
    ConfigError,
  );
  for (
    const part of [
      'no variable "pth", did you mean "path"?',
      'the variable "path" is missing',
      '"bugs", "style", got "speed"',
    ]
  ) assert(message.includes(part), message);
  assertThrows(() => agent.options({ path: 5 as unknown as string }));
  const silent = await loadAgent("silent", { cwd: on.dir });
  assertEquals(silent.options(), {});
  assertThrows(() => silent.prompt(), ConfigError, "has no prompt");
});

Deno.test("listAgents and loadAgent: the first folder counts; what is near one that is not there", async () => {
  await using mine = await folder({
    "a.agent.jsonc": '{"description": "mine"}',
    "a.agent.json": '{"description": "without comments"}',
    "notes.json": "{}",
  });
  await using other = await folder({
    "a.agent.json": '{"description": "other"}',
    "builder.agent.json": "{}",
  });
  const dirs = [mine.dir, other.dir, "/no/such"].map((dir) =>
    `${dir}/.claudestream/agents`
  );
  const agents = await listAgents({ dirs });
  assertEquals(agents.map(({ name }) => name), ["a", "builder"]);
  assertEquals((await loadAgent("a", { dirs })).description, "mine");
  const error = await assertRejects(
    () => loadAgent("bilder", { dirs }),
    ConfigError,
    dirs.join(", "),
  );
  assertEquals(error.hint, 'Did you mean "builder"?');
  for (const bad of ["", "..", 5]) {
    await assertRejects(
      () => loadAgent(bad as string, { dirs }),
      ConfigError,
      "expected a name or a path",
    );
  }
  await assertRejects(
    () => loadAgent("./none.jsonc"),
    ConfigError,
    "Cannot read the agent",
  );
});

Deno.test("loadAgent tells every fault inside of one option", async () => {
  const cwd = await Deno.makeTempDir();
  const path = `${cwd}/a.agent.jsonc`;
  await Deno.writeTextFile(
    path,
    `{
  "prompt": "x",
  "limits": {
    "maxTurns": "x",
    "maxBudgetUsd": -1,
    "maxTurn": 4
  },
  "model": 5
}`,
  );
  const { message } = await assertRejects(
    () => loadAgent(path),
    AgentFileError,
  );
  for (
    const part of [":4:17: ", ":5:21: ", '"limits.maxTurn"', ":8:12: "]
  ) assert(message.includes(part), message);
  await Deno.remove(cwd, { recursive: true });
});
