/**
 * Starts whatever the options name: the CLI of this machine, what the caller makes of
 * it, or a transport of the caller's.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import type { Launch } from "../options/launch.ts";
import { carried, carrierFailed, checkedSpec, isTransport } from "./carrier.ts";
import { closeStepsOf } from "./shutdown.ts";
import { fittingLaunch } from "./version.ts";
import type { Soon } from "../util/maybe_promise.ts";
import { prepareSpawn, startProcess } from "./spawn.ts";
import { removeForgotten } from "./launch_files.ts";
import type { HeldTransport, SpawnSpec } from "../options/transport.ts";

/**
 * Starts it; a process on this machine at once, if nothing has to be asked first.
 *
 * @throws {ClaudeNotFoundError} There is no CLI.
 * @throws {StartupError} It cannot be started.
 * @throws {ConfigError} The caller's function gave something else than it may.
 */
export function openTransport(
  options: SessionOptions,
  launch: Launch,
): Soon<HeldTransport> {
  const { transport, spawn } = options;
  if (
    transport === undefined && spawn === undefined &&
    launch.older === undefined
  ) return startProcess(prepareSpawn(options, launch, false));
  return openSlowly(options, launch);
}

/** The same where something has to be waited for. */
async function openSlowly(
  options: SessionOptions,
  launch: Launch,
): Promise<HeldTransport> {
  const { transport, spawn, resume } = options;
  const { killMs: stepMs } = closeStepsOf(options);
  if (transport !== undefined) {
    const given = typeof transport === "function"
      ? await called("transport", () => transport({ resume }))
      : transport;
    return carried(given, { option: "transport", stepMs });
  }
  if (spawn === undefined) {
    const fitting = await fittingLaunch(options, launch);
    return startProcess(prepareSpawn(options, fitting, false));
  }
  const prepared = prepareSpawn(options, launch, true);
  const { files } = prepared;
  let changed: SpawnSpec;
  try {
    const made = await called("spawn", () => spawn(prepared.spec));
    if (isTransport(made)) {
      removeForgotten();
      return carried(made, { option: "spawn", stepMs, files });
    }
    changed = checkedSpec(made);
  } catch (error) {
    await files.remove();
    throw error;
  }
  return startProcess({ spec: changed, files });
}

async function called<T>(
  option: "spawn" | "transport",
  call: () => T | Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw carrierFailed(option, cause);
  }
}
