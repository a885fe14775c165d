/**
 * Finds options that cannot be, before anything is started. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import {
  checkPolicyOptions,
  checkToolNames,
  hooksOff,
  whatTurnsHooksOff,
} from "./check_policy.ts";
import type { SessionOptions } from "./session_options.ts";
import { isWireObject } from "../messages/_define.ts";
import { checkQuestions } from "../questions/options.ts";
import { closest } from "../util/closest.ts";
import { jsonCopy } from "../util/json_copy.ts";
import { thrownText } from "../util/error_text.ts";
import { OPTION_NAMES } from "./args.ts";
import { checkTogether } from "./check_together.ts";
import { checkValues } from "./check_values.ts";
import { ownName } from "./foreign_names.ts";
import { shown } from "../checks/kinds.ts";

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
    const own = ownName(name, OPTION_NAMES);
    if (own !== undefined) {
      throw new ConfigError(
        name,
        `Unknown option "${name}": here it is ${own}`,
      );
    }
    const near = closest(name, OPTION_NAMES);
    const hint = near === undefined ? "" : `, did you mean "${near}"?`;
    throw new ConfigError(name, `Unknown option "${name}"${hint}`);
  }
  checkJson(given);
  checkValues(options);
  checkRecover(options);
  checkIdentity(options);
  checkPolicyOptions(options);
  checkToolNames(options);
  checkHookOptions(options);
  checkQuestions(options);
  checkTogether(options);
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
  const off = whatTurnsHooksOff(options);
  if (off !== undefined) throw hooksOff("hooks", off);
}

function checkRecover({ recover, persist }: SessionOptions): void {
  if (recover !== undefined && persist === false) {
    throw new ConfigError(
      "recover",
      "Cannot recover a session that is not written to disk: leave out persist: false",
    );
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
