/**
 * Advice for a file that cannot be written or a program that cannot be started.
 *
 * @module
 */

import { isDeno } from "./runtime.ts";

/** Advice by error code of the operating system. */
const HINTS: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: (path) => `The disk is full: make room where "${path}" is`,
  EDQUOT: (path) => `The quota is used up: make room where "${path}" is`,
  EROFS: (path) =>
    `"${path}" is on a file system that is read-only: name another place`,
  EACCES: (path) =>
    `This user may not write "${path}": change its mode or its owner, or name another place`,
  EPERM: (path) =>
    `This user may not write "${path}": change its mode or its owner, or name another place`,
  ENOENT: (path) => `The folder of "${path}" does not exist: create it`,
  ENOTDIR: (path) =>
    `A part of "${path}" is a file and not a folder: name another place`,
  EISDIR: (path) => `"${path}" is a folder: name a file`,
  ELOOP: (path) =>
    `"${path}" is a link that leads to itself: name another place`,
  ENAMETOOLONG: () => "The path is too long: name a shorter one",
  EMFILE: () =>
    "This program has too many files open: close some, or raise its limit (ulimit -n)",
  ENFILE: () => "The machine has too many files open: end some programs",
};

/** The same for a program that cannot be started. */
const START_HINTS: Readonly<Record<string, (command: string) => string>> = {
  E2BIG: () =>
    "Its arguments and variables are too long together: leave out variables with the option keepEnv",
  EACCES: (command) => `This user may not run it: chmod +x ${command}`,
  EPERM: (command) => `This user may not run it: look at ${command}`,
  ENOEXEC: (command) =>
    `It is no program of this machine: see what "file ${command}" says`,
  ENOMEM: () => "The machine has no memory left: end some programs",
  EAGAIN: () =>
    "This user has too many processes: end some, or raise the limit (ulimit -u)",
  EMFILE: (command) => HINTS.EMFILE?.(command) ?? "",
  ENFILE: (command) => HINTS.ENFILE?.(command) ?? "",
  ETXTBSY: () => "It is being written just now: try again when that is done",
};

/** Codes by name of Deno's error classes, for errors without a code. */
const CLASSES: readonly (readonly [keyof typeof Deno.errors, string])[] = [
  ["NotFound", "ENOENT"],
  ["PermissionDenied", "EACCES"],
  ["IsADirectory", "EISDIR"],
  ["NotADirectory", "ENOTDIR"],
  ["FilesystemLoop", "ELOOP"],
];

/**
 * Returns advice for a file or folder that cannot be written; `undefined` if the cause is not
 * known.
 *
 * @param cause The value that was thrown.
 * @param path Path that could not be written; `undefined` for the folder of temporary files if Deno
 *   may not read its path.
 */
export function writeHint(
  cause: unknown,
  path: string | undefined,
): string | undefined {
  if (!isDeno) return undefined;
  if (cause instanceof Deno.errors.NotCapable) {
    return path === undefined
      ? "Run Deno with --allow-write for the folder of temporary files"
      : `Run Deno with --allow-write=${path}`;
  }
  return hintOf(HINTS, cause, path ?? "the folder of temporary files");
}

/**
 * Returns advice for a program that cannot be started; `undefined` if the cause is not known.
 */
export function startHint(cause: unknown, command: string): string | undefined {
  return hintOf(START_HINTS, cause, command);
}

function hintOf(
  hints: typeof HINTS,
  cause: unknown,
  place: string,
): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code } = cause as { readonly code?: unknown };
  const known = typeof code === "string" ? code : CLASSES.find(
    ([name]) => cause instanceof Deno.errors[name],
  )?.[1];
  return known === undefined || !Object.hasOwn(hints, known)
    ? undefined
    : hints[known]?.(place);
}
