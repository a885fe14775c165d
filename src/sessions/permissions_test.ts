// Stored sessions need the right to read, and no other.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { FIXTURES as configDir } from "./fixtures/scratch.ts";
import {
  deferred,
  exportSession,
  listSessions,
  readSession,
  searchSessions,
  sessionInfo,
  sessionTally,
  watchSession,
} from "./mod.ts";

Deno.test({
  name:
    "sessions are listed, read, searched, counted, exported and followed with --allow-read alone",
  permissions: { read: true },
  fn: async () => {
    const { sessions } = await listSessions({ configDir });
    assertEquals(sessions.length, 2);
    const { id } = await sessionInfo("5438", { configDir });
    const events = await Array.fromAsync(readSession(id, { configDir }));
    const found = await Array.fromAsync(
      searchSessions("sub done", { configDir, project: "/work/demo/cwd" }),
    );
    assert(events.length > 0 && found.length > 0);
    const text = await Array.fromAsync(exportSession(id, { configDir }));
    const tally = await sessionTally(id, { configDir });
    assert(text.length > 0 && tally.stats().outputTokens > 0);
    assertEquals(await deferred(id, { configDir }), []);
    const watched = watchSession(id, { configDir, from: "start" });
    assertEquals((await watched.next()).value, events[0]);
    await watched.return();
    await assertRejects(() => listSessions(), ConfigError, "HOME");
  },
});
