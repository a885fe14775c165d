// Our own tests use no more of the testing kit than everybody can.

import { assert, assertEquals } from "@std/assert";
import * as kit from "../../src/testing/mod.ts";

const ROOT = new URL("../..", import.meta.url);

/** Files of the kit that it exports as a namespace. */
const NAMESPACES: Readonly<Record<string, object>> = {
  "steps.ts": kit.step,
  "event_builders.ts": kit.event,
  "reply.ts": kit.reply,
  "block.ts": kit.block,
  "fault.ts": kit.fault,
  "mod.ts": kit,
};

/** What our tests take besides, and why. */
const OWN: Readonly<Record<string, string>> = {
  environmentFor: "the API of a blocking session runs in a worker",
  DEFAULT_VERSION: "tests of versions compare with it",
  scenarioReplies: "its errors are tested without a server",
};

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))
  ) {
    const path = `${folder}${name}`;
    if (isDirectory) yield* filesIn(`${path}/`);
    else if (path.endsWith(".ts")) yield path;
  }
}

const IMPORT =
  /import\s+(?:type\s+)?(\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+"[^"]*\/testing\/([\w/]+\.ts)"/g;

Deno.test("what tests import from src/testing is exported by its mod.ts, but for three names", async () => {
  const exported = await Deno.readTextFile(
    new URL("./src/testing/mod.ts", ROOT),
  );
  const missing = new Set<string>();
  let imports = 0;
  for (const folder of ["./tests/", "./src/", "./bench/"]) {
    for await (const path of filesIn(folder)) {
      if (path.startsWith("./src/testing/")) continue;
      const text = await Deno.readTextFile(new URL(path, ROOT));
      for (const [, names = "", file = ""] of text.matchAll(IMPORT)) {
        imports++;
        const namespace = NAMESPACES[file];
        if (names.startsWith("*")) {
          if (namespace === undefined) missing.add(`* of ${file}`);
          continue;
        }
        for (
          const [, name = ""] of names.matchAll(
            /(?:type\s+)?(\w+)(?:\s+as\s+\w+)?\s*[,}]/g,
          )
        ) {
          const isThere = namespace === undefined
            ? new RegExp(`\\b${name}\\b`).test(exported)
            : name in namespace;
          if (!isThere) missing.add(name);
        }
      }
    }
  }
  assert(imports > 100, `${imports}`);
  assertEquals([...missing].sort(), Object.keys(OWN).sort());
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
