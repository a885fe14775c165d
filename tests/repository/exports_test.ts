// What each entry point exports: everything can be imported as what the docs say it is, and
// no name means two things.

import { assert, assertEquals } from "@std/assert";

const { exports: ENTRIES }: {
  readonly exports: Readonly<Record<string, string>>;
} = JSON.parse(Deno.readTextFileSync("deno.json"));

/** An exported name, as `deno doc` tells of it. */
interface Exported {
  readonly name: string;
  /** `class`, `function`, `variable`, or a kind of type. */
  readonly kind: string;
  /** Where it is declared. */
  readonly at: string;
}

interface DocNode {
  readonly name: string;
  readonly kind?: string;
  readonly location?: { readonly filename: string; readonly line: number };
  readonly declarations?: readonly DocNode[];
}

async function exportsOf(path: string): Promise<readonly Exported[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", path],
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const doc = JSON.parse(new TextDecoder().decode(stdout));
  const nodes: readonly DocNode[] = doc.nodes instanceof Array
    ? doc.nodes
    : Object.values<{ readonly symbols: readonly DocNode[] }>(doc.nodes)
      .flatMap(({ symbols }) => symbols);
  return nodes.flatMap((node) => {
    const found = node.declarations ?? [node];
    return found.map(({ kind, location }) => ({
      name: node.name,
      kind: String(kind),
      at: String(location?.filename),
    }));
  }).filter(({ kind }) => kind !== "moduleDoc");
}

const VALUES = new Set(["class", "function", "variable", "enum", "namespace"]);

const FOUND = new Map(
  await Promise.all(
    Object.entries(ENTRIES).map(async ([name, path]) =>
      [name, await exportsOf(path)] as const
    ),
  ),
);

/** How many names an entry point exports at least, other than 10. */
const LEAST: Readonly<Record<string, number>> = {
  ".": 40,
  "./events": 40,
  "./pool": 5,
};

Deno.test("deno doc tells of each entry point", () => {
  for (const [name, found] of FOUND) {
    // The command line is run and exports nothing.
    const least = LEAST[name] ?? 10;
    assert(
      name === "./cli" || found.length > least,
      `${name}: ${found.length}`,
    );
  }
});

Deno.test("no exported name means two things, in one entry point or in two", () => {
  const meanings = new Map<string, Set<string>>();
  for (const found of FOUND.values()) {
    for (const { name, at } of found) {
      meanings.set(name, (meanings.get(name) ?? new Set()).add(at));
    }
  }
  const twice = [...meanings].filter(([, at]) => at.size > 1)
    .map(([name, at]) => `${name}: ${[...at].join(", ")}`);
  assertEquals(twice, []);
  assert(meanings.has("Thinking") && meanings.has("ThinkingMode"));
  assert(meanings.has("PluginInfo") && meanings.has("ReloadedPlugin"));
});

Deno.test("every exported value is there at run time as what the docs say, and no other", async () => {
  for (const [name, found] of FOUND) {
    if (name === "./cli") continue;
    const module: Readonly<Record<string, unknown>> = await import(
      new URL(`../../${ENTRIES[name]}`, import.meta.url).href
    );
    const values = found.filter(({ kind }) => VALUES.has(kind));
    assertEquals(
      [...new Set(values.map(({ name }) => name))].sort(),
      Object.keys(module).sort(),
      name,
    );
    for (const { name, kind } of values) {
      const value = module[name];
      // A namespace cannot be made a string.
      const isClass = typeof value === "function" &&
        /^class\b/.test(String(value));
      if (kind === "class") assert(isClass, name);
      if (kind === "function") {
        assert(typeof value === "function" && !isClass, name);
      }
    }
  }
});

Deno.test("every exported type can be imported by its name", async () => {
  const lines = [...FOUND].filter(([name]) => name !== "./cli").map(
    ([name, found], index) => {
      const names = [...new Set(found.map(({ name }) => name))];
      const path = new URL(`../../${ENTRIES[name]}`, import.meta.url).href;
      return `import type { ${
        names.map((one) => `${one} as ${one}${index}`).join(", ")
      } } from "${path}";`;
    },
  );
  // Within the package, whose imports it needs; not where other tests look for files.
  const file = await Deno.makeTempFile({ dir: "scripts", suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, `${lines.join("\n")}\nexport {};\n`);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", file],
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(file);
  }
});
