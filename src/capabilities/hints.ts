/**
 * Hints for flags and requests that the CLI reports as unknown. Pure.
 *
 * @module
 */

import { BEHAVIORS, type OptionNeed, OPTIONS, REQUESTS } from "./table.ts";
import { lackText } from "./version.ts";

/** Returns the hint for a flag that the CLI rejects, if an option sets it. */
export function flagHint(flag: string): string | undefined {
  const table: Readonly<Record<string, readonly OptionNeed[] | undefined>> =
    OPTIONS;
  const found = Object.entries(table).flatMap(([option, needs = []]) =>
    needs.flatMap(({ flags = [], part = option, since }) =>
      flags.includes(flag) ? [`${part} needs CLI ${since} or newer`] : []
    )
  );
  return found.length === 0
    ? undefined
    : `Update the CLI, or leave the option out: ${found.join(", ")}`;
}

/** Returns the hint for a control request that the CLI does not know. */
export function requestHint(
  subtype: string,
  version: string | undefined,
): string | undefined {
  const need = REQUESTS[subtype];
  return need === undefined
    ? undefined
    : `Update the CLI: ${lackText(`"${subtype}"`, need.since, version)}`;
}

/** Explains why the fate of a message cannot be known. */
export const NO_LIFECYCLE: string =
  `this CLI does not say, ${BEHAVIORS.promptLifecycle.since} and newer do`;
