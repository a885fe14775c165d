// The option verify through both sessions; with the real CLI: tests/live/configuration_test.ts.

import { assertEquals, assertThrows } from "@std/assert";
import {
  allowList,
  AsyncSession,
  StartupError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

const SCENARIO = { processes: [{ forEveryPrompt: [step.text("ok")] }] };

/** The texts of the prompts that were written; the probe has none. */
function prompts(claude: ScriptedClaude): unknown[] {
  return claude.receivedBy(0).flatMap(({ type, message }) =>
    type === "user" ? [(message as { content: unknown }).content] : []
  );
}

async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
}

Deno.test("a rule for a tool that is not there: an event, or an error before the prompt", async () => {
  for (const Session of [AsyncSession, SyncSession]) {
    for (const verify of ["lenient", "strict", "off"] as const) {
      await using claude = await ScriptedClaude.create(SCENARIO);
      const options: SyncSessionOptions = {
        policy: allowList(["Read", "Quux(a)"]),
        verify,
      };
      const session = new Session({ ...options, claudePath: claude.command });
      const told: unknown[] = [];
      session.on(
        "configuration_mismatch",
        ({ option, expected }) => told.push([option, expected]),
      );
      const thrown = await thrownBy(() => session.ask("hi"));
      await session.close();
      if (verify === "strict") {
        const error = assertThrows(() => {
          throw thrown;
        }, StartupError);
        assertEquals(error.reason, "configuration_mismatch");
        assertEquals(prompts(claude), [[]]);
      } else {
        assertEquals(thrown, undefined);
        assertEquals(prompts(claude), ["hi"]);
        assertEquals(told, verify === "off" ? [] : [["policy", "Quux"]]);
      }
    }
  }
});

Deno.test("verify: strict and nothing differs: the prompt is the first turn", async () => {
  for (const Session of [AsyncSession, SyncSession]) {
    await using claude = await ScriptedClaude.create(SCENARIO);
    const session = new Session({
      verify: "strict",
      claudePath: claude.command,
      settings: { permissions: { deny: ["Bash"] } },
    });
    const answer = await session.ask("hi");
    assertEquals([answer.text, session.turnCount], ["ok", 1]);
    assertEquals(prompts(claude), [[], "hi"]);
    await session.close();
  }
});
