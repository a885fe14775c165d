// Sessions that outlive their process.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  type ClaudeEvent,
  ConfigError,
  ProcessExitError,
  type SessionOptions,
  type SessionRestarted,
  StateError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  type ProcessScript,
  type Scenario,
  ScriptedClaude,
  step,
} from "../../src/testing/mod.ts";

const ID = "5e551011-0000-4000-8000-000000000007";
const DIES = { turns: [[step.text("x"), step.kill("SIGKILL")]] };
const ECHOES = { forEveryPrompt: [step.echo("{prompt}")] };

async function pair(scenario: Scenario, attempts?: number) {
  const claude = await ScriptedClaude.create(scenario);
  const session = new AsyncSession({
    claudePath: claude.command,
    ...attempts === undefined ? {} : { recover: { attempts } },
  });
  return {
    claude,
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await claude.close();
    },
  };
}

/** The prompts that a process was sent. */
function prompts(claude: ScriptedClaude, start: number): unknown[] {
  return claude.receivedBy(start).flatMap((line) =>
    line.type === "user" ? [(line.message as { content: string }).content] : []
  );
}

Deno.test("after a crash the next prompt goes to a new process, the lost one to none", async () => {
  await using on = await pair({ processes: [DIES, ECHOES] }, 1);
  const events: ClaudeEvent[] = [];
  const errors: Error[] = [];
  on.session.on("session_restarted", (event) => events.push(event));
  on.session.on("error", (error) => errors.push(error));
  const { id } = on.session;
  await assertRejects(() => on.session.ask("one"), ProcessExitError);
  const [event] = events as SessionRestarted[];
  assertEquals([event?.attempt, event?.resumedFrom], [1, id]);
  assert(event?.reason.includes("SIGKILL"));
  assertEquals(errors, []);
  assertEquals(on.session.state, "new");

  assertEquals((await on.session.ask("two")).text, "two");
  assertEquals(on.session.id, id);
  assertEquals(prompts(on.claude, 1), ["two"]);
  const [first, second] = on.claude.starts;
  assert(first?.arguments.includes(`--session-id=${id}`));
  assert(second?.arguments.includes(`--resume=${id}`));
  assert(!second?.arguments.some((word) => word.startsWith("--session-id")));
});

Deno.test("a session is restarted no more often than it may", async () => {
  await using on = await pair({ processes: [DIES] }, 1);
  const errors: Error[] = [];
  on.session.on("error", (error) => errors.push(error));
  await assertRejects(() => on.session.ask("one"), ProcessExitError);
  await assertRejects(() => on.session.ask("two"), ProcessExitError);
  assertEquals(errors.length, 1);
  assertEquals(on.session.state, "dead");
  assertThrows(() => on.session.send("three"), StateError);
  assertEquals(on.claude.starts.length, 2);
});

Deno.test("without the option a dead session stays dead", async () => {
  await using on = await pair({ processes: [DIES, ECHOES] });
  await assertRejects(() => on.session.ask("one"), ProcessExitError);
  assertThrows(() => on.session.send("two"), StateError);
});

Deno.test("what cannot be recovered is a ConfigError", () => {
  assertThrows(
    () => new AsyncSession({ recover: { attempts: 0 } }),
    ConfigError,
    "whole number",
  );
  assertThrows(
    () => new AsyncSession({ recover: { attempts: 1 }, persist: false }),
    ConfigError,
    "persist",
  );
});

Deno.test("a session of which nothing was written begins again as it began", async () => {
  const dies = step.kill("SIGKILL");
  /** How far the first process came, its arguments, and those of the next process. */
  const table: readonly {
    readonly script: ProcessScript;
    readonly options?: SessionOptions;
    readonly prompts: boolean;
    /** Arguments by their names, of the one that comes; `new` for an id that no process had. */
    readonly next: Readonly<Record<string, "old" | "new" | string>>;
  }[] = [
    {
      script: { beforeInput: [] },
      prompts: false,
      next: { "session-id": "old" },
    },
    {
      script: { turns: [[dies]] },
      prompts: true,
      next: { "session-id": "new" },
    },
    {
      script: { turns: [[step.text("x"), dies]] },
      prompts: true,
      next: { resume: "old" },
    },
    {
      script: { turns: [[dies]] },
      options: { sessionId: ID },
      prompts: true,
      next: { "session-id": "new" },
    },
    {
      script: {},
      options: { sessionId: ID },
      prompts: false,
      next: { "session-id": "old" },
    },
    {
      script: { turns: [[dies]] },
      options: { resume: ID },
      prompts: true,
      next: { resume: ID },
    },
    {
      script: { turns: [[dies]] },
      options: { resume: ID, fork: true },
      prompts: true,
      next: { resume: ID, "fork-session": "" },
    },
  ];
  for (const kind of ["async", "blocking"] as const) {
    for (const { script, options = {}, prompts, next } of table) {
      await using claude = await ScriptedClaude.create({
        processes: [script, ECHOES],
      });
      const given = {
        ...options,
        claudePath: claude.command,
        recover: { attempts: 1 },
      } as SyncSessionOptions;
      const session = kind === "async"
        ? new AsyncSession(given)
        : new SyncSession(given);
      try {
        const events: SessionRestarted[] = [];
        session.on("session_restarted", (event) => events.push(event));
        await session.start();
        const old = session.id;
        if (prompts) await assertRejects(async () => await session.ask("one"));
        else {
          Deno.kill(session.pid ?? 0, "SIGKILL");
          await assertRejects(async () => {
            for (;;) await session.sessionCost();
          });
        }
        const { id } = session;
        assertEquals((await session.ask("two")).text, "two");
        const words = claude.starts[1]?.arguments ?? [];
        const named = new Map(
          words.flatMap((word): [string, string][] => {
            const [, name = "", value = ""] = /^--([^=]+)=?(.*)$/s.exec(word) ??
              [];
            return ["session-id", "resume", "fork-session"].includes(name)
              ? [[name, value]]
              : [];
          }),
        );
        const label = `${kind} ${JSON.stringify({ options, prompts, next })}`;
        assertEquals(new Set(named.keys()), new Set(Object.keys(next)), label);
        for (const [name, expected] of Object.entries(next)) {
          const value = named.get(name);
          if (expected === "old") assertEquals(value, old, label);
          else if (expected === "new") {
            assert(value !== undefined && value !== old, label);
            // The session says so from the restart on.
            assertEquals([id, session.id], [value, value], label);
          } else assertEquals(value, expected, label);
        }
        const [event] = events;
        const resumes = next.resume === "old" ? old : undefined;
        assertEquals([events.length, event?.resumedFrom], [1, resumes], label);
      } finally {
        await session.close();
      }
    }
  }
});
