/**
 * Finds options that cannot be, before anything is started. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import {
  checkPolicyOptions,
  hooksOff,
  whatTurnsHooksOff,
} from "../permissions/check.ts";
import { checkHooks } from "../hooks/options.ts";
import type { IdleLimits, SessionOptions } from "../options.ts";
import { isWireObject } from "../messages/_define.ts";
import { checkQuestions } from "../questions/options.ts";
import { checkAnswerSchema } from "../structured/convert.ts";
import { checkToolOptions } from "../tools/config.ts";
import { closest } from "../closest.ts";
import { OPTION_NAMES, pathOf } from "./args.ts";
import { checkTogether } from "./check_together.ts";
import { checkNames, checkValues, wrong } from "./check_values.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const SOURCES: ReadonlySet<unknown> = new Set(["user", "project", "local"]);

const VALIDATIONS: ReadonlySet<unknown> = new Set(["lenient", "strict", "off"]);

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
] as const;

const AMOUNTS = [
  "maxLineBytes",
  "startTimeoutMs",
  "turnTimeoutMs",
  "controlTimeoutMs",
] as const;

/**
 * Checks what can be checked without starting anything.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkOptions(options: SessionOptions): void {
  if (!isWireObject(options)) {
    const shown = JSON.stringify(options) ?? typeof options;
    throw new ConfigError(
      "options",
      `Cannot read the options: expected an object such as { model: "sonnet" }, got ${shown}`,
    );
  }
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
  const { validation } = options;
  if (validation !== undefined && !VALIDATIONS.has(validation)) {
    throw wrong("validation", "lenient, strict or off", validation);
  }
  const { outputSchema } = options;
  if (isWireObject(outputSchema)) {
    checkAnswerSchema("outputSchema", outputSchema);
  }
  checkLimits(options);
  checkBudget(options);
  checkRecover(options);
  checkIdle(options);
  checkClosing(given);
  const { onBreak } = options;
  if (onBreak !== undefined && !BREAKS.has(onBreak)) {
    throw wrong("onBreak", "interrupt, drain or close", onBreak);
  }
  checkIdentity(options);
  checkPlaces(options);
  const { settingSources = [] } = options;
  if (!Array.isArray(settingSources)) {
    throw wrong("settingSources", "a list", settingSources);
  }
  for (const source of settingSources) {
    if (!SOURCES.has(source)) {
      throw wrong("settingSources", "user, project or local", source);
    }
  }
  checkPolicyOptions(options);
  checkValues(options);
  checkHookOptions(options);
  checkQuestions(options);
  checkTogether(options);
  checkToolOptions(options);
}

function checkHookOptions(options: SessionOptions): void {
  if (options.hooks === undefined) return;
  checkHooks(options.hooks);
  const off = whatTurnsHooksOff(options);
  if (off !== undefined) throw hooksOff("hooks", off);
}

const LIMITS = ["maxTurns", "maxBudgetUsd", "taskBudgetTokens"];

function checkLimits({ limits }: SessionOptions): void {
  if (limits === undefined) return;
  checkNames("limits", limits, LIMITS);
  const { maxTurns, maxBudgetUsd } = limits;
  if (maxTurns !== undefined && !(Number.isInteger(maxTurns) && maxTurns > 0)) {
    throw wrong("limits.maxTurns", "a whole number above 0", maxTurns);
  }
  if (maxBudgetUsd !== undefined && !(maxBudgetUsd > 0)) {
    throw wrong("limits.maxBudgetUsd", "a number above 0", maxBudgetUsd);
  }
}

const STEPS = ["eofMs", "termMs", "killMs"];

const SIGNALS: ReadonlySet<unknown> = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);

function checkClosing(
  { closeTimeoutMs, exitSignals }: Readonly<Record<string, unknown>>,
): void {
  if (isWireObject(closeTimeoutMs)) {
    for (const [step, value] of Object.entries(closeTimeoutMs)) {
      const at = `closeTimeoutMs.${step}`;
      if (!STEPS.includes(step)) {
        throw wrong(at, "eofMs, termMs or killMs", step);
      }
      if (value !== undefined && !isTime(value)) {
        throw wrong(at, "a number above 0", value);
      }
    }
  } else if (closeTimeoutMs !== undefined && !isTime(closeTimeoutMs)) {
    throw wrong(
      "closeTimeoutMs",
      "a number above 0, or an object of eofMs, termMs and killMs",
      closeTimeoutMs,
    );
  }
  if (exitSignals === undefined || exitSignals === false) return;
  if (
    !Array.isArray(exitSignals) ||
    !exitSignals.every((signal) => SIGNALS.has(signal))
  ) {
    throw wrong(
      "exitSignals",
      "false, or a list of SIGINT, SIGTERM and SIGHUP",
      exitSignals,
    );
  }
}

/** A timer of the platform takes no more. */
function isTime(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value < 2 ** 31;
}

const METRICS = ["costUsd", "turns", "tokens"] as const;

const BREAKS: ReadonlySet<unknown> = new Set(["interrupt", "drain", "close"]);

function checkRecover({ recover, persist }: SessionOptions): void {
  if (recover === undefined) return;
  checkNames("recover", recover, ["attempts"]);
  const { attempts } = recover;
  if (!(Number.isInteger(attempts) && attempts > 0)) {
    throw wrong("recover.attempts", "a whole number above 0", attempts);
  }
  if (persist === false) {
    throw new ConfigError(
      "recover",
      "Cannot recover a session that is not written to disk: leave out persist: false",
    );
  }
}

function checkIdle({ idleTimeoutMs }: SessionOptions): void {
  if (idleTimeoutMs === undefined || idleTimeoutMs === false) return;
  const given: unknown = typeof idleTimeoutMs === "number"
    ? { endMs: idleTimeoutMs }
    : idleTimeoutMs;
  const isRead = isWireObject(given) && Object.entries(given).every(
    ([name, value]) =>
      (name === "warnMs" || name === "endMs") &&
      (value === undefined || typeof value === "number" && value > 0),
  );
  if (!isRead) {
    throw wrong(
      "idleTimeoutMs",
      "a number above 0, false, or an object of the numbers warnMs and endMs",
      idleTimeoutMs,
    );
  }
  const { warnMs, endMs } = given as IdleLimits;
  if (warnMs !== undefined && endMs !== undefined && warnMs > endMs) {
    throw new ConfigError(
      "idleTimeoutMs",
      `Cannot tell of a silence after its end: warnMs (${warnMs}) is more than endMs (${endMs})`,
    );
  }
}

function checkBudget({ budget }: SessionOptions): void {
  if (budget === undefined) return;
  checkNames("budget", budget, ["thresholds", "stopAt"]);
  const thresholds: unknown = budget.thresholds ?? [];
  if (!Array.isArray(thresholds)) {
    throw wrong("budget.thresholds", "a list", thresholds);
  }
  for (const threshold of thresholds as readonly unknown[]) {
    checkThreshold("budget.thresholds", threshold);
  }
  if (budget.stopAt !== undefined) {
    checkThreshold("budget.stopAt", budget.stopAt);
  }
}

function checkThreshold(option: string, threshold: unknown): void {
  const given = typeof threshold === "object" && threshold !== null
    ? Object.entries(threshold).filter(([, value]) => value !== undefined)
    : [];
  const [name, value] = given[0] ?? [];
  const isOne = given.length === 1 &&
    METRICS.some((metric) => metric === name) &&
    typeof value === "number" && value > 0;
  if (!isOne) {
    throw wrong(option, "one of costUsd, turns and tokens, above 0", threshold);
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
