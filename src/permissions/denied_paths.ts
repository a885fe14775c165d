/**
 * Paths of deny rules, as the CLI reads them: like lines of a `.gitignore`. Pure but for
 * the function that follows links.
 *
 * @module
 */

import { follow, isAbsolute, plain } from "./paths.ts";
import type { Machine } from "./protected_paths.ts";
import type { RulePlace } from "./rules.ts";
import { pathWildcard } from "./wildcard.ts";

/** As file systems fold names. */
function folded(path: string): string {
  return path.normalize("NFC").replaceAll("\\", "/").toLowerCase();
}

/** Tests of whole paths, one for each reading of a pattern. */
export function pathPatterns(
  content: string,
  { cwd = "" }: RulePlace,
): readonly ((path: string) => boolean)[] {
  const text = content.trim().replace(/^!/, "").replace(/^(?:\.\/)+/, "")
    .replace(/(.)\/+$/, "$1")
    // What stands for one letter, or for one of several, stands for any here.
    .replace(/\?|\[[^\]]*\]/g, "*");
  return readingsOf(text, folded(cwd))
    .flatMap((whole) => [
      whole,
      // "**" stands for no folder, too, and a folder is what is in it.
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

/** Where a path leads, by its text and by its links, each with the folders that it is in. */
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

/** The path itself where nothing tells where it leads: its text is held against the rules all the same. */
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
