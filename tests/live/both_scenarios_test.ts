// The scenarios of tests/both over the real CLI, with the scripted Messages API: what a program
// sees is the same as with the stand-in. tests/both/scenario_cells_test.ts lists which ones do
// not run here, and why.

import { assert, assertEquals } from "@std/assert";
import type {
  AsyncSession,
  ClaudeEvent,
  SessionOptions,
  SyncSessionOptions,
} from "../../mod.ts";
import {
  MemoryClaude,
  MessagesApi,
  type Scenario,
  Scratch,
} from "../../src/testing/mod.ts";
import { SCENARIOS } from "../both/cases/all.ts";
import { REAL_CELLS } from "../both/cases/real_cells.ts";
import { type Case, play, processesOf } from "../support/both_drivers.ts";
import { live } from "../support/live_world.ts";
import { realClaudePath } from "../support/real_claude.ts";

/** Sessions that run side by side: a CLI waits for half of its time. */
const AT_ONCE = 3;

/** What listeners hear of the conversation. */
function listen(session: AsyncSession): string[] {
  const heard: string[] = [];
  const decided = new Set<string>();
  const hear = (...what: unknown[]) => {
    heard.push(JSON.stringify(what));
  };
  session.on("assistant_text", ({ text, error }) =>
    // The words about a failure are the CLI's own.
    hear("text", error ?? text));
  session.on("thinking", ({ text }) => hear("thinking", text));
  session.on("tool_use", ({ name, input }) => hear("call", name, input));
  // What a tool of the CLI itself gives back is a matter of the machine.
  session.on("tool_result", () => hear("tool_result"));
  session.on(
    "tool_call",
    ({ phase, isError }) => hear("tool_call", phase, isError),
  );
  // Not of "permission_request": its listener is expected to answer.
  session.on(
    "permission_decision",
    (decision: EventOf<"permission_decision">) => {
      const { toolName, behavior, by, toolUseId } = decision;
      const said = JSON.stringify([toolUseId, behavior, by]);
      // A rule to ask makes the real CLI ask again, although a hook has allowed.
      if (!decided.has(said)) hear("decision", toolName, behavior, by);
      decided.add(said);
    },
  );
  session.on(
    "result",
    ({ subtype, isError, terminalReason }) =>
      hear("result", subtype, isError, terminalReason),
  );
  session.on("handler_failed", () => hear("handler_failed"));
  session.on("stalled", () => hear("stalled"));
  return heard;
}

type EventOf<T extends ClaudeEvent["type"]> = Extract<
  ClaudeEvent,
  { readonly type: T }
>;

/** What a scenario says of permissions, as rules of the CLI, which decides by itself otherwise. */
function rulesOf({ processes }: Scenario, given: SyncSessionOptions) {
  const asked = new Set<string>();
  const free = new Set<string>();
  JSON.stringify(processes, (_key, value) => {
    if (value?.do !== "tool_calls") return value;
    for (const { name, asks } of value.calls) {
      (asks === true ? asked : free).add(name);
    }
    return value;
  });
  const { allowedTools = [] } = given;
  return {
    allowedTools: [...allowedTools, ...free.difference(asked)],
    settings: { permissions: { ask: [...asked] } },
  };
}

async function heardBy(
  one: Case,
  options: SessionOptions,
): Promise<readonly string[]> {
  let heard: readonly string[] = [];
  await play(one, options, (session) => {
    heard = listen(session);
  });
  return heard;
}

async function compare(name: string, one: Case): Promise<void> {
  const scenario = processesOf(one);
  const memory = new MemoryClaude(scenario);
  const cwd = Deno.cwd();
  const expected = await heardBy(one, {
    spawn: (spec) => memory.spawn({ ...spec, cwd }),
  });
  await using scratch = await Scratch.create();
  await using api = await MessagesApi.play(scenario);
  const { home, temporary } = scratch;
  const { options = {} } = one;
  const given = typeof options === "function" ? options() : options;
  const real = await heardBy(one, {
    ...rulesOf(scenario, given),
    claudePath: realClaudePath() ?? "claude",
    cwd: scratch.cwd,
    clearEnv: true,
    env: {
      ...api.environment({ home, temporary }),
      CLAUDE_CODE_MAX_RETRIES: "1",
    },
  });
  assertEquals(api.problems, [], name);
  assertEquals(real, expected, name);
}

live(
  "each scenario of tests/both that the API can play is the same over the real CLI",
  async () => {
    const left = SCENARIOS.filter(([name]) => REAL_CELLS[name] === "runs");
    assert(left.length > 0, "No scenario runs over the real CLI");
    const failures: unknown[] = [];
    const work = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        try {
          await compare(...next);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.map(String).join("\n\n"));
    }
  },
);
