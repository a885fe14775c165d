// compact() with the real CLI: a summary, its sizes, and why there is none.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  ConfigError,
  ControlError,
  StateError,
  SyncSession,
} from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { live, syncWorld, world } from "../support/live_world.ts";

live(
  "compact(): a summary replaces the conversation, and tells its sizes",
  async () => {
    await using on = await world({
      replies: () => reply.text("what was said"),
    });
    await using session = new AsyncSession({ ...on.options, verbatim: true });
    for (const prompt of ["one", "two", "three"]) await session.ask(prompt);
    const done = await session.compact({ instructions: "keep\nthe names" });
    assertEquals([done.type, done.trigger], ["compact_boundary", "manual"]);
    assert((done.preTokens ?? 0) > 0);
    const asked = on.api.requests.map(({ body }) => JSON.stringify(body));
    assert(asked.some((text) => text.includes("keep the names")), asked.at(-1));
    assertEquals((await session.ask("four")).text, "what was said");
  },
);

live(
  "compact(): too little history, a running turn, a bad option",
  async () => {
    await using on = await world({ replies: () => reply.text("yes") });
    await using session = new AsyncSession(on.options);
    const error = await assertRejects(() => session.compact(), ControlError);
    assertEquals(error.subtype, "compact");
    assert(error.reason !== "");
    const turn = session.send("one");
    await assertRejects(() => session.compact(), StateError);
    await turn.text();
    await assertRejects(
      () => session.compact({ instructions: 5 as unknown as string }),
      ConfigError,
    );
  },
);

live("blocking: compact()", async () => {
  await using on = await syncWorld(
    Array.from({ length: 8 }, () => reply.text("what was said")),
  );
  using session = new SyncSession(on.options);
  assertThrows(() => session.compact(), ControlError);
  for (const prompt of ["one", "two", "three"]) session.ask(prompt);
  assertEquals(session.compact().trigger, "manual");
});
