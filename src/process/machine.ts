/**
 * What a policy has to know of this machine to tell where a path leads.
 *
 * @module
 */

import type { SessionOptions } from "../options.ts";
import { absolute, isAbsolute } from "../permissions/paths.ts";
import type { Machine } from "../permissions/protected_paths.ts";
import { inheritedEnv } from "./environment.ts";
import { pathOf } from "./launch.ts";
import { realPathSync } from "./real_path.ts";

const CONFIG_DIR = "CLAUDE_CONFIG_DIR";

/** The machine that the session's CLI runs on, as far as Deno lets this process look. */
export function machineOf(options: SessionOptions): Machine {
  const configDir = configDirOf(options);
  return {
    // To look without the permission would ask whoever sits at the terminal.
    realPath: (path) =>
      isGranted({ name: "read", path }) ? realPathSync(path) : path,
    ...configDir === undefined ? {} : { configDir },
  };
}

/** The CLI's configuration folder, if it is not the one in the home directory. */
function configDirOf(options: SessionOptions): string | undefined {
  const given = options.configDir === undefined
    ? options.env?.[CONFIG_DIR] ?? inherited(options)
    : pathOf("configDir", options.configDir);
  if (given === undefined || given === "") return undefined;
  if (isAbsolute(given)) return given;
  const cwd = options.cwd === undefined
    ? undefined
    : pathOf("cwd", options.cwd);
  if (cwd !== undefined && isAbsolute(cwd)) return absolute(given, cwd);
  return isGranted({ name: "read", path: "." })
    ? absolute(given, cwd === undefined ? Deno.cwd() : `${Deno.cwd()}/${cwd}`)
    : undefined;
}

function inherited(options: SessionOptions): string | undefined {
  if (!isGranted({ name: "env", variable: CONFIG_DIR })) return undefined;
  const value = Deno.env.get(CONFIG_DIR);
  return value === undefined
    ? undefined
    : inheritedEnv(options, { [CONFIG_DIR]: value }, Deno.build.os)[CONFIG_DIR];
}

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}
