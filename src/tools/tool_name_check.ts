/**
 * Names of tools in options and policies. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { meantTool } from "../messages/builtin_tools.ts";

/**
 * Checks a tool's name in an option or a policy. What is near to no known tool passes:
 * it may be of a newer CLI.
 *
 * @param hint How to name such a tool all the same.
 * @throws {ConfigError} When it is nearly, but not quite, the name of a tool: a rule with
 * it would never hold.
 */
export function checkToolName(
  name: string,
  option: string,
  hint =
    `Write "=${name}" if there is such a tool: a name with "=" is taken as it is`,
): void {
  // What begins with "=" is near to nothing.
  const meant = name.startsWith("=") ? undefined : meantTool(name);
  if (meant === undefined) return;
  throw new ConfigError(
    option,
    `Unknown tool "${name}": did you mean "${meant}"?`,
    { hint },
  );
}
