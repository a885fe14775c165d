/**
 * Options to what a process is started with. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { hasSecret } from "../util/secret_values.ts";
import {
  addPermissions,
  type Draft,
  type Launch,
  list,
  olderLaunch,
} from "./launch.ts";
import { isSettingsFile } from "./places.ts";
import type { SessionOptions } from "./session_options.ts";
import { ENTRIES } from "./table.ts";

/** What every process is started with. stream-json output needs `--verbose`. */
const ALWAYS = [
  "-p",
  "--output-format=stream-json",
  "--input-format=stream-json",
  "--verbose",
];

/**
 * The most characters that all arguments may have together. Windows has room for 8,191
 * if a shell starts the process, and for 32,767 if not.
 */
export const MAX_ARGUMENTS_LENGTH = 8_000;

/**
 * What a process with these options is started with.
 *
 * @throws {ConfigError} Its arguments would be too long, or have a secret in them.
 */
export function launchOf(options: SessionOptions): Launch {
  const launch = draftOf(options, false);
  const isFree = !isRevealing(launch);
  if (isFree && lengthOf(launch.args) <= MAX_ARGUMENTS_LENGTH) return launch;
  // Every CLI takes lists as arguments, so they go elsewhere only if they must.
  const spilled = draftOf(options, true);
  if (isRevealing(spilled)) throw revealing(options);
  const length = lengthOf(spilled.args);
  if (length <= MAX_ARGUMENTS_LENGTH) return spilled;
  const longest = spilled.args.reduce((a, b) => b.length > a.length ? b : a);
  throw new ConfigError(
    "extraArgs",
    `Cannot start the CLI: its arguments have ${length} characters, more than ${MAX_ARGUMENTS_LENGTH}: the longest is ${
      longest.split("=")[0]?.slice(0, 40)
    }`,
  );
}

/** Whether an argument has a secret in it: every user of the machine can read arguments. */
function isRevealing({ args, env }: Launch): boolean {
  return hasSecret(args, env);
}

/**
 * Checks that no option would have a secret among the arguments.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkArguments(options: SessionOptions): void {
  if (
    isRevealing(draftOf(options, false)) && isRevealing(draftOf(options, true))
  ) throw revealing(options);
}

/** What to do instead of giving a secret, by the option. */
const INSTEAD: Readonly<Record<string, string>> = {
  plugins:
    "Fetch the plugin yourself and give the path of its zip file or folder",
  extraArgs:
    "Use the options env, mcpServers and settings, whose values are no arguments",
};

function revealing(options: SessionOptions): ConfigError {
  const option =
    Object.entries(options).find(([name, value]) =>
      value !== undefined &&
      isRevealing(draftOf({ env: options.env ?? {}, [name]: value }, true))
    )?.[0] ?? "extraArgs";
  return new ConfigError(
    option,
    `Cannot use the option ${option}: it has a secret in it that would be an argument of the CLI, which every user of this machine can read`,
    { hint: INSTEAD[option] ?? "Give it without the secret" },
  );
}

function lengthOf(args: readonly string[]): number {
  return args.reduce((length, text) => length + text.length + 1, 0);
}

function draftOf(options: SessionOptions, wanted: boolean): Launch {
  const draft: Draft = {
    args: [...ALWAYS],
    env: {},
    initialize: {},
    files: [],
    servers: undefined,
    settings: {},
    allowed: [],
    spill: {
      handshake: wanted,
      // The settings file of a caller is only read.
      settings: wanted && !isSettingsFile(options.settings),
    },
  };
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) ENTRIES[name]?.place(draft, value);
  }
  if (draft.allowed.length > 0) {
    if (draft.spill.settings) addPermissions(draft, "allow", draft.allowed);
    else list("--allowedTools")(draft, draft.allowed);
  }
  if (Object.keys(draft.settings).length > 0) {
    const content = JSON.stringify(draft.settings);
    draft.files.push({ flag: "--settings", content });
  }
  const { args, env, initialize, files } = draft;
  const older = olderLaunch(draft);
  return {
    args,
    env,
    initialize,
    files,
    ...older === undefined ? {} : { older },
  };
}
