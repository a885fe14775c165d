/**
 * Builds the launch of a process and checks the files that its options name.
 *
 * @module
 */

import { isWireObject, jsonCopy } from "../util/json.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { hooksOff, settingsTurnHooksOff } from "../options/policy_options.ts";
import { NO_HOOKS_VARIABLE } from "../options/environment.ts";
import { launchOf } from "../options/args.ts";
import { type Launch, pathOf } from "../options/launch.ts";
import { isSettingsFile } from "../options/places.ts";
import { isGranted } from "./runtime.ts";

/**
 * Returns the launch of a process with these options.
 *
 * @throws {ConfigError} The arguments are too long, or the settings file would disable policies and
 *   hooks.
 */
export function readyLaunch(options: SessionOptions): Launch {
  const { settings } = options;
  const plain = launchOf(options);
  // Copy it, so that later changes by the caller have no effect and writing it cannot fail.
  const initialize = jsonCopy(plain.initialize, "Cannot start the CLI");
  const launch = { ...plain, initialize };
  if (settings === undefined || !isSettingsFile(settings)) return launch;
  const found = readJson(wholePath(options, pathOf("settings", settings)));
  checkSettingsFile(options, found);
  return isWireObject(found) ? { ...launch, settingsInFile: found } : launch;
}

/**
 * If the file cannot be read from here, the first tool call reveals the problem and the session
 * ends.
 */
function checkSettingsFile(options: SessionOptions, found: unknown): void {
  const { policy, hooks, settings } = options;
  if (policy === undefined && hooks === undefined) return;
  if (!settingsTurnHooksOff(found)) return;
  throw hooksOff(
    policy === undefined ? "hooks" : "policy",
    `"${NO_HOOKS_VARIABLE}" in the settings file "${
      pathOf("settings", settings as string | URL)
    }"`,
  );
}

/** The CLI resolves the path against its working directory. */
function wholePath({ cwd }: SessionOptions, path: string): string {
  const isAbsolute = /^([\\/]|[a-z]:)/i.test(path);
  return cwd === undefined || isAbsolute
    ? path
    : `${pathOf("cwd", cwd)}/${path}`;
}

function readJson(path: string): unknown {
  if (!isGranted({ name: "read", path })) return undefined;
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    // The CLI also reads the file and reports what is wrong with it.
    return undefined;
  }
}
