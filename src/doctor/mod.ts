/**
 * Checks whether sessions will work here, and says what to do if they will not.
 *
 * @module
 */

import type { DoctorOptions } from "./doctor_options.ts";
import type { DoctorReport } from "./report.ts";

export type { DoctorOptions } from "./doctor_options.ts";
export type { CheckStatus, DoctorCheck, DoctorReport } from "./report.ts";

/**
 * Checks whether sessions will work here: the program and its version, a real handshake, the
 * sign-in, the settings that will load, the variables, Deno's permissions, workers. It sends no
 * prompt, costs nothing, and never prompts for a permission. Problems are reported, never thrown.
 *
 * Blocks for about 50 ms, because it tests what a `SyncSession` needs.
 *
 * @throws {ConfigError} An option is invalid.
 *
 * @example
 * ```ts
 * import { doctor } from "@claudestream/core";
 *
 * async function complain(): Promise<void> {
 *   const { ok, checks } = await doctor();
 *   if (ok) return;
 *   for (const { name, status, detail, hint } of checks) {
 *     if (status === "fail") console.error(name, detail, hint);
 *   }
 * }
 * ```
 */
export async function doctor(
  options: DoctorOptions = {},
): Promise<DoctorReport> {
  // Loaded on demand: it is rarely used and has a dozen modules.
  const { examine } = await import("./examine.ts");
  return await examine(options);
}
