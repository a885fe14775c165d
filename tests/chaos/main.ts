// deno-lint-ignore-file no-console -- What a script prints is what it is for.
/**
 * `deno task chaos [--runs 1000] [--seed 1] [--lanes 2] [--only SEED]`: sessions over a
 * scripted Claude that goes wrong at some step in some way, in both drivers. Prints how
 * many hung, left a process, lost or mixed up an answer. The same seed plays the same.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { judge, type Outcome, type Violation } from "./judge.ts";
import { type Interleaving, interleavingOf, isInterleaving } from "./moves.ts";
import { HANG_MS, Lane } from "./lanes.ts";
import { type Plan, planOf } from "./plan.ts";

interface Tally {
  runs: number;
  turns: number;
  answers: number;
  errors: number;
  left: number;
  hangs: number;
  moves: number;
  readonly violations: Map<Violation, number>;
  readonly times: { readonly seed: number; readonly ms: number }[];
}

const flags = parseArgs(Deno.args, {
  string: ["runs", "seed", "lanes", "only"],
  default: { runs: "1000", seed: "1", lanes: "2" },
});
const seeds = flags.only === undefined
  ? Array.from(
    { length: wholeNumber("runs", flags.runs) },
    (_, index) => wholeNumber("seed", flags.seed) + index,
  )
  : [wholeNumber("only", flags.only)];
const startedAt = performance.now();
const tally: Tally = {
  runs: 0,
  turns: 0,
  answers: 0,
  errors: 0,
  left: 0,
  hangs: 0,
  moves: 0,
  violations: new Map(),
  times: [],
};
await Promise.all(
  Array.from(
    { length: Math.min(wholeNumber("lanes", flags.lanes), seeds.length) },
    runLane,
  ),
);
report();
Deno.exit(tally.hangs + tally.violations.size > 0 ? 1 : 0);

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`chaos: --${name} wants a whole number, got "${text}"`);
  Deno.exit(2);
}

/** Plays runs until none is left; a lane that hangs is ended, and another takes its place. */
async function runLane(): Promise<void> {
  let lane = new Lane();
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
    const plan = isInterleaving(seed)
      ? { ...interleavingOf(seed), turns: [] }
      : planOf(seed);
    const outcome = await lane.play(seed);
    tally.runs++;
    if (outcome === undefined) {
      tally.hangs++;
      complain(plan, `hang: no end after ${HANG_MS} ms`);
      await lane.end();
      lane = new Lane();
    } else take(plan, outcome);
  }
  await lane.end();
}

/** What is played: turns one after the other, or calls in any order. */
type AnyPlan = Plan | Interleaving & { readonly turns: readonly never[] };

function take(plan: AnyPlan, outcome: Outcome): void {
  tally.times.push({ seed: plan.seed, ms: outcome.ms });
  tally.moves += outcome.moves ?? 0;
  for (const { kind } of outcome.turns) {
    tally.turns++;
    if (kind === "text") tally.answers++;
    else if (kind === "error") tally.errors++;
    else tally.left++;
  }
  for (const { violation, what } of judge(plan, outcome)) {
    const count = tally.violations.get(violation) ?? 0;
    tally.violations.set(violation, count + 1);
    complain(plan, `${violation}: ${what}`);
  }
}

function complain(plan: AnyPlan, what: string): void {
  const { seed, driver, recover, faults } = plan;
  const kind = "moves" in plan
    ? `${
      plan.moves.map(({ move }) => move).join(" - ")
    }; inside a ${plan.innerPlace}: ${
      plan.inner.join(" - ")
    }; onBreak ${plan.onBreak}`
    : `policy ${plan.policy}`;
  const how = `${driver}, ${kind}${recover ? ", recover" : ""}`;
  console.error(`run ${seed} (${how}; ${faults.join(", ")})\n  ${what}`);
}

function report(): void {
  const times = tally.times.toSorted((a, b) => a.ms - b.ms);
  const at = (part: number) =>
    Math.round(times[Math.floor(part * (times.length - 1))]?.ms ?? 0);
  const count = (name: Violation) => tally.violations.get(name) ?? 0;
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  console.log(
    `chaos: ${tally.runs} runs in ${seconds} s, ${tally.turns} turns: ` +
      `${tally.answers} answers, ${tally.errors} errors, ${tally.left} left early; ` +
      `${tally.moves} calls in any order, ${
        count("never settled")
      } of them never settled\n` +
      `chaos: ${tally.hangs} hangs, ${
        count("unhandled")
      } unhandled rejections, ` +
      `${count("process left")} processes left, ${
        count("wrong answer")
      } wrong answers, ` +
      `${count("lost answer")} lost answers, ${
        count("missing error")
      } missing errors, ` +
      `${count("foreign error")} foreign errors, ${
        count("close failed")
      } failed closes\n` +
      `chaos: a run took ${at(0.5)} ms (p50), ${at(0.99)} ms (p99), ${
        at(1)
      } ms at most (seed ${times.at(-1)?.seed})`,
  );
}
