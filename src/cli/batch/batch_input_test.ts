// Lines of a batch, the part of it that a machine does, and the bar.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { UsageError } from "../failure/usage_error.ts";
import { barText } from "./batch_bar.ts";
import { readBatch } from "./batch_input.ts";
import { linesOf, shardOf } from "./shard.ts";

/** A line, and what is told of it; nothing if it can be used. */
const LINES: readonly (readonly [string, string?])[] = [
  ['{"prompt":"a"}'],
  ['{"prompt":"a","id":"x","model":"haiku","effort":"low"}'],
  ['{"prompt":"a","systemPrompt":"be brief","maxTurns":2}'],
  ['{"prompt":"a","schema":"name, age int"}'],
  ['{"prompt":"a","schema":{"type":"object"}}'],
  ["nonsense", "line 1: it is no JSON"],
  ["[1]", "line 1: expected an object, got a list"],
  ["5", "line 1: expected an object, got 5"],
  ["{}", 'line 1: it has no "prompt"'],
  ['{"prompt":" "}', "line 1: prompt: expected a text"],
  ['{"prompt":7}', "line 1: prompt: expected a text"],
  ['{"prompt":"a","modle":"x"}', 'no field "modle", did you mean "model"?'],
  ['{"prompt":"a","model":5}', "line 1: model: expected "],
  ['{"prompt":"a","effort":"hihg"}', "line 1: effort: expected "],
  ['{"prompt":"a","maxTurns":0}', "line 1: maxTurns: expected "],
  ['{"prompt":"a","schema":"x bol"}', 'did you mean "bool"?'],
  ['{"prompt":"a","id":{}}', "line 1: id: expected a text or a number"],
  ['{"prompt":"a","allow":"all"}', 'no field "allow"'],
];

for (const [line, expected] of LINES) {
  Deno.test(`a line of a batch: ${line}`, async () => {
    if (expected === undefined) {
      assertEquals((await readBatch(line)).length, 1);
      return;
    }
    const error = await assertRejects(() => readBatch(line), UsageError);
    assertStringIncludes(error.message, expected);
  });
}

Deno.test("all faults are told at once, with the number of the line", async () => {
  const text = 'x\n\n{"prompt":"a","id":1}\n{"prompt":"b","id":1,"foo":2}\n{}';
  const error = await assertRejects(() => readBatch(text), UsageError);
  assertEquals(
    error.message.match(/line \d+:/g),
    ["line 1:", "line 4:", "line 4:", "line 5:"],
  );
  assertStringIncludes(error.message, "id: 1 is that of line 3");
});

Deno.test("a template takes fields of the line, which are no options then", async () => {
  const rows = '{"model":"T","year":1908,"id":3}\n{"model":"2CV","year":[1]}\n';
  const lines = await readBatch(rows, "{{model}} of {{ year }}, {{model}}");
  assertEquals(lines.map(({ prompt }) => prompt), [
    "T of 1908, T",
    "2CV of [1], 2CV",
  ]);
  assertEquals(lines.map(({ id, options }) => [id, options]), [
    [3, {}],
    [undefined, {}],
  ]);
  // What a value says is no template.
  const [odd] = await readBatch('{"a":"{{b}}","b":"x"}', "{{a}}");
  assertEquals(odd?.prompt, "{{b}}");
  const error = await assertRejects(
    () => readBatch('{"text":"x"}\n{"txt":"y"}', "{{text}}"),
    UsageError,
  );
  assertStringIncludes(
    error.message,
    'line 2: it has no "text", did you mean {{txt}}?',
  );
});

Deno.test("a line has another key once its prompt or an option is another", async () => {
  const rows = [
    '{"prompt":"a"}',
    '{"prompt":"b"}',
    '{"prompt":"a","model":"x"}',
    '{"prompt":"a","id":"same"}',
  ];
  const keys = (await readBatch(rows.join("\n"))).map(({ key }) => key);
  assertEquals(new Set(keys).size, 3);
  assertEquals(keys[0], keys[3]);
});

type Environment = Readonly<Record<string, string>>;

/** `--shard`, the environment, and the part: `index/count`, `all`, or what is told. */
const SHARDS: readonly (readonly [string | undefined, Environment, string])[] =
  [
    [undefined, {}, "all"],
    ["1/4", {}, "0/4"],
    ["4/4", { JOB_COMPLETION_INDEX: "2" }, "3/4"],
    ["1/1", { JOB_COMPLETION_INDEX: "2" }, "0/1"],
    ["0/4", {}, "such as 1/4 to 4/4"],
    ["5/4", {}, "such as 1/4 to 4/4"],
    ["a", {}, "such as 1/4 to 4/4"],
    [undefined, {
      JOB_COMPLETION_INDEX: "2",
      CLAUDESTREAM_SHARD_COUNT: "8",
    }, "2/8"],
    [undefined, { JOB_COMPLETION_INDEX: "2" }, "how many parts there are"],
    [undefined, {
      JOB_COMPLETION_INDEX: "8",
      CLAUDESTREAM_SHARD_COUNT: "8",
    }, "there are 8 parts, 0 to 7"],
    [undefined, { CLAUDESTREAM_SHARD_COUNT: "8" }, "all"],
    [undefined, { JOB_COMPLETION_INDEX: "x" }, "expected a whole number"],
    [undefined, slurm("3", "4", "0", "3", "1"), "3/4"],
    [undefined, slurm("4", "4", "1", "4", "1"), "3/4"],
    [undefined, slurm("15", "4", "10", "25", "5"), "1/4"],
    [undefined, slurm("5", "3", "1", "7", "1"), "no even steps"],
    [undefined, slurm("3", "1", "3", "3", "1"), "0/1"],
    [undefined, {
      ...slurm("3", "1", "3", "3", "1"),
      CLAUDESTREAM_SHARD_COUNT: "8",
    }, "3/8"],
    [undefined, { SLURM_ARRAY_TASK_ID: "3" }, "no even steps"],
  ];

function slurm(
  id: string,
  count: string,
  min: string,
  max: string,
  step: string,
): Environment {
  return {
    SLURM_ARRAY_TASK_ID: id,
    SLURM_ARRAY_TASK_COUNT: count,
    SLURM_ARRAY_TASK_MIN: min,
    SLURM_ARRAY_TASK_MAX: max,
    SLURM_ARRAY_TASK_STEP: step,
  };
}

for (const [flag, env, expected] of SHARDS) {
  Deno.test(`the part of ${flag ?? ""} ${JSON.stringify(env)}: ${expected}`, () => {
    const part = () => shardOf(flag, (name) => env[name]);
    if (!/^(\d+\/\d+|all)$/.test(expected)) {
      assertStringIncludes(assertThrows(part, UsageError).message, expected);
      return;
    }
    const shard = part();
    const shown = shard === undefined ? "all" : `${shard.index}/${shard.count}`;
    assertEquals(shown, expected);
  });
}

Deno.test("the parts of a batch are all of it, and each line is in one", () => {
  const lines = Array.from({ length: 11 }, (_, at) => at);
  for (let count = 1; count <= 13; count++) {
    const parts = Array.from(
      { length: count },
      (_, index) => linesOf(lines, { index, count }),
    );
    assertEquals(parts.flat().sort((a, b) => a - b), lines);
  }
});

Deno.test("the bar fits every width, and its numbers are right", () => {
  const progress = {
    total: 1200,
    done: 298,
    failed: 2,
    running: 4,
    costUsd: 1.5,
    before: 100,
    elapsedMs: 600_000,
  };
  for (let columns = 20; columns <= 200; columns++) {
    const text = barText(progress, columns);
    assert([...text].length < columns, `${columns}: ${text}`);
    assertStringIncludes(text, "300/1,200");
  }
  assertEquals(
    barText(progress, 80),
    "████░░░░░░░░░░░░░ 300/1,200 · 2 failed · 4 running · 20/min · $1.50 · 45 m left",
  );
  assertEquals(
    barText(progress, 200),
    "██████░░░░░░░░░░░░░░░░░░ 300/1,200 · 2 failed · 4 running · 20/min · $1.50 · 45 m left",
  );
  const until = new Date(2026, 0, 1, 14, 5).getTime();
  assertStringIncludes(
    barText({ ...progress, pausedUntil: until }, 200),
    "waiting until 14:05",
  );
});
