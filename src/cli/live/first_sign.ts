/**
 * The first sign of life, and who gets any.
 *
 * @module
 */

import type { Flags } from "../flags/flags.ts";
import { type Output, readEnv } from "../output/output.ts";

/** Whether a person at stderr gets signs of life: not a pipe, a dumb terminal or a CI's log. */
export function wantsLive(output: Output, flags: Flags): boolean {
  return output.terminals.stderr && flags.quiet !== true &&
    flags.json === undefined && flags.raw !== true &&
    readEnv("TERM") !== "dumb" && (readEnv("CI") ?? "") === "";
}

/** Draws the first sign of life, before anything else of a command is loaded. */
export async function drawFirst(output: Output): Promise<void> {
  const now = Date.now();
  const { Activity } = await import("./activity.ts");
  await output.setLive(
    new Activity(now, "starting").lines(now, output.columns, output.color),
  );
}
