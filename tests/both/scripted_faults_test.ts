// Each fault that a scenario can play: it has a builder, the same as JSON, and is seen in both
// sessions.

import { assert, assertEquals } from "@std/assert";
import {
  AsyncSession,
  ClaudeStreamError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  MemoryClaude,
  parseScenario,
  type ProcessScript,
  ScriptedClaude,
  step,
  type TurnScript,
} from "../../src/testing/mod.ts";

/** What a session shows of one prompt. */
interface Seen {
  readonly types: readonly string[];
  /** The answer, or the code of the error. */
  readonly outcome: string;
}

interface Row {
  readonly turn: TurnScript;
  readonly process?: ProcessScript;
  readonly options?: SyncSessionOptions;
  /** Asks the CLI for something, after the turn. */
  readonly asks?: boolean;
  /** The answer, or the code of the error. */
  readonly outcome: string;
  /** The type of the event that reports the fault. */
  readonly type?: string;
}

const text = step.text("x");

const FAULTS: Readonly<Record<string, Row>> = {
  "delay": { turn: [step.pause(20), text], outcome: "x" },
  "split bytes": { turn: [step.inChunks(1), step.text("ä🙂")], outcome: "ä🙂" },
  "huge line": {
    turn: [step.line({ type: "big" }, { paddingBytes: 50_000 }), text],
    options: { maxLineBytes: 20_000 },
    outcome: "x",
    type: "unknown",
  },
  "noise": {
    turn: [step.write("no JSON\n"), text],
    outcome: "x",
    type: "unknown",
  },
  "crash at a step": { turn: [text, step.exit(3)], outcome: "process_exit" },
  "killed at a step": {
    turn: [text, step.kill("SIGKILL")],
    outcome: "process_exit",
  },
  "silence": {
    turn: [text, step.silence()],
    options: { idleTimeoutMs: { warnMs: 100, endMs: 200 } },
    outcome: "stalled",
    type: "stalled",
  },
  "ignored SIGTERM": {
    turn: [step.ignore("sigterm"), step.ignore("eof"), text],
    options: { closeTimeoutMs: 50 },
    outcome: "x",
  },
  "stderr flood": {
    turn: [step.stderr("flood\n", 300_000), text],
    outcome: "x",
  },
  "late control reply": {
    turn: [text],
    process: { answers: { set_model: { answer: "success", delayMs: 30 } } },
    asks: true,
    outcome: "x",
  },
  "wrong control reply": {
    turn: [text],
    process: { answers: { set_model: { answer: "error", error: "no" } } },
    asks: true,
    outcome: "control",
  },
  "double control reply": {
    turn: [text],
    process: { answers: { set_model: { answer: "success", times: 2 } } },
    asks: true,
    outcome: "x",
  },
  "a turn that nobody asked for": {
    turn: [
      step.background("a job", [step.pause(1)], {
        wakeUp: [step.text("woken")],
      }),
      text,
    ],
    outcome: "x",
  },
  "rate limit": { turn: [step.rateLimited()], outcome: "rate_limit" },
  "overload": { turn: [step.overloaded()], outcome: "overloaded" },
  "refusal": { turn: [step.refusal()], outcome: "refusal" },
  "context overflow": {
    turn: [step.contextOverflow()],
    outcome: "context_length",
  },
  "broken stream": {
    turn: [step.brokenStream("He"), step.text("Hello")],
    outcome: "Hello",
    type: "api_retry",
  },
};

function outcomeOf(error: unknown): string {
  if (error instanceof ClaudeStreamError) return String(error.code);
  throw error;
}

async function throughAsync(session: AsyncSession, row: Row): Promise<Seen> {
  const types: string[] = [];
  try {
    const turn = session.send("go");
    for await (const { type } of turn) types.push(type);
    const outcome = await turn.text();
    if (row.asks === true) await session.setModel("haiku");
    return { types, outcome };
  } catch (error) {
    return { types, outcome: outcomeOf(error) };
  } finally {
    await session.close();
  }
}

function throughSync(session: SyncSession, row: Row): Seen {
  const types: string[] = [];
  try {
    const turn = session.send("go");
    for (const { type } of turn) types.push(type);
    const outcome = turn.text();
    if (row.asks === true) session.setModel("haiku");
    return { types, outcome };
  } catch (error) {
    return { types, outcome: outcomeOf(error) };
  } finally {
    session.close();
  }
}

for (const [name, row] of Object.entries(FAULTS)) {
  Deno.test(`a fault by script, as a builder and in a file, in both sessions: ${name}`, async () => {
    const built = step.conversation([row.turn], row.process);
    const read = parseScenario(JSON.stringify(built));
    assertEquals(read, built);
    const memory = new MemoryClaude(read);
    await using claude = await ScriptedClaude.create(read);
    const claudePath = claude.command;
    const all = [
      await throughAsync(
        new AsyncSession({ ...row.options, spawn: memory.spawn }),
        row,
      ),
      await throughAsync(new AsyncSession({ ...row.options, claudePath }), row),
    ];
    await using other = await ScriptedClaude.create(read);
    all.push(throughSync(
      new SyncSession({ ...row.options, claudePath: other.command }),
      row,
    ));
    for (const { outcome, types } of all) {
      assertEquals(outcome, row.outcome);
      if (row.type !== undefined) assert(types.includes(row.type), `${types}`);
    }
  });
}
