/**
 * What to do about something that the CLI itself says it does not know. Pure.
 *
 * @module
 */

import { BEHAVIORS, type OptionNeed, OPTIONS, REQUESTS } from "./table.ts";
import { lackText } from "./version.ts";

/** The hint for a flag that the CLI refuses, if an option stands for it. */
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

/** The hint for a control request that the CLI does not know. */
export function requestHint(
  subtype: string,
  version: string | undefined,
): string | undefined {
  const need = REQUESTS[subtype];
  return need === undefined
    ? undefined
    : `Update the CLI: ${lackText(`"${subtype}"`, need.since, version)}`;
}

/** Why it cannot be known what became of a message. */
export const NO_LIFECYCLE: string =
  `this CLI does not say, ${BEHAVIORS.promptLifecycle.since} and newer do`;
