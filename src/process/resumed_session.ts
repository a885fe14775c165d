/**
 * Which session the option `resume` means, before the CLI is started.
 *
 * @module
 */

import { SessionNotFoundError } from "../errors.ts";
import { inheritedEnv } from "../options/environment.ts";
import { pathOf } from "../options/launch.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { lookupNearby } from "../transcripts/lookup.ts";
import type { SessionPlaceOptions } from "../transcripts/place.ts";
import { atOnce } from "../transcripts/steps.ts";
import { commandOf, readVariable } from "./spawn.ts";
import { isGranted, operatingSystem } from "./runtime.ts";

/** What was found of a session to resume. */
export interface ResumedSession {
  /** Its id. */
  readonly id?: string;
  /** Why there is none. The CLI may know of one on another machine. */
  readonly missing?: SessionNotFoundError;
}

/**
 * Looks for the session that these options resume. Returns `undefined` if there is nothing to
 * look for, or Deno may not look.
 *
 * @throws {SessionNotFoundError} There is none, or more than one, and the CLI would look in the
 * same place.
 */
export function resumedSession(
  options: SessionOptions,
): ResumedSession | undefined {
  const { resume, transport, spawn, sessionStore, worktree } = options;
  if (resume === undefined) return undefined;
  // Another machine has its own sessions, and so has a store.
  if (sessionStore !== undefined) return undefined;
  if (transport !== undefined || spawn !== undefined) return undefined;
  // A worktree is a separate project, which the CLI makes.
  const hasWorktree = worktree !== undefined && worktree !== false;
  if (resume === "last" && (hasWorktree || !isCliHere(options))) {
    return undefined;
  }
  const place = placeOf(options);
  if (place === undefined) return undefined;
  try {
    return { id: atOnce(lookupNearby(resume, place)).id };
  } catch (error) {
    if (!(error instanceof SessionNotFoundError)) throw error;
    if (isCliHere(options)) throw error;
    return { missing: error };
  }
}

/** Where the CLI will look, if that is known and may be read. */
function placeOf(options: SessionOptions): SessionPlaceOptions | undefined {
  const configDir = configDirOf(options);
  if (configDir === undefined || !mayRead(`${configDir}/projects`)) {
    return undefined;
  }
  const cwd = options.cwd === undefined ? "." : pathOf("cwd", options.cwd);
  return { configDir, ...mayRead(cwd) ? { project: cwd } : {} };
}

function configDirOf(options: SessionOptions): string | undefined {
  const { configDir } = options;
  const folder = configDir === undefined
    ? variableOf("CLAUDE_CONFIG_DIR", options)
    : pathOf("configDir", configDir);
  if (folder) return folder;
  const home = variableOf("HOME", options) ??
    variableOf("USERPROFILE", options);
  return home ? `${home}/.claude` : undefined;
}

/** A variable as the CLI will have it. */
function variableOf(
  name: string,
  options: SessionOptions,
): string | undefined {
  const { env } = options;
  if (env !== undefined && Object.hasOwn(env, name)) return env[name];
  const value = readVariable(name);
  return value === undefined
    ? undefined
    : inheritedEnv(options, { [name]: value }, operatingSystem())[name];
}

function mayRead(path: string): boolean {
  return isGranted({ name: "read", path });
}

/** Bytes of a program that tell what it is. */
const HEAD_BYTES = 128;

/**
 * Whether the program is the CLI itself, on this machine. A command with arguments, or a shell
 * script, may run it in a container or elsewhere, where other sessions are.
 */
function isCliHere(options: SessionOptions): boolean {
  const command = commandOf(options, true);
  const [script, ...others] = command.args;
  const isNode = command.path === "node" && script !== undefined &&
    others.length === 0;
  if (!isNode && command.args.length > 0) return false;
  const path = isNode ? script : command.path;
  if (!/[\\/]/.test(path) || !mayRead(path)) return false;
  const head = headOf(path);
  return head !== undefined &&
    (isNode || !head.startsWith("#!") || /^#!.*\bnode\b/.test(head)) &&
    !/\.(cmd|bat|ps1)$/i.test(path);
}

/** The beginning of a file; `undefined` if it cannot be read: its start says why. */
function headOf(path: string): string | undefined {
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(HEAD_BYTES);
    const count = file.readSync(bytes) ?? 0;
    return new TextDecoder().decode(bytes.subarray(0, count));
  } catch {
    return undefined;
  }
}
