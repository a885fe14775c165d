// Stored sessions need the right to read, and no other.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { FIXTURES as configDir } from "./fixtures/scratch.ts";
import {
  listSessions,
  readSession,
  searchSessions,
  sessionInfo,
} from "./mod.ts";

Deno.test({
  name: "sessions are listed, read and searched with --allow-read alone",
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
    await assertRejects(() => listSessions(), ConfigError, "HOME");
  },
});
