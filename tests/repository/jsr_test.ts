// The package as its users get it: published by `deno publish` to a registry on
// loopback, and imported from there over HTTP, on a machine that has nothing.

import { assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { ScriptedClaude, step } from "../../src/testing/mod.ts";
import { LocalRegistry, run, type Said } from "../support/registry.ts";

const PROGRAM = new URL("../consumer/session.ts", import.meta.url);

const TURNS = [
  [
    step.toolCall("Bash", { command: "git log" }, {
      asks: true,
      output: "ran",
    }),
    step.text("done"),
  ],
  [step.text("more")],
];
const WITH_TOOL = [[
  step.toolCall("mcp__tools__add", { a: 17, b: 25 }),
  ...TURNS[0] ?? [],
]];

const SYNC = { answer: "more", hooks: ["Bash"], ended: true };
const ASYNC = {
  answer: "done",
  asked: ["mcp__tools__add", "Bash"],
  hooks: ["mcp__tools__add", "Bash"],
  sums: [42],
};

/** A registry, an empty machine, and the scripted Claude of this checkout. */
async function world() {
  const stack = new AsyncDisposableStack();
  try {
    const registry = stack.use(await LocalRegistry.create());
    const claude = async (turns: typeof TURNS) =>
      stack.use(
        await ScriptedClaude.create({
          processes: Array.from({ length: 6 }, () => ({ turns })),
        }),
      ).path;
    const machine = await registry.machine();
    await Deno.copyFile(PROGRAM, `${machine.cwd}/main.ts`);
    return {
      registry,
      claude,
      machine,
      deno: (...args: string[]): Promise<Said> =>
        run(Deno.execPath(), args, machine),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** What a program printed. */
function told({ code, stdout, stderr }: Said): unknown {
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

/** What was asked for without need: optional, and not ours. */
function isOptional(path: string): boolean {
  return path === "/npm/typescript" || path.endsWith("/deno.lock");
}

Deno.test("what deno publish uploads is what its dry run lists, and stands alone", async () => {
  await using registry = await LocalRegistry.create();
  assertEquals(registry.published, registry.listed);
  assertEquals(
    registry.listed.filter((path) => /_test\.ts$|fixtures\/|^tests/.test(path)),
    [],
  );
  assertStringIncludes(
    registry.text("src/messages/result.ts"),
    ` from "npm:valibot@^`,
  );
});

Deno.test("SyncSession is all that a program uses of the package, on an empty cache", async () => {
  await using on = await world();
  // Whatever is still to be fetched once the thread blocks never comes.
  const path = await on.claude(TURNS);
  const said = await on.deno("run", "-A", "main.ts", path, "sync");
  assertEquals(told(said), { sync: SYNC, once: "done" });
  assertEquals(on.registry.missed.filter((path) => !isOptional(path)), []);
});

Deno.test("AsyncSession and decodeEvents from JSR, on an empty cache, and all types", async () => {
  await using on = await world();
  const path = await on.claude(WITH_TOOL);
  const said = await on.deno("run", "-A", "main.ts", path, "async", "decode");
  assertEquals(told(said), {
    async: ASYNC,
    decoded: ["unknown"],
  });
  const checked = await on.deno("check", "--all", "main.ts");
  assertEquals(checked.code, 0, checked.stderr);
  // It does check: what is no option is found.
  const wrong = `${on.machine.cwd}/wrong.ts`;
  await Deno.writeTextFile(
    wrong,
    `import { SyncSession } from "jsr:${config.name}";
     new SyncSession({ policy: () => Promise.resolve(true) });`,
  );
  const refused = await on.deno("check", wrong);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "not assignable to type");
  assertEquals(on.registry.missed.filter((path) => !isOptional(path)), []);
});

Deno.test("an application of somebody else is tested with the kit, without permissions but reading", async () => {
  await using on = await world();
  for (const name of ["app.ts", "app_test.ts", "kinds_test.ts"]) {
    const file = new URL(`../consumer/${name}`, import.meta.url);
    await Deno.copyFile(file, `${on.machine.cwd}/${name}`);
  }
  const said = await on.deno(
    "test",
    "--no-prompt",
    "--allow-read",
    "app_test.ts",
    "kinds_test.ts",
  );
  assertEquals(said.code, 0, said.stdout + said.stderr);
  assertStringIncludes(said.stdout, "12 passed");
  assertEquals(on.registry.missed.filter((path) => !isOptional(path)), []);
});

Deno.test("the command from JSR: run, installed, and its demo", async () => {
  await using on = await world();
  const { machine } = on;
  const cli = `jsr:${config.name}@${config.version}/cli`;
  machine.env.CLAUDESTREAM_CLAUDE_PATH = await on.claude([
    [step.text("done")],
  ]);
  const asked = await on.deno("run", "-A", "--quiet", cli, "ask", "hi");
  assertEquals(asked, { code: 0, stdout: "done\n", stderr: "" });
  const root = `${machine.cwd}/installed`;
  const installed = await on.deno(
    ...["install", "--global", "--quiet", "--name=claudestream"],
    ...["--root", root, "-A", cli],
  );
  assertEquals(installed.code, 0, installed.stderr);
  const program = `${root}/bin/claudestream`;
  const version = await run(program, ["--version"], machine);
  assertStringIncludes(version.stdout, `claudestream ${config.version} `);
  const sent = await run(program, ["send", "hi"], machine);
  assertEquals([sent.code, sent.stdout], [0, "done\n"], sent.stderr);
  // Its scripted Claude comes from JSR as well.
  const demo = await run(program, ["demo", "--fast"], machine);
  assertEquals(demo.code, 0, demo.stderr);
  assertStringIncludes(demo.stdout, "It is a haiku: 5, 7, 5");
  assertEquals(on.registry.missed.filter((path) => !isOptional(path)), []);
});

Deno.test("the least permissions: to run claude, and nothing else", async () => {
  await using on = await world();
  const path = await on.claude(TURNS);
  const withTool = await on.claude(WITH_TOOL);
  const least = ["run", "--no-prompt", "--quiet"];
  const main = (path: string, part: string, ...flags: string[]) =>
    on.deno(...least, ...flags, "main.ts", path, ...part.split(" "));
  // None at all for a log.
  assertEquals(told(await main(path, "decode")), { decoded: ["unknown"] });
  const runs = `--allow-run=${path}`;
  const sync = { sync: SYNC, once: "done" };
  assertEquals(told(await main(path, "sync", runs)), sync);
  const async = { async: ASYNC };
  const runsOther = `--allow-run=${withTool}`;
  assertEquals(told(await main(withTool, "async", runsOther)), async);
  const cli = `jsr:${config.name}/cli`;
  const words = ["ask", "hi", "--allow=all"];
  const done = { code: 0, stdout: "done\n", stderr: "" };
  assertEquals(
    await on.deno(...least, runs, cli, ...words, "--claude-path", path),
    done,
  );
  // Or that one variable.
  on.machine.env.CLAUDESTREAM_CLAUDE_PATH = path;
  const reads = "--allow-env=CLAUDESTREAM_CLAUDE_PATH";
  assertEquals(await on.deno(...least, runs, reads, cli, ...words), done);
  // By its name, as it is in PATH, whether or not Deno may look where it lies.
  delete on.machine.env.CLAUDESTREAM_CLAUDE_PATH;
  on.machine.env.PATH = `${path.replace(/\/claude$/, "")}:${
    Deno.env.get("PATH")
  }`;
  for (const more of [[], ["--allow-env", "--allow-read"]]) {
    const flags = ["--allow-run=claude", ...more];
    assertEquals(await on.deno(...least, ...flags, cli, ...words), done);
  }
});

Deno.test("a permission that is missing is a StartupError that names it", async () => {
  await using on = await world();
  const path = await on.claude([]);
  const { TMPDIR = "" } = on.machine.env;
  const runs = `--allow-run=${path}`;
  const hint = {
    run: `Run Deno with ${runs}`,
    write: "Run Deno with --allow-write for the folder of temporary files",
  };
  for (const part of ["sync", "async"]) {
    const start = async (flags: string[], more: string[] = []) =>
      told(
        await on.deno(
          ...["run", "--no-prompt", "--quiet", ...flags],
          ...["main.ts", path, part, ...more],
        ),
      );
    const failure = (hint: string) => ({
      failure: { reason: "permission", hint },
    });
    assertEquals(await start([]), failure(hint.run));
    assertEquals(await start([runs], ["files"]), failure(hint.write));
  }
  const refused = await on.deno(
    ...["run", "--no-prompt", "--quiet", `jsr:${config.name}/cli`],
    ...["ask", "hi", "--claude-path", path],
  );
  assertEquals(refused.code, 3);
  assertStringIncludes(refused.stderr, hint.run);
  assertEquals(await Array.fromAsync(Deno.readDir(TMPDIR)), []);
});

Deno.test("settings need the folder of temporary files besides, and leave nothing in it", async () => {
  await using on = await world();
  const { TMPDIR = "" } = on.machine.env;
  for (
    const [turns, part, expected] of [
      [TURNS, "sync", { sync: SYNC, once: "done" }],
      [WITH_TOOL, "async", { async: ASYNC }],
    ] as const
  ) {
    const path = await on.claude(turns);
    const said = await on.deno(
      ...["run", "--no-prompt", "--quiet", `--allow-run=${path}`],
      ...[`--allow-write=${TMPDIR}`, "main.ts", path, part, "files"],
    );
    assertEquals(told(said), expected);
  }
  assertEquals(await Array.fromAsync(Deno.readDir(TMPDIR)), []);
});
