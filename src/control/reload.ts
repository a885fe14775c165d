/**
 * Reading things from disk again, which takes a request for each kind of thing.
 *
 * @module
 */

import type { CommandInfo } from "./_infos.ts";
import { type ControlOptions, yesOrNo } from "./call.ts";
import type { ControlCalls } from "./host.ts";
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

/** Which requests the options ask for; all where they name none. */
function wanted(options: ReloadOptions): {
  readonly plugins: boolean;
  readonly skills: boolean;
  readonly outputStyles: boolean;
} {
  const { plugins, skills, outputStyles } = options;
  for (
    const [name, value] of Object.entries({ plugins, skills, outputStyles })
  ) {
    if (value !== undefined) yesOrNo(name, value);
  }
  const all = plugins === undefined && skills === undefined &&
    outputStyles === undefined;
  return {
    plugins: plugins ?? all,
    skills: skills ?? all,
    outputStyles: outputStyles ?? all,
  };
}

/** The answers, each where it was asked for. */
export type ReloadAnswers = readonly [
  plugins: ReloadedPlugins | undefined,
  skills: { readonly skills: readonly CommandInfo[] } | undefined,
  styles: { readonly outputStyles: readonly string[] } | undefined,
];

/** The requests that the options ask for. */
export function reloadCalls(
  options: ReloadOptions = {},
): ControlCalls<ReloadAnswers> {
  const { plugins, skills, outputStyles } = wanted(options);
  return [
    plugins ? reloadPluginsCall() : undefined,
    skills ? reloadSkillsCall() : undefined,
    outputStyles ? reloadOutputStylesCall() : undefined,
  ];
}

/** What the answers say together. */
export function reloadedOf([plugins, skills, styles]: ReloadAnswers): Reloaded {
  return {
    ...plugins === undefined ? {} : { plugins },
    ...skills === undefined ? {} : { skills: skills.skills },
    ...styles === undefined ? {} : { outputStyles: styles.outputStyles },
  };
}

/** The options of each request. */
export function callOptions(
  { plugins: _p, skills: _s, outputStyles: _o, ...how }: ReloadOptions = {},
): ControlOptions {
  return how;
}
