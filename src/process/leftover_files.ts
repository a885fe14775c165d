/**
 * Finds and removes folders of temporary files that a killed program left behind.
 *
 * The name of such a folder identifies its owner: the process table, the process id and the start
 * time of the process. A folder is removed only if that process is known to be gone.
 *
 * @module
 */

import { parseStat } from "./process_table.ts";

/** `claudestream-<table of processes>-<pid>-<start>-<random>`. */
const NAME = /^claudestream-([0-9a-z]+)-(\d+)-(\d+)-[^/\\]+$/;

/** Matches the file names that `LaunchFiles` uses. */
const FILE = /^\d+__[a-z_]+$/;

/** Matches what lies in the folder of a session that was restored from a store. */
const SESSION =
  /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:\.jsonl|\.meta\.json)?$/i;

let prefix: string | undefined;

/** Returns the prefix for the names of this program's temporary folders. */
export function folderPrefix(): string {
  return prefix ??= `claudestream-${processTable()}-${Deno.pid}-${
    startOf(Deno.pid) ?? 0
  }-`;
}

/**
 * Returns an id of the process table: containers that share a folder number their processes
 * independently, and each boot starts over. `0` if it cannot be read.
 */
function processTable(): string {
  if (Deno.build.os !== "linux") return "local";
  try {
    const boot = Deno.readTextFileSync("/proc/sys/kernel/random/boot_id");
    const namespace = Deno.readLinkSync("/proc/self/ns/pid");
    return `${boot}${namespace}`.replaceAll(/[^0-9a-f]/g, "");
  } catch {
    // Deno may not read it; then other programs will not remove this program's folders.
    return "0";
  }
}

/** Returns the start time of a process; `undefined` if it is not known. */
function startOf(pid: number): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`))?.start;
  } catch {
    // The process is gone or may not be inspected.
    return undefined;
  }
}

/** Whether a process is known to be gone. */
function isGone(pid: number, start: string): boolean {
  if (pid === Deno.pid) {
    // An earlier process may have had the same id.
    const own = startOf(pid);
    return own !== undefined && start !== "0" && own !== start;
  }
  if (Deno.build.os !== "linux") return isUnlisted(pid);
  try {
    Deno.statSync(`/proc/${pid}`);
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
  const now = startOf(pid);
  return now !== undefined && start !== "0" && now !== start;
}

/** Whether `ps` does not list the process; `false` on a system without `ps`. */
function isUnlisted(pid: number): boolean {
  const { state } = Deno.permissions.querySync({ name: "run", command: "ps" });
  if (Deno.build.os === "windows" || state !== "granted") return false;
  const { code, stdout } = new Deno.Command("ps", {
    args: ["-p", `${pid}`, "-o", "pid="],
    stderr: "null",
  }).outputSync();
  return code === 1 && stdout.length === 0;
}

const looked = new Set<string>();

/**
 * Removes what earlier programs left in a temporary folder; runs once per folder. Never throws:
 * nothing depends on it.
 */
export function removeLeftovers(temporary: string): void {
  if (looked.has(temporary)) return;
  looked.add(temporary);
  for (const name of ["read", "write"] as const) {
    const { state } = Deno.permissions.querySync({ name, path: temporary });
    if (state !== "granted") return;
  }
  try {
    const table = processTable();
    if (table === "0") return;
    for (const { name, isDirectory } of Deno.readDirSync(temporary)) {
      const [, where, pid, start = "0"] = NAME.exec(name) ?? [];
      if (where !== table || !isDirectory) continue;
      if (isGone(Number(pid), start)) removeOne(`${temporary}/${name}`);
    }
  } catch {
    // The folder does not exist or may not be read.
  }
}

/** Removes a folder only if it looks exactly as this library creates it. */
function removeOne(folder: string): void {
  try {
    const { isDirectory, uid, mode } = Deno.lstatSync(folder);
    if (!isDirectory || uid !== null && uid !== Deno.uid()) return;
    if (mode !== null && Deno.build.os !== "windows" && (mode & 0o077) !== 0) {
      return;
    }
    const entries = [...Deno.readDirSync(folder)];
    if (entries.every(({ name, isFile }) => isFile && FILE.test(name))) {
      // Not recursive, so that only the inspected files are removed.
      for (const { name } of entries) Deno.removeSync(`${folder}/${name}`);
      Deno.removeSync(folder);
    } else if (
      entries.every(({ name }) => SESSION.test(name)) && isPlainTree(folder)
    ) {
      // A link that takes the place of a file meanwhile is removed and not followed.
      Deno.removeSync(folder, { recursive: true });
    }
  } catch {
    // Another program is removing it at the same time.
  }
}

/** Whether a folder holds files and folders only: no link, and nothing of another kind. */
function isPlainTree(folder: string): boolean {
  return [...Deno.readDirSync(folder)].every(({ name, isFile, isDirectory }) =>
    isFile || isDirectory && isPlainTree(`${folder}/${name}`)
  );
}
