/**
 * The interleaver: methods of a session called in any order, at any moment, from outside
 * and from inside its own functions, while its process goes wrong. All of it from a seed.
 */

import type { PlainStep, Scenario } from "../../src/testing/mod.ts";
import { FAULTS, withFault } from "./faults.ts";
import { turnOf } from "./plan.ts";
import { Random } from "./random.ts";

/** What can be called. */
export const MOVES = [
  "start",
  "send and read",
  "send and leave",
  "send and wait",
  "send and stream",
  "send and forget",
  "ask",
  "ask with a schema",
  "ask with a signal",
  "ask with a time limit",
  "push",
  "events",
  "interrupt",
  "interrupt the turn",
  "request",
  "request with a signal",
  "change",
  "respond",
  "explain",
  "kill",
  "close",
] as const;

/** One of them. */
export type Move = (typeof MOVES)[number];

/** Those that may be called in a function of the session, too. */
export const INNER: readonly Move[] = [
  "start",
  "send and forget",
  "ask",
  "push",
  "interrupt",
  "request",
  "change",
  "respond",
  "explain",
  "close",
];

/** A move, and what comes after it. */
export interface PlannedMove {
  readonly move: Move;
  /** A number of its own, for its details. */
  readonly salt: number;
  /** How long to wait after it, in milliseconds; -1 for not even a turn of the event loop. */
  readonly pauseMs: number;
  /** What comes of it is waited for before the next. Always so where the session blocks. */
  readonly waits: boolean;
}

/** One interleaving. */
export interface Interleaving {
  readonly seed: number;
  readonly driver: "async" | "blocking";
  readonly moves: readonly PlannedMove[];
  /** Called one after the other, in functions that the session calls. */
  readonly inner: readonly Move[];
  readonly innerPlace: "listener" | "policy" | "hook" | "tool";
  readonly recover: boolean;
  readonly onBreak: "interrupt" | "drain" | "close";
  /** Turns and requests have limits. Always so where the session blocks: nothing else ends a wait. */
  readonly limited: boolean;
  /** The signal of the session aborts before this move; -1 for never. */
  readonly abortsAt: number;
  readonly faults: readonly string[];
  readonly scenario: Scenario;
}

/** Whether a seed is that of an interleaving, and not of a plan. */
export function isInterleaving(seed: number): boolean {
  return seed % 3 === 0;
}

/** Makes an interleaving. The same seed gives the same. */
export function interleavingOf(seed: number): Interleaving {
  const random = new Random(seed ^ 0x5eed);
  const faults: string[] = [];
  const processes = Array.from({ length: 4 }, () => {
    const turns = Array.from({ length: 4 }, () => turnOf(random));
    const atStart: PlainStep[] = [];
    for (let left = random.int(0, 2); left > 0; left--) {
      const name = random.pick(Object.keys(FAULTS));
      const fault = FAULTS[name]?.(random);
      if (fault === undefined) continue;
      const at = random.int(-1, turns.length - 1);
      faults.push(name);
      if (at < 0) atStart.push(...fault.steps);
      else turns[at] = withFault(turns[at] ?? [], fault, random);
    }
    return { beforeInput: atStart, turns, forEveryPrompt: turnOf(random) };
  });
  const driver = random.pick(["async", "blocking"] as const);
  const moves = Array.from({ length: random.int(3, 12) }, (): PlannedMove => {
    const move = random.pick(MOVES);
    return {
      // A session that is closed at once shows little.
      move: move === "close" && random.chance(0.5) ? "send and leave" : move,
      salt: random.int(0, 1_000_000),
      pauseMs: random.pick([-1, -1, 0, 0, 1, 5, 20, 60]),
      waits: random.chance(0.25),
    };
  });
  return {
    seed,
    driver,
    moves,
    inner: Array.from(
      { length: random.int(0, 4) },
      () => random.pick(INNER),
    ),
    innerPlace: random.pick(["listener", "policy", "hook", "tool"] as const),
    recover: random.chance(0.3),
    onBreak: random.pick(["interrupt", "interrupt", "drain", "close"] as const),
    limited: driver === "blocking" || random.chance(0.5),
    abortsAt: random.chance(0.2) ? random.int(0, moves.length - 1) : -1,
    faults,
    scenario: { processes, seed: `interleaving ${seed}` },
  };
}
