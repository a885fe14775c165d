/**
 * Looks whether sessions will work here, and says what to do where they will not.
 *
 * @module
 */

import type { DoctorOptions } from "./doctor_options.ts";
import type { DoctorReport } from "./report.ts";

export type { DoctorOptions } from "./doctor_options.ts";
export type { CheckStatus, DoctorCheck, DoctorReport } from "./report.ts";

/**
 * Looks whether sessions will work here: the program and its version, the real
 * handshake, the sign-in, the settings that will load, the variables, Deno's
 * permissions, workers. No prompt is sent and nothing is spent; nobody is asked for a
 * permission. What is wrong is said in the report and never thrown.
 *
 * Blocks for some 50 ms, as it tries what a `SyncSession` needs.
 *
 * @throws {ConfigError} An option cannot be.
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
  // Rarely wanted, and a dozen modules.
  const { examine } = await import("./examine.ts");
  return await examine(options);
}
