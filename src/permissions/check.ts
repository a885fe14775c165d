/**
 * Finds policies that could not hold, before anything is started. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options.ts";
import { argumentsOf } from "../process/places.ts";
import { isPolicy } from "./combine.ts";

/** Turns all hooks of the CLI off, and with them the one that asks the policy. */
export const NO_HOOKS_VARIABLE = "CLAUDE_CODE_SIMPLE";

/**
 * Checks a session's policy against its other options.
 *
 * @throws {ConfigError} It is none, could never be asked, or contradicts another option.
 */
export function checkPolicyOptions(options: SessionOptions): void {
  const { policy, permissionMode } = options;
  if (policy === undefined) return;
  if (!isPolicy(policy)) {
    throw new ConfigError(
      "policy",
      `Cannot use the option policy: expected a policy such as allowList([…]), got ${typeof policy}`,
    );
  }
  const off = whatTurnsHooksOff(options);
  if (off !== undefined) {
    throw new ConfigError(
      "policy",
      `Cannot hold a policy with ${off}: the CLI would run every tool without asking`,
    );
  }
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

/** What makes the CLI call no hook at all; `undefined` where nothing does. */
export function whatTurnsHooksOff(options: SessionOptions): string | undefined {
  const { bare, env, extraArgs, settings } = options;
  if (bare === true) return "the option bare";
  const args = argumentsOf(extraArgs ?? []);
  if (args.some((text) => text.split("=")[0] === "--bare")) return `"--bare"`;
  if (isOn(env?.[NO_HOOKS_VARIABLE])) return `"${NO_HOOKS_VARIABLE}" in env`;
  const inSettings = isWireObject(settings) && isWireObject(settings.env)
    ? settings.env[NO_HOOKS_VARIABLE]
    : undefined;
  return isOn(inSettings) ? `"${NO_HOOKS_VARIABLE}" in settings` : undefined;
}

/** What the CLI takes for yes in a variable. */
function isOn(value: unknown): boolean {
  return ["1", "true", "yes", "on"].includes(`${value}`.toLowerCase().trim());
}
