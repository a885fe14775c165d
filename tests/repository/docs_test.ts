// The documents for those who work on this name only what is there, and all folders; each
// test file says what it protects.

import { assert, assertEquals } from "@std/assert";
import { FLOORS } from "../../scripts/import_order.ts";

const ROOT = new URL("../..", import.meta.url);

/** Documents, and the folders that their paths may be relative to. */
const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  "ARCHITECTURE.md": ["", "src/"],
  "CONTRIBUTING.md": [""],
  "tests/README.md": ["", "tests/", "src/"],
};

/** Words with the look of a path that name no file of the repository. */
const NO_FILES: ReadonlySet<string> = new Set(["node_modules/", ".tools/"]);

/** The paths that a document names in backticks, and those that it links to. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, word = ""]) =>
    word
  );
  const linked = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, to = ""]) =>
    to
  );
  return [...quoted.filter(isPath), ...linked];
}

/** Whether a word is a path: of files that we have, or of a folder. */
function isPath(word: string): boolean {
  if (!/^[\w.*{},/-]+$/.test(word)) return false;
  return word.endsWith("/") || /\.(ts|md|json|ndjson|mjs)$/.test(word) ||
    /^(src|tests|scripts|bench|docs|\.ci)\//.test(word);
}

async function isThere(path: string): Promise<boolean> {
  if (!path.includes("*")) {
    try {
      const { isDirectory } = await Deno.stat(new URL(path, ROOT));
      return isDirectory || !path.endsWith("/");
    } catch (error) {
      if (
        error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory
      ) return false;
      throw error;
    }
  }
  const at = path.lastIndexOf("/") + 1;
  const [start = "", end = ""] = path.slice(at).split("*");
  const folder = path.slice(0, at);
  if (folder !== "" && !await isThere(folder)) return false;
  for await (const { name } of Deno.readDir(new URL(`./${folder}`, ROOT))) {
    if (name.startsWith(start) && name.endsWith(end)) return true;
  }
  return false;
}

/** Those of a document that are nowhere. */
async function missingIn(
  text: string,
  bases: readonly string[],
): Promise<string[]> {
  const missing: string[] = [];
  for (const path of new Set(pathsIn(text))) {
    if (NO_FILES.has(path)) continue;
    const found = await Promise.all(
      bases.map((base) => isThere(`${base}${path}`)),
    );
    if (!found.includes(true)) missing.push(path);
  }
  return missing;
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

for (const [document, bases] of Object.entries(DOCUMENTS)) {
  Deno.test(`every path in ${document} is there`, async () => {
    const text = await read(document);
    assert(pathsIn(text).length > 10);
    assertEquals(await missingIn(text, bases), []);
  });
}

Deno.test("a path that is not there is found, whatever its form", async () => {
  const text = "`src/errors.ts` `src/gone.ts` `gone/` `x.y` `deno task ok` " +
    "`src/util/*_test.ts` `src/*_gone.ts` `gone/*.ts` `mod.ts/` `cli.ts` " +
    "[one](CONTRIBUTING.md) [two](GONE.md) [three](https://example.com/a.md)";
  assertEquals(await missingIn(text, [""]), [
    "src/gone.ts",
    "gone/",
    "src/*_gone.ts",
    "gone/*.ts",
    "mod.ts/",
    "GONE.md",
  ]);
});

Deno.test("ARCHITECTURE.md has each folder of src/, in the order of the floors", async () => {
  const text = await read("ARCHITECTURE.md");
  const table = text.split("\n").filter((line) => line.startsWith("| "))
    .map((line) => line.split("|")[1] ?? "");
  const told = table.flatMap((cell) =>
    [...cell.matchAll(/`(\w+)\/`/g)].map(([, name]) => name)
  );
  const there = new Set<string>();
  for await (
    const { name, isDirectory } of Deno.readDir(new URL("src/", ROOT))
  ) {
    if (isDirectory) there.add(name);
  }
  assertEquals(told, FLOORS.flat().filter((name) => there.has(name)));
  // A folder without a floor is no less missing.
  assertEquals(new Set(told), there);
});

/** The test files below a folder. */
async function* testFiles(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* testFiles(new URL(`${name}/`, folder));
    else if (name.endsWith("_test.ts")) yield new URL(name, folder);
  }
}

Deno.test("each test file says in its first line what it protects", async () => {
  const silent: string[] = [];
  let count = 0;
  for (const folder of ["src/", "tests/"]) {
    for await (const file of testFiles(new URL(folder, ROOT))) {
      count++;
      const text = await Deno.readTextFile(file);
      if (!/^(\/\/ |\/\*\*\n \* )\S/.test(text)) {
        silent.push(file.pathname.slice(ROOT.pathname.length));
      }
    }
  }
  assertEquals(silent, []);
  assert(count > 200, `${count} files`);
});

Deno.test("docs/testing.md shows the application and the tests that are run", async () => {
  const page = await Deno.readTextFile(new URL("./docs/testing.md", ROOT));
  for (const name of ["app.ts", "app_test.ts", "kinds_test.ts"]) {
    const file = new URL(`./tests/consumer/${name}`, ROOT);
    const text = await Deno.readTextFile(file);
    assert(page.includes(`\`\`\`ts ignore\n${text}\`\`\``), name);
  }
});
