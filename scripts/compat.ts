/**
 * Tests versions of the real CLI, one after the other: each cell of `tests/compat/cells.ts` with
 * both sessions. Writes the results to `docs/compatibility.json`, makes `docs/compatibility.md` and
 * `src/capabilities/tested_versions.ts` of it, and fails if a cell did.
 *
 *     deno run -A scripts/compat.ts [--versions 2.1.197,2.1.332] [--check]
 *
 * Without `--versions` all of the table are tried again. With `--check` nothing is written.
 * The CLI gets a network with nothing but loopback in it, if this machine can make one.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { CELLS } from "../tests/compat/cells.ts";
import type { CellResult } from "../tests/compat/main.ts";
import { pathOf, reasonOf, say as sayAs } from "./_files.ts";
import { installClaude } from "./install_claude.ts";

const say = (message: string) => sayAs("compat", message);
const root = pathOf(new URL("../", import.meta.url));
const JSON_PATH = `${root}/docs/compatibility.json`;

/** Time after which a version counts as hanging. Not an estimate: each takes half a minute. */
const HANGS_MS = 10 * 60_000;

/** Results of all versions. */
export interface Compatibility {
  /** Results by version, the oldest first. */
  readonly versions: Readonly<Record<string, readonly CellResult[]>>;
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    say(reasonOf(error));
    Deno.exit(1);
  }
}

async function main(): Promise<void> {
  const { versions: given, check } = parseArgs(Deno.args, {
    string: ["versions"],
    boolean: ["check"],
    unknown: (arg) => {
      throw new Error(`Cannot use "${arg}": see the head of scripts/compat.ts`);
    },
  });
  const known = await readCompatibility();
  const versions = given?.split(",") ?? Object.keys(known.versions);
  const results: Record<string, readonly CellResult[]> = {};
  for (const version of versions) {
    if (!/^\d+\.\d+\.\d+$/.test(version)) {
      throw new Error(`Expected a version such as 2.1.332, got "${version}"`);
    }
    results[version] = await tried(version);
  }
  if (!check) await write({ versions: { ...known.versions, ...results } });
  const failed = Object.values(results).flat()
    .filter(({ outcome }) => outcome === "failed");
  const count = versions.length === 1 ? "version" : "versions";
  say(`${versions.length} ${count}, ${failed.length} failed`);
  if (failed.length > 0) Deno.exit(1);
}

/** Reads the committed results. */
export async function readCompatibility(): Promise<Compatibility> {
  try {
    return JSON.parse(await Deno.readTextFile(JSON_PATH));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { versions: {} };
    throw error;
  }
}

async function tried(version: string): Promise<readonly CellResult[]> {
  const path = await installClaude(version);
  const [command = "", ...args] = [
    ...await aloneOnLoopback(),
    Deno.execPath(),
    ...["run", "-A", "--quiet", "--no-check"],
    `${root}/tests/compat/main.ts`,
  ];
  const child = new Deno.Command(command, {
    args,
    cwd: root,
    env: { CLAUDESTREAM_TEST_CLAUDE: path, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), HANGS_MS);
  const { stdout } = await child.output();
  clearTimeout(timer);
  const results = new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line !== "")
    .map((line): CellResult => JSON.parse(line));
  const missing = CELLS.find(({ name }) =>
    !results.some(({ cell }) => cell === name)
  );
  if (missing !== undefined) {
    const text = "hung, or ended the program";
    results.push({
      cell: missing.name,
      kind: "command",
      outcome: "failed",
      text,
    });
  }
  for (const { cell, kind, outcome, text } of results) {
    if (outcome !== "ok") {
      say(`${version}: ${outcome}: ${cell} (${kind}): ${text}`);
    }
  }
  say(`${version}: ${results.length} cells tried`);
  return results;
}

/**
 * Returns the command prefix for a separate network; empty if the machine does not support that.
 */
async function aloneOnLoopback(): Promise<readonly string[]> {
  if (Deno.build.os !== "linux") return [];
  const script = 'ip link set lo up && exec "$@"';
  const prefix = ["unshare", "-n", "sh", "-c", script, "sh"];
  const env = { PATH: `${Deno.env.get("PATH")}:/usr/sbin:/sbin` };
  const [command = "", ...args] = prefix;
  try {
    const { success } = await new Deno.Command(command, {
      args: [...args, "true"],
      env,
      stdout: "null",
      stderr: "null",
    }).output();
    return success ? ["env", `PATH=${env.PATH}`, ...prefix] : [];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function write(found: Compatibility): Promise<void> {
  const versions = Object.fromEntries(
    Object.entries(found.versions).sort(([one], [other]) =>
      one.localeCompare(other, "en", { numeric: true })
    ),
  );
  const files = {
    "docs/compatibility.json": `${JSON.stringify({ versions }, null, 2)}\n`,
    "docs/compatibility.md": markdown({ versions }),
    "src/capabilities/tested_versions.ts": testedVersions({ versions }),
  };
  await Deno.mkdir(`${root}/docs`, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${root}/${name}`, text);
  }
  await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", ...Object.keys(files)],
    cwd: root,
  }).output();
}

/** The table for people: a column for each version would be too wide. */
export function markdown({ versions }: Compatibility): string {
  const all = Object.values(versions).flat();
  const told = [
    ...new Set(
      all.flatMap(({ outcome, cell, text }) =>
        outcome === "ok" ? [] : [`${cell}|${outcome}|${firstLine(text)}`]
      ),
    ),
  ];
  const mark = (version: string, cell: string) => {
    const of = versions[version]?.filter((one) => one.cell === cell) ?? [];
    if (of.length === 0) return "not tried";
    const worst = of.find(({ outcome }) => outcome === "failed") ??
      of.find(({ outcome }) => outcome === "absent") ?? of[0];
    return worst?.outcome ?? "";
  };
  const names = Object.keys(versions);
  const rows = CELLS.map(({ name }) => {
    const groups: string[] = [];
    for (const outcome of ["ok", "absent", "failed", "not tried"]) {
      const list = names.filter((version) => mark(version, name) === outcome);
      if (list.length === names.length) groups.push(`${outcome}: all`);
      else if (list.length > 0) groups.push(`${outcome}: ${list.join(", ")}`);
    }
    return `| ${name} | ${groups.join("; ")} |`;
  });
  return [
    "# Which versions of `claude` were tried",
    "",
    "Written by `deno task compat`, from `compatibility.json` beside it. Each row is tried",
    "with both sessions and the real CLI, on a scripted Messages API.",
    "",
    `${names.length} versions: ${names.join(", ")}.`,
    "",
    "| What | Versions |",
    "|---|---|",
    ...rows,
    ...told.length === 0 ? [] : [
      "",
      "What the caller is told if a CLI lacks it:",
      "",
      ...told.map((line) => {
        const [cell, outcome, text] = line.split("|");
        return `- ${cell} (${outcome}): ${text}`;
      }),
    ],
    "",
  ].join("\n");
}

function firstLine(text = ""): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "";
}

/** Returns the list for the library: versions in which no cell failed. */
function testedVersions({ versions }: Compatibility): string {
  const good = Object.keys(versions).filter((version) =>
    versions[version]?.every(({ outcome }) => outcome !== "failed")
  );
  return [
    "/**",
    " * The versions of the CLI that this library was tried with, the oldest first.",
    " * Written by `deno task compat`; `docs/compatibility.md` says what was tried.",
    " *",
    " * @module",
    " */",
    "",
    "/** The versions. */",
    `export const TESTED_VERSIONS: readonly [string, ...string[]] = ${
      JSON.stringify(good)
    };`,
    "",
  ].join("\n");
}
