// Sessions that outlive their process.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  type ClaudeEvent,
  ConfigError,
  ProcessExitError,
  type SessionRestarted,
  StateError,
} from "../mod.ts";
import type { Scenario } from "../src/testing/scenario.ts";
import { ScriptedClaude } from "../src/testing/scripted_claude.ts";
import * as step from "../src/testing/steps.ts";

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
