/**
 * What is to be verified, by the options. Pure.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import type { Launch } from "../options/launch.ts";
import { pathOf } from "../options/launch.ts";
import { isSettingsFile } from "../options/places.ts";
import { literalName } from "../messages/builtin_tools.ts";
import { isInHost } from "../tools/mcp_servers.ts";
import type { Expectations, ExpectedName } from "./expectations.ts";
import type { HandedSettings } from "./settings_check.ts";
import type { VerificationPlan } from "./verification.ts";

/**
 * What is to be verified of a process; `undefined` if nothing is.
 *
 * @param launch What the process is started with.
 */
export function planOf(
  options: SessionOptions,
  launch: Launch,
): VerificationPlan | undefined {
  const { verify = "lenient" } = options;
  if (verify === "off") return undefined;
  return {
    isStrict: verify === "strict",
    settings: handedSettings(options, launch),
    expected: expectationsOf(options),
  };
}

function handedSettings(
  options: SessionOptions,
  { files, settingsInFile }: Launch,
): readonly HandedSettings[] {
  const handed: HandedSettings[] = [];
  const { settings, managedSettings } = options;
  if (isSettingsFile(settings)) {
    handed.push({
      option: "settings",
      source: "flagSettings",
      file: pathOf("settings", settings),
      ...settingsInFile === undefined ? {} : { settings: settingsInFile },
    });
  }
  const own = files.find(({ flag }) => flag === "--settings");
  if (own !== undefined) {
    handed.push({
      option: optionOf(options),
      source: "flagSettings",
      settings: JSON.parse(own.content),
    });
  }
  if (managedSettings !== undefined) {
    handed.push({
      option: "managedSettings",
      source: "policySettings",
      // A value that JSON leaves out cannot be in force.
      settings: JSON.parse(JSON.stringify(managedSettings)),
    });
  }
  return handed;
}

/** The option that most of the settings come from. */
function optionOf({ settings, sandbox }: SessionOptions): string {
  if (settings !== undefined) return "settings";
  // Long lists of rules go there too.
  return sandbox === undefined ? "disallowedTools" : "sandbox";
}

/** What the options say should be there. */
export function expectationsOf(options: SessionOptions): Expectations {
  const { builtinTools, agent, agents, skills, permissionMode, policy } =
    options;
  return {
    tools: typeof builtinTools === "string" || builtinTools === undefined
      ? []
      : named("builtinTools", builtinTools)
        .filter(({ name }) => name !== "default" && !isDenied(options, name)),
    rules: [
      ...named("policy", policy?.toolNames),
      ...named("allowedTools", options.allowedTools?.map(nameOf)),
      ...named("disallowedTools", options.disallowedTools?.map(nameOf)),
      ...Object.entries(agents ?? {}).flatMap(([name, spec]) => [
        ...named(`agents.${name}.tools`, spec.tools?.map(nameOf)),
        ...named(
          `agents.${name}.disallowedTools`,
          spec.disallowedTools?.map(nameOf),
        ),
      ]),
    ],
    servers: named(
      "mcpServers",
      Object.entries(options.mcpServers ?? {})
        .filter(([, server]) => !isInHost(server)).map(([name]) => name),
    ),
    agents: [
      ...named("agents", Object.keys(agents ?? {})),
      ...agent === undefined ? [] : named("agent", [agent]),
    ],
    skills: skills === undefined || skills === "all"
      ? []
      : named("skills", skills),
    ...permissionMode === undefined ? {} : { permissionMode },
  };
}

function named(
  option: string,
  names: readonly string[] = [],
): readonly ExpectedName[] {
  return [...new Set(names.map(literalName))]
    .map((name) => ({ option, name }));
}

/** The name of the tool that a rule is about. */
function nameOf(rule: string): string {
  return rule.split("(")[0] ?? rule;
}

function isDenied({ disallowedTools }: SessionOptions, name: string): boolean {
  return disallowedTools?.includes(name) === true;
}
