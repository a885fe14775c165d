/** What one run does, all of it from a seed. */

import {
  type PlainStep,
  type Scenario,
  type Step,
  step,
} from "../../src/testing/mod.ts";
import { type Effect, FAULTS, withFault } from "./faults.ts";
import { Random } from "./random.ts";

/** How a turn is read. */
export type Reading = "ask" | "text" | "loop" | "break" | "interrupt";

/** One prompt of a run. */
export interface PlannedTurn {
  readonly prompt: string;
  readonly reading: Reading;
  /** What may come of it, the worst of what its faults and those before it do. */
  readonly effect: Effect;
}

/** One run: a session from its start to its end. */
export interface Plan {
  readonly seed: number;
  readonly driver: "async" | "blocking";
  readonly policy: "none" | "allow" | "deny" | "throw";
  readonly recover: boolean;
  readonly partials: boolean;
  /** Names of the faults, for the report. */
  readonly faults: readonly string[];
  readonly turns: readonly PlannedTurn[];
  readonly scenario: Scenario;
}

const READINGS: readonly Reading[] = [
  "ask",
  "ask",
  "text",
  "loop",
  "loop",
  "break",
  "interrupt",
];

/** The answer that a prompt must have, whatever comes before or between. */
export function answerTo(prompt: string): string {
  return `The answer to ${prompt}.`;
}

/** Makes the plan of a run. The same seed gives the same plan. */
export function planOf(seed: number): Plan {
  const random = new Random(seed);
  const count = random.int(2, 4);
  const steps = Array.from({ length: count }, () => turnOf(random));
  const readings = steps.map(() => random.pick(READINGS));
  const effects: Effect[] = Array.from({ length: count }, () => "harmless");
  const faults: string[] = [];
  const atStart: PlainStep[] = [];
  const atEnd: PlainStep[] = [];
  for (let left = random.int(1, 3); left > 0; left--) {
    const name = random.pick(Object.keys(FAULTS));
    const fault = FAULTS[name]?.(random);
    if (fault === undefined) continue;
    const at = random.int(-1, count);
    const turn = steps[at];
    if (at < 0) {
      atStart.push(...fault.steps);
      faults.push(`${name} at the start`);
      spread(effects, 0, fault.effect);
    } else if (turn === undefined) {
      atEnd.push(...fault.steps);
      faults.push(`${name} at the end`);
    } else {
      steps[at] = withFault(turn, fault, random);
      faults.push(`${name} in turn ${at + 1}`);
      const reading = readings[at];
      const isCut = reading === "break" || reading === "interrupt";
      // A turn that is cut off may never come to its fault.
      const effect = isCut && fault.effect !== "harmless"
        ? "doubtful"
        : fault.effect;
      spread(effects, at, effect);
    }
  }
  const recover = random.chance(0.3);
  const wholesome = [...turnOf(random)];
  return {
    seed,
    driver: random.pick(["async", "blocking"]),
    policy: random.pick(["none", "allow", "deny", "throw"]),
    recover,
    partials: random.chance(0.5),
    faults,
    turns: readings.map((reading, index) => ({
      prompt: `prompt ${index + 1} of run ${seed}`,
      reading,
      // A process that took the place of a dead one is whole.
      effect: recover && effects[index] === "deadly"
        ? "doubtful"
        : effects[index] ?? "harmless",
    })),
    scenario: {
      processes: [
        {
          beforeInput: atStart,
          turns: steps,
          forEveryPrompt: wholesome,
          atEndOfInput: atEnd,
        },
        { forEveryPrompt: wholesome },
      ],
      seed: `chaos ${seed}`,
    },
  };
}

/** A turn that ends with the answer to its prompt. */
export function turnOf(random: Random): readonly Step[] {
  const before = Array.from(
    { length: random.int(0, 3) },
    (): Step => {
      switch (random.int(0, 5)) {
        case 0:
          return step.thinking("hm ", {
            repeat: random.int(1, 50),
            deltas: random.int(1, 5),
          });
        case 1:
          return step.toolCall("Bash", { command: "git log" }, {
            asks: true,
            output: "a log",
          });
        case 2:
          return step.toolCall("Read", { file_path: "/x" }, { output: "y" });
        case 4:
          // Without an output: it is run here.
          return step.toolCall("mcp__tools__double", { of: random.int(1, 9) });
        case 3:
          return step.apiRetry({ attempt: random.int(1, 3) });
        default:
          return step.text("Let me see.", { deltas: random.int(1, 5) });
      }
    },
  );
  return [
    ...before,
    step.echo(answerTo("{prompt}"), { deltas: random.int(1, 20) }),
  ];
}

/** Marks the turn of a fault, and what it may do to the turns after it. */
function spread(effects: Effect[], at: number, effect: Effect): void {
  if (effect === "harmless") return;
  for (let index = at; index < effects.length; index++) {
    const old = effects[index];
    // After a process that got stuck nothing is certain, not even its death.
    if (index > at && effect === "stuck") effects[index] = "doubtful";
    else if (old === "harmless" || old === undefined) effects[index] = effect;
    else if (old !== effect) effects[index] = "doubtful";
  }
}
