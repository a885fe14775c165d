/**
 * Parses lists of processes, and finds the descendants of a process. Pure.
 *
 * @module
 */

/** A process at one moment. */
export interface ProcessEntry {
  /** Process id, which a later process may reuse. */
  readonly pid: number;
  /** Id of the process that started it or adopted it. */
  readonly parent: number;
  /** Id of the process that created its session. */
  readonly session: number;
  /** Start time, in the format of the source. Identifies the process together with the id. */
  readonly start: string;
  /** Whether it has ended and its parent has not collected its status yet. */
  readonly isZombie: boolean;
}

/** Parses `/proc/<pid>/stat` of Linux; returns `undefined` if the text has another format. */
export function parseStat(text: string): ProcessEntry | undefined {
  // The name is in parentheses, and may itself contain blanks and parentheses.
  const nameEnd = text.lastIndexOf(")");
  const pid = Number.parseInt(text, 10);
  if (nameEnd < 0 || !(pid > 0)) return undefined;
  const fields = text.slice(nameEnd + 1).trim().split(/\s+/);
  const [state = "", parent = "", , session = ""] = fields;
  const start = fields[19];
  if (start === undefined) return undefined;
  return entry(pid, parent, session, state, start);
}

/** Whether a process started before another, by start times from `/proc`. */
export function startedBefore(start: string, other: string): boolean {
  // These are ticks since boot. A text that is not a number compares as false both ways.
  return Number(start) < Number(other);
}

/** Arguments of `ps` for {@linkcode parsePs}. */
export const PS_ARGUMENTS = [
  "-A",
  "-o",
  "pid=,ppid=,sess=,stat=,lstart=",
] as const;

/** Parses the output of `ps`. Skips lines that do not match. */
export function parsePs(text: string): readonly ProcessEntry[] {
  return text.split("\n").flatMap((line) => {
    const [pid = "", parent = "", session = "", state = "", ...start] = line
      .trim().split(/\s+/);
    if (!/^\d+$/.test(pid) || start.length === 0) return [];
    // The ps of macOS prints 0 or an address for the session.
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
 * Returns the descendants of the given processes, without these: children at any depth, and all
 * members of a session that one of them created. Session membership also finds a process whose
 * parent has ended: only descendants can be in such a session, and its id is not reused while it
 * has a member.
 */
export function descendantsOf(
  table: readonly ProcessEntry[],
  roots: Iterable<number>,
): readonly ProcessEntry[] {
  const family = new Set(roots);
  const found: ProcessEntry[] = [];
  let before = -1;
  // A child may come before its parent in the table.
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
