// How a batch runs: order, limits of rate and money, pauses, retries, ends. Time passes by the
// test's word.

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { roundUsd } from "../../decode/usage.ts";
import { ClaudeStreamError, type ErrorCode, TurnError } from "../../errors.ts";
import type { Result } from "../../messages/result.ts";
import { FakeClock } from "../../testing/mod.ts";
import { BatchBudgetError, SignalError } from "../failure/exit_code.ts";
import { streamSink } from "./batch_files.ts";
import { readBatch } from "./batch_input.ts";
import { BatchResults } from "./batch_results.ts";
import { type Attempt, type BatchPlan, BatchRun } from "./batch_run.ts";

const USAGE = { inputTokens: 1, outputTokens: 1 };

function answer(text: string, costUsd = 0): Attempt {
  return {
    costUsd,
    outcome: {
      status: "done",
      text,
      usage: USAGE,
      durationMs: 1,
      sessionId: "s",
    },
  };
}

function failure(
  error: unknown,
  costUsd = 0,
  hasRunTools = false,
): Attempt {
  return { costUsd, outcome: { status: "thrown", error, hasRunTools } };
}

function turnError(code: ErrorCode, resetsAt?: number): TurnError {
  return new TurnError(code, code, { type: "result" } as Result, { resetsAt });
}

/** A batch of so many lines; the test says what an attempt comes to. */
async function batchOf(
  count: number,
  attempt: (line: number, tries: number) => Attempt | Promise<Attempt>,
  over: Partial<BatchPlan> = {},
) {
  const clock = new FakeClock();
  const rows = Array.from({ length: count }, (_, at) => `{"prompt":"${at}"}\n`);
  const lines = await readBatch(rows.join(""));
  const written: string[] = [];
  const results = new BatchResults(
    lines,
    streamSink((text) => {
      written.push(text);
      return Promise.resolve();
    }),
  );
  const starts: { readonly line: number; readonly at: number }[] = [];
  const run = new BatchRun({
    results,
    jobs: 2,
    retries: 2,
    maxWaitMs: 3_600_000,
    clock,
    attempt: async ({ line }) => {
      starts.push({ line, at: clock.now() });
      const tries = starts.filter((start) => start.line === line).length;
      return await attempt(line, tries);
    },
    ...over,
  });
  return {
    clock,
    run,
    results,
    starts,
    records: () => written.map((text) => JSON.parse(text)),
    /** Lets time pass until the batch is over. */
    async toEnd(): Promise<void> {
      let isOver = false;
      const running = run.run().finally(() => isOver = true);
      running.catch(() => {});
      for (;;) {
        for (let turn = 0; turn < 100; turn++) await Promise.resolve();
        if (isOver) return await running;
        const next = clock.nextInMs;
        if (next === undefined) throw new Error("The batch waits for nothing");
        clock.advance(next);
      }
    },
  };
}

Deno.test("results are written in the order of the lines, whatever ends first", async () => {
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<Attempt>());
  const batch = await batchOf(
    4,
    (line) => gates[line - 1]?.promise ?? answer(""),
    { jobs: 4 },
  );
  const running = batch.run.run();
  for (const line of [4, 2, 3, 1]) {
    gates[line - 1]?.resolve(answer(`${line}`));
    await gates[line - 1]?.promise;
  }
  await running;
  assertEquals(batch.records().map(({ text }) => text), ["1", "2", "3", "4"]);
});

Deno.test("no more lines run at once than --jobs", async () => {
  let most = 0;
  const batch = await batchOf(9, async () => {
    most = Math.max(most, batch.run.running);
    await Promise.resolve();
    return answer("");
  }, { jobs: 3 });
  await batch.toEnd();
  assertEquals(most, 3);
});

Deno.test("--rate: between two starts there is at least the interval, retries included", async () => {
  const batch = await batchOf(
    4,
    (line, tries) =>
      line === 2 && tries === 1 ? failure(turnError("incomplete")) : answer(""),
    { intervalMs: 2000, jobs: 4 },
  );
  await batch.toEnd();
  assertEquals(batch.starts.map(({ at }) => at), [0, 2000, 4000, 6000, 8000]);
});

Deno.test("a limit: nothing starts before its reset, and the line is tried again", async () => {
  const clock = new FakeClock();
  const resetsAt = clock.date() / 1000 + 600;
  const batch = await batchOf(
    3,
    (line, tries) =>
      line === 1 && tries === 1
        ? failure(turnError("rate_limit", resetsAt), 0.25)
        : answer("", 0.5),
    { jobs: 1 },
  );
  await batch.toEnd();
  assertEquals(batch.starts, [
    { line: 1, at: 0 },
    { line: 1, at: 601_000 },
    { line: 2, at: 601_000 },
    { line: 3, at: 601_000 },
  ]);
  assertEquals(
    batch.records().map(({ costUsd, attempts }) => [costUsd, attempts]),
    [
      [0.75, 2],
      [0.5, 1],
      [0.5, 1],
    ],
  );
  assertEquals(batch.results.counts, { done: 3, failed: 0, costUsd: 1.75 });
});

Deno.test("a limit that ends too late ends the batch, and its line has no result", async () => {
  const resetsAt = new FakeClock().date() / 1000 + 7200;
  const batch = await batchOf(
    3,
    (line) =>
      line === 2 ? failure(turnError("rate_limit", resetsAt)) : answer(""),
    { jobs: 1 },
  );
  const error = await assertRejects(() => batch.toEnd(), TurnError);
  assertEquals(error.code, "rate_limit");
  assertEquals(batch.results.open.map(({ line }) => line), [2, 3]);
});

for (const code of ["overloaded", "connection", "rate_limit"] as const) {
  Deno.test(`${code} without an end: longer and longer pauses, then the end of the batch`, async () => {
    const pauses: number[] = [];
    const batch = await batchOf(1, () => failure(turnError(code)), {
      onPause: (until) => pauses.push(until),
    });
    const began = batch.clock.date();
    await assertRejects(() => batch.toEnd(), TurnError);
    assertEquals(batch.starts.map(({ at }) => at), [0, 5000, 15_000]);
    assertEquals(pauses.map((until) => until - began), [5000, 15_000]);
  });
}

Deno.test("attempts that began before a pause do not make it longer", async () => {
  const batch = await batchOf(
    4,
    (_, tries) => tries === 1 ? failure(turnError("overloaded")) : answer(""),
    { jobs: 4 },
  );
  await batch.toEnd();
  assertEquals(batch.starts.map(({ at }) => at), [
    0,
    0,
    0,
    0,
    5000,
    5000,
    5000,
    5000,
  ]);
});

/** Each failure of a line, and how often it is tried. */
const FAILURES: readonly (readonly [unknown, number])[] = [
  [turnError("refusal"), 1],
  [turnError("max_turns"), 1],
  [turnError("context_length"), 1],
  [turnError("structured_output"), 1],
  [turnError("model_not_found"), 1],
  [new TypeError("a fault"), 1],
  [turnError("process_exit"), 3],
  [turnError("stalled"), 3],
];

for (const [error, tries] of FAILURES) {
  const name = error instanceof ClaudeStreamError ? error.code : "a fault";
  Deno.test(`${name} fails its line after ${tries} attempts, and no other`, async () => {
    const batch = await batchOf(
      2,
      (line) => line === 1 ? failure(error, 0.1) : answer("ok"),
    );
    await batch.toEnd();
    const [first, second] = batch.records();
    assertEquals([first.status, first.attempts], ["failed", tries]);
    assertEquals(first.error.type, "error");
    assertEquals(Math.round(first.costUsd * 10), tries);
    assertEquals(second.status, "done");
  });
}

for (const code of ["auth", "billing", "config"] as const) {
  Deno.test(`${code} ends the batch: no line would work`, async () => {
    const batch = await batchOf(5, () => failure(turnError(code)), { jobs: 1 });
    await assertRejects(() => batch.toEnd(), TurnError);
    assertEquals([batch.starts.length, batch.records()], [1, []]);
  });
}

for (
  const code of [
    "process_exit",
    "stalled",
    "incomplete",
    "session_closed",
  ] as const
) {
  Deno.test(`${code} after a tool ran fails its line at the first attempt`, async () => {
    const batch = await batchOf(
      2,
      (line) => line === 1 ? failure(turnError(code), 0.1, true) : answer("ok"),
    );
    await batch.toEnd();
    assertEquals(
      batch.records().map(({ status, attempts, costUsd }) => [
        status,
        attempts,
        costUsd,
      ]),
      [["failed", 1, 0.1], ["done", 1, 0]],
    );
  });
}

Deno.test("a limit after a tool ran fails its line, and the others wait for the reset", async () => {
  const resetsAt = new FakeClock().date() / 1000 + 600;
  const batch = await batchOf(
    2,
    (line) =>
      line === 1
        ? failure(turnError("rate_limit", resetsAt), 0, true)
        : answer("ok"),
    { jobs: 1 },
  );
  await batch.toEnd();
  assertEquals(batch.starts, [
    { line: 1, at: 0 },
    { line: 2, at: 601_000 },
  ]);
  assertEquals(batch.records().map(({ status }) => status), ["failed", "done"]);
});

Deno.test("what ends the batch leaves a failed line if a tool ran before", async () => {
  const far = new FakeClock().date() / 1000 + 7200;
  for (const error of [turnError("auth"), turnError("rate_limit", far)]) {
    const batch = await batchOf(3, () => failure(error, 0, true), { jobs: 1 });
    await assertRejects(() => batch.toEnd(), TurnError);
    assertEquals(batch.starts.length, 1);
    assertEquals(batch.records().map(({ status }) => status), ["failed"]);
  }
});

Deno.test("--budget: no line starts once it is spent, and each gets what is left", async () => {
  const budgets: (number | undefined)[] = [];
  const batch = await batchOf(5, () => answer(""), {
    jobs: 1,
    budgetUsd: 1,
    attempt: (_, budgetUsd) => {
      budgets.push(budgetUsd);
      return Promise.resolve(answer("", 0.4));
    },
  });
  await assertRejects(() => batch.toEnd(), BatchBudgetError, "$1.20 of $1.00");
  assertEquals(budgets, [1, 0.6, 0.2]);
  assertEquals(batch.results.open.length, 2);
});

Deno.test("--budget: lines run together only if all of them fit, each as dear as the dearest", async () => {
  let most = 0;
  const budgets: (number | undefined)[] = [];
  const batch = await batchOf(20, () => answer(""), {
    jobs: 4,
    budgetUsd: 2,
    attempt: async (_, budgetUsd) => {
      const { costUsd } = batch.results.counts;
      budgets.push(budgetUsd);
      // Before a cost is known, all may start.
      if (costUsd > 0) {
        most = Math.max(most, roundUsd(costUsd + batch.run.running * 0.3));
      }
      await new Promise<void>((resolve) => batch.clock.after(10, resolve));
      return answer("", 0.3);
    },
  });
  const error = await assertRejects(() => batch.toEnd(), BatchBudgetError);
  // The last one runs alone with what is left: 0.2, and overruns by 0.1 at most.
  assertEquals(batch.results.counts.costUsd, 2.1, `${error}`);
  assertEquals(most, 2.1);
  assertEquals(budgets.slice(0, 4), [2, 2, 2, 2]);
  assertEquals(budgets.at(-1), 0.2);
});

Deno.test("--budget: a stop ends the wait for a line that runs", async () => {
  const gates = [0, 1, 2].map(() => Promise.withResolvers<Attempt>());
  let count = 0;
  const batch = await batchOf(3, () => answer(""), {
    budgetUsd: 1,
    attempt: () => gates[count++]?.promise ?? Promise.resolve(answer("")),
  });
  const running = batch.run.run();
  gates[0]?.resolve(answer("", 0.6));
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  assertEquals(count, 2);
  batch.run.stop();
  gates[1]?.resolve(answer("", 0.1));
  await running;
  assertEquals(batch.results.open.length, 1);
});

Deno.test("--budget: a line that it cuts short has no result, and its cost counts", async () => {
  const batch = await batchOf(
    2,
    () => failure(turnError("max_budget"), 0.9),
    { jobs: 1, budgetUsd: 0.8 },
  );
  await assertRejects(() => batch.toEnd(), BatchBudgetError);
  assertEquals(batch.results.counts, { done: 0, failed: 0, costUsd: 0.9 });
  assertEquals(batch.records(), []);
});

Deno.test("stop: running lines end, waits do too, and nothing starts", async () => {
  const gate = Promise.withResolvers<Attempt>();
  const batch = await batchOf(5, () => gate.promise, { intervalMs: 10_000 });
  const running = batch.run.run();
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  batch.run.stop();
  gate.resolve(answer("first"));
  await running;
  assertEquals(batch.starts.length, 1);
  assertEquals(batch.records().map(({ text }) => text), ["first"]);
  assertEquals(batch.clock.nextInMs, undefined);
});

Deno.test("abort: lines that run have no result, and their cost is kept", async () => {
  const batch = await batchOf(3, () => answer(""), {
    attempt: (_, __, signal) =>
      new Promise((resolve) =>
        signal.addEventListener(
          "abort",
          () => resolve(failure(signal.reason, 0.1)),
        )
      ),
  });
  const running = batch.run.run();
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  batch.run.abort(new SignalError("SIGTERM"));
  await running;
  assertEquals(batch.results.counts, { done: 0, failed: 0, costUsd: 0.2 });
  assertEquals(batch.results.open.length, 3);
});

Deno.test("a result that cannot be written ends the batch", async () => {
  const lines = await readBatch('{"prompt":"a"}\n{"prompt":"b"}\n');
  const results = new BatchResults(
    lines,
    streamSink(() => Promise.reject(new Error("disk full"))),
  );
  const run = new BatchRun({
    results,
    jobs: 1,
    retries: 1,
    maxWaitMs: 1,
    clock: new FakeClock(),
    attempt: () => Promise.resolve(answer("")),
  });
  const error = await assertRejects(() => run.run());
  assertInstanceOf(error, Error);
  assertEquals(error.message, "disk full");
});
