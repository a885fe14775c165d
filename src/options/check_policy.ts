/**
 * Finds policies that could not hold, before anything is started. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import type { SessionOptions } from "./session_options.ts";
import { argumentsOf, isJson } from "./places.ts";
import { BUILTIN_TOOLS } from "../messages/builtin_tools.ts";
import { checkToolName } from "../tools/tool_name_check.ts";
import { DEFAULT_SERVER } from "../tools/config.ts";
import { mcpToolName } from "../tools/names.ts";
import { checkCliRule } from "../permissions/deny_rules.ts";

/** Turns all hooks of the CLI off, and with them the one that asks the policy. */
export const NO_HOOKS_VARIABLE = "CLAUDE_CODE_SIMPLE";

/** Flags that set the permission mode. */
const MODE_FLAGS: ReadonlySet<string> = new Set([
  "--permission-mode",
  "--dangerously-skip-permissions",
]);

/**
 * Checks a session's policy against its other options.
 *
 * @throws {ConfigError} It could never be asked, or contradicts another option.
 */
export function checkPolicyOptions(options: SessionOptions): void {
  const { policy, permissionMode } = options;
  if (policy === undefined) return;
  const off = whatTurnsHooksOff(options);
  if (off !== undefined) throw hooksOff("policy", off);
  if (
    policy.bypass === true && permissionMode !== undefined &&
    permissionMode !== "bypassPermissions"
  ) {
    throw new ConfigError(
      "permissionMode",
      `Cannot start in mode "${permissionMode}" with allowAll({ bypass: true }): the flag sets the mode "bypassPermissions"`,
    );
  }
}

/**
 * Checks the names of tools and the rules in the options that go to the CLI, which takes
 * any, and says nothing of one that it does not know or never matches.
 *
 * @throws {ConfigError} When one is nearly the name of a tool, or could never cover a call.
 */
export function checkToolNames(options: SessionOptions): void {
  const { allowedTools, disallowedTools, builtinTools, agents } = options;
  const own = ownToolNames(options);
  const check = (names: unknown, option: string) => {
    if (!Array.isArray(names)) return;
    for (const rule of names) {
      const [name = ""] = `${rule}`.split("(");
      const full = own.get(name.trim());
      if (full !== undefined) {
        throw new ConfigError(
          option,
          `Unknown tool "${name.trim()}": did you mean "${full}"?`,
          {
            hint: "A tool of this process has the name of its server in front",
          },
        );
      }
      if (option !== "policy") checkToolName(name.trim(), option);
    }
  };
  // Names near to one are told of where the policy is made.
  check(options.policy?.toolNames, "policy");
  check(allowedTools, "allowedTools");
  check(disallowedTools, "disallowedTools");
  for (const rule of allowedTools ?? []) {
    checkCliRule(rule, "allowedTools", "allow");
  }
  for (const rule of disallowedTools ?? []) {
    checkCliRule(rule, "disallowedTools", "deny");
  }
  for (const rule of deniedBySettings(options.settings)) {
    checkCliRule(rule, "settings", "written");
  }
  check(builtinTools, "builtinTools");
  for (const [name, agent] of Object.entries(agents ?? {})) {
    check(agent.tools, `agents.${name}.tools`);
    check(agent.disallowedTools, `agents.${name}.disallowedTools`);
  }
}

/** Whether the caller chooses the permission mode that the process starts in. */
export function namesPermissionMode(options: SessionOptions): boolean {
  const { permissionMode, policy, extraArgs } = options;
  return permissionMode !== undefined || policy?.bypass === true ||
    argumentsOf(extraArgs ?? []).some((text) =>
      MODE_FLAGS.has(text.split("=")[0] ?? "")
    );
}

/** What makes the CLI call no hook at all; `undefined` where nothing does. */
export function whatTurnsHooksOff(options: SessionOptions): string | undefined {
  const { bare, env, extraArgs, settings } = options;
  if (bare === true) return "the option bare";
  const args = argumentsOf(extraArgs ?? []);
  if (args.some((text) => text.split("=")[0] === "--bare")) return `"--bare"`;
  if (isOn(env?.[NO_HOOKS_VARIABLE])) return `"${NO_HOOKS_VARIABLE}" in env`;
  const given = typeof settings === "string" && isJson(settings)
    ? parsed(settings)
    : settings;
  return settingsTurnHooksOff(given)
    ? `"${NO_HOOKS_VARIABLE}" in settings`
    : undefined;
}

/** Whether settings make the CLI call no hook at all. */
export function settingsTurnHooksOff(settings: unknown): boolean {
  return isWireObject(settings) && isWireObject(settings.env) &&
    isOn(settings.env[NO_HOOKS_VARIABLE]);
}

/** The error of a policy, or of hooks, without which the CLI would go on. */
export function hooksOff(option: "policy" | "hooks", off: string): ConfigError {
  return new ConfigError(
    option,
    option === "policy"
      ? `Cannot hold a policy with ${off}: the CLI would run every tool without asking`
      : `Cannot call hooks with ${off}: the CLI calls none then`,
  );
}

/** The names that the model has for tools of this process, by those that they were given. */
function ownToolNames(
  { tools, toolServerName = DEFAULT_SERVER, mcpServers }: SessionOptions,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (server: string, tools: unknown) => {
    // What is wrong with them is told elsewhere.
    for (const tool of Array.isArray(tools) ? tools : []) {
      if (!isWireObject(tool) || typeof tool.name !== "string") continue;
      if (BUILTIN_TOOLS.has(tool.name)) continue;
      names.set(tool.name, mcpToolName(server, tool.name));
    }
  };
  for (const [name, server] of Object.entries(mcpServers ?? {})) {
    const { type, tools } = Object(server) as {
      readonly type?: unknown;
      readonly tools?: unknown;
    };
    if (type === "in_process") add(name, tools);
  }
  add(toolServerName, tools);
  return names;
}

/** The deny rules of settings that are no file. */
function deniedBySettings(
  settings: SessionOptions["settings"],
): readonly string[] {
  const given: unknown = typeof settings === "string" && isJson(settings)
    ? parsed(settings)
    : settings;
  if (!isWireObject(given) || !isWireObject(given.permissions)) return [];
  const { deny } = given.permissions;
  return Array.isArray(deny)
    ? deny.filter((rule): rule is string => typeof rule === "string")
    : [];
}

/** Settings as JSON; whether they are that is checked elsewhere. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the CLI takes for yes in a variable. */
function isOn(value: unknown): boolean {
  return ["1", "true", "yes", "on"].includes(`${value}`.toLowerCase().trim());
}
