// What turns and sessions come to, through both drivers.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { step } from "../../../src/testing/mod.ts";
import { type Case, events, got } from "../../support/both_drivers.ts";

export const NUMBER_SCENARIOS: Readonly<Record<string, Case>> = {
  "a turn has numbers and changes of its own, a session those of all": {
    turns: [
      [
        step.usage({ inputTokens: 100, outputTokens: 20, costUsd: 0.25 }),
        step.toolCall("Write", { file_path: "/a", content: "1\n2\n" }),
        step.usage({ inputTokens: 10, outputTokens: 2, costUsd: 0.125 }),
        step.toolCall("TodoWrite", {
          todos: [{ content: "one", status: "pending" }],
        }),
        step.text("first"),
      ],
      [step.toolCall("Bash", { command: "false" }), step.text("second")],
      [step.text("third")],
    ],
    *does(session, seen) {
      for (const prompt of ["one", "two"]) {
        const turn = session.send(prompt);
        yield* events(turn);
        const { tools, turns, main, costUsd } = turn.stats();
        seen.push({
          turns,
          tools: Object.keys(tools),
          calls: main.toolCalls,
          isPaid: costUsd > 0,
          changed: turn.changes().map(({ path, linesAdded }) =>
            `${path} +${linesAdded}`
          ),
        });
      }
      // An answer is counted even if its events are not read.
      yield* got(session.ask("three"));
      const { turns, costUsd, tools } = session.stats();
      assertAlmostEquals(costUsd, session.totalCostUsd, 1e-9);
      seen.push({ turns, tools: Object.keys(tools), todos: session.todos });
    },
    check(seen) {
      assertEquals(seen.slice(0, 3), [
        {
          turns: 1,
          tools: ["Write", "TodoWrite"],
          calls: 2,
          isPaid: true,
          changed: ["/a +2"],
        },
        {
          turns: 1,
          tools: ["Bash"],
          calls: 1,
          isPaid: true,
          changed: [],
        },
        {
          turns: 3,
          tools: ["Write", "TodoWrite", "Bash"],
          todos: [{ content: "one", status: "pending" }],
        },
      ]);
    },
  },
};
