// A pool over a session store with the real CLI: parked sessions are resumed from the store, on the
// same machine and on another one, and the bounds of the session stay.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AsyncSession,
  type SessionOptions,
  SessionStoreError,
} from "../../mod.ts";
import { SessionPool } from "../../src/pool/mod.ts";
import { FileSessionStore } from "../../src/stores/mod.ts";
import { type ApiRequest, reply } from "../../src/testing/mod.ts";
import { live, world } from "../support/live_world.ts";

/** Replies with all markers that the model was told. */
function echo({ messages }: ApiRequest) {
  const said = messages.filter(({ role }) => role === "user").flatMap((one) =>
    [...JSON.stringify(one.content).matchAll(/<(\w+ \d+)>/g)]
      .map(([, marker = ""]) => marker)
  );
  return reply.text(said.join(", "));
}

live(
  "sessions of a pool go on from a store in files after parking, in this home and in another one",
  async () => {
    const folder = await Deno.makeTempDir();
    const store = new FileSessionStore(folder);
    const ids = new Map<string, string>();
    const said = new Map<string, string[]>();
    for (const machine of [1, 2]) {
      await using on = await world({ replies: echo });
      await using pool = new SessionPool({
        maxProcesses: 1,
        warm: 0,
        session: {
          ...on.options,
          model: "haiku",
          sessionStore: { store, holder: `machine ${machine}` },
        },
      });
      for (const round of [1, 2]) {
        // Each key takes the only process from the other one.
        for (const key of ["a", "b"]) {
          const resume = ids.get(key);
          const session = pool.session(
            key,
            resume === undefined ? undefined : { resume },
          );
          const own = said.get(key) ?? [];
          said.set(key, own);
          own.push(`${key} ${machine}${round}`);
          const answer = await session.ask(`<${own.at(-1)}>`);
          assertEquals(answer.text, own.join(", "));
          assertEquals(answer.sessionId, resume ?? answer.sessionId);
          ids.set(key, answer.sessionId ?? "");
        }
      }
      // A session of this pool is not to be written elsewhere, parked ones are free.
      const held = await assertRejects(
        () =>
          store.acquire(
            { projectKey: "default", sessionId: ids.get("b") ?? "" },
            { holder: "x", ttlMs: 1 },
          ),
        SessionStoreError,
        `machine ${machine}`,
      );
      assertEquals(held.reason, "lease_held");
      await pool.close();
      const left = await Array.fromAsync(Deno.readDir(on.scratch.temporary));
      assertEquals(
        left.filter(({ name }) => name.startsWith("claudestream-")),
        [],
      );
    }
    assertEquals(
      [...said.values()].map((own) => own.length),
      [4, 4],
    );
    await Deno.remove(folder, { recursive: true });
  },
);

live(
  "parking gives a session no more money than limits.maxBudgetUsd",
  async () => {
    await using on = await world({ replies: echo });
    const usd = await costOfOne(on.options);
    for (const parks of [false, true]) {
      await using pool = new SessionPool({
        warm: 0,
        session: {
          ...on.options,
          model: "haiku",
          limits: { maxBudgetUsd: 2.5 * usd },
        },
      });
      const session = pool.session("a");
      const outcomes: string[] = [];
      for (const turn of [1, 2, 3, 4, 5]) {
        outcomes.push(
          await session.ask(`<a ${turn}>`).then(
            () => "answer",
            ({ code }) => code,
          ),
        );
        if (parks) assert(pool.park("a"));
      }
      assertEquals(
        outcomes,
        ["answer", "answer", "max_budget", "max_budget", "max_budget"],
        `parks: ${parks}`,
      );
      assert(pool.stats().costUsd < 3.5 * usd, `${pool.stats().costUsd}`);
    }
  },
);

async function costOfOne(options: SessionOptions): Promise<number> {
  await using session = new AsyncSession({ ...options, model: "haiku" });
  const { costUsd } = await session.ask("<a 0>");
  assert(costUsd > 0);
  return costUsd;
}
