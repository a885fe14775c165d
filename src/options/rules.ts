/**
 * Rules that need two options: those that contradict each other, and those that could never
 * have an effect, because a caller who gives an option relies on it. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import {
  BUILTIN_TOOLS,
  isSameTool,
  literalName,
} from "../messages/builtin_tools.ts";
import { isWireObject } from "../messages/_define.ts";
import { checkCliRule } from "../permissions/deny_rules.ts";
import { checkToolOptions, DEFAULT_SERVER } from "../tools/config.ts";
import { isInProcess } from "../tools/mcp_servers.ts";
import { checkToolName, mcpToolName } from "../tools/names.ts";
import { checkArguments, checkExtraArgs, launchOf } from "./args.ts";
import { notFor } from "./environment.ts";
import { isSettingsFile, isTexts } from "./places.ts";
import {
  givenSettings,
  hooksOff,
  whatTurnsHooksOff,
} from "./policy_options.ts";
import type { SessionOptions } from "./session_options.ts";

/** A rule. It throws a `ConfigError` with the name of one of its options. */
type Rule = (options: SessionOptions) => void;

/** All rules, in the order in which they are checked. */
const RULES: readonly Rule[] = [
  checkToolOptions,
  checkSession,
  checkPolicy,
  checkToolNames,
  checkQuestions,
  checkAuth,
  checkPrompt,
  checkModes,
  checkSameRules,
  checkExtraArgs,
  checkTransport,
  checkArguments,
];

/** Options that must not be given together. */
const EITHER: readonly (readonly [
  one: keyof SessionOptions,
  other: keyof SessionOptions,
])[] = [
  ["permissionPromptTool", "policy"],
  ["permissionPromptTool", "onQuestion"],
  ["permissionPromptTool", "onPlan"],
  ["keepEnv", "clearEnv"],
  ["isolated", "settingSources"],
  ["isolated", "strictMcp"],
  ["fromPr", "resume"],
  ["fromPr", "sessionId"],
];

/** Options that do nothing without another one. */
const NEEDS: readonly (readonly [
  option: keyof SessionOptions,
  other: keyof SessionOptions,
  cannot: string,
])[] = [
  ["resumeAt", "resume", "go on from a message without its session"],
  [
    "resumeDropsTurn",
    "resumeAt",
    "drop a turn without a message to go on from",
  ],
];

/**
 * Checks the options against each other.
 *
 * @throws {ConfigError} With the name of one of them.
 */
export function checkRules(options: SessionOptions): void {
  for (const [one, other] of EITHER) exclude(options, one, other);
  for (const [option, other, cannot] of NEEDS) {
    if (options[option] === undefined || options[other] !== undefined) continue;
    throw new ConfigError(
      option,
      `Cannot ${cannot}: give ${other} as well`,
    );
  }
  for (const check of RULES) check(options);
}

function checkSession(options: SessionOptions): void {
  const { resume, fork, sessionId, recover, persist, sessionStore } = options;
  if (sessionStore !== undefined && persist === false) {
    throw new ConfigError(
      "sessionStore",
      "Cannot store a session that the CLI does not write: leave out persist: false",
    );
  }
  if (fork === true && resume === undefined) {
    throw new ConfigError(
      "fork",
      "Cannot fork without a session to fork from: give resume as well",
    );
  }
  if (resume !== undefined && sessionId !== undefined && fork !== true) {
    throw new ConfigError(
      "sessionId",
      "Cannot give a resumed session another id: give fork: true as well",
    );
  }
  if (recover !== undefined && persist === false) {
    throw new ConfigError(
      "recover",
      "Cannot recover a session that is not written to disk: leave out persist: false",
    );
  }
}

function checkPolicy(options: SessionOptions): void {
  const { policy, hooks, permissionMode, skillShell } = options;
  const off = whatTurnsHooksOff(options);
  if (off !== undefined) {
    if (policy !== undefined) throw hooksOff("policy", off);
    if (hooks !== undefined) throw hooksOff("hooks", off);
  }
  if (skillShell === "policy" && policy === undefined) {
    throw never("skillShell", "there is no policy to ask");
  }
  if (
    policy?.bypass === true && permissionMode !== undefined &&
    permissionMode !== "bypassPermissions"
  ) {
    throw new ConfigError(
      "permissionMode",
      `Cannot start in mode "${permissionMode}" with allowAll({ bypass: true }): the flag sets the mode "bypassPermissions"`,
    );
  }
}

/** Options that answer what the CLI asks, besides a policy. */
const ANSWERERS = ["permissionPromptTool", "onQuestion", "onPlan"] as const;

function checkQuestions(options: SessionOptions): void {
  const { policy, prompts, onDialog, dialogKinds = [] } = options;
  const answerer = ANSWERERS.find((name) => options[name] !== undefined);
  if (prompts === "none" && answerer !== undefined) {
    throw never(answerer, `with prompts: "none" no question is asked`);
  }
  if (
    prompts === "host" && policy === undefined && answerer === undefined
  ) {
    throw never(
      "prompts",
      "nothing answers the questions: give a policy as well",
    );
  }
  if (onDialog !== undefined && dialogKinds.length === 0) {
    throw new ConfigError(
      "onDialog",
      "Cannot show dialogs of no kind: give dialogKinds as well",
    );
  }
}

/**
 * Checks the names of tools and the rules in the options that go to the CLI, which accepts
 * any text without a warning, even if it names no tool or never matches.
 *
 * @throws {ConfigError} One is nearly the name of a tool, or could never cover a call.
 */
export function checkToolNames(options: SessionOptions): void {
  const { policy, allowedTools, disallowedTools, builtinTools, agents } =
    options;
  const own = ownToolNames(options);
  const check = (option: string, rules: readonly string[] = []) => {
    for (const rule of rules) checkName(option, nameIn(rule), own);
  };
  // A policy that a caller wrote by hand may say anything there.
  if (Array.isArray(policy?.toolNames)) check("policy", policy.toolNames);
  check("allowedTools", allowedTools);
  check("disallowedTools", disallowedTools);
  for (const rule of allowedTools ?? []) {
    checkCliRule(rule, "allowedTools", "allow");
  }
  for (const rule of disallowedTools ?? []) {
    checkCliRule(rule, "disallowedTools", "deny");
  }
  for (const rule of deniedBySettings(options.settings)) {
    checkCliRule(rule, "settings", "written");
  }
  if (builtinTools !== "default") check("builtinTools", builtinTools);
  for (const [name, agent] of Object.entries(agents ?? {})) {
    check(`agents.${name}.tools`, agent.tools);
    check(`agents.${name}.disallowedTools`, agent.disallowedTools);
  }
}

function checkName(
  option: string,
  name: string,
  own: ReadonlyMap<string, string>,
): void {
  const full = own.get(name);
  if (full !== undefined) {
    throw new ConfigError(
      option,
      `Unknown tool "${name}": did you mean "${full}"?`,
      { hint: "A tool of this process has the name of its server in front" },
    );
  }
  // A policy checks the names of the CLI's tools when it is made.
  if (option !== "policy") checkToolName(name, option);
}

/** The name of the tool that a rule is about. */
function nameIn(rule: string): string {
  return `${rule}`.split("(", 1).join().trim();
}

/** Returns the names under which the model sees this process's tools, by their defined names. */
function ownToolNames(
  { tools = [], toolServerName = DEFAULT_SERVER, mcpServers = {} }:
    SessionOptions,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (server: string, tools: readonly { readonly name: string }[]) => {
    for (const { name } of tools) {
      if (!BUILTIN_TOOLS.has(name)) names.set(name, mcpToolName(server, name));
    }
  };
  for (const [name, server] of Object.entries(mcpServers)) {
    if (isInProcess(server)) add(name, server.tools);
  }
  add(toolServerName, tools);
  return names;
}

/** Returns the deny rules of settings that are passed as an object. */
function deniedBySettings(
  settings: SessionOptions["settings"],
): readonly string[] {
  const given = givenSettings(settings);
  if (!isWireObject(given) || !isWireObject(given.permissions)) return [];
  const { deny } = given.permissions;
  return Array.isArray(deny)
    ? deny.filter((rule): rule is string => typeof rule === "string")
    : [];
}

/** Options by which we start a process, besides arguments and variables. */
const OF_THE_START = [
  "claudePath",
  "cwd",
  "clearEnv",
  "keepEnv",
  "spawn",
] as const;

/** Options that also work in this process, so that a transport takes them. */
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

function checkSameRules(
  { allowedTools, disallowedTools }: SessionOptions,
): void {
  for (const rule of allowedTools ?? []) {
    if (disallowedTools?.some((other) => isSameRule(rule, other))) {
      throw new ConfigError(
        "allowedTools",
        `Cannot both allow and deny "${rule}": it is in allowedTools and in disallowedTools`,
      );
    }
  }
}

/** Whether two rules say the same, by any of the names of a tool. */
function isSameRule(rule: string, other: string): boolean {
  const [name = "", ...content] = literalName(rule).split("(");
  const [otherName = "", ...otherContent] = literalName(other).split("(");
  return isSameTool(name, otherName) &&
    content.join("(") === otherContent.join("(");
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
