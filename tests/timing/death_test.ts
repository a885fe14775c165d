// Whatever waits when the process dies fails at once; the times are printed.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AsyncSession, ProcessExitError, SyncSession } from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

const MOST_DEATH_MS = 100;

Deno.test("when the process dies everything that waits fails at once", async () => {
  const times: number[] = [];
  for (let run = 0; run < 10; run++) {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.gate("open"), step.text("never")]], {
        answers: { get_context_usage: { answer: "none" } },
      }),
    );
    await using session = new AsyncSession({ claudePath: claude.command });
    const turn = session.send("x");
    const events = Array.fromAsync(session.events());
    await claude.reached("open");
    const waiting = [
      turn.text(),
      turn.result(),
      Array.fromAsync(turn),
      session.contextUsage(),
    ];
    const settled = Promise.allSettled(waiting);
    const { pid } = session;
    assert(pid !== undefined);
    Deno.kill(pid, "SIGKILL");
    const killedAt = performance.now();
    const outcomes = await settled;
    times.push(performance.now() - killedAt);
    await events;
    for (const outcome of outcomes) {
      assertEquals(outcome.status, "rejected");
      assert(
        outcome.status === "rejected" &&
          outcome.reason instanceof ProcessExitError,
      );
    }
    assertEquals(session.state, "dead");
  }
  checkDeaths("AsyncSession", times);
});

Deno.test("when the process dies a call that blocks throws at once", async () => {
  const times: number[] = [];
  for (let run = 0; run < 10; run++) {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("x"), step.silence()]]),
    );
    using session = new SyncSession({ claudePath: claude.command });
    const turn = session.send("x");
    let killedAt = 0;
    assertThrows(() => {
      for (const event of turn) {
        if (event.type !== "assistant_text") continue;
        Deno.kill(session.pid ?? 0, "SIGKILL");
        killedAt = performance.now();
      }
    }, ProcessExitError);
    assertThrows(() => turn.text(), ProcessExitError);
    assertThrows(() => turn.result(), ProcessExitError);
    times.push(performance.now() - killedAt);
    assertEquals(session.state, "dead");
  }
  checkDeaths("SyncSession", times);
});

/** The middle of the times counts: another program may hold up one of them. */
function checkDeaths(what: string, times: readonly number[]): void {
  const middle = times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
  // deno-lint-ignore no-console -- The figure is what the issue asks for.
  console.log(
    `${what}: from the death of the process to the last error ${
      middle.toFixed(1)
    } ms, ${Math.max(...times).toFixed(1)} ms at most in ${times.length} runs`,
  );
  assert(middle < MOST_DEATH_MS, `${middle} ms`);
}
