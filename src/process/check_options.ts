/**
 * Finds options that cannot be, before anything is started. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "../options.ts";
import { closest } from "../closest.ts";
import { OPTION_NAMES, pathOf } from "./args.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const EFFORTS: ReadonlySet<unknown> = new Set([
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
]);

const SOURCES: ReadonlySet<unknown> = new Set(["user", "project", "local"]);

const TEXTS = [
  "model",
  "resume",
  "sessionId",
  "title",
  "permissionMode",
] as const;

const LISTS = [
  "allowedTools",
  "disallowedTools",
  "builtinTools",
  "extraArgs",
] as const;

const AMOUNTS = [
  "maxLineBytes",
  "startTimeoutMs",
  "controlTimeoutMs",
  "closeTimeoutMs",
] as const;

/** Flags that a session lives on, and what to do instead of giving them by hand. */
const OWN_FLAGS: Readonly<Record<string, string>> = {
  "--output-format": "it is always stream-json",
  "--input-format": "it is always stream-json",
  "--verbose": "it is always on",
  "--print": "it is always on",
  "-p": "it is always on",
  "--permission-prompt-tool": "use the option policy",
  "--replay-user-messages": "echoes would be taken for answers",
};

/**
 * Checks what can be checked without starting anything.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkOptions(options: SessionOptions): void {
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (OPTION_NAMES.has(name)) continue;
    const near = closest(name, OPTION_NAMES);
    const hint = near === undefined ? "" : `, did you mean "${near}"?`;
    throw new ConfigError(name, `Unknown option "${name}"${hint}`);
  }
  for (const name of TEXTS) {
    const value = given[name];
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw wrong(name, "a text that is not empty", value);
    }
  }
  for (const name of LISTS) {
    const value = given[name];
    if (value !== undefined && !isTexts(value)) {
      throw wrong(name, "a list of texts", value);
    }
  }
  for (const name of AMOUNTS) {
    const value = given[name];
    if (value !== undefined && !(typeof value === "number" && value > 0)) {
      throw wrong(name, "a number above 0", value);
    }
  }
  checkLimits(options);
  checkIdentity(options);
  checkPlaces(options);
  if (options.effort !== undefined && !EFFORTS.has(options.effort)) {
    throw wrong(
      "effort",
      "one of low, medium, high, xhigh, max",
      options.effort,
    );
  }
  for (const source of options.settingSources ?? []) {
    if (!SOURCES.has(source)) {
      throw wrong("settingSources", "user, project or local", source);
    }
  }
  if (
    options.policy !== undefined && typeof options.policy.decide !== "function"
  ) {
    throw wrong("policy", "a policy such as allowList([…])", options.policy);
  }
  for (const argument of options.extraArgs ?? []) {
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

function checkLimits({ limits }: SessionOptions): void {
  if (limits === undefined) return;
  const { maxTurns, maxBudgetUsd } = limits;
  if (maxTurns !== undefined && !(Number.isInteger(maxTurns) && maxTurns > 0)) {
    throw wrong("limits.maxTurns", "a whole number above 0", maxTurns);
  }
  if (maxBudgetUsd !== undefined && !(maxBudgetUsd > 0)) {
    throw wrong("limits.maxBudgetUsd", "a number above 0", maxBudgetUsd);
  }
}

function checkIdentity({ resume, fork, sessionId }: SessionOptions): void {
  if (sessionId !== undefined && !UUID.test(sessionId)) {
    throw wrong("sessionId", "a UUID", sessionId);
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
}

function checkPlaces(options: SessionOptions): void {
  for (const name of ["cwd", "configDir"] as const) {
    const value = options[name];
    if (value === undefined) continue;
    if (
      !(value instanceof URL) && (typeof value !== "string" || value === "")
    ) {
      throw wrong(name, "a path or a file: URL", value);
    }
    pathOf(name, value);
  }
  const { claudePath } = options;
  if (
    claudePath !== undefined && !(claudePath instanceof URL) &&
    (claudePath === "" || claudePath.length === 0 ||
      (typeof claudePath !== "string" && !isTexts(claudePath)))
  ) {
    throw wrong("claudePath", "a path or a command with arguments", claudePath);
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) &&
    value.every((item) => typeof item === "string" && item !== "");
}

function wrong(option: string, expected: string, came: unknown): ConfigError {
  const shown = JSON.stringify(came) ?? String(came);
  return new ConfigError(
    option,
    `Cannot use the option ${option}: expected ${expected}, got ${shown}`,
  );
}
