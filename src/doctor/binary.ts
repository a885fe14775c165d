/**
 * Checks the program that sessions would start.
 *
 * @module
 */

import { ClaudeNotFoundError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { type Command, findClaude } from "../process/find.ts";
import { isProgram } from "../process/spawn.ts";
import { mayRead } from "./may.ts";
import { check, type DoctorCheck } from "./report.ts";

/** Result of the search. */
export interface FoundClaude {
  /** Outcome of the check. */
  readonly check: DoctorCheck;
  /** The program, if one was found. */
  readonly command?: Command;
}

/** Looks for the program as a session does. */
export async function findBinary(
  claudePath: SessionOptions["claudePath"],
  env: (name: string) => string | undefined,
): Promise<FoundClaude> {
  const looked: string[] = [];
  try {
    const command = findClaude({
      claudePath,
      env,
      os: Deno.build.os,
      isProgram: (path) => {
        looked.push(path);
        return isProgram(path);
      },
    });
    const found = [command.path, ...command.args].join(" ");
    if (!/[\\/]/.test(command.path)) {
      return {
        command,
        check: check(
          "claude",
          "skip",
          `${found}: Deno may not look for it, and finds it by itself, or not`,
          "Run Deno with --allow-env=PATH --allow-read",
        ),
      };
    }
    const others = looked.filter((path) => path !== command.path);
    const detail = others.length === 0
      ? found
      : `${found} (not in: ${others.join(", ")})`;
    return {
      command,
      check: await isOddFile(command.path)
        ? check(
          "claude",
          "warn",
          `${detail}; it is no program, nor a script that begins with "#!"`,
          `See what it is: head -c 100 '${command.path}'`,
        )
        : check("claude", "ok", detail),
    };
  } catch (error) {
    if (!(error instanceof ClaudeNotFoundError)) throw error;
    const { searched, wanted, message, hint } = error;
    const why = wanted === undefined
      ? []
      : await Promise.all(searched.map(whyNot));
    return {
      check: check("claude", "fail", [message, ...why].join("; "), hint),
    };
  }
}

/** First bytes of executables: ELF, Mach-O (three forms), Windows, and scripts. */
const PROGRAMS: readonly (readonly number[])[] = [
  [0x7f, 0x45, 0x4c, 0x46],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xce, 0xfa, 0xed, 0xfe],
  [0xca, 0xfe, 0xba, 0xbe],
  [0x4d, 0x5a],
  [0x23, 0x21],
];

/**
 * Whether an executable file is in none of the known formats, so that a shell would run it as a
 * script.
 */
async function isOddFile(path: string): Promise<boolean> {
  if (!/[\\/]/.test(path) || !await mayRead(path)) return false;
  if (/\.(cmd|bat)$/i.test(path)) return false;
  const head = new Uint8Array(4);
  using file = await Deno.open(path);
  await file.read(head);
  return !PROGRAMS.some((bytes) =>
    bytes.every((byte, at) => head[at] === byte)
  );
}

/** Returns what is wrong with a file that cannot be run. */
async function whyNot(path: string): Promise<string> {
  try {
    const { isDirectory } = await Deno.stat(path);
    return isDirectory
      ? `${path} is a directory`
      : `${path} is not executable: chmod +x '${path}'`;
  } catch (error) {
    return error instanceof Deno.errors.NotFound
      ? `there is no ${path}`
      : `${path}: ${error instanceof Error ? error.message : error}`;
  }
}
