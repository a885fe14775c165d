/**
 * Reads the CLI's version from `claude --version`, and adapts a launch to an older CLI.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS, isEndless } from "../util/limits.ts";
import { prepareSpawn, startProcess } from "./spawn.ts";
import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import type { Launch } from "../options/launch.ts";

/**
 * Returns the version in the output of `claude --version`, or `undefined` if the program is not
 * Claude Code.
 */
export function versionIn(printed: string): string | undefined {
  return /^(\d+\.\d+\.\d+\S*) \(Claude Code\)/m.exec(printed)?.[1];
}

/** Returns what the program prints for `--version`; empty if it prints nothing in time. */
export async function printedVersion(
  options: SessionOptions,
  timeoutMs: number,
): Promise<string> {
  const launch = {
    args: ["--version"],
    env: {},
    initialize: {},
    files: [],
  };
  const process = startProcess(
    prepareSpawn(options, launch, false),
  );
  const timer = isEndless(timeoutMs)
    ? undefined
    : setTimeout(() => process.kill("SIGKILL"), timeoutMs);
  try {
    // Do not wait for the end of the output: the program may write forever.
    const [printed] = await Promise.all([
      firstText(process.readable),
      process.stderr.cancel(),
      process.writable.close().catch(() => {
        // The program has ended or does not read its input; only its output matters.
      }),
    ]);
    process.kill("SIGKILL");
    await process.exited;
    return printed.trim();
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the first 1,000 characters, or the whole text if it is shorter. */
async function firstText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length >= 1000) break;
  }
  return text.slice(0, 1000);
}

/**
 * Returns the launch in the form that the installed CLI accepts. Runs `claude --version` only if
 * the version matters; with 2.1.330 that takes 20 ms.
 */
export async function fittingLaunch(
  options: SessionOptions,
  launch: Launch,
): Promise<Launch> {
  const { older } = launch;
  if (older === undefined) return launch;
  const timeoutMs = options.startTimeoutMs ?? DEFAULTS.startTimeoutMs;
  const version = versionIn(await printedVersion(options, timeoutMs));
  return isMet(BEHAVIORS.serversInHandshake.since, version) === false
    ? { ...launch, ...older }
    : launch;
}
