// What decides over a run of chaos, so that a figure of 0 says something.

import { assert, assertEquals } from "@std/assert";
import { FAULTS } from "./faults.ts";
import { judge, type Outcome, type TurnOutcome } from "./judge.ts";
import { INNER, interleavingOf, isInterleaving, MOVES } from "./moves.ts";
import { answerTo, type Plan, planOf } from "./plan.ts";

const SEEDS = Array.from({ length: 300 }, (_, index) => index);

Deno.test("the same seed makes the same plan, another one another", () => {
  assertEquals(planOf(7), planOf(7));
  const plans = new Set(SEEDS.map((seed) => JSON.stringify(planOf(seed))));
  assertEquals(plans.size, SEEDS.length);
});

Deno.test("300 plans have every fault, driver and way to read in them", () => {
  const plans = SEEDS.map(planOf);
  const names = plans.flatMap(({ faults }) =>
    faults.map((fault) =>
      fault.replace(/ (in turn \d+|at the (start|end))$/, "")
    )
  );
  assertEquals(new Set(names), new Set(Object.keys(FAULTS)));
  assertEquals(new Set(plans.map(({ driver }) => driver)).size, 2);
  const readings = plans.flatMap(({ turns }) => turns.map((t) => t.reading));
  assertEquals(new Set(readings).size, 5);
});

Deno.test("the same seed makes the same interleaving, and 300 have every move in them", () => {
  assertEquals(interleavingOf(9), interleavingOf(9));
  const all = SEEDS.map(interleavingOf);
  assertEquals(
    new Set(all.flatMap(({ moves }) => moves.map(({ move }) => move))),
    new Set(MOVES),
  );
  assertEquals(new Set(all.flatMap(({ inner }) => inner)), new Set(INNER));
  assertEquals(new Set(all.map(({ driver }) => driver)).size, 2);
  assertEquals(SEEDS.filter(isInterleaving).length, 100);
});

Deno.test("what is wrong with a run is seen", () => {
  const found = (turns: readonly TurnOutcome[], rest: Partial<Outcome> = {}) =>
    judge(PLAN, { ...FINE, turns, ...rest }).map(({ violation }) => violation);
  const [right, other] = PLAN.turns.map(({ prompt }) => answerTo(prompt));
  const text = (text: string | undefined): TurnOutcome => {
    assert(text !== undefined);
    return { kind: "text", text };
  };
  const died: TurnOutcome = {
    kind: "error",
    name: "ProcessExitError",
    code: "process_exit",
    message: "It is gone",
  };
  assertEquals(found([text(right), died]), []);
  assertEquals(found([{ kind: "left" }, { kind: "left" }]), []);
  assertEquals(found([text(other), died]), ["wrong answer"]);
  assertEquals(found([text(""), died]), ["wrong answer"]);
  assertEquals(found([died, died]), ["lost answer"]);
  assertEquals(found([text(right), text(other)]), ["missing error"]);
  const foreign = { ...died, name: "TypeError", code: undefined };
  assertEquals(found([text(right), foreign]), ["foreign error"]);
  assertEquals(
    found([], { unsettled: ["ask"], foreign: ["TypeError"] }),
    ["never settled", "foreign error"],
  );
  assertEquals(
    found([], { closeError: "no", unhandled: ["oh"], left: [1] }),
    ["close failed", "unhandled", "process left"],
  );
});

const PLAN: Plan = {
  ...planOf(1),
  turns: [
    { prompt: "one", reading: "ask", effect: "harmless" },
    { prompt: "two", reading: "loop", effect: "deadly" },
  ],
};

const FINE: Outcome = {
  seed: 1,
  turns: [],
  closeError: undefined,
  unhandled: [],
  left: [],
  ms: 1,
};
