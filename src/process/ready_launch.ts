/**
 * What a process is started with, once the files that it names were looked at.
 *
 * @module
 */

import type { SessionOptions } from "../options.ts";
import {
  hooksOff,
  NO_HOOKS_VARIABLE,
  settingsTurnHooksOff,
} from "../permissions/check.ts";
import { jsonCopy } from "../json_copy.ts";
import { launchOf } from "./args.ts";
import { type Launch, pathOf } from "./launch.ts";
import { isSettingsFile } from "./places.ts";

/**
 * What a process with these options is started with.
 *
 * @throws {ConfigError} Its arguments would be too long, or its settings file lets no
 * policy and no hook hold.
 */
export function readyLaunch(options: SessionOptions): Launch {
  checkSettingsFile(options);
  const launch = launchOf(options);
  // What the caller changes afterwards changes nothing, and to write it cannot fail.
  const initialize = jsonCopy(launch.initialize, "Cannot start the CLI");
  return { ...launch, initialize };
}

/** Where the file cannot be read from here, the first tool call shows it: the session ends then. */
function checkSettingsFile(options: SessionOptions): void {
  const { policy, hooks, settings, cwd } = options;
  if (settings === undefined || !isSettingsFile(settings)) return;
  if (policy === undefined && hooks === undefined) return;
  const path = pathOf("settings", settings as string | URL);
  const isAbsolute = /^([\\/]|[a-z]:)/i.test(path);
  const whole = cwd === undefined || isAbsolute
    ? path
    : `${pathOf("cwd", cwd)}/${path}`;
  if (!settingsTurnHooksOff(readJson(whole))) return;
  throw hooksOff(
    policy === undefined ? "hooks" : "policy",
    `"${NO_HOOKS_VARIABLE}" in the settings file "${path}"`,
  );
}

function readJson(path: string): unknown {
  const { state } = Deno.permissions.querySync({ name: "read", path });
  if (state !== "granted") return undefined;
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    // The CLI looks at it too, and says what is wrong with it.
    return undefined;
  }
}
