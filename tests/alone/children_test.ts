// No child and no zombie is left. These tests count the children of their own process,
// which all tests of a parallel run share.

import { assertEquals, assertRejects } from "@std/assert";
import { AsyncSession } from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";
import { alive, children } from "../support/processes.ts";

const posix = { ignore: Deno.build.os === "windows" };

Deno.test(
  "an abort while the process is being started leaves nothing",
  posix,
  async () => {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("x")]], {
        beforeInput: [step.grandchild()],
      }),
    );
    const { command } = claude;
    for (const delayMs of [0, 1, 5, 20]) {
      const controller = new AbortController();
      const session = new AsyncSession({
        claudePath: command,
        signal: controller.signal,
      });
      const turn = session.send("go");
      const reason = new Error("changed my mind");
      setTimeout(() => controller.abort(reason), delayMs);
      await assertRejects(() => turn.text(), Error, "changed my mind");
      await session.close();
    }
    assertEquals(
      await alive([
        ...claude.starts.map(({ pid }) => pid),
        ...claude.grandchildren,
      ]),
      [],
    );
    assertEquals(await children(), []);
  },
);

Deno.test(
  "200 sessions, one after the other: no child and no zombie",
  posix,
  async () => {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("x")]]),
    );
    const cycles = async () => {
      for (let count = 0; count < 50; count++) {
        await using session = new AsyncSession({ claudePath: claude.command });
        await session.start();
      }
    };
    await Promise.all([cycles(), cycles(), cycles(), cycles()]);
    assertEquals(claude.starts.length, 200);
    assertEquals(await children(), []);
  },
);
