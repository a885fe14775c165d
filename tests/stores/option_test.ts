// What the option sessionStore refuses, before anything is started.

import { assertEquals, assertThrows } from "@std/assert";
import {
  AsyncSession,
  ConfigError,
  type SessionOptions,
  SyncSession,
} from "../../mod.ts";
import { MemorySessionStore } from "../../src/stores/mod.ts";

const store = new MemorySessionStore();
const ID = "11111111-1111-4111-8111-111111111111";

/** Options that cannot be, and the one that is named. */
const REFUSED: readonly (readonly [SessionOptions, string])[] = [
  [{ sessionStore: {} as MemorySessionStore }, "sessionStore"],
  [{ sessionStore: { store, leaseMs: 0 } }, "sessionStore"],
  [{ sessionStore: { store, attempts: 1.5 } }, "sessionStore"],
  [{ sessionStore: { store, projectKey: "" } }, "sessionStore"],
  [{
    sessionStore: { store, other: 1 } as unknown as MemorySessionStore,
  }, "sessionStore"],
  [{ sessionStore: store, persist: false }, "sessionStore"],
];

Deno.test("sessionStore: what cannot be is a ConfigError of the option", () => {
  for (const [options, option] of REFUSED) {
    const error = assertThrows(() => new AsyncSession(options), ConfigError);
    assertEquals(error.option, option);
  }
  // Nothing is wrong with these.
  for (const resume of [ID, ID.slice(0, 8), "a title", "last"]) {
    new AsyncSession({ sessionStore: store, resume });
  }
  new AsyncSession({ sessionStore: { store, projectKey: "a", attempts: 2 } });
});

Deno.test("sessionStore: a SyncSession says that it takes none", () => {
  const options = { sessionStore: store } as object;
  const error = assertThrows(() => new SyncSession(options), ConfigError);
  assertEquals(error.option, "sessionStore");
});
