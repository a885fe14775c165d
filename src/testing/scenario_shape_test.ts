// Scenarios of callers without a type check: a wrong shape is named before anything is played.

import { assertEquals, assertThrows } from "@std/assert";
import { MemoryClaude } from "./memory_claude.ts";
import type { Scenario } from "./scenario.ts";
import { verifyShape } from "./scenario_shape.ts";
import { STEP_NAMES } from "./scenario_schema.ts";
import * as step from "./steps.ts";

const nope = { do: "tex" };

const WRONG: readonly (readonly [value: unknown, told: string])[] = [
  [
    [[step.text("x")]],
    "expected a scenario of step.conversation() in processes",
  ],
  [{ processes: [] }, "it has no process"],
  [
    step.conversation([step.text("x")] as never),
    "expected a turn, which is a list of steps in processes.0.turns.0, got {",
  ],
  [
    step.conversation([["x"]] as never),
    'expected a step in processes.0.turns.0.0, got "x"',
  ],
  [
    step.conversation([[nope]] as never),
    'there is no step "tex" in processes.0.turns.0.0, did you mean "text"?',
  ],
  ...(["then", "otherwise", "steps", "wakeUp", "onSuccess", "onError"] as const)
    .map((field) =>
      [
        step.conversation([[{ do: "when", [field]: [nope] }]] as never),
        `in processes.0.turns.0.0.${field}.0`,
      ] as const
    ),
  ...(["running", "refused"] as const).map((field) =>
    [
      step.conversation([[
        step.toolCall("Bash", {}, { [field]: [nope] } as never),
      ]]),
      `in processes.0.turns.0.0.calls.0.${field}.0`,
    ] as const
  ),
  [
    step.conversation([[{ do: "tool_calls", calls: {} }]] as never),
    "expected a list of calls in processes.0.turns.0.0.calls",
  ],
  [
    step.conversation([[
      step.text("x", { during: { after: 1, steps: [nope] } } as never),
    ]]),
    "in processes.0.turns.0.0.during.steps.0",
  ],
  [
    step.conversation([], { onPrompt: [step.onPrompt("x", nope as never)] }),
    "in processes.0.onPrompt.0.turn, got",
  ],
  ...(["forEveryPrompt", "beforeInput", "onInterrupt", "atEndOfInput"] as const)
    .map((field) =>
      [
        step.conversation([], { [field]: [nope] as never }),
        `in processes.0.${field}.0`,
      ] as const
    ),
];

Deno.test("a scenario of a wrong shape is named with its place, before it is played", () => {
  for (const [value, told] of WRONG) {
    assertThrows(() => new MemoryClaude(value as Scenario), Error, told);
  }
});

Deno.test("every step of a file is a step in code", () => {
  for (const name of STEP_NAMES) {
    const steps = [{ do: name, calls: [] }];
    assertEquals(verifyShape(step.conversation([steps] as never)), undefined);
  }
});
