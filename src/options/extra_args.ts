/**
 * The option `extraArgs` beside options that become flags themselves. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { launchOf } from "./args.ts";
import { argumentsOf } from "./places.ts";
import type { SessionOptions } from "./session_options.ts";

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

/** The CLI takes the last of two flags without a word, so one of the two values would not hold. */
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
      `Cannot pass "${double}" in extraArgs together with the option ${name}, which stands for it: give one of them`,
    );
  }
}

/**
 * Checks the arguments given by hand against all other options.
 *
 * @throws {ConfigError} A session depends on the flag, or an option that is given stands for it.
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
