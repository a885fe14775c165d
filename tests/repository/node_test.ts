// The kit in Node, with node:test, as one file without the syntax that Node lacks.

import { assert, assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);
const typescript = new URL(
  ".tools/typescript-5.9.3/lib/typescript.js",
  root,
).pathname;

const PROGRAM = `
import test from "node:test";
import assert from "node:assert/strict";
import { event, expectTurn, parseScenario, turnSnapshot } from "./kit.mjs";
test("events, snapshots, assertions", async () => {
  const events = [event.assistantText("hi")];
  assert.match(JSON.stringify(turnSnapshot(events)), /"hi"/);
  await assert.rejects(
    async () => (await expectTurn(events)).text("no"),
    { name: "AssertionError" },
  );
  assert.equal(parseScenario('{"processes":[{}]}').processes.length, 1);
  assert.equal(typeof Deno, "undefined");
});`;

const DOWN = `
const [, , typescript, from, to] = process.argv;
const ts = require(typescript), fs = require("node:fs");
fs.writeFileSync(to, ts.transpileModule(fs.readFileSync(from, "utf8"), {
  compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
}).outputText);`;

/** Whether there are Node and the compiler that `deno task consumer` fetches. */
function isReady(): boolean {
  try {
    Deno.statSync(typescript);
    return new Deno.Command("node", { args: ["--version"] }).outputSync()
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const ready = isReady();

Deno.test({
  name: `the kit works in Node, with node:test${
    ready ? "" : ' (skipped: no node, or run "deno task consumer" first)'
  }`,
  ignore: !ready,
  async fn() {
    const folder = await Deno.makeTempDir();
    const run = async (command: string, ...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(command, {
        args,
        cwd: root,
      }).output();
      const text = new TextDecoder().decode(stdout);
      assertEquals(code, 0, text + new TextDecoder().decode(stderr));
      return text;
    };
    await run(
      Deno.execPath(),
      ...["bundle", "-o", `${folder}/bundle.mjs`, "src/testing/mod.ts"],
    );
    await Deno.writeTextFile(`${folder}/down.cjs`, DOWN);
    await run(
      "node",
      ...[`${folder}/down.cjs`, typescript],
      ...[`${folder}/bundle.mjs`, `${folder}/kit.mjs`],
    );
    await Deno.writeTextFile(`${folder}/kit.test.mjs`, PROGRAM);
    const said = await run("node", "--test", `${folder}/kit.test.mjs`);
    assert(/# pass 1\b/.test(said), said);
    await Deno.remove(folder, { recursive: true });
  },
});
