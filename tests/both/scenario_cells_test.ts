// Each scenario of this folder runs over a process and in memory; over the real CLI it runs, too,
// or a row has the reason why not.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MessagesApi } from "../../src/testing/mod.ts";
import { processesOf } from "../support/both_drivers.ts";
import { SCENARIOS } from "./cases/all.ts";
import { REAL_CELLS } from "./cases/real_cells.ts";

/** Why `MessagesApi.play` refuses a scenario. */
async function refusal(name: string): Promise<string | undefined> {
  const one = new Map(SCENARIOS).get(name);
  assert(one !== undefined, name);
  try {
    await using _api = await MessagesApi.play(processesOf(one));
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}

Deno.test("each scenario has a row about the real CLI, and each row a scenario", () => {
  assertEquals(
    Object.keys(REAL_CELLS).sort(),
    SCENARIOS.map(([name]) => name).sort(),
  );
});

Deno.test("what the scripted API cannot play is refused with the reason of the row", async () => {
  for (const [name, cell] of Object.entries(REAL_CELLS)) {
    const refused = await refusal(name);
    if (cell === "runs" || "differs" in cell) {
      assertEquals(refused, undefined, name);
    } else {
      assertStringIncludes(refused ?? "it is not refused", cell.refused, name);
    }
  }
});
