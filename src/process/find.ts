/**
 * Finds the `claude` to start.
 *
 * @module
 */

import { ClaudeNotFoundError } from "../errors.ts";
import { pathOf } from "../options/launch.ts";

/** A command and what comes before our own arguments. */
export interface Command {
  /** Path or name of the program. */
  readonly path: string;
  /** Arguments before ours. */
  readonly args: readonly string[];
}

/** What finding needs to know of the machine. */
export interface FindContext {
  /** The option `claudePath`. */
  readonly claudePath: string | URL | readonly string[] | undefined;
  /** Reads a variable; `undefined` where there is none, or none may be read. */
  readonly env: (name: string) => string | undefined;
  /** Whether there is a file that can be run; `undefined` where that may not be asked. */
  readonly isProgram: (path: string) => boolean | undefined;
  /** `windows` and others. */
  readonly os: string;
  /** Where there is none, its name will do: it may be on another machine. */
  readonly orName?: boolean;
}

/** Scripts need their interpreter: they need not be executable, and on Windows cannot be. */
function commandOf(path: string, args: readonly string[] = []): Command {
  return /\.[cm]?js$/.test(path)
    ? { path: "node", args: [path, ...args] }
    : { path, args };
}

/**
 * Finds it: the option, then `CLAUDESTREAM_CLAUDE_PATH`, then `PATH`, then the places
 * where the installers put it.
 *
 * @throws {ClaudeNotFoundError} With every path that was looked at.
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
    // Without the right to look, the operating system's own search is the best guess.
    if (found === undefined) return { path: "claude", args: [] };
    if (found) return commandOf(place);
  }
  // Nor is PATH there for us to read, as without --allow-env, though Deno searches it.
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
