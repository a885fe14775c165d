// The files of a batch: wherever a run is killed, the next one continues from there.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../failure/usage_error.ts";
import { openBatchFiles } from "./batch_files.ts";
import { type BatchLine, readBatch } from "./batch_input.ts";
import { type Outcome, recordOf } from "./batch_record.ts";
import { BatchResults } from "./batch_results.ts";

const INPUT = ["a", "b", "ü", "d"]
  .map((prompt) => `{"prompt":"${prompt}"}\n`).join("");

function answer(text: string): Outcome {
  return {
    status: "done",
    text,
    usage: { inputTokens: 1, outputTokens: 1 },
    durationMs: 1,
    sessionId: "s",
  };
}

const FAILED: Outcome = {
  status: "failed",
  error: { type: "error", code: "refusal", message: "no", exitCode: 1 },
};

async function inFolder(test: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(`${folder}/out.jsonl`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function open(
  path: string,
  lines: readonly BatchLine[],
  retriesFailed = false,
): Promise<BatchResults> {
  const files = await openBatchFiles(path, lines, retriesFailed);
  const results = new BatchResults(lines, files, files);
  await results.catchUp();
  return results;
}

async function textsIn(path: string): Promise<readonly unknown[]> {
  return (await Deno.readTextFile(path)).trimEnd().split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line)).map(({ text, status }) => text ?? status);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Adds a result for each open line; the answer is its prompt. */
async function finish(path: string): Promise<number> {
  const results = await open(path, await readBatch(INPUT));
  const { open: left } = results;
  for (const line of left) {
    await results.add(recordOf(line, answer(line.prompt), 1, 1));
  }
  await results.close();
  return left.length;
}

Deno.test("killed at any byte of either file: nothing is lost, and nothing is done twice that was written whole", async () => {
  await inFolder(async (path) => {
    const lines = await readBatch(INPUT);
    const results = await open(path, lines);
    const [a, b, c, d] = lines as [BatchLine, BatchLine, BatchLine, BatchLine];
    await results.add(recordOf(a, answer("a"), 1, 1));
    await results.add(recordOf(d, answer("d"), 1, 1));
    await results.spend(b, 0.5);
    await results.add(recordOf(c, answer("ü"), 1, 1));
    await results.close();
    const whole = await Deno.readFile(path);
    const ahead = await Deno.readFile(`${path}.ahead`);
    const ends = (bytes: Uint8Array) =>
      bytes.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0);
    assertEquals([ends(whole), ends(ahead)], [1, 3]);
    const results2 = await open(path, lines);
    assertEquals(results2.counts, { done: 3, failed: 0, costUsd: 3.5 });
    await results2.close();
    for (let cut = 0; cut <= whole.length; cut++) {
      await Deno.writeFile(path, whole.subarray(0, cut));
      await Deno.writeFile(`${path}.ahead`, ahead);
      const done = cut === whole.length ? 1 : 0;
      assertEquals(await finish(path), 2 - done, `cut at ${cut}`);
      assertEquals(await textsIn(path), ["a", "b", "ü", "d"]);
      assertEquals(await isThere(`${path}.ahead`), false);
    }
    for (let cut = 0; cut <= ahead.length; cut++) {
      await Deno.writeFile(path, whole);
      await Deno.writeFile(`${path}.ahead`, ahead.subarray(0, cut));
      const kept = ahead.subarray(0, cut);
      // The line between the two results is a cost.
      const done = ends(kept) === 3 ? 2 : ends(kept) >= 1 ? 1 : 0;
      assertEquals(await finish(path), 3 - done, `cut at ${cut}`);
      assertEquals(await textsIn(path), ["a", "b", "ü", "d"]);
    }
  });
});

Deno.test("--retry-failed tries only failures again, keeps the order, and their cost", async () => {
  await inFolder(async (path) => {
    const lines = await readBatch(INPUT);
    const first = await open(path, lines);
    for (const [at, line] of lines.entries()) {
      const outcome = at % 2 === 1 ? FAILED : answer(line.prompt);
      await first.add(recordOf(line, outcome, 1, 1));
    }
    await first.close();
    assertEquals(await textsIn(path), ["a", "failed", "ü", "failed"]);
    const plain = await open(path, lines);
    assertEquals([plain.open.length, plain.counts.failed], [0, 2]);
    await plain.close();
    const again = await open(path, lines, true);
    assertEquals(again.open.map(({ line }) => line), [2, 4]);
    assertEquals(again.counts, { done: 2, failed: 0, costUsd: 4 });
    await again.close();
    // A run that is killed now continues without the flag as well.
    assertEquals(await finish(path), 2);
    assertEquals(await textsIn(path), ["a", "b", "ü", "d"]);
  });
});

Deno.test("a file of something else is neither cut nor written to", async () => {
  for (
    const text of ["my notes", "my notes\n", '{"a":1}\n', "x".repeat(9000)]
  ) {
    await inFolder(async (path) => {
      await Deno.writeTextFile(path, text);
      await assertRejects(
        async () => await open(path, await readBatch(INPUT)),
        UsageError,
        "something other than results",
      );
      assertEquals(await Deno.readTextFile(path), text);
    });
  }
});

Deno.test("results of another input, prompt or part are told by their line", async () => {
  await inFolder(async (path) => {
    await finish(path);
    const cases = [
      [INPUT.replace('"b"', '"x"'), "its line 2 is not the result of line 2"],
      [`\n${INPUT}`, "its line 1 is not the result of line 2"],
      ['{"prompt":"a"}\n', "its line 2 is more than the input has"],
    ] as const;
    for (const [input, expected] of cases) {
      await assertRejects(
        async () => await open(path, await readBatch(input)),
        UsageError,
        expected,
      );
    }
    // A longer input is the same one with more to do.
    const more = await open(path, await readBatch(`${INPUT}{"prompt":"e"}\n`));
    assertEquals(more.open.map(({ line }) => line), [5]);
    await more.close();
  });
});

Deno.test("two batches do not write to one file", async () => {
  await inFolder(async (path) => {
    const lines = await readBatch(INPUT);
    const first = await open(path, lines);
    await assertRejects(
      () => open(path, lines),
      UsageError,
      "another batch is writing to it",
    );
    await first.close();
    await (await open(path, lines)).close();
  });
});

Deno.test("a result is read by its owner alone", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await inFolder(async (path) => {
    const lines = await readBatch(INPUT);
    const results = await open(path, lines);
    const last = lines.at(-1);
    assert(last !== undefined);
    await results.add(recordOf(last, answer("d"), 0, 1));
    await results.close();
    for (const file of [path, `${path}.ahead`]) {
      assertEquals(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
    }
  });
});
