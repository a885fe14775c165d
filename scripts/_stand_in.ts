/**
 * Writes an npm package's copy of Deno's standard library as JSR would serve
 * it and Deno vendors it: for each package `meta.json`, `<version>_meta.json`
 * with the checksums, and the files, whose imports of each other become
 * `jsr:@std/…`.
 *
 * @module
 */

import { pathOf } from "./_files.ts";
import { fetchFromNpm } from "./_npm.ts";

export const STAND_IN = {
  name: "deno-std",
  version: "1.4.0",
  /** Fits every `^1` range, and in a stack trace is plainly none of JSR's. */
  as: "1.999.0",
};

/** The hand-written types: `assert/mod` → text of its `.d.ts`. */
export type Types = ReadonlyMap<string, string>;

/** One package: file name → text. */
type Files = Map<string, string>;

export async function readTypes(): Promise<Types> {
  const root = pathOf(new URL("vendor_types/", import.meta.url));
  const types: [string, string][] = [];
  for await (const path of filesBelow(root)) {
    if (!path.endsWith(".d.ts")) continue;
    const text = await Deno.readTextFile(`${root}/${path}`);
    types.push([path.slice(0, -".d.ts".length), text]);
  }
  // A folder is read in the file system's own order; ours is compared.
  return new Map(types.sort(([a], [b]) => a < b ? -1 : 1));
}

/**
 * Writes the packages `names`, and all they import in turn, to `draft/@std`;
 * `draft` must exist and be empty.
 */
export async function writeStandIn(
  names: string[],
  types: Types,
  draft: string,
): Promise<void> {
  const source = await fetchFromNpm(STAND_IN.name, STAND_IN.version, draft);
  const queue = new Set(names); // grows while it is walked
  for (const name of queue) {
    const offered = [...types.keys()]
      .filter((id) => id.startsWith(`${name}/`))
      .map((id) => id.slice(name.length + 1));
    const { files, uses } = await convert(source, name, types, offered);
    for (const other of uses) queue.add(other);
    await writePackage(`${draft}/@std/${name}`, name, files, offered);
  }
}

async function convert(
  source: string,
  name: string,
  types: Types,
  offered: string[],
): Promise<{ files: Files; uses: Set<string> }> {
  const files: Files = new Map();
  const uses = new Set<string>();
  for await (const path of filesBelow(`${source}/${name}`)) {
    if (!path.endsWith(".js")) continue;
    const module = path.slice(0, -".js".length);
    const text = linkPackages(
      await Deno.readTextFile(`${source}/${name}/${path}`),
      path,
      uses,
    );
    const own = types.get(`${name}/${module}`);
    if (own !== undefined) {
      const file = `${module.slice(module.lastIndexOf("/") + 1)}.d.ts`;
      files.set(`${module}.d.ts`, own);
      files.set(path, `/* @ts-self-types="./${file}" */\n${text}`);
    } else {
      files.set(path, module === "mod" ? onlyOffered(text, offered) : text);
    }
  }
  const absent = offered.filter((module) => !files.has(`${module}.d.ts`));
  if (files.size > 0 && absent.length === 0) return { files, uses };
  throw new Error(
    `But it has no ${[name, ...absent].join("/")}: remove that from ` +
      `deno.json or from scripts/vendor_types/.`,
  );
}

/** `../bytes/concat.js` → `jsr:@std/bytes@^1/concat`, where that leaves `path`'s package. */
function linkPackages(text: string, path: string, uses: Set<string>): string {
  return text.replaceAll(
    // Only at the start of a line: examples in comments stand behind a star.
    /^((?:import|export|\}) ?[^;"]*")((?:\.\.\/)+)([^"]+)\.js"/gm,
    (whole, before: string, up: string, target: string) => {
      const depth = path.split("/").length;
      if (up.length / "../".length < depth) return whole;
      const [name = "", ...module] = target.split("/");
      uses.add(name);
      const exported = subpath(module.join("/")).slice(".".length);
      return `${before}jsr:@std/${name}@^1${exported}"`;
    },
  );
}

/**
 * A package with types here offers nothing else: the rest would be checked
 * against what TypeScript guesses from plain JS, unlike on JSR. (It might not
 * even load: the npm package lacks data files, and Deno stores names of over 30
 * characters under others.) What our packages need in turn is offered whole.
 */
function onlyOffered(text: string, offered: string[]): string {
  if (offered.length === 0) return text;
  return text.replaceAll(
    /^export \* from "\.\/([^"]+)\.js";\n/gm,
    (line, module: string) => offered.includes(module) ? line : "",
  );
}

async function writePackage(
  dir: string,
  name: string,
  files: Files,
  offered: string[],
): Promise<void> {
  const exports: Record<string, string> = {};
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const [path, text] of files) {
    const file = `${dir}/${STAND_IN.as}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
    const bytes = new TextEncoder().encode(text);
    manifest[`/${path}`] = {
      size: bytes.length,
      checksum: `sha256-${await sha256(bytes)}`,
    };
    if (!path.endsWith(".js") || /(^|\/)_/.test(path)) continue;
    const module = path.slice(0, -".js".length);
    if (
      module === "mod" || offered.length === 0 || offered.includes(module)
    ) {
      exports[subpath(module)] = `./${path}`;
    }
  }
  const as = STAND_IN.as;
  await writeJson(`${dir}/${as}_meta.json`, { exports, manifest });
  await writeJson(`${dir}/meta.json`, {
    scope: "std",
    name,
    latest: as,
    versions: { [as]: { createdAt: "2026-01-01T00:00:00Z" } },
  });
}

/** `text_line_stream` → `./text-line-stream`, as std names its exports. */
function subpath(module: string): string {
  if (module === "mod") return ".";
  return `./${module.replace(/\/mod$/, "").replaceAll("_", "-")}`;
}

async function* filesBelow(dir: string, folder = ""): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(`${dir}/${folder}`)) {
    const path = folder + entry.name;
    if (entry.isDirectory) yield* filesBelow(dir, `${path}/`);
    else yield path;
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value, null, 2) + "\n");
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}
