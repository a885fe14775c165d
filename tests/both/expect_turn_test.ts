// Assertions about turns, and snapshots of them, of both sessions.

import {
  assert,
  assertEquals,
  AssertionError,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  AsyncSession,
  callback,
  deny,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  collect,
  type ExpectedTurn,
  expectTurn,
  ScriptedClaude,
  step,
  turnSnapshot,
} from "../../src/testing/mod.ts";

const GOOD = [
  step.usage({ costUsd: 0.01 }),
  step.toolCall("Read", { file_path: "a.txt" }, { output: "alpha" }),
  step.usage({ costUsd: 0.02 }),
  step.toolCalls([
    { name: "Bash", input: { command: "rm x", description: "d" }, asks: true },
    {
      name: "Write",
      input: { file_path: "b.txt", content: "x" },
      output: "done",
    },
  ]),
  step.usage({ costUsd: 0 }),
  step.text("It says ", { deltas: 2 }),
  step.text("alpha."),
];

const OPTIONS: SyncSessionOptions = {
  policy: callback((name) => name === "Bash" ? deny("no shell") : undefined),
};

/** What both sessions tell of one prompt. */
async function both(
  steps: Parameters<typeof step.conversation>[0][number],
  look: (turn: ExpectedTurn) => void,
): Promise<void> {
  await using claude = await ScriptedClaude.create(step.conversation([steps]));
  const options = { ...OPTIONS, claudePath: claude.command };
  await using session = new AsyncSession(options);
  look(await expectTurn(session.send("x")));
  using blocking = new SyncSession(options);
  look(expectTurn(blocking.send("x")));
}

Deno.test("what a turn did is as expected, each assertion", () =>
  both(GOOD, (turn) => {
    turn.succeeded()
      .text("It says alpha.")
      .text(/alpha/)
      .tools(["Read", "Bash", "Write"])
      .tools([
        { name: "Read", input: { file_path: "a.txt" }, output: "alpha" },
        {
          name: "Bash",
          input: { command: "rm x" },
          output: /no shell/,
          isDenied: true,
        },
        { name: "Write", isDenied: false },
      ])
      .calls("Bash")
      .calls({ name: "Read", output: /alp/ })
      .denied(["Bash"])
      .filesChanged(["b.txt"])
      .cost({ exactly: 0.03, atMost: 0.03 })
      .output(undefined);
    assertEquals(turn.error, undefined);
  }));

Deno.test("what a turn did not do is an AssertionError that tells what it did, each assertion", () =>
  both(GOOD, (turn) => {
    const wrong: Readonly<Record<string, () => unknown>> = {
      text: () => turn.text("It says beta."),
      "text of a pattern": () => turn.text(/beta/),
      tools: () => turn.tools(["Read"]),
      "tools in another order": () => turn.tools(["Bash", "Read", "Write"]),
      "tools with another input": () =>
        turn.tools([
          { name: "Read", input: { file_path: "z.txt" } },
          "Bash",
          "Write",
        ]),
      calls: () => turn.calls("Grep"),
      "calls with another input": () =>
        turn.calls({ name: "Read", input: { file_path: "z" } }),
      "calls with another result": () =>
        turn.calls({ name: "Read", output: "beta" }),
      "calls with another result by pattern": () =>
        turn.calls({ name: "Read", output: /beta/ }),
      "calls that were denied": () =>
        turn.calls({ name: "Read", isDenied: true }),
      denied: () => turn.denied(),
      filesChanged: () => turn.filesChanged(),
      "cost, exactly": () => turn.cost({ exactly: 0.02 }),
      "cost, at most": () => turn.cost({ atMost: 0.02 }),
      output: () => turn.output({ a: 1 }),
      failed: () => turn.failed(),
    };
    for (const [name, run] of Object.entries(wrong)) {
      const error = assertThrows(run, AssertionError, undefined, name);
      assertStringIncludes(
        error.message,
        'Bash {"command":"rm x","description":"d"} (denied)',
      );
      assertStringIncludes(error.message, '"It says alpha."');
    }
    const methods = Object.getOwnPropertyNames(
      Object.getPrototypeOf(turn),
    ).filter((name) => name !== "constructor" && name !== "succeeded");
    for (const method of methods) {
      assert(
        Object.keys(wrong).some((name) => name.startsWith(method)),
        method,
      );
    }
  }));

Deno.test("a turn that failed is told by failed(), with its code", async () => {
  const rows = [
    [[step.text("a"), step.overloaded()], "overloaded"],
    [[step.text("a"), step.exit(3)], "process_exit"],
  ] as const;
  for (const [steps, code] of rows) {
    await both(steps, (turn) => {
      turn.failed().failed(code);
      assertThrows(() => turn.succeeded(), AssertionError, "Expected the turn");
      assertThrows(
        () => turn.failed("auth"),
        AssertionError,
        "Expected another failure",
      );
    });
  }
});

Deno.test("a snapshot of a turn is the same each time, for both sessions", async () => {
  const seen: string[] = [];
  for (let run = 0; run < 2; run++) {
    const cwd = await Deno.makeTempDir();
    await using claude = await ScriptedClaude.create(step.conversation([[
      step.text("see {session}", { deltas: 2 }),
      step.toolCall("Read", { file_path: `${cwd}/a.txt` }, { output: "x" }),
      step.text(`at 2026-0${run + 1}-01T00:00:00Z in ${cwd}`),
    ]]));
    const options = { cwd, claudePath: claude.command };
    await using session = new AsyncSession(options);
    const turn = await collect(session.send("x"));
    seen.push(JSON.stringify(turnSnapshot(turn)));
    using blocking = new SyncSession(options);
    seen.push(JSON.stringify(turnSnapshot(collect(blocking.send("x")))));
    assert(
      turnSnapshot(turn, { deltas: true }).length > turnSnapshot(turn).length,
    );
    await Deno.remove(cwd);
  }
  for (const one of seen) assertEquals(one, seen[0]);
  const [text = ""] = seen;
  assertStringIncludes(text, '"file_path":"<cwd>/a.txt"');
  assertStringIncludes(text, '"text":"at <time> in <cwd>"');
  assertStringIncludes(text, '"toolUseId":"<id ');
  assert(!/[0-9a-f]{8}-[0-9a-f]{4}-/.test(text));
});

Deno.test("a cost that is not said is no assertion", () =>
  both(GOOD, (turn) => {
    assertThrows(
      () => turn.cost({}),
      TypeError,
      "expected { exactly } or { atMost }, got {}",
    );
  }));

Deno.test("a pattern in an expected input matches a text, at any depth", () =>
  both([
    step.toolCall("mcp__a__b", { command: "ls -l", list: [{ to: "xyz" }] }),
  ], (turn) => {
    const name = "mcp__a__b";
    turn.calls({ name, input: { command: /^ls/ } })
      .calls({ name, input: { list: [{ to: /y/ }] } });
    for (
      const input of [{ command: /^rm/ }, { list: [{ to: /q/ }] }, { no: /x/ }]
    ) {
      assertThrows(
        () => turn.calls({ name, input }),
        AssertionError,
        'Expected another input of the call of "mcp__a__b"',
      );
    }
  }));
