/**
 * What an older CLI is started with.
 *
 * @module
 */

import { DEFAULTS, type SessionOptions } from "../options.ts";
import type { Launch } from "./launch.ts";
import { compareVersions } from "./tested.ts";
import { printedVersion, versionIn } from "./version.ts";

/** The oldest version that is known to take `--await-initialize`; 2.1.197 does not. */
const TAKES_SERVERS_IN_HANDSHAKE = "2.1.330";

/**
 * The launch as this machine's CLI can take it. The program is asked for its version only
 * where that matters; with 2.1.330 it takes 20 ms.
 */
export async function fittingLaunch(
  options: SessionOptions,
  launch: Launch,
): Promise<Launch> {
  const { older } = launch;
  if (older === undefined) return launch;
  const timeoutMs = options.startTimeoutMs ?? DEFAULTS.startTimeoutMs;
  const version = versionIn(await printedVersion(options, timeoutMs));
  return version !== undefined &&
      compareVersions(version, TAKES_SERVERS_IN_HANDSHAKE) < 0
    ? { ...launch, ...older }
    : launch;
}
