/**
 * Measures this package against a bare loop and against the official SDK, in one run,
 * and prints one table of ratios. See README.md beside this file.
 *
 *     deno task bench [--only=NAME,NAME] [--rounds=N] [--update]
 *     deno task bench:short [--update]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { reasonOf, say } from "../scripts/_files.ts";
import { compare, readBaseline, writeBaseline } from "./baseline.ts";
import { hasProgram, installSdk } from "./contestants.ts";
import { MEASUREMENTS, type Setting } from "./measurements.ts";
import { makeStandIn } from "./stand_in.ts";
import { type Row, table } from "./table.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  const flags = parseArgs(args, {
    boolean: ["short", "update"],
    string: ["only", "rounds"],
  });
  const mode = flags.short ? "short" : "full";
  const folder = await Deno.makeTempDir({ prefix: "claudestream-bench-" });
  try {
    const standIn = await makeStandIn(folder);
    if (!standIn.isCompiled) {
      say("bench", "No C compiler: only what the stand-in of the shell can do");
    }
    const setting: Setting = {
      folder,
      standIn,
      isShort: flags.short,
      rounds: Number(flags.rounds ?? (flags.short ? 3 : 5)),
      // The short one is for what we changed: the SDK does not.
      sdk: flags.short ? undefined : await installSdk(),
      hasNode: !flags.short && await hasProgram("node"),
    };
    const only = flags.only?.split(",");
    const rows: Row[] = [];
    let failed = false;
    for (const [name, measure] of Object.entries(MEASUREMENTS)) {
      if (only !== undefined && !only.includes(name)) continue;
      say("bench", `${name} …`);
      try {
        rows.push(...await measure(setting));
      } catch (error) {
        // One failure must not discard minutes of work.
        failed = true;
        say("bench", `${name} failed: ${reasonOf(error)}`);
      }
    }
    // deno-lint-ignore no-console -- what this program is for
    console.log(table(rows));
    if (flags.update) {
      await writeBaseline(mode, rows);
      return failed ? 1 : 0;
    }
    const worse = compare(await readBaseline(mode), rows);
    for (const line of worse) say("bench", line);
    return failed || worse.length > 0 ? 1 : 0;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
