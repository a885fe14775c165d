/**
 * Finds options that contradict each other, and those that could never do anything:
 * whoever gives one relies on it. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { isSameTool, literalName } from "../messages/builtin_tools.ts";
import { checkArguments, launchOf } from "./args.ts";
import { notFor } from "./environment.ts";
import { argumentsOf, isSettingsFile, isTexts } from "./places.ts";

/** Options that answer what the CLI asks the host, and so need it to be asked. */
const ANSWERERS = ["onQuestion", "onPlan"] as const;

/** Flags that a session lives on, and what to do instead of giving them by hand. */
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

/**
 * Checks the options against each other.
 *
 * @throws {ConfigError} With the name of one of them.
 */
export function checkTogether(options: SessionOptions): void {
  const given = options as Readonly<Record<string, unknown>>;
  const { policy, permissionPromptTool, prompts, skillShell } = options;
  if (skillShell === "policy" && policy === undefined) {
    throw never("skillShell", "there is no policy to ask");
  }
  if (permissionPromptTool !== undefined) {
    for (const name of ["policy", ...ANSWERERS]) {
      exclude(given, "permissionPromptTool", name);
    }
  }
  if (prompts === "none") {
    for (const name of ["permissionPromptTool", ...ANSWERERS]) {
      if (given[name] === undefined) continue;
      throw never(name, `prompts: "none" lets nobody be asked`);
    }
  }
  if (prompts === "host" && policy === undefined) {
    const someone = ["permissionPromptTool", ...ANSWERERS];
    if (someone.every((name) => given[name] === undefined)) {
      throw never(
        "prompts",
        "nobody is there to answer: give a policy as well",
      );
    }
  }
  checkAuth(options);
  exclude(options, "keepEnv", "clearEnv");
  checkIdentity(options);
  checkPrompt(options);
  checkModes(options);
  checkRules(options);
  checkFlags(options);
  checkTransport(options);
  checkArguments(options);
}

/** Options that a process of ours is started by, besides arguments and variables. */
const OF_THE_START = [
  "claudePath",
  "cwd",
  "clearEnv",
  "keepEnv",
  "spawn",
] as const;

/** Options that do their work in this process too, whoever started the other one. */
const OF_BOTH: ReadonlySet<string> = new Set([
  "policy",
  "hooks",
  "onQuestion",
  "onPlan",
  "partials",
]);

/** A CLI that runs already has its arguments and variables. */
function checkTransport(options: SessionOptions): void {
  const { transport, recover } = options;
  if (transport === undefined) return;
  if (recover !== undefined && typeof transport !== "function") {
    throw never(
      "recover",
      "a transport serves one process: give a function that makes one for each",
    );
  }
  const given = options as Readonly<Record<string, unknown>>;
  const plain = placesOf({});
  const lost = Object.keys(given).find((name) =>
    given[name] !== undefined && !OF_BOTH.has(name) &&
    (OF_THE_START.some((one) => one === name) ||
      placesOf({ [name]: given[name] }) !== plain)
  );
  if (lost === undefined) return;
  throw never(
    lost,
    "a transport is a CLI that runs already: start it so, or use spawn, which is given the arguments and variables",
  );
}

/** All of a launch but the handshake. */
function placesOf(options: SessionOptions): string {
  const { args, env, files } = launchOf(options);
  return JSON.stringify([args, Object.entries(env), files]);
}

function checkAuth({ auth = "any", env, bare }: SessionOptions): void {
  for (const name of notFor(auth)) {
    if (env?.[name] === undefined) continue;
    throw new ConfigError(
      "auth",
      `Cannot have auth: "${auth}" with the variable ${name} in env: leave out one of them`,
    );
  }
  if (auth === "subscription" && bare === true) {
    throw new ConfigError(
      "auth",
      'Cannot have auth: "subscription" with bare: the CLI signs in with an API key only then',
    );
  }
}

function checkIdentity(options: SessionOptions): void {
  const { resume, resumeAt, resumeDropsTurn } = options;
  if (resumeAt !== undefined && resume === undefined) {
    throw new ConfigError(
      "resumeAt",
      "Cannot go on from a message without its session: give resume as well",
    );
  }
  if (resumeDropsTurn !== undefined && resumeAt === undefined) {
    throw new ConfigError(
      "resumeDropsTurn",
      "Cannot drop a turn without a message to go on from: give resumeAt as well",
    );
  }
  exclude(options, "fromPr", "resume");
  exclude(options, "fromPr", "sessionId");
}

function checkPrompt({ systemPrompt }: SessionOptions): void {
  if (systemPrompt === undefined || isTexts(systemPrompt)) return;
  exclude(systemPrompt, "text", "file", "systemPrompt.");
  exclude(systemPrompt, "append", "appendFile", "systemPrompt.");
  const { text, file, excludeDynamicSections } = systemPrompt;
  if (excludeDynamicSections === true && (text ?? file) !== undefined) {
    throw never(
      "systemPrompt.excludeDynamicSections",
      "it is about the CLI's own prompt, and text or file replaces that",
    );
  }
}

function checkModes(options: SessionOptions): void {
  const { builtinTools, permissionMode, restricted, skills } = options;
  if (restricted === true && permissionMode === "bypassPermissions") {
    throw new ConfigError(
      "permissionMode",
      "Cannot bypass permissions in restricted mode: the CLI refuses it",
    );
  }
  if (skills !== undefined && options.slashCommands === false) {
    throw never("skills", "slashCommands: false turns all skills off");
  }
  if (
    skills !== undefined && skills.length > 0 && builtinTools !== undefined &&
    !builtinTools.includes("Skill") && !builtinTools.includes("default")
  ) {
    throw never("skills", `builtinTools leaves out the tool "Skill"`);
  }
  if (options.sandbox !== undefined && isSettingsFile(options.settings)) {
    throw new ConfigError(
      "sandbox",
      "Cannot add sandbox to settings in a file: put it into the file, or give the settings as an object",
    );
  }
}

function checkRules({ allowedTools, disallowedTools }: SessionOptions): void {
  for (const rule of allowedTools ?? []) {
    if (disallowedTools?.some((other) => isSameRule(rule, other))) {
      throw new ConfigError(
        "allowedTools",
        `Cannot both allow and deny "${rule}": it is in allowedTools and in disallowedTools`,
      );
    }
  }
}

/** Whether two rules say the same, by whichever name of the tool. */
function isSameRule(rule: string, other: string): boolean {
  const [name = "", ...content] = literalName(rule).split("(");
  const [otherName = "", ...otherContent] = literalName(other).split("(");
  return isSameTool(name, otherName) &&
    content.join("(") === otherContent.join("(");
}

/** Short flags of CLI 2.1.332 that options stand for. */
const LONG_FLAGS: Readonly<Record<string, string>> = {
  "-c": "--continue",
  "-d": "--debug",
  "-r": "--resume",
  "-w": "--worktree",
};

/** Flags that the CLI takes several times and adds up: none of them replaces another. */
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

/** The CLI takes the last of two, and says nothing: one of the caller's values would not hold. */
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

function checkFlags(options: SessionOptions): void {
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

function exclude(
  options: object,
  one: string,
  other: string,
  within = "",
): void {
  const given = options as Readonly<Record<string, unknown>>;
  if (given[one] === undefined || given[other] === undefined) return;
  throw new ConfigError(
    `${within}${one}`,
    `Cannot use ${within}${one} together with ${within}${other}: give one of them`,
  );
}

function never(option: string, why: string): ConfigError {
  return new ConfigError(option, `The option ${option} has no effect: ${why}`);
}
