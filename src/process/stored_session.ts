/**
 * Which session on disk the option `resume` means, before the CLI is asked.
 *
 * @module
 */

import { inheritedEnv } from "../options/environment.ts";
import { pathOf } from "../options/launch.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { closest } from "../util/closest.ts";

/** What was found of a session to resume. */
export interface StoredSession {
  /** Its id. Absent if no id is or begins like that; it may still be a title. */
  readonly id?: string;
  /** The folder that was looked in. */
  readonly searched: string;
  /** Ids that may have been meant, at most 5. */
  readonly near: readonly string[];
}

/** The shortest beginning of an id that stands for it. */
const SHORTEST_BEGINNING = 4;
const MOST_NEAR = 5;
const END = ".jsonl";

/**
 * Looks for the session that these options resume by its id, or by a beginning that no other
 * id has. Reads names of files only. `undefined` if there is nothing to look for, or Deno may
 * not look.
 */
export function storedSession(
  options: SessionOptions,
): StoredSession | undefined {
  const { resume, transport, spawn, sessionStore } = options;
  if (resume === undefined || resume === "last") return undefined;
  // Another machine has sessions of its own, and so has a store.
  if (sessionStore !== undefined) return undefined;
  if (transport !== undefined || spawn !== undefined) return undefined;
  const searched = projectsOf(options);
  if (searched === undefined || !mayRead(searched)) return undefined;
  const ids = idsIn(searched);
  if (ids.includes(resume)) return { id: resume, searched, near: [] };
  const begun = resume.length < SHORTEST_BEGINNING
    ? []
    : ids.filter((id) => id.startsWith(resume)).slice(0, MOST_NEAR);
  const [only, ...others] = begun;
  if (only !== undefined && others.length === 0) {
    return { id: only, searched, near: [] };
  }
  return { searched, near: begun.length > 0 ? begun : nearest(resume, ids) };
}

/** Ids that begin alike, or differ in a few letters. */
function nearest(
  resume: string,
  ids: readonly string[],
): readonly string[] {
  const start = resume.slice(0, SHORTEST_BEGINNING);
  const alike = ids.filter((id) => id.startsWith(start));
  if (start.length === SHORTEST_BEGINNING && alike.length > 0) {
    return alike.slice(0, MOST_NEAR);
  }
  const near = closest(resume, ids);
  return near === undefined ? [] : [near];
}

function projectsOf(options: SessionOptions): string | undefined {
  const { configDir } = options;
  const folder = configDir === undefined
    ? variableOf("CLAUDE_CONFIG_DIR", options)
    : pathOf("configDir", configDir);
  if (folder) return `${folder}/projects`;
  const home = variableOf("HOME", options) ??
    variableOf("USERPROFILE", options);
  return home && `${home}/.claude/projects`;
}

/** A variable as the CLI will have it. */
function variableOf(
  name: string,
  options: SessionOptions,
): string | undefined {
  const { env } = options;
  if (env !== undefined && Object.hasOwn(env, name)) return env[name];
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  const value = state === "granted" ? Deno.env.get(name) : undefined;
  return value === undefined
    ? undefined
    : inheritedEnv(options, { [name]: value }, Deno.build.os)[name];
}

function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/** The ids of all sessions, of every project, in the order of the alphabet. */
function idsIn(projects: string): readonly string[] {
  const ids = new Set<string>();
  for (const project of namesIn(projects)) {
    for (const name of namesIn(`${projects}/${project}`)) {
      if (name.endsWith(END) && !name.startsWith("agent-")) {
        ids.add(name.slice(0, -END.length));
      }
    }
  }
  return [...ids].sort();
}

/** Names in a folder; none if it cannot be read, since the CLI will say what is wrong. */
function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}
