// `batch` as a program: results in order, what a kill leaves, signals, limits, exit codes.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type ProcessScript,
  type Scenario,
  ScriptedClaude,
  step,
} from "../testing/mod.ts";
import { type Outcome, run, Running } from "./fixtures/child.ts";

const posix = { ignore: Deno.build.os === "windows" };

function everyProcess(process: ProcessScript): Scenario {
  return {
    processes: [{ forEveryPrompt: [step.echo("{prompt}!")], ...process }],
  };
}

/** A folder with lines that ask these prompts. */
class Place {
  readonly folder = Deno.makeTempDirSync();
  readonly input = `${this.folder}/in.jsonl`;
  readonly out = `${this.folder}/out.jsonl`;

  constructor(prompts: readonly string[]) {
    const lines = prompts.map((prompt) => `${JSON.stringify({ prompt })}\n`);
    Deno.writeTextFileSync(this.input, lines.join(""));
  }

  get args(): string[] {
    return ["batch", this.input, "--out", this.out];
  }

  records() {
    return Deno.readTextFileSync(this.out).trimEnd().split("\n")
      .map((line) => JSON.parse(line));
  }

  has(name: string): boolean {
    return [...Deno.readDirSync(this.folder)].some((file) =>
      file.name === name
    );
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function promptsOf(claude: ScriptedClaude): string[] {
  return claude.received.filter(({ type }) => type === "user").map((line) => {
    const { content } = line.message as {
      content: string | { text: string }[];
    };
    return typeof content === "string"
      ? content
      : content.map(({ text }) => text).join("");
  }).sort();
}

Deno.test("batch: a result for each line, in their order, on stdout or in a file", async () => {
  using place = new Place(["a", "b", "c", "d", "e"]);
  const plain = await run(everyProcess({}), ["batch", place.input, "--jobs=3"]);
  assertEquals(plain.code, 0, plain.stderr);
  const lines = plain.stdout.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  assertEquals(lines.map(({ line, text, status }) => [line, text, status]), [
    [1, "a!", "done"],
    [2, "b!", "done"],
    [3, "c!", "done"],
    [4, "d!", "done"],
    [5, "e!", "done"],
  ]);
  assert(lines.every(({ schemaVersion }) => schemaVersion === 1));
  // No bar on a pipe.
  assert(!/[█░]/.test(plain.stderr), plain.stderr);
  assertStringIncludes(plain.stderr, "5 done");
  const filed = await run(everyProcess({}), place.args);
  assertEquals([filed.code, filed.stdout], [0, ""], filed.stderr);
  assertEquals(place.records().map(({ text }) => text), [
    "a!",
    "b!",
    "c!",
    "d!",
    "e!",
  ]);
  assertEquals(place.has("out.jsonl.ahead"), false);
  await using idle = await ScriptedClaude.create(everyProcess({}));
  const again = await new Running(idle, place.args).end();
  assertEquals([again.code, idle.starts.length], [0, 0]);
});

Deno.test(
  "batch: after kill -9 the next run does what has no result, and only that",
  posix,
  async () => {
    using place = new Place(["a", "slow", "c", "d"]);
    await using claude = await ScriptedClaude.create(everyProcess({
      onPrompt: [step.onPrompt("slow", [step.gate("never")])],
    }));
    const running = new Running(claude, [...place.args, "--jobs=2"]);
    await claude.reached("never");
    // "c" and "d" are ahead of the line that hangs.
    for await (const _ of changes(place.folder)) {
      if (!place.has("out.jsonl.ahead")) continue;
      const ahead = await Deno.readTextFile(`${place.out}.ahead`);
      if (ahead.split("\n").length === 3) break;
    }
    running.child.kill("SIGKILL");
    await running.end();
    assertEquals(place.records().map(({ text }) => text), ["a!"]);
    // As if it had been killed in the middle of a line.
    await Deno.writeTextFile(place.out, '{"schemaVersion":1,"type":"batch_re', {
      append: true,
    });
    await using second = await ScriptedClaude.create(everyProcess({}));
    const { code, stderr } = await new Running(second, place.args).end();
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "going on: 3 of 4 lines have a result");
    assertEquals(promptsOf(second), ["slow"]);
    assertEquals(place.records().map(({ text }) => text), [
      "a!",
      "slow!",
      "c!",
      "d!",
    ]);
    assertEquals(place.has("out.jsonl.ahead"), false);
  },
);

/** Yields at first, and whenever something in a folder has changed. */
async function* changes(folder: string): AsyncIterable<unknown> {
  using watcher = Deno.watchFs(folder);
  yield undefined;
  yield* watcher;
}

Deno.test(
  "batch: Ctrl-C lets the running lines end, and says how to go on",
  posix,
  async () => {
    using place = new Place(["slow", "b", "c"]);
    await using claude = await ScriptedClaude.create(everyProcess({
      onPrompt: [step.onPrompt("slow", [step.gate("slow"), step.text("late")])],
    }));
    const running = new Running(claude, [...place.args, "--jobs=1"]);
    await claude.reached("slow");
    running.child.kill("SIGINT");
    await running.hears("finishing the 1 lines that run");
    await claude.release("slow");
    const { code, stderr } = await running.end();
    assertEquals(code, 130);
    assertStringIncludes(stderr, "to go on, run the same command again");
    assertEquals(place.records().map(({ text }) => text), ["late"]);
    assertEquals(promptsOf(claude), ["slow"]);
  },
);

for (
  const [signals, expected] of [
    [["SIGINT", "SIGINT"], 130],
    [["SIGTERM"], 143],
    [["SIGHUP"], 129],
  ] as const
) {
  Deno.test(
    `batch: ${
      signals.join(", ")
    } ends the running lines: exit code ${expected}`,
    posix,
    async () => {
      using place = new Place(["slow", "b"]);
      await using claude = await ScriptedClaude.create(everyProcess({
        onPrompt: [step.onPrompt("slow", [step.gate("slow")])],
      }));
      const running = new Running(claude, [...place.args, "--jobs=1"]);
      await claude.reached("slow");
      for (const [at, signal] of signals.entries()) {
        if (at > 0) await running.hears("Ctrl-C once more");
        running.child.kill(signal);
      }
      const { code } = await running.end();
      assertEquals(code, expected);
      assertEquals(await Deno.readTextFile(place.out), "");
      await claude.ended();
    },
  );
}

/** Each way to end, with its exit code and the last line of stderr. */
const ENDS: readonly {
  readonly name: string;
  readonly prompts?: readonly string[];
  readonly process?: ProcessScript;
  readonly args?: readonly string[];
  readonly code: number;
  readonly told: string;
  /** The status of each result. */
  readonly results: string[];
}[] = [
  {
    name: "a line fails",
    process: {
      onPrompt: [step.onPrompt("b", [step.refusal("I would rather not")])],
    },
    code: 1,
    told: "to try them again: --retry-failed",
    results: ["done", "failed", "done"],
  },
  {
    name: "no answer of the schema",
    args: ["--schema=name,"],
    code: 1,
    told: "--retry-failed",
    results: ["failed", "failed", "failed"],
  },
  {
    name: "a denied call, with --fail-on-deny",
    process: {
      onPrompt: [
        step.onPrompt("b", [
          step.toolCall("Bash", { command: "git status" }, { asks: true }),
          step.text("ok"),
        ]),
      ],
    },
    args: ["--fail-on-deny"],
    code: 1,
    told: "--retry-failed",
    results: ["done", "failed", "done"],
  },
  {
    name: "a wrong key",
    process: {
      forEveryPrompt: [
        step.apiError(401, "authentication_failed", "Invalid key"),
      ],
    },
    code: 4,
    told: "claude auth login",
    results: [],
  },
  {
    name: "no claude",
    args: ["--claude-path=/no/claude"],
    code: 3,
    told: "Check --claude-path",
    results: [],
  },
  {
    name: "the budget is spent",
    process: {
      forEveryPrompt: [
        step.text("ok"),
        step.result("success", {
          total_cost_usd: 0.6,
        }),
      ],
    },
    args: ["--budget=1", "--jobs=1"],
    code: 5,
    told: "Raise --budget (or --max-budget-usd)",
    results: ["done", "done"],
  },
  {
    name: "a limit whose end is too far away",
    process: {
      forEveryPrompt: [
        step.rateLimited({ resetsAt: Math.floor(Date.now() / 1000) + 86_400 }),
      ],
    },
    code: 75,
    told: "the limit ends",
    results: [],
  },
  {
    name: "the time of a line is over",
    process: { forEveryPrompt: [step.silence()] },
    prompts: ["a"],
    args: ["--timeout=500ms"],
    code: 1,
    told: "--retry-failed",
    results: ["failed"],
  },
];

for (const { name, prompts, process, args, code, told, results } of ENDS) {
  Deno.test(`batch: ${name}: exit code ${code}`, async () => {
    using place = new Place(prompts ?? ["a", "b", "c"]);
    const outcome = await run(everyProcess(process ?? {}), [
      ...place.args,
      "--jobs=1",
      ...args ?? [],
    ]);
    assertEquals(outcome.code, code, outcome.stderr);
    assertStringIncludes(lastLine(outcome), told);
    const text = await Deno.readTextFile(place.out);
    assertEquals(
      text.split("\n").slice(0, -1).map((line) => JSON.parse(line).status),
      results,
    );
  });
}

function lastLine({ stderr }: Outcome): string {
  return stderr.trimEnd().split("\n").at(-1) ?? "";
}

/** Wrong command lines: nothing is started. */
const WRONG: readonly (readonly [readonly string[], string])[] = [
  [[], "no file was named"],
  [["/no/file"], 'there is no "/no/file"'],
  [["IN", "IN"], "expected one file, got 2"],
  [["IN", "--out", "IN"], "into the file of the lines"],
  [["IN", "--rate", "fast"], "such as 30/m"],
  [["IN", "--rate", "0/m"], "such as 30/m"],
  [["IN", "--jobs", "0"], "--jobs"],
  [["IN", "--shard", "3/2"], "--shard"],
  [["IN", "--out", "/no/folder/out"], "there is no such directory"],
  [["IN", "--out", "/dev/null"], "expected a file"],
  [["IN", "--effort", "hihg"], "effort"],
  [["IN", "--prompt", "{{nothing}}"], 'it has no "nothing"'],
  [["IN", "--prompt", "@/no/file"], 'there is no "/no/file"'],
];

for (const [words, expected] of WRONG) {
  Deno.test(`batch ${words.join(" ")}: exit code 2, and nothing starts`, async () => {
    using place = new Place(["a"]);
    await using claude = await ScriptedClaude.create(everyProcess({}));
    const args = words.map((word) => word.replace("IN", place.input));
    const { code, stdout, stderr } = await new Running(claude, [
      "batch",
      ...args,
    ]).end();
    assertEquals([code, stdout, claude.starts.length], [2, "", 0], stderr);
    assertStringIncludes(stderr, expected);
  });
}

Deno.test("batch: a line whose tool ran before a crash is sent again only by --retry-failed", async () => {
  using place = new Place(["a"]);
  await using claude = await ScriptedClaude.create({
    processes: [
      {
        forEveryPrompt: [
          step.toolCall("Bash", { command: "x" }, { output: "ran" }),
          step.exit(3),
        ],
      },
      { forEveryPrompt: [step.echo("{prompt}!")] },
    ],
  });
  const first = await new Running(claude, place.args).end();
  assertEquals(first.code, 1, first.stderr);
  assertStringIncludes(lastLine(first), "--retry-failed");
  const [failed] = place.records();
  assertEquals([failed.status, failed.attempts], ["failed", 1]);
  assertEquals(claude.starts.length, 1);
  const next = await new Running(claude, [...place.args, "--retry-failed"])
    .end();
  assertEquals(next.code, 0, next.stderr);
  assertEquals(place.records().map(({ text }) => text), ["a!"]);
  assertEquals(promptsOf(claude), ["a", "a"]);
});

Deno.test("batch: lines from stdin, a template, options of a line, a schema", async () => {
  const rows = '{"name":"Ann","id":"x"}\n{"name":"Bob"}\n';
  const { code, stdout, stderr } = await run(everyProcess({}), [
    "batch",
    "-",
    "--prompt",
    "Greet {{name}}",
  ], rows);
  assertEquals(code, 0, stderr);
  assertEquals(
    stdout.trimEnd().split("\n").map((line) => JSON.parse(line))
      .map(({ id, text }) => [id, text]),
    [["x", "Greet Ann!"], [undefined, "Greet Bob!"]],
  );
  await using claude = await ScriptedClaude.create(everyProcess({
    forEveryPrompt: [step.result("success", {
      result: "ok",
      structured_output: { age: 4 },
    })],
  }));
  const running = new Running(claude, [
    "batch",
    "-",
    "--model=opus",
    "--jobs=1",
  ]);
  await running.write(
    '{"prompt":"a","model":"haiku","schema":"age int","systemPrompt":"brief"}\n',
  );
  const typed = await running.end();
  assertEquals(JSON.parse(typed.stdout).output, { age: 4 });
  assertStringIncludes(
    (claude.starts[0]?.arguments ?? []).join(" "),
    "--model=haiku",
  );
  const handshake = JSON.stringify(claude.received[0]?.request);
  assertStringIncludes(handshake, '"age":{"type":"integer"}');
  assertStringIncludes(handshake, '"systemPrompt":["brief"]');
});
