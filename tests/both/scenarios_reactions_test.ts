// What a scenario does because of what it hears: prompts, answers, results of tools,
// interruptions, pushed messages; and what goes wrong by script.

import { assert } from "@std/assert";
import { testBoth } from "../support/both_drivers.ts";
import { REACTION_SCENARIOS } from "./cases/reactions.ts";

testBoth(REACTION_SCENARIOS);

Deno.test("a case of each kind of thing that is heard", () => {
  const text = JSON.stringify(REACTION_SCENARIOS);
  for (const heard of ["prompt", "answer", "tool_result", "tool_input"]) {
    assert(text.includes(`"heard":"${heard}"`), heard);
  }
});
