// One table of scenarios through both drivers, over a process, through a shell and in
// memory: the same events, errors and facts.

import { assert, assertEquals } from "@std/assert";
import { AsyncSession, type ClaudeEvent, SyncSession } from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";
import { testBoth } from "../support/both_drivers.ts";
import { SESSION_SCENARIOS } from "./cases/sessions.ts";

testBoth(SESSION_SCENARIOS);

Deno.test("a blocking session has every method of an async one", () => {
  assertEquals(
    Object.getOwnPropertyNames(SyncSession.prototype).sort(),
    Object.getOwnPropertyNames(AsyncSession.prototype).sort(),
  );
});

Deno.test("a listener hears the same from both", async () => {
  const scenario = step.conversation([[step.text("x")]]).processes[0];
  assert(scenario !== undefined);
  await using claude = await ScriptedClaude.create({
    processes: [scenario, scenario],
  });
  const heard: string[][] = [[], []];
  const listen = (session: AsyncSession | SyncSession, to: string[]) => {
    const hear = (event: ClaudeEvent | undefined) =>
      to.push(event?.type ?? "close");
    session.on("assistant_text", hear);
    session.on("turn_end", hear);
    session.on("close", hear);
  };
  const [first = [], second = []] = heard;
  const session = new AsyncSession({ claudePath: claude.command });
  listen(session, first);
  await session.ask("hi");
  await session.close();
  using blocking = new SyncSession({ claudePath: claude.command });
  listen(blocking, second);
  blocking.ask("hi");
  blocking.close();
  assertEquals(second, first);
  assertEquals(first, ["assistant_text", "result", "close"]);
});
