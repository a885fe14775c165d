/**
 * Absolute paths: as text, and with the symbolic links of a file system followed. Pure
 * but for the function that follows links.
 *
 * @module
 */

import type { RealPath } from "../util/real_path.ts";

/** The field of the input that holds the path, for each tool of the CLI that edits. */
export const EDITED_PATH: Readonly<Record<string, string>> = {
  Edit: "file_path",
  MultiEdit: "file_path",
  NotebookEdit: "notebook_path",
  Write: "file_path",
};

const WINDOWS_ROOT = /^(?:[A-Za-z]:|\\\\[^\\/]+[\\/][^\\/]+)[\\/]/;

/** Whether an absolute path is another one, or below it. */
export function isBelow(path: string, root: string): boolean {
  return path === root ||
    path.startsWith(/[/\\]$/.test(root) ? root : `${root}/`) ||
    WINDOWS_ROOT.test(root) && path.startsWith(`${root}\\`);
}

/** Whether a path begins at the root of a file system. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/") || WINDOWS_ROOT.test(path);
}

/** The path, from where relative ones begin; throws where that is not known. */
export function absolute(path: string, cwd: string | undefined): string {
  if (isAbsolute(path)) return path;
  if (cwd === undefined || !isAbsolute(cwd)) {
    throw new Error(`where "${path}" begins is not known`);
  }
  return `${cwd}/${path}`;
}

/** The absolute path with `.`, `..` and empty parts taken as text, as the CLI takes them. */
export function plain(path: string): string {
  const root = WINDOWS_ROOT.exec(path)?.[0] ??
    (path.startsWith("/") ? "/" : "");
  const separator = WINDOWS_ROOT.test(path) ? /[/\\]/ : /\//;
  const parts: string[] = [];
  for (const part of path.slice(root.length).split(separator)) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return root + parts.join(root.includes("\\") ? "\\" : "/");
}

/**
 * Where an absolute path leads: as much of it as is there, with all links followed,
 * and the rest as it is.
 */
export function follow(path: string, realPath: RealPath): string {
  const separator = WINDOWS_ROOT.test(path) ? /[/\\]/ : /\//;
  const rest: string[] = [];
  let head = path;
  for (;;) {
    const real = realPath(head);
    if (real !== undefined) {
      if (rest.length === 0) return real;
      const joint = WINDOWS_ROOT.test(real) ? "\\" : "/";
      return (/[/\\]$/.test(real) ? real : real + joint) + rest.join(joint);
    }
    const parts = head.split(separator);
    const last = parts.pop();
    if (last === undefined) throw new Error(`nothing of "${path}" is there`);
    // Behind something that is not there, ".." means whatever is made of it later.
    if (last === "..") {
      throw new Error(`"${path}" leads through what is not there`);
    }
    if (last !== "" && last !== ".") rest.unshift(last);
    const next = parentOf(head, last);
    if (next === head) throw new Error(`nothing of "${path}" is there`);
    head = next;
  }
}

function parentOf(path: string, last: string): string {
  const parent = path.slice(0, path.length - last.length - 1);
  if (parent === "") return "/";
  // "C:" alone would be the current directory of that drive.
  return /^[A-Za-z]:$/.test(parent) ? `${parent}\\` : parent;
}
