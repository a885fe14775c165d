// The same scenario over the stand-ins and, through the scripted Messages API, over the
// real CLI: what a program sees of the conversation is the same.

import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  deny,
  type Policy,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
  TurnError,
  type UserAnswers,
} from "../../mod.ts";
import {
  MemoryClaude,
  MessagesApi,
  replay,
  type Scenario,
  Scratch,
  ScriptedClaude,
  step,
  turnSnapshot,
} from "../../src/testing/mod.ts";
import { live } from "../support/live_world.ts";
import { realClaudePath } from "../support/real_claude.ts";

interface Case {
  readonly scenario: Scenario;
  readonly prompts: readonly string[];
  readonly policy?: Policy;
  readonly answers?: UserAnswers;
  /** Which of two calls is told of first is a matter of chance. */
  readonly overlaps?: boolean;
}

const echo = (
  what: string,
  refused?: readonly ReturnType<typeof step.text>[],
) =>
  step.toolCall("Bash", { command: `printf ${what}`, description: "Says it" }, {
    asks: true,
    output: what,
    ...(refused === undefined ? {} : { refused }),
  });

const CASES: Readonly<Record<string, Case>> = {
  "text in pieces, two turns": {
    scenario: step.conversation([
      [step.text("Hello there.", { deltas: 4 })],
      [step.text("Bye.")],
    ]),
    prompts: ["one", "two"],
  },
  "prompts by text and pattern": {
    scenario: step.conversation([[step.text("first")]], {
      onPrompt: [
        step.onPrompt(/^add (\d+)$/, [step.text("a number")]),
        step.onPrompt("bye", [step.text("Bye.")]),
      ],
      forEveryPrompt: [step.echo("You said {prompt}")],
    }),
    prompts: ["bye", "add 3", "add x", "add y"],
  },
  "thinking, a tool, text": {
    scenario: step.conversation([[
      step.thinking("hm"),
      step.text("I look. "),
      echo("ran"),
      step.when("tool_result", { contains: "ran" }, [step.text("it ran")]),
    ]]),
    prompts: ["one"],
    policy: callback(() => allow()),
  },
  "two tools in one message": {
    scenario: step.conversation([[
      step.toolCalls([
        ...echo("a").calls,
        ...echo("b").calls,
      ]),
      step.text("both"),
    ]]),
    prompts: ["one"],
    overlaps: true,
    policy: callback(() => allow()),
  },
  "a tool that is denied": {
    scenario: step.conversation([[
      echo("never", [step.text("you said no")]),
      step.text("it ran"),
    ]]),
    prompts: ["one"],
    policy: callback(() => deny("no")),
  },
  "a question to a person": {
    scenario: step.conversation([[
      step.question([{
        question: "Which colour?",
        options: [{ label: "Red" }, { label: "Blue" }],
      }]),
      step.when("tool_result", { contains: '"Which colour?"="Blue"' }, [
        step.text("Blue it is."),
      ], [step.text("What?")]),
    ]]),
    prompts: ["one"],
    answers: { "Which colour?": "Blue" },
  },
  "a failure of the API": {
    scenario: step.conversation([
      [
        step.apiRetry({ status: 401 }),
        step.apiError(401, "authentication_failed", "No."),
      ],
      [step.text("second")],
    ], { onPrompt: [step.onPrompt("three", [step.text("third")])] }),
    prompts: ["one", "three", "two"],
  },
  "another attempt": {
    scenario: step.conversation([[
      step.apiRetry({ status: 529 }),
      step.text("at last"),
    ]]),
    prompts: ["one"],
  },
  "a context that is full": {
    scenario: step.conversation([[step.contextOverflow()]]),
    prompts: ["one"],
  },
  "a refusal": {
    scenario: step.conversation([[step.refusal()]]),
    prompts: ["one"],
  },
};

/** A session with most kinds of things in it. */
const RECORDED = {
  scenario: step.conversation([
    [
      step.thinking("hm"),
      step.text("I look. ", { deltas: 3 }),
      echo("ran"),
      step.text("it ran"),
    ],
    [step.apiRetry({ status: 529 }), step.text("two 台🙂")],
  ]),
  prompts: ["one", "two"],
  policy: callback(() => allow()),
};

/** What the program sees of the conversation, without the CLI's own words. */
function told(event: ClaudeEvent): unknown {
  switch (event.type) {
    case "assistant_text":
      return event.error !== undefined
        ? [event.type]
        : [event.type, event.text];
    case "thinking":
      return [event.type, event.text];
    case "tool_use":
      return [event.type, event.name, event.input];
    case "tool_result":
      return [event.type, event.isError, event.isError || event.text];
    case "result":
      return [event.type, event.subtype, event.isError, event.terminalReason];
    case "api_retry":
      return [event.type];
    default:
      return undefined;
  }
}

async function seen(one: Case, options: SessionOptions): Promise<unknown[]> {
  const list: unknown[] = [];
  await using session = new AsyncSession({
    ...options,
    ...(one.policy === undefined ? {} : { policy: one.policy }),
    ...(one.answers === undefined ? {} : { onQuestion: () => one.answers }),
  });
  for (const prompt of one.prompts) {
    const turn = session.send(prompt);
    for await (const event of turn) list.push(told(event));
    try {
      list.push(await turn.text());
    } catch (error) {
      if (!(error instanceof TurnError)) throw error;
      list.push(["failed", error.code]);
    }
  }
  const seen = list.filter((item) => item !== undefined);
  if (one.overlaps !== true) return seen;
  return seen.map((item) => JSON.stringify(item)).sort();
}

/** What a scenario needs of the CLI. */
const NEEDS: Readonly<Record<string, readonly { readonly since: string }[]>> = {
  "a failure of the API": [BEHAVIORS.apiErrorReason],
  "a refusal": [BEHAVIORS.lateRefusalFails],
};

for (const [name, one] of Object.entries(CASES)) {
  live(
    `a scenario is the same over process, memory and the real CLI: ${name}`,
    async () => {
      const memory = new MemoryClaude(one.scenario);
      const expected = await seen(one, { spawn: memory.spawn });
      await using claude = await ScriptedClaude.create(one.scenario);
      assertEquals(await seen(one, { claudePath: claude.command }), expected);
      await using scratch = await Scratch.create();
      await using api = await MessagesApi.play(one.scenario);
      const real = await seen(one, {
        claudePath: realClaudePath() ?? "claude",
        cwd: scratch.cwd,
        clearEnv: true,
        env: {
          ...api.environment({
            home: scratch.home,
            temporary: scratch.temporary,
          }),
          CLAUDE_CODE_MAX_RETRIES: "1",
        },
      });
      assertEquals(api.problems, []);
      assertEquals(real, expected);
    },
    ...NEEDS[name] ?? [],
  );
}

live(
  "a recording of the real CLI gives equal events, replayed by both sessions",
  async () => {
    const { scenario, prompts, policy } = RECORDED;
    const path = await Deno.makeTempFile({ suffix: ".ndjson" });
    await using scratch = await Scratch.create();
    await using api = await MessagesApi.play(scenario);
    const options: SyncSessionOptions = { policy, cwd: scratch.cwd };
    const lived: ClaudeEvent[] = [];
    {
      await using session = new AsyncSession({
        ...options,
        claudePath: realClaudePath() ?? "claude",
        clearEnv: true,
        env: api.environment({
          home: scratch.home,
          temporary: scratch.temporary,
        }),
        record: path,
      });
      for (const prompt of prompts) {
        for await (const event of session.send(prompt)) lived.push(event);
      }
    }
    const expected = turnSnapshot(lived, { deltas: true });
    assert(expected.length > 30, `${expected.length}`);
    const recording = replay(path);
    const again: ClaudeEvent[] = [];
    {
      await using session = new AsyncSession({ ...options, spawn: recording });
      for (const prompt of prompts) {
        for await (const event of session.send(prompt)) again.push(event);
      }
    }
    recording.check();
    assertEquals(turnSnapshot(again, { deltas: true }), expected);
    await using claude = await ScriptedClaude.replay(path);
    const blocking: ClaudeEvent[] = [];
    {
      using session = new SyncSession({
        ...options,
        claudePath: claude.command,
      });
      for (const prompt of prompts) blocking.push(...session.send(prompt));
    }
    claude.check();
    assertEquals(turnSnapshot(blocking, { deltas: true }), expected);
    await Deno.remove(path);
  },
);

Deno.test("what only a stand-in can play is told, with its place", async () => {
  const rows: readonly (readonly [Scenario, string])[] = [
    [
      step.conversation([[step.text("x"), step.exit(1)]]),
      'the step "exit" at processes.0.turns.0.1',
    ],
    [
      step.conversation([], {
        onPrompt: [
          step.onPrompt("x", [step.when("prompt", "x", [step.write("y")])]),
        ],
      }),
      'the step "write" at processes.0.onPrompt.0.turn.0.then.0',
    ],
    [
      step.conversation([], { ignore: ["sigterm"] }),
      'the field "ignore" at processes.0',
    ],
    [{ processes: [{}, {}] }, "expected one process, got 2"],
  ];
  for (const [scenario, text] of rows) {
    await assertRejects(
      () => MessagesApi.play(scenario),
      RangeError,
      text,
    );
  }
});
