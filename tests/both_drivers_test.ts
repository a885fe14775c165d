// One table of scenarios through both drivers, over a process, through a shell and in
// memory: the same events, errors and facts.

import { assert, assertEquals } from "@std/assert";
import {
  allow,
  allowList,
  AsyncSession,
  callback,
  type ClaudeEvent,
  ClaudeStreamError,
  deny,
  hook,
  LiveControl,
  McpControl,
  type Spawn,
  SyncLiveControl,
  SyncMcpControl,
  SyncSession,
  type SyncSessionOptions,
  SyncTaskControl,
  TaskControl,
} from "../mod.ts";
import type { Scenario, Turn } from "../src/testing/scenario.ts";
import { MemoryClaude } from "../src/testing/memory_claude.ts";
import { ScriptedClaude } from "../src/testing/scripted_claude.ts";
import * as step from "../src/testing/steps.ts";
import { throughShell } from "./_carriers.ts";

interface Case {
  readonly turns: readonly Turn[];
  readonly process?: Parameters<typeof step.conversation>[1];
  readonly options?: SyncSessionOptions;
  readonly view?: "flat" | "messages" | "wire";
}

const bash = step.toolCall("Bash", { command: "git log" }, {
  asks: true,
  output: "ran",
});

const CASES: Readonly<Record<string, Case>> = {
  "text in pieces": { turns: [[step.text("Hello there.", { deltas: 4 })]] },
  "no pieces": { turns: [[step.text("x")]], options: { partials: false } },
  "thinking, tools and text": {
    turns: [[
      step.thinking("hm"),
      step.redactedThinking(),
      step.toolCall("Read", { file_path: "/x" }, { output: "y" }),
      step.text("done"),
    ]],
  },
  "two turns": { turns: [[step.text("one")], [step.text("two")]] },
  "messages": { turns: [[step.text("x")]], view: "messages" },
  "the wire": { turns: [[step.text("x")]], view: "wire" },
  "a policy allows": {
    turns: [[bash, step.text("x")]],
    options: { policy: allowList(["Bash(git *)"]) },
  },
  "a policy changes the input": {
    turns: [[bash]],
    options: { policy: callback(() => allow({ input: { command: "ls" } })) },
  },
  "a policy denies": {
    turns: [[bash, step.text("x")]],
    options: { policy: callback(() => deny("no")) },
  },
  "a policy throws": {
    turns: [[bash]],
    options: {
      policy: callback(() => {
        throw new Error("broken");
      }),
    },
  },
  "no policy": { turns: [[bash]] },
  "a hook denies": {
    turns: [[bash]],
    options: { hooks: { PreToolUse: [{ run: () => hook.deny("no") }] } },
  },
  "a hook throws": {
    turns: [[bash]],
    options: {
      hooks: {
        PreToolUse: [{
          run: () => {
            throw new Error("broken");
          },
        }],
      },
    },
  },
  "a failure of the API": {
    turns: [[
      step.text("some"),
      step.apiError(401, "authentication_failed", "No."),
    ], [step.text("second")]],
  },
  "retries and rate limits": {
    turns: [[step.apiRetry(), step.rateLimit(), step.text("x")]],
  },
  "what nobody knows": {
    turns: [[
      step.line({ type: "invented" }),
      step.write("no JSON\n"),
      step.write('{"cr":1}\r\n'),
      step.write("\n"),
      step.text("x"),
    ]],
  },
  "bytes that are no UTF-8": {
    turns: [[
      step.writeBytes(new Uint8Array([0x22, 0xff, 0xe5, 0x22, 0x0a])),
      step.text("x"),
    ]],
  },
  "a byte at a time": {
    turns: [[step.inChunks(1), step.text("ä台🙂")]],
    options: { partials: false },
  },
  "lines that are too long": {
    turns: [[step.line({ type: "x", text: "y".repeat(40_000) })]],
    options: { maxLineBytes: 20_000 },
  },
  "what does not fit, strict": {
    turns: [[step.line({ type: "invented" })], [step.text("second")]],
    options: { validation: "strict" },
  },
  "a death": {
    turns: [[step.text("x"), step.stderr("last words\n"), step.exit(3)]],
  },
  "a death in a line": {
    turns: [[step.text("x"), step.write('{"type":"cut'), step.exit(3)]],
  },
  "a start that fails": {
    turns: [],
    process: { beforeInput: [step.stderr("error: bad\n"), step.exit(1)] },
  },
  "a silence": {
    turns: [[step.text("x"), step.silence()], [step.text("second")]],
    options: { idleTimeoutMs: { warnMs: 400, endMs: 800 } },
  },
  "a silence that no interruption ends": {
    turns: [[step.text("x"), step.silence({ deaf: true })], []],
    options: { idleTimeoutMs: 500, closeTimeoutMs: 300 },
  },
  "a tool that is silent for long": {
    turns: [[
      step.toolCall("Bash", { command: "sleep 1" }, {
        running: [step.pause(1000)],
      }),
      step.text("x"),
    ]],
    options: { idleTimeoutMs: { warnMs: 300, endMs: 600 } },
  },
  "a turn that takes too long": {
    turns: [[step.text("x"), step.silence()], [step.text("second")]],
    options: { turnTimeoutMs: 2000 },
  },
  "a budget": {
    turns: [[step.text("x")]],
    options: { budget: { thresholds: [{ turns: 1 }] } },
  },
};

/** Fields that differ between two processes, whatever reads them. */
const VOLATILE =
  /(uuid|session_?id|message_?id|tool_?use_?id|request_?id|parent_?tool_?use_?id|duration\w*|ttft\w*|timestamp|resets_?at|time\w*|pid|cwd|idle_?ms|socket_path|id)$/i;

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

function steady(event: unknown): unknown {
  const text = JSON.stringify(
    event,
    (key, value) => VOLATILE.test(key) && value !== null ? "…" : value,
  );
  return JSON.parse(text.replaceAll(UUID, "…"));
}

function told(error: unknown): unknown {
  if (!(error instanceof ClaudeStreamError)) return String(error);
  const { name, code, retryable, message, hint, stderrTail } = error;
  return [name, code, retryable, message, hint, stderrTail];
}

async function throughAsync(
  { turns, options = {}, view = "flat" }: Case,
  claudePath: readonly string[],
  spawn: Spawn = options.spawn ?? ((spec) => spec),
): Promise<unknown[]> {
  const seen: unknown[] = [];
  const session = new AsyncSession({ ...options, claudePath, spawn });
  for (let at = 0; at < Math.max(turns.length, 1); at++) {
    try {
      const turn = session.send(`prompt ${at}`, { view });
      for await (const event of turn) seen.push(steady(event));
      seen.push(await turn.text());
    } catch (error) {
      seen.push(told(error));
    }
  }
  seen.push(factsOf(session));
  await session.close();
  return seen;
}

function throughSync(
  { turns, options = {}, view = "flat" }: Case,
  claudePath: readonly string[],
): unknown[] {
  const seen: unknown[] = [];
  using session = new SyncSession({ ...options, claudePath });
  for (let at = 0; at < Math.max(turns.length, 1); at++) {
    try {
      const turn = session.send(`prompt ${at}`, { view });
      for (const event of turn) seen.push(steady(event));
      seen.push(turn.text());
    } catch (error) {
      seen.push(told(error));
    }
  }
  seen.push(factsOf(session));
  return seen;
}

function factsOf(session: AsyncSession | SyncSession): unknown {
  const { model, tools, mcpServers, permissionMode, claudeVersion } = session;
  const { state, turnCount, totalCostUsd, usage, stderrTail } = session;
  return [
    [model, tools, mcpServers, permissionMode, claudeVersion],
    [state, turnCount, totalCostUsd, usage, stderrTail],
    [...session.filesModified],
  ];
}

for (const [name, one] of Object.entries(CASES)) {
  Deno.test(`both drivers give the same, over everything: ${name}`, async () => {
    const { turns, process, options } = one;
    const [played] = step.conversation(turns, process).processes;
    assert(played !== undefined);
    const scenario: Scenario = { processes: Array(4).fill(played) };
    await using claude = await ScriptedClaude.create(scenario);
    const { command } = claude;
    const expected = await throughAsync(one, command);
    assertEquals(throughSync(one, command), expected);
    const inShell = { ...one, options: { ...options, spawn: throughShell } };
    assertEquals(throughSync(inShell, command), expected, "blocking, sh -c");
    assertEquals(await throughAsync(inShell, command), expected, "sh -c");
    const memory = new MemoryClaude({ processes: [played] });
    const cwd = Deno.cwd();
    const inMemory = await throughAsync(
      one,
      command,
      (spec) => memory.spawn({ ...spec, cwd }),
    );
    assertEquals(inMemory, expected, "in memory");
    // What a process that gives up has read of its input is a matter of chance.
    if (turns.length === 0) return;
    const [first, ...others] = [0, 1, 2, 3].map((start) =>
      steady(claude.receivedBy(start))
    );
    for (const sent of [...others, steady(memory.received)]) {
      assertEquals(sent, first);
    }
  });
}

Deno.test("a blocking session has every method of an async one", () => {
  const pairs = [
    [AsyncSession, SyncSession],
    [LiveControl, SyncLiveControl],
    [McpControl, SyncMcpControl],
    [TaskControl, SyncTaskControl],
  ] as const;
  for (const [async, sync] of pairs) {
    assertEquals(
      Object.getOwnPropertyNames(sync.prototype).sort(),
      Object.getOwnPropertyNames(async.prototype).sort(),
    );
  }
});

Deno.test("a listener hears the same from both", async () => {
  const scenario = step.conversation([[step.text("x")]]).processes[0];
  assert(scenario !== undefined);
  await using claude = await ScriptedClaude.create({
    processes: [scenario, scenario],
  });
  const heard: string[][] = [[], []];
  const listen = (session: AsyncSession | SyncSession, to: string[]) => {
    const hear = (event: ClaudeEvent | undefined) =>
      to.push(event?.type ?? "close");
    session.on("assistant_text", hear);
    session.on("turn_end", hear);
    session.on("close", hear);
  };
  const [first = [], second = []] = heard;
  const session = new AsyncSession({ claudePath: claude.command });
  listen(session, first);
  await session.ask("hi");
  await session.close();
  using blocking = new SyncSession({ claudePath: claude.command });
  listen(blocking, second);
  blocking.ask("hi");
  blocking.close();
  assertEquals(second, first);
  assertEquals(first, ["assistant_text", "result", "close"]);
});
