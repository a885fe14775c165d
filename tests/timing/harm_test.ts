// A process that writes much, or will not go, holds up no answer; in both sessions.

import { assert, assertEquals } from "@std/assert";
import { AsyncSession, SyncSession } from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

const MIB = 1024 * 1024;

for (const Session of [AsyncSession, SyncSession]) {
  Deno.test(`${Session.name}: 10 MiB on stderr before the first line of stdout hold up nothing`, async () => {
    // Another program may hold up one try, or two.
    let shortest = Infinity;
    for (let tries = 0; tries < 3 && shortest >= 2_000; tries++) {
      await using claude = await ScriptedClaude.create(
        step.conversation([[step.text("x")]], {
          beforeInput: [
            step.stderr("0123456789abcde\n", 10 * MIB),
            step.stderr("the end\n"),
          ],
        }),
      );
      const session = new Session({ claudePath: claude.command });
      try {
        const start = performance.now();
        assertEquals((await session.ask("hi")).text, "x");
        shortest = Math.min(shortest, performance.now() - start);
      } finally {
        await session.close();
      }
      assert(session.stderrTail.endsWith("abcde\nthe end\n"));
      assertEquals(session.stderrTail.length, 64 * 1024);
    }
    assert(shortest < 2_000, `${shortest} ms`);
  });

  Deno.test(`${Session.name}: a process that stays after the result: the answer does not wait for it`, async () => {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("x")]], { ignore: ["eof", "sigterm"] }),
    );
    let resultAt = 0;
    const session = new Session({
      claudePath: claude.command,
      closeTimeoutMs: 100,
      onWire: (direction, line) => {
        if (direction === "in" && line.includes('"type":"result"')) {
          resultAt = performance.now();
        }
      },
    });
    try {
      await session.start();
      assertEquals((await session.ask("hi")).text, "x");
      const took = performance.now() - resultAt;
      assert(took < 100, `${took} ms`);
    } finally {
      await session.close();
    }
    await claude.ended();
  });
}
