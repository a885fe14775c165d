/**
 * Finds what a process has started, and ends that and nothing else.
 *
 * The shells of `claude` are in process groups and sessions of their own, so that a
 * signal to its group does not reach them, and once it is gone they are nobody's
 * children. They are looked for while it is there, and afterwards, where variables can be
 * read, by the one that they inherited.
 *
 * Linux tells it in `/proc`, which Deno opens to programs with all permissions only;
 * elsewhere `ps` does, where it may be run. Where neither may be, nothing is found.
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

/** How often processes that are being ended may start others. */
const MAX_ROUNDS = 10;

/**
 * So long one reading of all processes serves everybody who only looks, in milliseconds.
 * Many sessions are closed at once, and each looks at every process of the machine.
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
  return Deno.build.os === "linux" &&
    ALL.every((name) =>
      Deno.permissions.querySync({ name }).state === "granted"
    );
}

function mayRunPs(): boolean {
  return Deno.build.os !== "windows" &&
    Deno.permissions.querySync({ name: "run", command: "ps" }).state ===
      "granted";
}

/** Whether Deno may send signals to any process, without asking the user. */
export function maySignal(): boolean {
  return Deno.permissions.querySync({ name: "run" }).state === "granted";
}

function readStat(pid: number | string): ProcessEntry | undefined {
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** The sessions that a process stems from, where that may be known. */
function readLineage(pid: number): readonly string[] {
  try {
    return lineageOf(Deno.readTextFileSync(`/proc/${pid}/environ`));
  } catch {
    // It has ended meanwhile, or is another user's.
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
    // Dates in one language; the rest is what finding `ps` takes.
    env: { LC_ALL: "C" },
    stdin: "null",
    stderr: "null",
  }).outputSync();
  return parsePs(new TextDecoder().decode(stdout));
}

/** All processes, or `undefined` where that cannot be known. */
function listProcesses(): readonly ProcessEntry[] | undefined {
  try {
    if (mayReadProc()) return readProc();
    if (mayRunPs()) return askPs();
  } catch {
    // No /proc in this container, no ps on this machine.
  }
  return undefined;
}

/** All processes, as they were at one moment. */
class Snapshot {
  readonly at = performance.now();
  readonly table: readonly ProcessEntry[] = listProcesses() ?? [];
  readonly #lineages = new Map<number, readonly string[]>();

  /** The sessions that one of them stems from. */
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

/** The entry of one process; `undefined` where there is none, `null` where that cannot be known. */
function findProcess(pid: number): ProcessEntry | undefined | null {
  if (mayReadProc()) return readStat(pid);
  const table = listProcesses();
  if (table === undefined) return null;
  return table.find((entry) => entry.pid === pid);
}

/** What one process has started. */
export class ProcessTree {
  readonly #pid: number | undefined;
  /** When the process itself was started; `undefined` until that is known. */
  #start: string | undefined;
  /** The variable that all of them inherit, where it can be read. */
  readonly #id: string | undefined;
  /** Those that were found so far, by id. */
  readonly #found = new Map<number, ProcessEntry>();

  /**
   * @param pid A process that is there; `undefined` where it is none of this machine.
   * @param lineage The variable, where it is known to be the process's own.
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
    // A process that was started by others may have none of its own. The nearest is this
    // program's then, and whoever inherited that is no child of the process.
    if (id !== undefined && !readLineage(Deno.pid).includes(id)) this.#id = id;
  }

  /** Looks who is there. To be called while the process is there. */
  look(): void {
    if (this.#pid !== undefined) this.#look(recentSnapshot());
  }

  /** Gives those that are there. */
  #look(snapshot: Snapshot): readonly ProcessEntry[] {
    const pid = this.#pid;
    if (pid === undefined) return [];
    const { table } = snapshot;
    const roots = this.#left(table).map(({ pid }) => pid);
    const root = table.find((entry) => entry.pid === pid);
    this.#start ??= root?.start;
    // Its number may be somebody else's by now.
    if (root === undefined || root.start === this.#start) roots.push(pid);
    const heirs = table.filter((entry) => this.#isHeir(entry, snapshot));
    roots.push(...heirs.map(({ pid }) => pid));
    for (const entry of [...heirs, ...descendantsOf(table, roots)]) {
      if (!entry.isZombie) this.#found.set(entry.pid, entry);
    }
    return this.#left(table);
  }

  /** The same, of now: a number that is to be signalled may be somebody else's by now. */
  #lookAnew(): readonly ProcessEntry[] {
    return this.#pid === undefined ? [] : this.#look(new Snapshot());
  }

  /** Whether a process has inherited the variable. */
  #isHeir({ pid, start }: ProcessEntry, snapshot: Snapshot): boolean {
    if (this.#id === undefined || pid === this.#pid) return false;
    // What was there before has inherited nothing: nearly all of a machine's processes,
    // and a file to be read for each.
    if (this.#start !== undefined && startedBefore(start, this.#start)) {
      return false;
    }
    return snapshot.lineage(pid).includes(this.#id);
  }

  /** Those of the found that are still there. */
  #left(table: readonly ProcessEntry[]): readonly ProcessEntry[] {
    return table.filter(({ pid, start, isZombie }) =>
      !isZombie && this.#found.get(pid)?.start === start
    );
  }

  /** Whether the process itself is gone; `undefined` where that cannot be known. */
  isRootGone(): boolean | undefined {
    const root = this.#pid === undefined ? null : findProcess(this.#pid);
    if (root === null) return undefined;
    return root === undefined || root.isZombie ||
      (this.#start !== undefined && root.start !== this.#start);
  }

  /** Sends a signal to what was started and is still there. Says whether there was anything. */
  signal(signal: TransportSignal): boolean {
    if (!maySignal()) return false;
    const left = this.#lookAnew();
    for (const { pid } of left) {
      try {
        Deno.kill(pid, signal);
      } catch {
        // It ended just now, or is another user's.
      }
    }
    return left.length > 0;
  }

  /** Whether anything of what was found is still there. */
  isLeft(): boolean {
    return this.#lookAnew().length > 0;
  }

  /** Ends at once what was started, and what that starts meanwhile. */
  kill(): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (!this.signal("SIGKILL")) return;
    }
  }
}
