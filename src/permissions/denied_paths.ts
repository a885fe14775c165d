/**
 * Matches paths with deny rules as the CLI does: like lines of a `.gitignore`. Pure except for the
 * function that follows links.
 *
 * @module
 */

import { follow, isAbsolute, plain } from "./paths.ts";
import type { Machine } from "./protected_paths.ts";
import type { RulePlace } from "./rules.ts";
import { pathWildcard } from "./wildcard.ts";

/** Folds a path as case-insensitive file systems do. */
function folded(path: string): string {
  return path.normalize("NFC").replaceAll("\\", "/").toLowerCase();
}

/** Returns tests for whole paths, one for each interpretation of a pattern. */
export function pathPatterns(
  content: string,
  { cwd = "" }: RulePlace,
): readonly ((path: string) => boolean)[] {
  const text = content.trim().replace(/^!/, "").replace(/^(?:\.\/)+/, "")
    .replace(/(.)\/+$/, "$1")
    // Widen `?` and `[…]` to `*`, to err on the side of denial.
    .replace(/\?|\[[^\]]*\]/g, "*");
  return readingsOf(text, folded(cwd))
    .flatMap((whole) => [
      whole,
      // "**" also matches no folder at all, and a folder stands for everything in it.
      whole.replaceAll("/**/", "/"),
      whole.replace(/\/\*\*$/, ""),
    ])
    .map((pattern) => pathWildcard(folded(pattern)));
}

function readingsOf(text: string, cwd: string): readonly string[] {
  if (text.startsWith("//")) return [text.slice(1)];
  if (text.startsWith("~/")) return [text, `**${text.slice(1)}`];
  if (/^[A-Za-z]:/.test(text)) return [text];
  if (text.startsWith("/")) return [text, cwd + text];
  if (!text.includes("/") || cwd === "") return [text, `**/${text}`];
  return [`${cwd}/${text}`];
}

/** Returns the targets of a path, by its text and by its links, each with its parent folders. */
export function pathsLedTo(
  path: string,
  { cwd = "", callCwd = cwd }: RulePlace,
  machine: Machine | undefined,
): readonly string[] {
  const trimmed = path.trim();
  const whole = isAbsolute(trimmed) || trimmed.startsWith("~")
    ? trimmed
    : `${callCwd}/${trimmed}`;
  const led = machine === undefined || !isAbsolute(whole)
    ? []
    : [linked(whole, machine)];
  return [plain(whole), ...led].flatMap((path) => withFolders(folded(path)));
}

/**
 * Follows links. If that fails, returns the path itself: its text is still checked against the
 * rules.
 */
function linked(path: string, { realPath }: Machine): string {
  try {
    return follow(path, realPath);
  } catch {
    return path;
  }
}

function withFolders(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"))
    .filter((folder) => folder !== "");
}
