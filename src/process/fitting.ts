/**
 * Adapts a launch to an older CLI.
 *
 * @module
 */

import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS } from "../util/limits.ts";
import type { Launch } from "../options/launch.ts";
import { printedVersion, versionIn } from "./version.ts";

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
