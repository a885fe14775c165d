/**
 * `--version`: what runs here, for people and, with `--json`, for programs.
 *
 * @module
 */

import { findBinary } from "../doctor/binary.ts";
import { may } from "../doctor/may.ts";
import { TESTED } from "../capabilities/tested.ts";
import { printedVersion, versionIn } from "../process/version.ts";
import { VERSION } from "../util/version.ts";
import type { Flags } from "./flags.ts";
import { type Output, readEnv } from "./output.ts";

export { VERSION };

/** How long `claude --version` may take. */
const TIMEOUT_MS = 5000;

/** The versions of everything that takes part. */
export interface Versions {
  /** This program. */
  readonly claudestream: string;
  /** What runs it. */
  readonly deno: string;
  /** The `claude` that sessions would start, or `null` where there is none. */
  readonly claude: {
    /** Where it is. */
    readonly path: string;
    /** What it says, or `null` where it is no Claude Code, or says nothing. */
    readonly version: string | null;
  } | null;
  /** The versions of `claude` that this program was tested with, from the oldest to the newest. */
  readonly tested: { readonly oldest: string; readonly newest: string };
}

/** Prints the versions. */
export async function version(output: Output, flags: Flags): Promise<number> {
  const versions: Versions = {
    claudestream: VERSION,
    deno: Deno.version.deno,
    claude: await installedClaude(flags.claudePath),
    tested: TESTED,
  };
  await output.stdout(
    flags.json === true
      ? `${JSON.stringify(versions)}\n`
      : versionLine(versions),
  );
  return 0;
}

/** The versions on a line. Pure. */
export function versionLine({ claudestream, deno, claude }: Versions): string {
  const found = claude === null
    ? "no claude"
    : `claude ${claude.version ?? "of an unknown version"}`;
  return `claudestream ${claudestream} (deno ${deno}, ${found})\n`;
}

async function installedClaude(
  claudePath: string | undefined,
): Promise<Versions["claude"]> {
  const { command } = await findBinary(claudePath, readEnv);
  if (command === undefined) return null;
  const { path, args } = command;
  const isLooked = /[\\/]/.test(path);
  const unknown = isLooked ? { path, version: null } : null;
  // Nobody wants to be asked for a permission for that.
  if (!await may({ name: "run", command: path })) return unknown;
  try {
    const options = { claudePath: [path, ...args] };
    const printed = await printedVersion(options, TIMEOUT_MS);
    return { path, version: versionIn(printed) ?? null };
  } catch {
    // It cannot be started: `doctor` says why. A bare name was but a guess.
    return unknown;
  }
}
