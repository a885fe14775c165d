/**
 * Finds folders of temporary files that a program left which was killed, and removes them.
 *
 * The name of such a folder says whose it is: the machine with its table of processes, the
 * process, and when that was started. Nothing is removed unless that process is known to be
 * gone.
 *
 * @module
 */

import { parseStat } from "./process_table.ts";

/** `claudestream-<table of processes>-<pid>-<start>-<random>`. */
const NAME = /^claudestream-([0-9a-z]+)-(\d+)-(\d+)-[^/\\]+$/;

/** The names that `LaunchFiles` gives to its files. */
const FILE = /^\d+__[a-z_]+$/;

let prefix: string | undefined;

/** What the name of a folder of temporary files of this program begins with. */
export function folderPrefix(): string {
  return prefix ??= `claudestream-${processTable()}-${Deno.pid}-${
    startOf(Deno.pid) ?? 0
  }-`;
}

/**
 * Tells tables of processes apart: containers that share a folder count their processes
 * by themselves, and every boot of a machine begins again. `0` if that cannot be read.
 */
function processTable(): string {
  if (Deno.build.os !== "linux") return "local";
  try {
    const boot = Deno.readTextFileSync("/proc/sys/kernel/random/boot_id");
    const namespace = Deno.readLinkSync("/proc/self/ns/pid");
    return `${boot}${namespace}`.replaceAll(/[^0-9a-f]/g, "");
  } catch {
    // Deno may not read it: then nothing of this program's is removed by others.
    return "0";
  }
}

/** When a process was started; `undefined` if that is not known. */
function startOf(pid: number): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`))?.start;
  } catch {
    // It is gone, or may not be looked at.
    return undefined;
  }
}

/** Whether a process is known to be gone. */
function isGone(pid: number, start: string): boolean {
  if (pid === Deno.pid) {
    // An earlier process may have had the same number.
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

/** Whether `ps` knows of no such process; `false` on a system without it. */
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
 * Removes what earlier programs left in a folder of temporary files, once for each folder.
 * Never throws: nothing depends on it.
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
    // The folder is not there, or may not be read.
  }
}

/** Removes a folder of ours, unless anything about it is not as we make it. */
function removeOne(folder: string): void {
  try {
    const { isDirectory, uid, mode } = Deno.lstatSync(folder);
    if (!isDirectory || uid !== null && uid !== Deno.uid()) return;
    if (mode !== null && Deno.build.os !== "windows" && (mode & 0o077) !== 0) {
      return;
    }
    const entries = [...Deno.readDirSync(folder)];
    if (!entries.every(({ name, isFile }) => isFile && FILE.test(name))) return;
    // Not recursive: nothing but what was looked at is removed.
    for (const { name } of entries) Deno.removeSync(`${folder}/${name}`);
    Deno.removeSync(folder);
  } catch {
    // Another program removes it at the same time.
  }
}
