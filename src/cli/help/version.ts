/**
 * `--version`: prints the versions, for people and, with `--json`, for programs.
 *
 * @module
 */

import { jsonLine } from "../output/json_line.ts";
import { findBinary } from "../../doctor/binary.ts";
import { may } from "../../doctor/may.ts";
import { TESTED } from "../../capabilities/version.ts";
import { printedVersion, versionIn } from "../../process/version.ts";
import { VERSION } from "../../util/version.ts";
import type { Flags } from "../flags/flags.ts";
import { type Output, readEnv } from "../output/output.ts";

export { VERSION };

/** How long `claude --version` may take, in milliseconds. */
const TIMEOUT_MS = 5000;

/** Versions of all programs involved. */
export interface Versions {
  /** Version of this program. */
  readonly claudestream: string;
  /** Version of Deno. */
  readonly deno: string;
  /** The `claude` that sessions would start, or `null` if there is none. */
  readonly claude: {
    /** Path of the executable. */
    readonly path: string;
    /** Its version, or `null` if it is not Claude Code or prints nothing. */
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
    flags.json !== undefined ? jsonLine(versions) : versionLine(versions),
  );
  return 0;
}

/** Formats the versions on one line. Pure. */
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
  // Do not prompt for a permission just for this.
  if (!await may({ name: "run", command: path })) return unknown;
  try {
    const options = { claudePath: [path, ...args] };
    const printed = await printedVersion(options, TIMEOUT_MS);
    return { path, version: versionIn(printed) ?? null };
  } catch {
    // The program cannot be started; `doctor` explains why. A bare name was only a guess.
    return unknown;
  }
}
