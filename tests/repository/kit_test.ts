// Our own tests use the testing kit as everybody does: by its entry point.

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../..", import.meta.url);

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))
  ) {
    const path = `${folder}${name}`;
    if (isDirectory) yield* filesIn(`${path}/`);
    else if (path.endsWith(".ts")) yield path;
  }
}

/** Whether a file is a test, or is there for tests. */
function isOfTests(path: string): boolean {
  if (path.startsWith("./src/testing/")) return false;
  return !path.startsWith("./src/") || path.endsWith("_test.ts") ||
    path.includes("/fixtures/");
}

/** The files of the kit that a text names in an import of any form, or as a URL to be loaded. */
function kitFilesIn(text: string): string[] {
  return [...text.matchAll(/["'`][^"'`\s]*\/testing\/([\w/]+\.ts)["'`]/g)]
    .map(([, file = ""]) => file);
}

Deno.test("outside of the kit, tests import it by its entry point only", async () => {
  const past: string[] = [];
  let imports = 0;
  // Not bench/, which measures what is loaded.
  for (const folder of ["./tests/", "./src/", "./scripts/"]) {
    for await (const path of filesIn(folder)) {
      if (!isOfTests(path) || import.meta.url.endsWith(path.slice(1))) continue;
      const text = await Deno.readTextFile(new URL(path, ROOT));
      for (const file of kitFilesIn(text)) {
        imports++;
        if (file !== "mod.ts") past.push(`${path} imports ${file}`);
      }
    }
  }
  assert(imports > 100, `${imports}`);
  assertEquals(past, [], "import src/testing/mod.ts in their place");
});

Deno.test("each way past the entry point is seen", () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['import { x } from "../src/testing/mod.ts";', ["mod.ts"]],
    ['import type { x } from "../../testing/steps.ts";', ["steps.ts"]],
    ['import * as x from "../../testing/player/wire.ts";', ["player/wire.ts"]],
    ['export * from "../src/testing/reply.ts";', ["reply.ts"]],
    ["await import('../src/testing/reply.ts');", ["reply.ts"]],
    ["new URL(`../src/testing/a.ts`, import.meta.url)", ["a.ts"]],
    ['import { x } from "../support/testing_world.ts";', []],
  ];
  for (const [text, files] of rows) assertEquals(kitFilesIn(text), files);
});

Deno.test("what of the kit takes no process loads and works without Deno", async () => {
  const { href } = new URL("./src/testing/mod.ts", ROOT);
  const program = `
    const { log } = console;
    delete globalThis.Deno;
    const { event, expectTurn, FakeClock, MemoryClaude, parseScenario, step, turnSnapshot } =
      await import(${JSON.stringify(href)});
    const events = [event.assistantText("hi"), event.result({ text: "hi" })];
    expectTurn(events).succeeded().text("hi");
    new FakeClock().advance(5);
    const scenario = parseScenario('{"processes":[{"turns":[[{"do":"text","text":"x"}]]}]}');
    const { readable, writable } = new MemoryClaude(scenario).transport();
    const writer = writable.getWriter();
    const prompt = { type: "user", message: { role: "user", content: "hi" } };
    await writer.write(new TextEncoder().encode(JSON.stringify(prompt) + "\\n"));
    await writer.close();
    const said = await new Response(readable).text();
    log(turnSnapshot(events).length, step.text("x").do, said.includes('"result":"x"'));
  `;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    cwd: ROOT,
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  assertEquals(decoder.decode(stdout), "2 text true\n");
});
