/**
 * Resolves absolute paths, as text and with symbolic links followed. Pure except for the function
 * that follows links.
 *
 * @module
 */

import type { RealPath } from "../util/real_path.ts";

/** Input field with the path, for each tool of the CLI that edits files. */
export const EDITED_PATH: Readonly<Record<string, string>> = {
  Edit: "file_path",
  MultiEdit: "file_path",
  NotebookEdit: "notebook_path",
  Write: "file_path",
};

const WINDOWS_ROOT = /^(?:[A-Za-z]:|\\\\[^\\/]+[\\/][^\\/]+)[\\/]/;

/** Whether an absolute path equals `root` or is below it. */
export function isBelow(path: string, root: string): boolean {
  return path === root ||
    path.startsWith(/[/\\]$/.test(root) ? root : `${root}/`) ||
    WINDOWS_ROOT.test(root) && path.startsWith(`${root}\\`);
}

/** Whether a path is absolute, on any operating system. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/") || WINDOWS_ROOT.test(path);
}

/** Returns the absolute path, resolved against `cwd`; throws if that is needed and unknown. */
export function absolute(path: string, cwd: string | undefined): string {
  if (isAbsolute(path)) return path;
  if (cwd === undefined || !isAbsolute(cwd)) {
    throw new Error(`where "${path}" begins is not known`);
  }
  return `${cwd}/${path}`;
}

/** Returns the absolute path with `.`, `..` and empty parts resolved textually, as the CLI does. */
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
 * Returns the target of an absolute path: the existing part with all links followed, and the rest
 * unchanged.
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
    // After a part that does not exist, the meaning of ".." depends on what is created there later.
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
  // "C:" alone would mean the current directory of that drive.
  return /^[A-Za-z]:$/.test(parent) ? `${parent}\\` : parent;
}
