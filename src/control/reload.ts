/**
 * Reading things from disk again, which takes a request for each kind of thing.
 *
 * @module
 */

import type { CommandInfo } from "./_infos.ts";
import { type ControlOptions, yesOrNo } from "./call.ts";
import type { ControlHost } from "./host.ts";
import { reloadOutputStylesCall } from "./reload_output_styles.ts";
import { type ReloadedPlugins, reloadPluginsCall } from "./reload_plugins.ts";
import { reloadSkillsCall } from "./reload_skills.ts";

/** Options of `reload()`. Without any of the first three it is all of them. */
export interface ReloadOptions extends ControlOptions {
  /** Reads plugins again. */
  readonly plugins?: boolean;
  /** Reads skills again. */
  readonly skills?: boolean;
  /** Reads output styles again. */
  readonly outputStyles?: boolean;
}

/** What there is now, of what was read again. */
export interface Reloaded {
  /** What comes with plugins. */
  readonly plugins?: ReloadedPlugins;
  /** Skills. */
  readonly skills?: readonly CommandInfo[];
  /** Names of output styles. */
  readonly outputStyles?: readonly string[];
}

/** Reads again what the options say. */
export async function reload(
  host: ControlHost,
  options: ReloadOptions = {},
): Promise<Reloaded> {
  const { plugins, skills, outputStyles, ...how } = options;
  for (
    const [name, value] of Object.entries({ plugins, skills, outputStyles })
  ) {
    if (value !== undefined) yesOrNo(name, value);
  }
  const all = plugins === undefined && skills === undefined &&
    outputStyles === undefined;
  const given = await Promise.all([
    plugins ?? all ? host.request(reloadPluginsCall(), how) : undefined,
    skills ?? all ? host.request(reloadSkillsCall(), how) : undefined,
    outputStyles ?? all
      ? host.request(reloadOutputStylesCall(), how)
      : undefined,
  ]);
  return {
    ...given[0] === undefined ? {} : { plugins: given[0] },
    ...given[1] === undefined ? {} : { skills: given[1].skills },
    ...given[2] === undefined ? {} : { outputStyles: given[2].outputStyles },
  };
}
