/**
 * Finds the processes that a process has started, and ends only these.
 *
 * The shells of `claude` are in their own process groups and sessions, so that a signal to its
 * group does not reach them, and once `claude` is gone they have another parent. They are searched
 * for while `claude` runs, and afterwards by the environment variable that they inherited, if
 * variables can be read.
 *
 * The source is `/proc` on Linux, which Deno opens only to programs with all permissions; otherwise
 * `ps`, if it may be run. If neither is available, nothing is found.
 *
 * @module
 */

import { lineageOf } from "../options/environment.ts";
import {
  descendantsOf,
  parsePs,
  parseStat,
  type ProcessEntry,
  PS_ARGUMENTS,
  startedBefore,
} from "./process_table.ts";
import type { TransportSignal } from "../options/transport.ts";
import { isGranted, operatingSystem } from "./runtime.ts";

/** How often to look again for processes started by those being ended. */
const MAX_ROUNDS = 10;

/**
 * How long one snapshot of all processes is shared, in milliseconds. Many sessions may close at
 * once, and each inspects every process of the machine. Signals always use a new snapshot.
 */
const SHARED_MS = 20;

const ALL = [
  "run",
  "read",
  "write",
  "net",
  "env",
  "sys",
  "ffi",
  "import",
] as const;

function mayReadProc(): boolean {
  return operatingSystem() === "linux" &&
    ALL.every((name) => isGranted({ name }));
}

function mayRunPs(): boolean {
  return operatingSystem() !== "windows" &&
    isGranted({ name: "run", command: "ps" });
}

/** Whether Deno may send signals to any process, without asking the user. */
export function maySignal(): boolean {
  return isGranted({ name: "run" });
}

function readStat(pid: number | string): ProcessEntry | undefined {
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    // The process has ended in the meantime.
    return undefined;
  }
}

/**
 * Returns the lineage of a process from its environment, or an empty list if it may not be read.
 */
function readLineage(pid: number): readonly string[] {
  try {
    return lineageOf(Deno.readTextFileSync(`/proc/${pid}/environ`));
  } catch {
    // The process has ended in the meantime, or belongs to another user.
    return [];
  }
}

function readProc(): readonly ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    const entry = /^\d+$/.test(name) ? readStat(name) : undefined;
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function askPs(): readonly ProcessEntry[] {
  const { stdout } = new Deno.Command("ps", {
    args: [...PS_ARGUMENTS],
    // LC_ALL fixes the language of dates; the rest is needed to find `ps`.
    env: { LC_ALL: "C" },
    stdin: "null",
    stderr: "null",
  }).outputSync();
  return parsePs(new TextDecoder().decode(stdout));
}

/** Lists all processes, or returns `undefined` if that is impossible. */
function listProcesses(): readonly ProcessEntry[] | undefined {
  try {
    if (mayReadProc()) return readProc();
    if (mayRunPs()) return askPs();
  } catch {
    // This container has no /proc, or this machine has no ps.
  }
  return undefined;
}

/** All processes at one moment. */
class Snapshot {
  readonly at = performance.now();
  readonly table: readonly ProcessEntry[] = listProcesses() ?? [];
  readonly #lineages = new Map<number, readonly string[]>();

  /** Returns the lineage of one process: the sessions that it descends from. */
  lineage(pid: number): readonly string[] {
    const known = this.#lineages.get(pid);
    if (known !== undefined) return known;
    const lineage = readLineage(pid);
    this.#lineages.set(pid, lineage);
    return lineage;
  }
}

let shared: Snapshot | undefined;

function recentSnapshot(): Snapshot {
  if (shared === undefined || performance.now() - shared.at >= SHARED_MS) {
    shared = new Snapshot();
  }
  return shared;
}

/**
 * Returns the entry of one process; `undefined` if it does not exist, `null` if that cannot be
 * determined.
 */
function findProcess(pid: number): ProcessEntry | undefined | null {
  if (mayReadProc()) return readStat(pid);
  const table = listProcesses();
  if (table === undefined) return null;
  return table.find((entry) => entry.pid === pid);
}

/** The processes that one process has started. */
export class ProcessTree {
  readonly #pid: number | undefined;
  /** Start time of the root process; `undefined` until known. */
  #start: string | undefined;
  /** Value of the environment variable that all descendants inherit, if it can be read. */
  readonly #id: string | undefined;
  /** Descendants found so far, by id. */
  readonly #found = new Map<number, ProcessEntry>();

  /**
   * @param pid A running process; `undefined` if it is not on this machine.
   * @param lineage Value of the variable, if it is known to be the process's own.
   */
  constructor(pid: number | undefined, lineage?: string) {
    this.#pid = pid;
    if (pid === undefined || !mayReadProc()) return;
    this.#start = readStat(pid)?.start;
    if (lineage !== undefined) {
      this.#id = lineage;
      return;
    }
    const id = readLineage(pid).at(-1);
    // A process started by others may have no id. Its last id is then this program's,
    // and processes that inherited that id are not children of the process.
    if (id !== undefined && !readLineage(Deno.pid).includes(id)) this.#id = id;
  }

  /** Records the descendants. Must be called while the process is running. */
  look(): void {
    if (this.#pid !== undefined) this.#look(recentSnapshot());
  }

  /** Records and returns the descendants in a snapshot. */
  #look(snapshot: Snapshot): readonly ProcessEntry[] {
    const pid = this.#pid;
    if (pid === undefined) return [];
    const { table } = snapshot;
    const roots = this.#left(table).map(({ pid }) => pid);
    const root = table.find((entry) => entry.pid === pid);
    this.#start ??= root?.start;
    // The id may have been reused by another process.
    if (root === undefined || root.start === this.#start) roots.push(pid);
    const heirs = table.filter((entry) => this.#isHeir(entry, snapshot));
    roots.push(...heirs.map(({ pid }) => pid));
    for (const entry of [...heirs, ...descendantsOf(table, roots)]) {
      if (!entry.isZombie) this.#found.set(entry.pid, entry);
    }
    return this.#left(table);
  }

  /**
   * Records the descendants in a new snapshot: an id that will be signalled may have been reused.
   */
  #lookAgain(): readonly ProcessEntry[] {
    return this.#pid === undefined ? [] : this.#look(new Snapshot());
  }

  /** Whether a process has inherited the variable. */
  #isHeir({ pid, start }: ProcessEntry, snapshot: Snapshot): boolean {
    if (this.#id === undefined || pid === this.#pid) return false;
    // An older process cannot have inherited it. This saves reading a file for nearly every process
    // of the machine.
    if (this.#start !== undefined && startedBefore(start, this.#start)) {
      return false;
    }
    return snapshot.lineage(pid).includes(this.#id);
  }

  /** Returns the found descendants that still run. */
  #left(table: readonly ProcessEntry[]): readonly ProcessEntry[] {
    return table.filter(({ pid, start, isZombie }) =>
      !isZombie && this.#found.get(pid)?.start === start
    );
  }

  /** Whether the root process is gone; `undefined` if that cannot be determined. */
  isRootGone(): boolean | undefined {
    const root = this.#pid === undefined ? null : findProcess(this.#pid);
    if (root === null) return undefined;
    return root === undefined || root.isZombie ||
      (this.#start !== undefined && root.start !== this.#start);
  }

  /** Sends a signal to the descendants that still run. Returns whether there were any. */
  signal(signal: TransportSignal): boolean {
    if (!maySignal()) return false;
    const left = this.#lookAgain();
    for (const { pid } of left) {
      try {
        Deno.kill(pid, signal);
      } catch {
        // The process has just ended, or belongs to another user.
      }
    }
    return left.length > 0;
  }

  /** Whether any of the found descendants still runs. */
  isLeft(): boolean {
    return this.#lookAgain().length > 0;
  }

  /** Kills the descendants, and what they start in the meantime. */
  kill(): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (!this.signal("SIGKILL")) return;
    }
  }
}
