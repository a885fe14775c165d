/**
 * Finds options that cannot be, before anything is started. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { check, shown } from "../checks/kinds.ts";
import { isWireObject } from "../messages/_define.ts";
import { closest } from "../util/closest.ts";
import { ownName } from "./foreign_names.ts";
import { checkRules } from "./rules.ts";
import type { SessionOptions } from "./session_options.ts";
import { ENTRIES, OPTION_NAMES } from "./table.ts";

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
  for (const [name, { kind }] of Object.entries(ENTRIES)) {
    check(name, given[name], kind);
  }
  checkRules(options);
}
