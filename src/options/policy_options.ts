/**
 * Effects of other options on a policy and on hooks. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import { NO_HOOKS_VARIABLE } from "./environment.ts";
import { argumentsOf, isJson } from "./places.ts";
import type { SessionOptions } from "./session_options.ts";

/** Flags that set the permission mode. */
const MODE_FLAGS: ReadonlySet<string> = new Set([
  "--permission-mode",
  "--dangerously-skip-permissions",
]);

/** Whether the caller chooses the permission mode that the process starts in. */
export function namesPermissionMode(options: SessionOptions): boolean {
  const { permissionMode, policy, extraArgs } = options;
  return permissionMode !== undefined || policy?.bypass === true ||
    argumentsOf(extraArgs ?? []).some((text) =>
      MODE_FLAGS.has(text.split("=")[0] ?? "")
    );
}

/** Returns what disables all hooks of the CLI; `undefined` if nothing does. */
export function whatTurnsHooksOff(options: SessionOptions): string | undefined {
  const { bare, env, extraArgs, settings } = options;
  if (bare === true) return "the option bare";
  const args = argumentsOf(extraArgs ?? []);
  if (args.some((text) => text.split("=")[0] === "--bare")) return `"--bare"`;
  if (isOn(env?.[NO_HOOKS_VARIABLE])) return `"${NO_HOOKS_VARIABLE}" in env`;
  return settingsTurnHooksOff(givenSettings(settings))
    ? `"${NO_HOOKS_VARIABLE}" in settings`
    : undefined;
}

/** Whether settings make the CLI call no hook at all. */
export function settingsTurnHooksOff(settings: unknown): boolean {
  return isWireObject(settings) && isWireObject(settings.env) &&
    isOn(settings.env[NO_HOOKS_VARIABLE]);
}

/** The error of a policy, or of hooks, that the CLI would never ask. */
export function hooksOff(option: "policy" | "hooks", off: string): ConfigError {
  return new ConfigError(
    option,
    option === "policy"
      ? `Cannot hold a policy with ${off}: the CLI would run every tool without asking`
      : `Cannot call hooks with ${off}: the CLI calls none then`,
  );
}

/** Returns the settings given as an object or as JSON. The path of a file is returned unchanged. */
export function givenSettings(settings: SessionOptions["settings"]): unknown {
  return typeof settings === "string" && isJson(settings)
    ? JSON.parse(settings)
    : settings;
}

/** Whether the CLI treats the value of a variable as yes. */
function isOn(value: unknown): boolean {
  return ["1", "true", "yes", "on"].includes(`${value}`.toLowerCase().trim());
}
