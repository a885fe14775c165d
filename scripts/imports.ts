/**
 * Checks that no import in `src/` runs up the order of folders or closes a circle, whether
 * it is of a type or of a value. Tests are free to import what they like.
 *
 *     deno task imports    what is wrong, one line each
 *
 * @module
 */

import { reasonOf, say as sayAs } from "./_files.ts";
import { FLOORS, LOOSE_FILES } from "./import_order.ts";

/** An import between two files; paths are relative to the top of the repository. */
export interface Import {
  from: string;
  to: string;
}

/** Rules for the imports. */
export interface House {
  /** Folders of `src/`, the highest floor first. */
  floors: readonly (readonly string[])[];
  /** Files in `src/` itself, and the folder that each belongs to. */
  looseFiles: Readonly<Record<string, string>>;
}

const HOUSE: House = { floors: FLOORS, looseFiles: LOOSE_FILES };
const ROOT = new URL("../", import.meta.url);
const say = (message: string) => sayAs("imports", message);

if (import.meta.main) {
  try {
    const files = await sourceFiles(ROOT);
    const imports = await importsOf(ROOT, files);
    const faults = importFaults(files, imports, HOUSE);
    for (const fault of faults) say(fault);
    if (faults.length > 0) Deno.exit(1);
    say("No import runs up or closes a circle.");
  } catch (error) {
    say(reasonOf(error));
    Deno.exit(1);
  }
}

/** The files of `src/` that belong to the product: no tests, no fixtures. */
export async function sourceFiles(root: URL): Promise<string[]> {
  const files: string[] = [];
  const visit = async (folder: string) => {
    for await (const entry of Deno.readDir(new URL(folder, root))) {
      const path = `${folder}${entry.name}`;
      if (entry.isDirectory) {
        if (entry.name !== "fixtures") await visit(`${path}/`);
      } else if (path.endsWith(".ts") && !path.endsWith("_test.ts")) {
        files.push(path);
      }
    }
  };
  await visit("src/");
  return files.sort();
}

/**
 * The imports of these files from one another, and from other files of the repository.
 * Deno reads them: comments and strings are told apart from code, and the types that are
 * named as `import("./x.ts").X` are found. The URL of a worker is no import.
 */
export async function importsOf(
  root: URL,
  files: readonly string[],
): Promise<Import[]> {
  // Deno takes one entry point, so one that imports every file is written for it.
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      files.map((file) => `import "${new URL(file, root)}";\n`).join(""),
    );
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: ["info", "--json", "--no-remote", entry],
        cwd: root,
        stdin: "null",
      },
    ).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return importsInGraph(JSON.parse(new TextDecoder().decode(stdout)), root)
      .filter(({ from }) => files.includes(from));
  } finally {
    await Deno.remove(entry);
  }
}

/** The part of `deno info --json` that is read here. */
interface Graph {
  modules: {
    specifier: string;
    dependencies?: {
      specifier: string;
      code?: { specifier?: string };
      type?: { specifier?: string };
    }[];
  }[];
}

function importsInGraph(graph: Graph, root: URL): Import[] {
  const found = new Map<string, Import>();
  for (const module of graph.modules) {
    const from = within(root, module.specifier);
    if (from === undefined) continue;
    for (const { code, type } of module.dependencies ?? []) {
      for (const specifier of [code?.specifier, type?.specifier]) {
        const to = specifier && within(root, specifier);
        if (to) found.set(`${from} > ${to}`, { from, to });
      }
    }
  }
  return [...found.values()];
}

/** The path below the root; none for packages. */
function within(root: URL, specifier: string): string | undefined {
  if (!specifier.startsWith(root.href)) return undefined;
  const path = specifier.slice(root.href.length);
  return /^(vendor|node_modules)\//.test(path) ? undefined : path;
}

/** Returns the faults of these imports, and of the tables about them. */
export function importFaults(
  files: readonly string[],
  imports: readonly Import[],
  house: House,
): string[] {
  return [
    ...placeFaults(files, house),
    ...imports.flatMap((one) => {
      const way = wayOf(one, house);
      return way === undefined ? [] : [`${one.from} imports ${one.to}: ${way}`];
    }),
    ...circles(imports.filter((one) => wayOf(one, house) === undefined)).map(
      (circle) => `Circle: ${[...circle, circle[0]].join(" > ")}`,
    ),
  ];
}

/** Returns the files and folders that have no floor, and the names in the tables that do not exist. */
function placeFaults(files: readonly string[], house: House): string[] {
  const rooms = new Set(house.floors.flat());
  const inUse = new Set(files.map((file) => roomOf(file, house)));
  const faults = new Set<string>();
  for (const file of files) {
    const room = roomOf(file, house);
    if (room === undefined) {
      faults.add(
        `${file} lies in no folder, and no table says in which it belongs`,
      );
    } else if (!rooms.has(room)) faults.add(`src/${room}/ is on no floor`);
  }
  for (const room of rooms) {
    if (!inUse.has(room)) {
      faults.add(`The floors name ${room}, which has no file`);
    }
  }
  for (const name of Object.keys(house.looseFiles)) {
    if (!files.includes(`src/${name}`)) {
      faults.add(
        `The table of loose files names src/${name}, which is not there`,
      );
    }
  }
  return [...faults];
}

/** Returns what is wrong with an import, apart from circles. */
function wayOf({ from, to }: Import, house: House): string | undefined {
  const [here, there] = [roomOf(from, house), roomOf(to, house)];
  if (!to.startsWith("src/")) return "it is outside of src/";
  if (here === undefined || there === undefined || here === there) return;
  const [high, low] = [floorOf(here, house), floorOf(there, house)];
  // `placeFaults` reports folders without a floor.
  if (high === -1 || low === -1 || high < low) return;
  return high === low
    ? `${here} and ${there} are on one floor`
    : `${there} is above ${here}`;
}

function floorOf(room: string, house: House): number {
  return house.floors.findIndex((rooms) => rooms.includes(room));
}

function roomOf(file: string, house: House): string | undefined {
  const [, folder = "", rest] = file.split("/");
  return rest === undefined ? house.looseFiles[folder] : folder;
}

/**
 * One circle for each group of files that reach one another: a shortest one through the
 * first file of the group.
 */
function circles(imports: readonly Import[]): string[][] {
  const next = nextOf(imports);
  const told = new Set<string>();
  const found: string[][] = [];
  for (const start of [...next.keys()].sort()) {
    const circle = told.has(start) ? undefined : wayBack(start, next);
    if (circle === undefined) continue;
    for (const file of groupOf(start, next)) told.add(file);
    found.push(circle);
  }
  return found;
}

function nextOf(imports: readonly Import[]): Map<string, string[]> {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) {
    next.set(from, [...next.get(from) ?? [], to]);
  }
  return next;
}

/** A shortest way from a file to itself, which is named once. */
function wayBack(
  start: string,
  next: Map<string, string[]>,
): string[] | undefined {
  const before = new Map<string, string>();
  const open = [start];
  for (const file of open) {
    for (const to of next.get(file) ?? []) {
      if (to === start) {
        const way = [file];
        for (let at = file; at !== start; way.unshift(at)) {
          at = before.get(at) ?? start;
        }
        return way;
      }
      if (before.has(to)) continue;
      before.set(to, file);
      open.push(to);
    }
  }
  return undefined;
}

/** The files that a file reaches and that reach it. */
function groupOf(start: string, next: Map<string, string[]>): Set<string> {
  return new Set(
    [...reached(start, next)].filter((file) => reached(file, next).has(start)),
  );
}

/** The files that can be reached from this one: itself only by a circle. */
function reached(start: string, next: Map<string, string[]>): Set<string> {
  const seen = new Set<string>();
  const open = [...next.get(start) ?? []];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    open.push(...next.get(file) ?? []);
  }
  return seen;
}
