/**
 * Finds the `claude` executable to start.
 *
 * @module
 */

import { ClaudeNotFoundError } from "../errors.ts";
import { pathOf } from "../options/launch.ts";

/** A program and the arguments that come before those of this library. */
export interface Command {
  /** Path or name of the program. */
  readonly path: string;
  /** Arguments that come before those of this library. */
  readonly args: readonly string[];
}

/** What the search needs to know about the machine. */
export interface FindContext {
  /** The option `claudePath`. */
  readonly claudePath: string | URL | readonly string[] | undefined;
  /** Reads a variable; `undefined` if it is not set or may not be read. */
  readonly env: (name: string) => string | undefined;
  /** Whether the path is an executable file; `undefined` without permission to check. */
  readonly isProgram: (path: string) => boolean | undefined;
  /** Operating system as in `Deno.build.os`, such as `windows`. */
  readonly os: string;
  /** Return the plain name if no program is found: it may be on another machine. */
  readonly orName?: boolean;
}

/**
 * Scripts are run with their interpreter: they need not be executable, and on Windows cannot be.
 */
function commandOf(path: string, args: readonly string[] = []): Command {
  return /\.[cm]?js$/.test(path)
    ? { path: "node", args: [path, ...args] }
    : { path, args };
}

/**
 * Looks for the CLI in the option, then `CLAUDESTREAM_CLAUDE_PATH`, then `PATH`, then the places
 * where the installers put it.
 *
 * @throws {ClaudeNotFoundError} If not found; lists every path that was checked.
 */
export function findClaude(context: FindContext): Command {
  const { claudePath, env } = context;
  if (Array.isArray(claudePath)) {
    const [path = "", ...args] = claudePath as readonly string[];
    return named(path, args, context);
  }
  const wanted = claudePath ?? (env("CLAUDESTREAM_CLAUDE_PATH") || undefined);
  if (wanted !== undefined) {
    return named(
      pathOf("claudePath", wanted as string | URL),
      [],
      context,
    );
  }
  const places = placesOf(context);
  for (const place of places) {
    const found = context.isProgram(place);
    // Without permission to check, leave the search to the operating system.
    if (found === undefined) return { path: "claude", args: [] };
    if (found) return commandOf(place);
  }
  // PATH may be unreadable, as without --allow-env, but Deno still searches it.
  if (env("PATH") === undefined) return { path: "claude", args: [] };
  if (context.orName === true) return { path: "claude", args: [] };
  throw new ClaudeNotFoundError(places, undefined);
}

function named(
  path: string,
  args: readonly string[],
  context: FindContext,
): Command {
  const isPath = /[\\/]/.test(path);
  if (!isPath && context.env("PATH") === undefined) {
    return commandOf(path, args);
  }
  const candidates = isPath ? [path] : inPath(path, context);
  for (const candidate of candidates) {
    const found = context.isProgram(candidate);
    if (found === undefined) return commandOf(path, args);
    if (found) return commandOf(candidate, args);
  }
  if (context.orName === true) return commandOf(path, args);
  throw new ClaudeNotFoundError(candidates, path);
}

function inPath(name: string, { env, os }: FindContext): string[] {
  const windows = os === "windows";
  const folders = (env("PATH") ?? "").split(windows ? ";" : ":");
  const names = windows ? [`${name}.exe`, name] : [name];
  return folders.filter((folder) => folder !== "").flatMap((folder) =>
    names.map((file) => `${folder.replace(/[\\/]$/, "")}/${file}`)
  );
}

function placesOf(context: FindContext): string[] {
  const home = context.env("HOME") ?? context.env("USERPROFILE");
  const file = context.os === "windows" ? "claude.exe" : "claude";
  const known = [
    ...home === undefined ? [] : [
      `${home}/.local/bin/${file}`,
      `${home}/.claude/local/${file}`,
      `${home}/.npm-global/bin/${file}`,
    ],
    ...context.os === "windows"
      ? []
      : ["/usr/local/bin/claude", "/opt/homebrew/bin/claude"],
  ];
  return [...new Set([...inPath("claude", context), ...known])];
}
