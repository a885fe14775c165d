/**
 * What a policy needs to know about this machine to resolve paths.
 *
 * @module
 */

import type { PluginSpec, SessionOptions } from "../options/session_options.ts";
import { isAbsolute } from "../permissions/paths.ts";
import type { Machine } from "../permissions/protected_paths.ts";
import { inheritedEnv } from "../options/environment.ts";
import { pathOf } from "../options/launch.ts";
import { isSettingsFile } from "../options/places.ts";
import { realPathSync } from "../util/real_path.ts";
import { isGranted, operatingSystem } from "./runtime.ts";

const CONFIG_DIR = "CLAUDE_CONFIG_DIR";

/** The machine that the session's CLI runs on, as far as Deno lets this process look. */
export function machineOf(options: SessionOptions): Machine {
  const base = baseOf(options);
  return {
    // Without the permission, a look would make Deno ask the person at the terminal.
    realPath: (path) =>
      isGranted({ name: "read", path }) ? realPathSync(path) : path,
    trusted: trustedBy(options).flatMap((path) => {
      if (isAbsolute(path)) return [path];
      return base === undefined ? [] : [`${base}/${path}`];
    }),
  };
}

/** Where relative paths of the options begin, if that can be told. */
function baseOf({ cwd }: SessionOptions): string | undefined {
  const given = cwd === undefined ? undefined : pathOf("cwd", cwd);
  if (given !== undefined && isAbsolute(given)) return given;
  if (!isGranted({ name: "read", path: "." })) return undefined;
  return given === undefined ? Deno.cwd() : `${Deno.cwd()}/${given}`;
}

/** Files and folders that the options have the CLI execute or trust, as they were given. */
function trustedBy(options: SessionOptions): readonly string[] {
  const { configDir, settings, mcpConfigFiles = [], plugins = [] } = options;
  const folder = configDir === undefined
    ? options.env?.[CONFIG_DIR] ?? inherited(options)
    : pathOf("configDir", configDir);
  return [
    folder ?? "",
    ...isSettingsFile(settings) ? [pathOf("settings", settings)] : [],
    ...mcpConfigFiles.map((file) => pathOf("mcpConfigFiles", file)),
    ...plugins.flatMap(pluginPath),
  ].filter((path) => path !== "");
}

function pluginPath(plugin: PluginSpec): readonly string[] {
  if (typeof plugin === "string" || plugin instanceof URL) {
    return [pathOf("plugins", plugin)];
  }
  return "url" in plugin ? [] : [pathOf("plugins", plugin.path)];
}

function inherited(options: SessionOptions): string | undefined {
  if (!isGranted({ name: "env", variable: CONFIG_DIR })) return undefined;
  const value = Deno.env.get(CONFIG_DIR);
  return value === undefined ? undefined : inheritedEnv(
    options,
    { [CONFIG_DIR]: value },
    operatingSystem(),
  )[CONFIG_DIR];
}
