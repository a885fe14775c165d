/**
 * Options to what a process is started with, and the arguments that a caller adds by hand.
 * Pure.
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
import { argumentsOf, isSettingsFile } from "./places.ts";
import type { SessionOptions } from "./session_options.ts";
import { ENTRIES } from "./table.ts";

/** Arguments of every process. stream-json output requires `--verbose`. */
const ALWAYS = [
  "-p",
  "--output-format=stream-json",
  "--input-format=stream-json",
  "--verbose",
];

/**
 * Maximum number of characters of all arguments together. Windows allows 8,191 if a shell starts
 * the process, and 32,767 otherwise.
 */
export const MAX_ARGUMENTS_LENGTH = 8_000;

/** Room for the flag of a temporary file and its path, which is not known yet. */
const FILE_ARGUMENT_LENGTH = 120;

/**
 * Builds the arguments of a process with these options.
 *
 * @throws {ConfigError} Its arguments would be too long, or have a secret in them.
 */
export function launchOf(options: SessionOptions): Launch {
  const launch = draftOf(options, false);
  const isFree = !isRevealing(launch);
  if (isFree && lengthOf(launch) <= MAX_ARGUMENTS_LENGTH) return launch;
  // Every CLI takes lists as arguments, so they go elsewhere only if they must.
  const spilled = draftOf(options, true);
  if (isRevealing(spilled)) throw revealing(options);
  const length = lengthOf(spilled);
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

/** What to do instead of passing a secret, by option. */
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

function lengthOf({ args, files }: Launch): number {
  return args.reduce(
    (length, text) => length + text.length + 1,
    files.length * FILE_ARGUMENT_LENGTH,
  );
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

// Arguments by hand

/** Flags that a session depends on, and what to do instead of giving them by hand. */
const OWN_FLAGS: Readonly<Record<string, string>> = {
  "--output-format": "it is always stream-json",
  "--input-format": "it is always stream-json",
  "--verbose": "it is always on",
  "--print": "it is always on",
  "-p": "it is always on",
  "--permission-prompt-tool": "use the option policy or permissionPromptTool",
  "--replay-user-messages": "use the option replayUserMessages",
  "--settings": "use the option settings, which it would replace",
};

/** Short flags of CLI 2.1.332 that options stand for. */
const LONG_FLAGS: Readonly<Record<string, string>> = {
  "-c": "--continue",
  "-d": "--debug",
  "-r": "--resume",
  "-w": "--worktree",
};

/** Flags that the CLI takes several times and adds up. */
const ADDING_FLAGS: ReadonlySet<string> = new Set([
  "--add-dir",
  "--allowedTools",
  "--disallowedTools",
  "--file",
  "--mcp-config",
  "--plugin-dir",
  "--plugin-url",
]);

/** The flags that one option puts on the command line, or into a file that a flag names. */
function flagsOf(name: string, value: unknown): ReadonlySet<string> {
  const { args, files } = launchOf({ [name]: value });
  const flags = [...args.map(flagOf), ...files.map(({ flag }) => flag)];
  const always = new Set(launchOf({}).args.map(flagOf));
  return new Set(flags.filter((flag) => !always.has(flag)));
}

function flagOf(argument: string): string {
  const [name = ""] = argument.split("=");
  return LONG_FLAGS[name] ?? name;
}

/**
 * Rejects a flag that is given twice: the CLI silently takes the last one, so one of the two values
 * would be lost.
 */
function checkDoubleFlags(options: SessionOptions): void {
  const { extraArgs, ...others } = options;
  const given = argumentsOf(extraArgs ?? []).filter((argument) =>
    argument.startsWith("-")
  ).map(flagOf);
  if (given.length === 0) return;
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined) continue;
    const flags = flagsOf(name, value);
    const double = given.find((flag) =>
      flags.has(flag) && !ADDING_FLAGS.has(flag)
    );
    if (double === undefined) continue;
    throw new ConfigError(
      "extraArgs",
      `Cannot pass "${double}" in extraArgs together with the option ${name}, which sets the same: give one of them`,
    );
  }
}

/**
 * Checks the arguments given by hand against all other options.
 *
 * @throws {ConfigError} A session depends on the flag, or a given option already sets it.
 */
export function checkExtraArgs(options: SessionOptions): void {
  checkDoubleFlags(options);
  for (const argument of argumentsOf(options.extraArgs ?? [])) {
    const [name = ""] = argument.split("=");
    const why = Object.hasOwn(OWN_FLAGS, name) ? OWN_FLAGS[name] : undefined;
    if (why !== undefined) {
      throw new ConfigError(
        "extraArgs",
        `Cannot pass "${name}" in extraArgs: ${why}`,
      );
    }
  }
}
