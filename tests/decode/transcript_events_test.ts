// The table of what a transcript does not hold has every type of event, and is true of the
// transcripts among the fixtures.

import { assert, assertEquals } from "@std/assert";
import { EVENT_TYPES } from "../../src/events/mod.ts";
import { listSessions, readSession } from "../../src/sessions/mod.ts";
import { IN_FILE, NOT_IN_FILE } from "../support/transcript_events.ts";

Deno.test("every type of event is held by a transcript, or has a reason why not", () => {
  const reasons = Object.keys(NOT_IN_FILE);
  assertEquals([...IN_FILE, ...reasons].sort(), [...EVENT_TYPES]);
  for (const [type, reason] of Object.entries(NOT_IN_FILE)) {
    assert(reason.trim() !== "", type);
  }
});

Deno.test("the transcripts among the fixtures hold each type that the table says, and no other", async () => {
  const configDir = new URL("../fixtures/config", import.meta.url).pathname;
  const { sessions } = await listSessions({ configDir });
  const types = new Set<string>();
  for (const session of sessions) {
    for await (const { type } of readSession(session, { configDir })) {
      types.add(type);
    }
  }
  assertEquals([...types].sort(), [...IN_FILE].sort());
});
