// The package and the kit in Node, with node:test and with vitest, as files without the syntax that
// Node lacks.

import { assert, assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);
const typescript = new URL(
  ".tools/typescript-5.9.3/lib/typescript.js",
  root,
).pathname;

/** First version of Node in which sessions run. */
const NODE_MAJOR = 22;

const TESTS = `
import assert from "node:assert/strict";
import { AsyncSession, readOnly, SyncSession } from "./out/mod.js";
import {
  collect, event, expectTurn, MemoryClaude, parseScenario, step, turnSnapshot,
} from "./out/src/testing/mod.js";
test("events, snapshots, assertions", async () => {
  const events = [event.assistantText("hi")];
  assert.match(JSON.stringify(turnSnapshot(events)), /"hi"/);
  await assert.rejects(
    async () => (await expectTurn(events)).text("no"),
    { name: "AssertionError" },
  );
  assert.equal(parseScenario('{"processes":[{}]}').processes.length, 1);
  assert.equal(typeof Deno, "undefined");
});
for (const option of ["transport", "spawn"]) {
  test("turns over the option " + option, async () => {
    const claude = new MemoryClaude(step.conversation([
      [
        step.toolCall("Write", { file_path: "a.ts", content: "" }, {
          asks: true,
          refused: [step.text("Refused.")],
        }),
        step.text("Written."),
      ],
      [step.text("Two.")],
      [step.text("Three.")],
    ]));
    const session = new AsyncSession({
      [option]: claude[option],
      policy: readOnly(),
    });
    try {
      assert.equal((await collect(session.send("1"))).text, "Refused.");
      (await expectTurn(session.send("2"))).text("Two.");
      const turn = await expectTurn(session.send("3"));
      assert.throws(() => turn.text("Two."), { name: "AssertionError" });
    } finally {
      await session.close();
    }
    assert.equal(claude.received.filter(({ type }) => type === "user").length, 3);
  });
}
const refusal = (from) => ({
  name: "StartupError",
  message: new RegExp("^" + from + ".*does not run in Deno"),
});
test("what needs Deno says so", async () => {
  const ask = (options) => new AsyncSession(options).ask("Hi");
  const { spawn } = new MemoryClaude(step.conversation([[step.text("Hi.")]]));
  await assert.rejects(ask({}), refusal("Cannot start the CLI"));
  await assert.rejects(
    ask({ spawn: (spec) => spec }),
    refusal("Cannot start the CLI"),
  );
  await assert.rejects(
    ask({ spawn, record: "recording.jsonl" }),
    { name: "ConfigError", message: /does not run in Deno/ },
  );
  assert.throws(
    () => new SyncSession({}).ask("Hi"),
    refusal("Cannot start the worker"),
  );
});`;

const DOWN = `
const [, , typescript, ...paths] = process.argv;
const ts = require(typescript), fs = require("node:fs");
for (const path of paths) {
  fs.writeFileSync(path, ts.transpileModule(fs.readFileSync(path, "utf8"), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  }).outputText);
}`;

/** Runs a command; returns what it wrote, or `undefined` if there is no such program. */
async function output(
  command: string,
  args: readonly string[],
  cwd: string | URL,
): Promise<{ readonly code: number; readonly text: string } | undefined> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      cwd,
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string | URL,
): Promise<string> {
  const done = await output(command, args, cwd);
  assertEquals(done?.code, 0, done?.text ?? `There is no ${command}`);
  return done?.text ?? "";
}

const majorOf = (version: string | undefined) =>
  Number(/^v(\d+)/.exec(version ?? "")?.[1] ?? 0);

/** Installs a package into the folder; returns whether npm could. */
async function isInstalled(name: string, folder: string): Promise<boolean> {
  const args = [
    "install",
    "--no-audit",
    "--no-fund",
    "--fetch-retries=0",
    "--prefix",
    folder,
    name,
  ];
  return (await output("npm", args, folder))?.code === 0;
}

/** Returns the path of a Node that is new enough: that of the machine, or one from npm. */
async function nodeOf(folder: string): Promise<string | undefined> {
  const own = await output("node", ["--version"], root);
  if (majorOf(own?.text) >= NODE_MAJOR) return "node";
  const { os, arch } = Deno.build;
  const name = `node-${os}-${arch === "x86_64" ? "x64" : "arm64"}`;
  return await isInstalled(`${name}@${NODE_MAJOR}`, folder)
    ? `${folder}/node_modules/${name}/bin/node`
    : undefined;
}

function hasTypescript(): boolean {
  try {
    return Deno.statSync(typescript).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const ready = hasTypescript();

Deno.test({
  name: `sessions and the kit work in Node, with node:test and vitest${
    ready ? "" : ' (skipped: run "deno task consumer" first)'
  }`,
  ignore: !ready,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    const skipped = async (name: string, why: string) => {
      await t.step({
        name: `${name} (skipped: ${why})`,
        ignore: true,
        fn: () => {},
      });
    };
    try {
      await Deno.writeTextFile(`${folder}/package.json`, '{"type":"module"}');
      const node = await nodeOf(folder);
      if (node === undefined) {
        return await skipped(
          "all",
          `no Node ${NODE_MAJOR} here, and npm fetches none`,
        );
      }
      const out = `${folder}/out`;
      await run(
        Deno.execPath(),
        ["bundle", "--code-splitting", "--outdir", out, "mod.ts"]
          .concat("src/testing/mod.ts"),
        root,
      );
      const files = [`${out}/src/testing/mod.js`];
      for await (const { name, isFile } of Deno.readDir(out)) {
        if (isFile) files.push(`${out}/${name}`);
      }
      await Deno.writeTextFile(`${folder}/down.cjs`, DOWN);
      await run(node, [`${folder}/down.cjs`, typescript, ...files], folder);

      await t.step("node:test", async () => {
        const path = `${folder}/node_runner.js`;
        await Deno.writeTextFile(path, `import test from "node:test";${TESTS}`);
        const said = await run(node, ["--test", path], folder);
        assert(/ pass 4\b/.test(said), said);
      });
      if (!await isInstalled("vitest@3", folder)) {
        return await skipped("vitest", "npm cannot fetch it");
      }
      await t.step("vitest", async () => {
        await Deno.writeTextFile(
          `${folder}/vitest_runner.test.js`,
          `import { test } from "vitest";${TESTS}`,
        );
        const program = `${folder}/node_modules/vitest/vitest.mjs`;
        const said = await run(node, [program, "run"], folder);
        assert(/Tests\s+4 passed/.test(said), said);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
