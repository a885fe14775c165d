/**
 * Places of options that are more than a flag or a field. Pure.
 *
 * @module
 */

import type {
  AgentSpec,
  PluginSpec,
  SessionOptions,
} from "./session_options.ts";
import { literalName } from "../messages/builtin_tools.ts";
import {
  addPermissions,
  awaitInitialize,
  type Draft,
  pathOf,
} from "./launch.ts";

/** Arguments given by hand, as a list. */
export function argumentsOf(
  args: Exclude<SessionOptions["extraArgs"], undefined>,
): readonly string[] {
  if (Array.isArray(args)) return args;
  return Object.entries(args).map(([name, value]) =>
    value === true ? `--${name}` : `--${name}=${value}`
  );
}

/** Whether settings are in a file of the caller's. */
export function isSettingsFile(
  settings: SessionOptions["settings"],
): settings is string | URL {
  return settings instanceof URL ||
    (typeof settings === "string" && !isJson(settings));
}

/** Whether it is settings as JSON, not the name of a file. */
export function isJson(value: string | URL): value is string {
  return typeof value === "string" && value.trimStart().startsWith("{");
}

/** Whether it is a text, or a list of some. */
export function isTexts(value: unknown): value is string | readonly string[] {
  return typeof value === "string" || Array.isArray(value);
}

/** Takes over settings. Other options put their part there, before or after. */
export function mergeSettings(
  draft: Draft,
  given: Readonly<Record<string, unknown>>,
): void {
  const { permissions, sandbox } = draft.settings;
  Object.assign(draft.settings, given);
  if (sandbox !== undefined) {
    draft.settings.sandbox = { ...given.sandbox ?? {}, ...sandbox };
  }
  for (const [key, values] of Object.entries(permissions ?? {})) {
    addPermissions(draft, key as "allow", values);
  }
}

/** A plugin, as flag or in the handshake. */
export function placePlugin(draft: Draft, plugin: PluginSpec): void {
  if (typeof plugin === "object" && "url" in plugin) {
    draft.args.push(`--plugin-url=${plugin.url}`);
    return;
  }
  const { path, mcp = true } =
    typeof plugin === "object" && !(plugin instanceof URL)
      ? plugin
      : { path: plugin };
  const folder = pathOf("plugins", path);
  if (draft.spill.handshake) {
    awaitInitialize(draft);
    const others = draft.initialize.plugins as readonly unknown[] | undefined;
    draft.initialize.plugins = [
      ...others ?? [],
      { type: "local", path: folder, ...mcp ? {} : { skipMcpDiscovery: true } },
    ];
  } else {
    draft.args.push(
      `${mcp ? "--plugin-dir" : "--plugin-dir-no-mcp"}=${folder}`,
    );
  }
}

/** The kinds of subagents, with the names of tools that are taken as they are. */
export function placeAgents(
  draft: Draft,
  agents: Readonly<Record<string, AgentSpec>>,
): void {
  const places = Object.entries(agents).map(([name, agent]) => {
    const { tools, disallowedTools } = agent;
    return [name, {
      ...agent,
      ...tools === undefined ? {} : { tools: tools.map(literalName) },
      ...disallowedTools === undefined
        ? {}
        : { disallowedTools: disallowedTools.map(literalName) },
    }];
  });
  draft.initialize.agents = Object.fromEntries(places);
}
