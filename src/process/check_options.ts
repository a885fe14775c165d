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
import { jsonCopy } from "../json_copy.ts";
import { thrownText } from "../thrown.ts";
import { OPTION_NAMES } from "./args.ts";
import { checkTogether } from "./check_together.ts";
import { checkValues } from "./check_values.ts";
import { AMOUNT, shown, wrong } from "./kinds.ts";

/**
 * Checks what can be checked without starting anything.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkOptions(options: SessionOptions): void {
  if (!isWireObject(options)) {
    throw new ConfigError(
      "options",
      `Cannot read the options: expected an object such as { model: "sonnet" }, got ${
        shown(options)
      }`,
    );
  }
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (OPTION_NAMES.has(name)) continue;
    const near = closest(name, OPTION_NAMES);
    const hint = near === undefined ? "" : `, did you mean "${near}"?`;
    throw new ConfigError(name, `Unknown option "${name}"${hint}`);
  }
  checkValues(options);
  checkJson(given);
  const { outputSchema } = options;
  if (isWireObject(outputSchema)) {
    checkAnswerSchema("outputSchema", outputSchema);
  }
  checkBudget(options);
  checkRecover(options);
  checkIdle(options);
  checkClosing(given);
  checkIdentity(options);
  checkPolicyOptions(options);
  checkHookOptions(options);
  checkQuestions(options);
  checkTogether(options);
  checkToolOptions(options);
}

/** Options with values of any kind in them, which the CLI gets as JSON. */
const AS_JSON = [
  "agents",
  "managedSettings",
  "outputSchema",
  "sandbox",
  "settings",
] as const;

function checkJson(given: Readonly<Record<string, unknown>>): void {
  for (const name of AS_JSON) {
    if (!isWireObject(given[name])) continue;
    try {
      jsonCopy(given[name], `Cannot use the option ${name}`);
    } catch (cause) {
      throw new ConfigError(name, thrownText(cause), { cause });
    }
  }
}

function checkHookOptions(options: SessionOptions): void {
  if (options.hooks === undefined) return;
  checkHooks(options.hooks);
  const off = whatTurnsHooksOff(options);
  if (off !== undefined) throw hooksOff("hooks", off);
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

function checkRecover({ recover, persist }: SessionOptions): void {
  if (recover !== undefined && persist === false) {
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
      (value === undefined || AMOUNT.fits(value)),
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
  for (const threshold of budget?.thresholds ?? []) {
    checkThreshold("budget.thresholds", threshold);
  }
  if (budget?.stopAt !== undefined) {
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
