/**
 * Recognizes files that the CLI executes or trusts: its own settings, git hooks, shell start-up
 * files, configurations of editors and package managers. A general yes to writing does not cover
 * them; a rule that names one does. Pure except for the function that follows links.
 *
 * The lists are those of CLI 2.1.332, which asks about such a path regardless of `--allowedTools`.
 * `scripts/drift.ts` compares them with the lists in the pinned CLI.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import { thrownText } from "../util/faults.ts";
import { type Decision, deny } from "./decision.ts";
import { absolute, EDITED_PATH, follow, isBelow, plain } from "./paths.ts";
import type { RealPath } from "../util/real_path.ts";

/** Names of folders that are protected with everything below them. */
export const PROTECTED_FOLDERS: readonly string[] = [
  ".cargo",
  ".claude",
  ".config/git",
  ".devcontainer",
  ".git",
  ".husky",
  ".idea",
  ".mvn",
  ".vscode",
  ".yarn",
];

/** Names of files that are protected wherever they are. */
export const PROTECTED_FILES: readonly string[] = [
  ".bash_aliases",
  ".bash_login",
  ".bash_logout",
  ".bash_profile",
  ".bashrc",
  ".bazeliskrc",
  ".bazelrc",
  ".bazelversion",
  ".bunfig.toml",
  ".claude.json",
  ".devcontainer.json",
  ".envrc",
  ".gitconfig",
  ".gitmodules",
  ".lefthook.yaml",
  ".lefthook.yml",
  ".mcp.json",
  ".npmrc",
  ".pnp.cjs",
  ".pnp.data.json",
  ".pnp.js",
  ".pnp.loader.mjs",
  ".pnpmfile.cjs",
  ".pre-commit-config.yaml",
  ".profile",
  ".ripgreprc",
  ".yarnrc",
  ".yarnrc.yml",
  ".zlogin",
  ".zlogout",
  ".zprofile",
  ".zshenv",
  ".zshrc",
  "bunfig.toml",
  "gradle-wrapper.properties",
  "lefthook.yaml",
  "lefthook.yml",
  "maven-wrapper.properties",
  "pyrightconfig.json",
];

const PROTECTED: ReadonlySet<string> = new Set([
  ...PROTECTED_FOLDERS,
  ...PROTECTED_FILES,
]);

/**
 * Folds a name as the most lenient file system does: ignores case, Unicode variants (`.huſky`),
 * invisible characters, the stream of a file (`.git:x`), and dots and blanks at the end.
 */
export function foldedName(name: string): string {
  return name.normalize("NFKC").toLowerCase().replaceAll("\u0131", "i")
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "").replace(
      /:.*$/s,
      "",
    ).replace(/[.\s]+$/, "");
}

/** Whether Windows may take the name for another one: `CLAUDE~1`, `git.`, `x.con`. */
function isOddName(name: string): boolean {
  return /~\d|[.\s]$|\.(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(name);
}

/** Yields the parts of a path, each folded and with the part after it. */
function* partsOf(path: string) {
  const parts = path.split(/[/\\]/).filter((part) =>
    part !== "" && part !== "." && part !== ".."
  );
  for (const [index, part] of parts.entries()) {
    const name = foldedName(part);
    yield { part, name, pair: `${name}/${foldedName(parts[index + 1] ?? "")}` };
  }
}

/** Returns the names in a path that may stand for other names. */
export function oddNames(path: string): readonly string[] {
  const odd = [...partsOf(path)].map(({ part }) => part).filter(isOddName);
  return /^(?:\\\\|\/\/[?.]\/)/.test(path) ? [...odd, path] : odd;
}

/**
 * Returns the protected names in a path, folded. In `.claude/worktrees`, where the CLI itself keeps
 * working copies of a repository, the outer `.claude` does not count, only a second `.claude` below
 * it.
 */
export function protectedNames(path: string): readonly string[] {
  const found = new Set<string>();
  let isInWorktree = false;
  for (const { name, pair } of partsOf(path)) {
    if (pair === ".claude/worktrees" && !isInWorktree) isInWorktree = true;
    else if (PROTECTED.has(name)) found.add(name);
    else if (PROTECTED.has(pair)) found.add(pair);
  }
  return [...found];
}

/** Returns the names that a path pattern of a rule spells out, and so allows on purpose. */
export function namesWrittenOut(pattern: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { part, name, pair } of partsOf(pattern)) {
    for (const text of [part, name, pair]) {
      if (!text.includes("*")) names.add(text);
    }
  }
  return names;
}

/** Access to the machine that the CLI runs on. */
export interface Machine {
  /** Follows symbolic links. */
  readonly realPath: RealPath;
  /**
   * Folders and files of this session that the CLI executes or trusts, absolute: its configuration
   * folder if that is not `~/.claude`, plugins, settings, MCP servers.
   */
  readonly trusted: readonly string[];
}

/**
 * Returns the protected names in the path of a call that edits a file; none for other calls. With a
 * machine, also names that its links lead through.
 */
export function protectedNamesOf(
  { toolName, input }: Pick<ToolRequest, "toolName" | "input">,
  { cwd, callCwd = cwd }: { readonly cwd?: string; readonly callCwd?: string },
  machine?: Machine,
): readonly string[] {
  const key = Object.hasOwn(EDITED_PATH, toolName)
    ? EDITED_PATH[toolName]
    : undefined;
  const given = key === undefined ? undefined : input[key];
  if (typeof given !== "string") return [];
  // The CLI trims a path before it opens it.
  const path = given.trim();
  const base = callCwd ?? "";
  const whole = /^~|^[/\\]|^[A-Za-z]:/.test(path) ? path : `${base}/${path}`;
  // The model did not choose the names in the session's own directory.
  const own = cwd !== undefined && isBelow(whole, cwd)
    ? whole.slice(cwd.length)
    : whole;
  const found = new Set([...protectedNames(whole), ...oddNames(own)]);
  if (machine === undefined || path.startsWith("~")) return [...found];
  try {
    const start = absolute(path, callCwd);
    for (const way of new Set([start, plain(start)])) {
      const real = follow(way, machine.realPath);
      for (const name of protectedNames(real)) found.add(name);
      for (const place of machine.trusted) {
        if (isBelow(real, follow(place, machine.realPath))) found.add(place);
      }
    }
  } catch (error) {
    // The target is unknown, so it may be anywhere.
    found.add(thrownText(error));
  }
  return [...found];
}

/**
 * Returns a rule that covers the protected names in the path of a call by spelling it out;
 * `undefined` if no rule can, because a link leads there or the path cannot be written in a rule.
 */
export function ruleNaming(
  { toolName, input }: Pick<ToolRequest, "toolName" | "input">,
  names: readonly string[],
): string | undefined {
  const key = Object.hasOwn(EDITED_PATH, toolName)
    ? EDITED_PATH[toolName]
    : undefined;
  const path = key === undefined ? undefined : input[key];
  if (typeof path !== "string" || /[*()]|\.\.|^\s|\s$/.test(path)) {
    return undefined;
  }
  const written = namesWrittenOut(path);
  return names.every((name) => written.has(name))
    ? `${toolName}(${path})`
    : undefined;
}

/** Returns the denial for a call that a general yes does not cover. */
export function protectedDenial(
  request: Pick<ToolRequest, "toolName" | "input">,
  names: readonly string[],
): Decision {
  const rule = ruleNaming(request, names);
  return deny(
    `"${request.toolName}" may not write there: Claude Code executes or trusts what is in ${
      names.map((name) => `"${name}"`).join(", ")
    }, and a general permission to write does not cover it. The host can allow it ${
      rule === undefined
        ? "with allow({ protected: true }) in a callback"
        : `with a rule that names it, such as "${rule}"`
    }`,
  );
}
