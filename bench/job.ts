/**
 * The task of a contestant, and its result. Each runs in a separate process, takes a {@linkcode
 * Job} as its one argument and prints an {@linkcode Outcome}, as JSON.
 *
 * @module
 */

/** One measurement in one process. */
export interface Job {
  /** What to do. */
  readonly task:
    | "turn"
    | "blocking"
    | "text"
    | "decode"
    | "latency"
    | "blocking_latency"
    | "first"
    | "import"
    | "sessions"
    | "idle"
    | "memory"
    | "stalled"
    | "rounds";
  /** The stand-in, which does what the variable `BENCH_PLAN` says. */
  readonly standIn: string;
  /** The file that `decode` reads. */
  readonly file?: string;
  /** How many: sessions, or lines of `memory`. */
  readonly count?: number;
  /** What the `rounds` are of. */
  readonly rounds?: "permission" | "hook" | "tool";
}

/** Result of a job. */
export interface Outcome {
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** CPU time, user and system, in milliseconds. */
  readonly cpuMs: number;
  /** Anything else, by its name. */
  readonly more: Readonly<Record<string, number>>;
}

/** The job of this process. */
export function readJob(): Job {
  return JSON.parse(Deno.args[0] ?? "{}");
}

/** Milliseconds of CPU that this process had so far. */
export function cpuMs(): number {
  // Deno has it, and its types do not.
  const { cpuUsage } = Deno as unknown as {
    cpuUsage(): { user: number; system: number };
  };
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

/** Times something and says what it cost. */
export async function measured(
  work: () => Promise<Readonly<Record<string, number>> | void>,
): Promise<void> {
  const cpuBefore = cpuMs();
  const start = performance.now();
  const more = await work() ?? {};
  tell({ ms: performance.now() - start, cpuMs: cpuMs() - cpuBefore, more });
}

/** Prints the outcome. */
export function tell(outcome: Outcome): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(outcome)));
}

/** Microseconds since 1970 of `performance.now()`, exact enough to compare with another process. */
export function clock(): () => number {
  // timeOrigin may be rounded, and so is Date.now(): an edge of it is not.
  let base = 0;
  for (let i = 0; i < 20; i++) {
    const before = Date.now();
    while (Date.now() === before);
    const at = Date.now() * 1000 - performance.now() * 1000;
    // Whatever comes between the edge and here makes it smaller, never larger.
    base = i === 0 ? at : Math.max(base, at);
  }
  return () => base + performance.now() * 1000;
}

/** Two percentiles of latencies in microseconds, in milliseconds. */
export function percentiles(
  latencies: readonly number[],
): Readonly<Record<string, number>> {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.floor((sorted.length - 1) * share)] ?? 0) / 1000;
  return { p50: at(0.5), p99: at(0.99) };
}
