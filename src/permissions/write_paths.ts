/**
 * A policy that restricts writing to some directories. Pure except for the function that follows
 * links, which can be replaced.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { realPathSync } from "../util/real_path.ts";
import { checkToolName } from "../tools/names.ts";
import { allow, deny } from "./decision.ts";
import { reasoned } from "./explain.ts";
import { absolute, EDITED_PATH, follow, isBelow, plain } from "./paths.ts";
import type { RealPath } from "../util/real_path.ts";
import type { PolicyContext, SyncPolicy } from "./policy_types.ts";
import { foldedName, oddNames, protectedNames } from "./protected_paths.ts";

/** Options of {@linkcode writePaths}. */
export interface WritePathsOptions {
  /**
   * Further tools that write, each with the input field that contains the path, such as
   * `{ mcp__fs__write_file: "path" }`.
   */
  readonly tools?: Readonly<Record<string, string>>;
  /**
   * Names of files and folders below the directories that stay closed, because they can make the
   * CLI, git or an editor run something. A directory that you pass by such a name is open. Default:
   * the names that the CLI itself protects: `.claude`, `.git`, `.husky`, `.vscode`, `.mcp.json`,
   * `.bashrc`, `.npmrc`, … Names are compared as the most lenient file system does, ignoring case,
   * dots at the end and the like.
   */
  readonly closed?: readonly string[];
  /** Follows symbolic links. Default: uses the file system of this machine. */
  readonly realPath?: RealPath;
}

/**
 * Allows `Write`, `Edit` and `NotebookEdit` below these directories (or on these
 * files), and denies them everywhere else. Other tools are left undecided.
 *
 * Symbolic links are followed as far as the path exists, so a link that leads outside is denied; so
 * are a dangling link, a path with `~`, and a call without a path. `..` is interpreted both ways:
 * as text, and as the file system does after a link. Relative paths are resolved against the
 * session's directory.
 *
 * Limits:
 * - **`Bash` can write anywhere**: decide on it as well, as in the example.
 * - The CLI opens the file after the check. A link created in between, by a command that runs at
 *   the same time, is followed.
 * - A hard link looks like any file.
 * - Links are followed on this machine, so the CLI must run here too.
 *
 * The links of the directories themselves are followed at the first call; later changes of these
 * links have no effect.
 *
 * @param dirs Directories or files, relative to the session's directory or absolute.
 * @throws {ConfigError} If there is none, one is empty or a pattern (`src/**`), or a tool is
 *   misspelt.
 *
 * @example
 * ```ts
 * import { deny, firstOf, byTool, readOnly, writePaths } from "@claudestream/core";
 *
 * const policy = firstOf(
 *   writePaths(["src", "tmp"]),
 *   byTool({ Bash: () => deny("no shell") }),
 *   readOnly(),
 * );
 * ```
 */
export function writePaths(
  dirs: readonly string[],
  options: WritePathsOptions = {},
): SyncPolicy {
  if (!Array.isArray(dirs)) {
    throw new ConfigError(
      "policy",
      `Cannot restrict writing to directories: expected a list of paths such as ["src"], got ${typeof dirs}`,
    );
  }
  if (dirs.length === 0 || dirs.some((dir) => dir.trim() === "")) {
    throw new ConfigError(
      "policy",
      "Cannot restrict writing to directories: expected at least one, and none empty",
    );
  }
  for (const dir of dirs) {
    if (!dir.startsWith("~") && !dir.includes("\0")) continue;
    throw new ConfigError(
      "policy",
      `Cannot write below "${dir}": expected a path without "~"`,
    );
  }
  const glob = dirs.find((dir) => GLOB.test(dir));
  if (glob !== undefined) {
    throw new ConfigError(
      "policy",
      `Cannot write below "${glob}": expected a folder or a file, got a pattern; a folder such as "src" covers all that is below it`,
    );
  }
  for (const name of Object.keys(options.tools ?? {})) {
    checkToolName(name, "policy", "Name the tool as the CLI does");
  }
  const tools = new Map(Object.entries({ ...EDITED_PATH, ...options.tools }));
  const { realPath = realPathSync } = options;
  const closedNames = options.closed && new Set(options.closed.map(foldedName));
  const closed = (path: string) =>
    closedNames === undefined
      ? protectedNames(path).length > 0 || oddNames(path).length > 0
      : path.split(/[/\\]/).some((part) => closedNames.has(foldedName(part)));
  const list = dirs.join(", ");
  // Keyed by the session's directory, because one policy may serve many sessions.
  const roots = new Map<string | undefined, readonly string[]>();
  const rootsOf = (cwd: string | undefined): readonly string[] => {
    const known = roots.get(cwd);
    if (known !== undefined) return known;
    const found = dirs.map((dir) => follow(absolute(dir, cwd), realPath));
    roots.set(cwd, found);
    return found;
  };
  return reasoned("writePaths", (request, context) => {
    const open = rootsOf(context.cwd);
    const key = tools.get(request.toolName);
    if (key === undefined) {
      return {
        decision: undefined,
        reason: `"${request.toolName}" is not among the tools that write files`,
      };
    }
    const fault = faultOf(request, key, context, { open, closed, realPath });
    if (fault === undefined) {
      // A path that is open despite a protected name was named by the caller.
      const decision = allow({ protected: true });
      return { decision, reason: `The path is below one of: ${list}` };
    }
    const message = `Cannot write there: ${fault}. Open for writing: ${list}`;
    return { decision: deny(message), reason: message };
  });
}

/**
 * Matches shell patterns. Brackets are not included, because frameworks use them in folder names
 * (`[id]`).
 */
const GLOB = /[*?]|\{[^}]*,[^}]*\}/;

/** The limits that a path is checked against. */
interface Fence {
  readonly open: readonly string[];
  /** Whether a path below an open directory contains a closed name. */
  readonly closed: (path: string) => boolean;
  readonly realPath: RealPath;
}

function faultOf(
  request: ToolRequest,
  key: string,
  { cwd, callCwd = cwd }: PolicyContext,
  fence: Fence,
): string | undefined {
  const path = request.input[key];
  if (typeof path !== "string" || path.trim() === "") {
    return `the call has no "${key}"`;
  }
  if (path.startsWith("~") || path.includes("\0")) {
    return `"${path}" is no plain path`;
  }
  // Links in /proc differ for each process, so what they are here says nothing about the CLI.
  if (/^\/(?:proc|dev)\//.test(plain(path))) {
    return `"${path}" is no plain file`;
  }
  // The CLI trims and normalizes a path before it opens it; another tool may not.
  const forms = new Set([path, path.trim(), path.trim().normalize("NFC")]);
  try {
    for (const form of forms) {
      const whole = absolute(form, callCwd);
      for (const way of new Set([whole, plain(whole)])) {
        const fault = outside(follow(way, fence.realPath), path, fence);
        if (fault !== undefined) return fault;
      }
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : `cannot follow "${path}"`;
  }
}

function outside(
  real: string,
  path: string,
  { open, closed }: Fence,
): string | undefined {
  const rests = open.filter((root) => isBelow(real, root))
    .map((root) => real.slice(root.length));
  if (rests.length === 0) {
    return real === path
      ? `"${path}" is elsewhere`
      : `"${path}" leads to "${real}"`;
  }
  const isOpen = rests.some((rest) => !closed(rest));
  return isOpen ? undefined : `"${path}" is a file that others act upon`;
}
