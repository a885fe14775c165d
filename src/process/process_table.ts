/**
 * Reads lists of processes, and finds those that one of them started. Pure.
 *
 * @module
 */

/** A process, at one moment. */
export interface ProcessEntry {
  /** Its id, which another process may bear later. */
  readonly pid: number;
  /** The process that started it, or that took it over. */
  readonly parent: number;
  /** The process that made the session that it is in. */
  readonly session: number;
  /** When it was started, in the words of the source. With the id it tells it from all others. */
  readonly start: string;
  /** It has ended, and nobody has taken note of it yet. */
  readonly isZombie: boolean;
}

/** Reads `/proc/<pid>/stat` of Linux; `undefined` where it is none. */
export function parseStat(text: string): ProcessEntry | undefined {
  // The name is in brackets, and may have blanks and brackets itself.
  const nameEnd = text.lastIndexOf(")");
  const pid = Number.parseInt(text, 10);
  if (nameEnd < 0 || !(pid > 0)) return undefined;
  const fields = text.slice(nameEnd + 1).trim().split(/\s+/);
  const [state = "", parent = "", , session = ""] = fields;
  const start = fields[19];
  if (start === undefined) return undefined;
  return entry(pid, parent, session, state, start);
}

/** Whether one process was there before another; of starts as `/proc` says them. */
export function startedBefore(start: string, other: string): boolean {
  // Ticks since the machine was started. What is no number is before and after nothing.
  return Number(start) < Number(other);
}

/** What `ps` has to be called with for {@linkcode parsePs}. */
export const PS_ARGUMENTS = [
  "-A",
  "-o",
  "pid=,ppid=,sess=,stat=,lstart=",
] as const;

/** Reads what `ps` prints. Lines that do not fit are left out. */
export function parsePs(text: string): readonly ProcessEntry[] {
  return text.split("\n").flatMap((line) => {
    const [pid = "", parent = "", session = "", state = "", ...start] = line
      .trim().split(/\s+/);
    if (!/^\d+$/.test(pid) || start.length === 0) return [];
    // The ps of macOS gives 0, or an address, for the session.
    const read = entry(Number(pid), parent, session, state, start.join(" "));
    return read === undefined ? [] : [read];
  });
}

function entry(
  pid: number,
  parent: string,
  session: string,
  state: string,
  start: string,
): ProcessEntry | undefined {
  if (!/^\d+$/.test(parent) || !/^[A-Za-z]/.test(state)) return undefined;
  return {
    pid,
    parent: Number(parent),
    session: /^\d+$/.test(session) ? Number(session) : 0,
    start,
    isZombie: /^[ZXx]/.test(state),
  };
}

/**
 * The processes that stem from these, which are not among them: their children, those
 * of the children, and all that is in a session that one of them made. The last finds also a process
 * whose parent has ended: a session is left to children only, and its number is given
 * to nobody else as long as one process is in it.
 */
export function descendantsOf(
  table: readonly ProcessEntry[],
  roots: Iterable<number>,
): readonly ProcessEntry[] {
  const family = new Set(roots);
  const found: ProcessEntry[] = [];
  let before = -1;
  // A child may stand before its parent in the table.
  while (before !== found.length) {
    before = found.length;
    for (const one of table) {
      if (family.has(one.pid)) continue;
      if (!family.has(one.parent) && !family.has(one.session)) continue;
      family.add(one.pid);
      found.push(one);
    }
  }
  return found;
}
