/**
 * Which version of the CLI a program is.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import { isEndless } from "../util/time_limit.ts";
import { prepareSpawn, startProcess } from "./spawn.ts";

/** The version in what `claude --version` prints, or `undefined` where that is not Claude Code. */
export function versionIn(printed: string): string | undefined {
  return /^(\d+\.\d+\.\d+\S*) \(Claude Code\)/m.exec(printed)?.[1];
}

/** What the program prints as its version; empty where it says nothing in time. */
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
    // A program that writes for ever is none that says its version.
    const [printed] = await Promise.all([
      firstText(process.readable),
      process.stderr.cancel(),
      process.writable.close().catch(() => {
        // It ended, or reads nothing: only what it writes matters.
      }),
    ]);
    process.kill("SIGKILL");
    await process.exited;
    return printed.trim();
  } finally {
    clearTimeout(timer);
  }
}

/** The first 1,000 characters, or all where there are fewer. */
async function firstText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length >= 1000) break;
  }
  return text.slice(0, 1000);
}
