// Answers of the host in all shapes, other than those about tool calls (see
// live_permission_answers_test.ts), and what the real CLI makes of them: it takes them,
// or we told of the mistake before anything was written.

import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import {
  allowAll,
  AsyncSession,
  type Decision,
  defineTool,
  deny,
  dialog,
  elicit,
  hook,
  type HookEvent,
  type HookOptions,
} from "../../mod.ts";
import { block, reply, ScriptedClaude, step } from "../../src/testing/mod.ts";
import { ASKING_SERVER } from "../support/asking_server.ts";
import {
  each,
  HUGE,
  many,
  ODD,
  together,
  type Variant,
} from "../support/live_variants.ts";
import { exists, live } from "../support/live_world.ts";

function throws(error: unknown): () => never {
  return () => {
    throw error;
  };
}

function cyclic(): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  made.self = made;
  return made;
}

/** What is an answer to nothing. */
const NEVER: readonly Variant[] = [
  ["null", () => null, "refused"],
  ["a number", () => NaN, "refused"],
  ["a bigint", () => 1n, "refused"],
  ["true", () => true, "refused"],
  ["a text", () => "allow", "refused"],
  ["a list", () => [], "refused"],
  ["a list of an object", () => [{ behavior: "allow" }], "refused"],
  ["a function", () => () => {}, "refused"],
  ["a symbol", () => Symbol("s"), "refused"],
  ["a cycle", cyclic, "refused"],
  ["a date", () => new Date(), "refused"],
  ["a throw", throws(new Error("broken")), "refused"],
  ["a throw of nothing", throws(undefined), "refused"],
  ["a throw without a text", throws(Object.create(null)), "refused"],
  ["a rejection", () => Promise.reject(new Error("broken")), "refused"],
  [
    "a rejection without a text",
    () => Promise.reject(Object.create(null)),
    "refused",
  ],
  ["a promise of null", () => Promise.resolve(null), "refused"],
  [
    "a getter that throws",
    () =>
      Object.defineProperty({}, "hookSpecificOutput", {
        enumerable: true,
        get: throws(new Error("broken")),
      }),
    "refused",
  ],
];

const MISTAKES: readonly Variant[] = [
  ["another event", () => ({
    hookSpecificOutput: { hookEventName: "SessionEnd" },
  }), "refused"],
  ["an unknown key", () => ({ permissionDecision: "allow" }), "refused"],
  ["a wrong continue", () => ({ continue: "no" }), "refused"],
  ["a null in it", () => ({ hookSpecificOutput: null }), "refused"],
  ["a list in it", () => ({ hookSpecificOutput: [] }), "refused"],
  ["a wrong context", () => hook.context(1n as never), "refused"],
  ["a wrong decision", () => ({ decision: "deny" }), "refused"],
  ["a block without a reason", () => ({ kind: "block" }), "refused"],
  ["a kind of no helper", () => ({ kind: "maybe" }), "refused"],
  ["async for no time", () => hook.async({ timeoutMs: NaN }), "refused"],
  ["async for ever", () => hook.async({ timeoutMs: Infinity }), "taken"],
  [
    "async for a text",
    () => hook.async({ timeoutMs: "5" as never }),
    "refused",
  ],
  ["async of its own words", () => ({ async: true }), "refused"],
];

const FINE: readonly Variant[] = [
  ["nothing", () => undefined, "taken"],
  ["an empty object", () => ({}), "taken"],
  ["an odd text", () => ({ systemMessage: ODD }), "taken"],
  ["a huge text", () => ({ systemMessage: HUGE }), "taken"],
  ["async", () => hook.async({ timeoutMs: 1000 }), "taken"],
  ["no words of its own", () => ({ hookSpecificOutput: {} }), "taken"],
];

const CONTEXTS: readonly Variant[] = [
  ["an empty context", () => hook.context(""), "taken"],
  ["an odd context", () => hook.context(ODD), "taken"],
  ["a huge context", () => hook.context(HUGE), "taken"],
];

const HOOKS: Readonly<Partial<Record<HookEvent, readonly Variant[]>>> = {
  PreToolUse: [
    ["an allowance", () => hook.allow({ reason: ODD }), "taken"],
    [
      "an input with an unknown field",
      () => hook.allow({ input: { command: "true", more: [null] } }),
      "taken",
    ],
    [
      "an input of a list",
      () => hook.allow({ input: [] as never }),
      "refused",
    ],
    ["an input of null", () => hook.allow({ input: null as never }), "refused"],
    [
      "an input that JSON cannot hold",
      () => hook.allow({ input: cyclic() }),
      "refused",
    ],
    [
      "an input that becomes a text",
      () => hook.allow({ input: { toJSON: () => "text" } }),
      "refused",
    ],
    [
      "a reason of a number",
      () => hook.allow({ reason: 5 as never }),
      "refused",
    ],
    ["a denial for a number", () => hook.deny(5 as never), "refused"],
    ["a decision of another event", () => ({
      hookSpecificOutput: { decision: { behavior: "allow" } },
    }), "refused"],
    ["an unknown decision", () => ({
      hookSpecificOutput: { permissionDecision: "yes" },
    }), "refused"],
  ],
  PostToolUse: [
    ["an allowance", () => hook.allow(), "refused"],
    ["a huge objection", () => hook.block(HUGE), "taken"],
    ["no output", () => ({
      hookSpecificOutput: { updatedToolOutput: null },
    }), "taken"],
    ["an output of another shape", () => ({
      hookSpecificOutput: { updatedToolOutput: { a: [1] } },
    }), "taken"],
    ["an output that JSON cannot hold", () => ({
      hookSpecificOutput: { updatedToolOutput: 1n },
    }), "refused"],
  ],
  UserPromptSubmit: [
    ["a denial", () => hook.deny("no"), "refused"],
    ["a title of a number", () => ({
      hookSpecificOutput: { sessionTitle: 5 },
    }), "refused"],
    ["a title", () => ({
      hookSpecificOutput: { sessionTitle: ODD },
    }), "taken"],
  ],
  Stop: [
    ["a denial", () => hook.deny("no"), "refused"],
    ["a huge objection", () => hook.block(HUGE), "taken"],
  ],
};

/** All answers of the hook of one event, in one session. */
async function fuzzHook(
  name: string,
  variants: readonly Variant[],
): Promise<void> {
  let answer: (() => unknown) | undefined;
  const run = () => {
    const now = answer;
    // The turn may come by again.
    answer = undefined;
    return now?.() as undefined;
  };
  const hooks: HookOptions = { [name]: [{ run }] };
  await using on = await many({ hooks, allowedTools: ["Bash"] });
  await each(variants, async ([about, made, expected], index) => {
    const shown = `${name}: ${about}`;
    answer = made;
    const file = `made-${index}.txt`;
    const { results, failed } = await on.turn(
      shown,
      ...name.endsWith("ToolUse")
        ? [reply.toolUse("Bash", { command: `touch ${file}` })]
        : [],
      reply.text("done"),
    );
    assertEquals(answer, undefined, shown);
    assertEquals(failed, expected === "refused" ? [name] : [], shown);
    if (name !== "PreToolUse" || expected === "taken") return;
    assert(!await exists(`${on.scratch.cwd}/${file}`), shown);
    assert(
      results[0]?.text.includes(`The hook "PreToolUse" failed`),
      `${shown}: ${results[0]?.text}`,
    );
  });
}

live("hooks: each answer is taken by the CLI or refused by us", async () => {
  const wrong = [...NEVER, ...MISTAKES];
  await together(
    Object.entries(HOOKS).map(([name, own], at) =>
      fuzzHook(name, [
        // The same code reads them for all events, so the others share them.
        ...wrong.filter((_, index) => at === 0 || index % 3 === at - 1),
        ...FINE,
        ...CONTEXTS,
        ...own,
      ])
    ),
  );
});

live("results of tools, each taken by the CLI or refused by us", async () => {
  const text = (fields: Record<string, unknown>) => ({
    content: [{ type: "text", text: "t", ...fields }],
  });
  const piece = (fields: Record<string, unknown>) => ({ content: [fields] });
  const variants: readonly Variant[] = [
    ["null", () => null, "taken"],
    ["nothing", () => undefined, "taken"],
    ["NaN", () => NaN, "taken"],
    ["a bigint", () => 1n, "refused"],
    ["a cycle", cyclic, "refused"],
    ["a function", () => () => {}, "refused"],
    ["a symbol", () => Symbol("s"), "refused"],
    ["an empty text", () => "", "taken"],
    ["an odd text", () => ODD, "taken"],
    ["a huge text", () => HUGE, "taken"],
    ["an empty object", () => ({}), "taken"],
    ["an empty list", () => [], "taken"],
    ["no blocks", () => ({ content: [] }), "taken"],
    ["content of null", () => ({ content: null }), "taken"],
    ["a block of null", () => ({ content: [null] }), "taken"],
    ["a block of no type", () => piece({ type: "video" }), "refused"],
    [
      "a block of another object's type",
      () => piece({ type: "toString" }),
      "refused",
    ],
    ["a text of a number", () => text({ text: 5 }), "refused"],
    ["a text with more", () => text({ more: { a: [null] } }), "taken"],
    ["a text with a cycle", () => text({ more: cyclic() }), "refused"],
    ["a text with a bigint", () => text({ more: 1n }), "refused"],
    [
      "a text with wrong annotations",
      () => text({ annotations: 5 }),
      "refused",
    ],
    ["a text with wrong _meta", () => text({ _meta: 5 }), "refused"],
    [
      "an image of no base64",
      () => piece({ type: "image", data: "?!", mimeType: "image/png" }),
      "refused",
    ],
    [
      "an image of no bytes",
      () => piece({ type: "image", data: "", mimeType: "image/png" }),
      "taken",
    ],
    [
      "an image without a type",
      () => piece({ type: "image", data: "AA==" }),
      "refused",
    ],
    ["bytes of nothing", () => new Uint8Array(), "refused"],
    [
      "a resource of null",
      () => piece({ type: "resource", resource: null }),
      "refused",
    ],
    [
      "a resource with a wrong type",
      () =>
        piece({
          type: "resource",
          resource: { uri: "a:b", text: "t", mimeType: 5 },
        }),
      "refused",
    ],
    [
      "a resource of no base64",
      () => piece({ type: "resource", resource: { uri: "a:b", blob: "?!" } }),
      "refused",
    ],
    [
      "a link with a wrong description",
      () =>
        piece({ type: "resource_link", uri: "a:b", name: "n", description: 5 }),
      "refused",
    ],
    [
      "data of a list",
      () => ({ content: [], structuredContent: [] }),
      "refused",
    ],
    [
      "data of null",
      () => ({ content: [], structuredContent: null }),
      "refused",
    ],
    ["data with a bigint", () => ({ structuredContent: { a: 1n } }), "refused"],
    [
      "data that becomes a text",
      () => ({ structuredContent: { toJSON: () => "text" } }),
      "refused",
    ],
    ["a wrong isError", () => ({ ...text({}), isError: "yes" }), "taken"],
    ["a wrong _meta", () => ({ ...text({}), _meta: 5 }), "taken"],
    [
      "a value that throws as JSON",
      () => ({ toJSON: throws(new Error("j")) }),
      "refused",
    ],
    ["a throw", throws(new Error("broken")), "refused"],
    ["a throw of nothing", throws(undefined), "refused"],
    ["a throw without a text", throws(Object.create(null)), "refused"],
    ["a rejection", () => Promise.reject(new Error(HUGE)), "refused"],
    ["a rejection of nothing", () => Promise.reject(), "refused"],
  ];
  const odd = defineTool({
    name: "odd",
    description: "Gives odd results",
    input: v.object({ at: v.number() }),
    run: ({ at }) => variants[at]?.[1]() as string,
  });
  await using on = await many({ tools: [odd], policy: allowAll() });
  // All of them in one reply.
  const { results, events } = await on.turn(
    "all",
    reply.message(
      variants.map((_, at) =>
        block.toolUse("mcp__tools__odd", { at }, { id: `toolu_${at}` })
      ),
    ),
    reply.text("done"),
  );
  await each(variants, ([about, , expected], at) => {
    const ours = events.find((event) =>
      event.type === "tool_call" && event.phase === "end" &&
      event.toolUseId === `toolu_${at}`
    );
    assert(ours?.type === "tool_call", about);
    assertEquals(ours.isError, expected === "refused", about);
    // The CLI sees it as we do: it has no objections of its own.
    const theirs = results.filter(({ toolUseId }) =>
      toolUseId === `toolu_${at}`
    );
    assertEquals(
      theirs.map(({ isError }) => isError),
      [expected === "refused"],
      `${about}: ${theirs[0]?.text.slice(0, 300)}`,
    );
  });
});

const QUESTION = {
  question: "Which colour?",
  header: "Colour",
  multiSelect: false,
  options: [
    { label: "Red", description: "warm" },
    { label: "Blue", description: "cool" },
  ],
};

live(
  "onQuestion: each answer is taken by the CLI or refused by us",
  async () => {
    const one = (given: unknown) => () => ({ "Which colour?": given });
    const variants: readonly Variant[] = [
      ...NEVER,
      ["nothing", () => undefined, "taken"],
      ["no answers", () => ({}), "refused"],
      ["an answer", one("Red"), "taken"],
      ["an odd answer", one(ODD), "taken"],
      ["a huge answer", one(HUGE), "taken"],
      ["an empty answer", one(""), "refused"],
      ["null for an answer", one(null), "refused"],
      ["a number for an answer", one(5), "refused"],
      ["a list of one", one(["Red"]), "taken"],
      ["a list of two", one(["Red", "Blue"]), "refused"],
      ["an empty list", one([]), "refused"],
      ["a list of null", one([null]), "refused"],
      ["an object for an answer", one({ label: "Red" }), "refused"],
      [
        "an answer too many",
        () => ({ "Which colour?": "Red", "Which size?": "L" }),
        "refused",
      ],
      ["another question", () => ({ "Which size?": "L" }), "refused"],
    ];
    let answer: () => unknown = () => undefined;
    await using on = await many({ onQuestion: () => answer() as undefined });
    await each(variants, async ([about, made, expected]) => {
      answer = made;
      const { results, failed } = await on.turn(
        about,
        reply.toolUse("AskUserQuestion", { questions: [QUESTION] }),
        reply.text("done"),
      );
      assertEquals(failed, expected === "refused" ? ["onQuestion"] : [], about);
      const text = results[0]?.text ?? "";
      const start = expected === "refused"
        ? /Nobody answered: /
        : about === "nothing"
        ? /it was left/
        : /The user answered: |Your questions have been answered/;
      assert(start.test(text), `${about}: ${text.slice(0, 300)}`);
    });
  },
);

live("onPlan: each answer is taken by the CLI or refused by us", async () => {
  const variants: readonly Variant[] = [
    ...NEVER,
    ["nothing", () => undefined, "taken"],
    ["an empty object", () => ({}), "refused"],
    ["an unknown behavior", () => ({ behavior: "ask" }), "refused"],
    ["an unknown key", () => ({ behavior: "allow", plan: "x" }), "refused"],
    ["a wrong input", () => ({ behavior: "allow", input: [] }), "refused"],
    [
      "an input with a cycle",
      () => ({ behavior: "allow", input: cyclic() }),
      "refused",
    ],
    ["a denial without a message", () => ({ behavior: "deny" }), "refused"],
    [
      "a denial of a number",
      () => ({ behavior: "deny", message: 5 }),
      "refused",
    ],
    ["an odd denial", () => deny(ODD), "taken"],
    ["a huge denial", () => deny(HUGE), "taken"],
  ];
  let answer: () => unknown = () => undefined;
  await using on = await many({
    permissionMode: "plan",
    onPlan: () => answer() as Decision,
  });
  await each(variants, async ([about, made, expected]) => {
    answer = made;
    const { results, failed } = await on.turn(
      about,
      reply.toolUse("ExitPlanMode", { plan: "1. Do it" }),
      reply.text("done"),
    );
    assertEquals(failed, expected === "refused" ? ["onPlan"] : [], about);
    assertEquals(results.map(({ isError }) => isError), [true], about);
    if (expected === "taken") return;
    const text = results[0]?.text ?? "";
    assert(text.includes("Nobody approved the plan: "), `${about}: ${text}`);
  });
});

live(
  "onElicitation: each answer is taken by the CLI or refused by us",
  async () => {
    const accept = (content: unknown) => () => elicit.accept(content as never);
    const variants: readonly Variant[] = [
      ...NEVER,
      ["nothing", () => undefined, "taken"],
      ["an empty object", () => ({}), "refused"],
      ["an unknown action", () => ({ action: "maybe" }), "refused"],
      ["a list of content", accept([]), "refused"],
      ["null for content", accept(null), "refused"],
      ["content that JSON cannot hold", accept({ name: 1n }), "refused"],
      ["content that becomes a text", accept({ toJSON: () => "x" }), "refused"],
      ["a name", accept({ name: "Ann" }), "taken"],
      ["an odd name", accept({ name: ODD }), "taken"],
      ["a huge name", accept({ name: HUGE }), "taken"],
      ["a name of a number", accept({ name: 5 }), "taken"],
      ["a name of null", accept({ name: null }), "refused"],
      ["a name of an object", accept({ name: { a: 1 } }), "refused"],
      ["no content", accept(undefined), "taken"],
      ["a field too many", accept({ name: "Ann", age: 5 }), "taken"],
      [
        "content of a denial",
        () => ({ action: "decline", content: 5 }),
        "taken",
      ],
      ["a cancellation", () => elicit.cancel(), "taken"],
    ];
    let answer: () => unknown = () => undefined;
    await using on = await many({
      allowedTools: ["mcp__asker__ask"],
      onElicitation: () => answer() as undefined,
      mcpServers: { asker: ASKING_SERVER },
    });
    await each(variants, async ([about, made, expected]) => {
      answer = made;
      const { results, failed } = await on.turn(
        about,
        reply.toolUse("mcp__asker__ask"),
        reply.text("done"),
      );
      assertEquals(
        failed,
        expected === "refused" ? ["onElicitation"] : [],
        about,
      );
      const text = results[0]?.text ?? "";
      const action = expected === "refused"
        ? "decline"
        : /^(a name|an odd name|a huge name|a field|no content)/
            .test(about)
        ? "accept"
        : about === "a cancellation"
        ? "cancel"
        : "decline";
      assert(text.includes(action), `${about}: ${text.slice(0, 300)}`);
    });
  },
);

Deno.test("onDialog: each answer is written as the CLI takes it, or refused", async () => {
  const variants: readonly Variant[] = [
    ...NEVER,
    ["nothing", () => undefined, "taken"],
    ["an empty object", () => ({}), "refused"],
    ["an unknown behavior", () => ({ behavior: "done" }), "refused"],
    ["a result with a cycle", () => dialog.complete(cyclic()), "refused"],
    ["a result of a bigint", () => dialog.complete(1n), "refused"],
    ["a cancellation", () => dialog.cancel(), "taken"],
    ["no result", () => dialog.complete(), "taken"],
    ["a result of NaN", () => dialog.complete(NaN), "taken"],
    ["a result of a function", () => dialog.complete(() => {}), "refused"],
    ["a huge result", () => dialog.complete(HUGE), "taken"],
  ];
  await using claude = await ScriptedClaude.create(
    step.conversation(variants.map((_, index) => [
      step.request({
        subtype: "request_user_dialog",
        dialog_kind: "colour",
        payload: {},
      }, { id: `dialog-${index}` }),
    ])),
  );
  let answer: () => unknown = () => undefined;
  await using session = new AsyncSession({
    claudePath: claude.command,
    dialogKinds: ["colour"],
    onDialog: () => answer() as undefined,
  });
  let failed = 0;
  using _ = session.on("handler_failed", () => failed++);
  await each(variants, async ([about, made, expected], index) => {
    answer = made;
    failed = 0;
    await session.ask(about);
    assertEquals(failed, expected === "refused" ? 1 : 0, about);
    const [written] = claude.received.filter(({ response }) =>
      (response as { request_id?: string } | undefined)?.request_id ===
        `dialog-${index}`
    );
    const { subtype, response } = written?.response as {
      subtype: string;
      response: Record<string, unknown>;
    };
    assertEquals(subtype, "success", about);
    const isCompleted = response.behavior === "completed";
    assertEquals(
      isCompleted,
      /^(no|a huge) result|a result of N/.test(about) &&
        expected === "taken",
      about,
    );
    assertEquals("result" in response, isCompleted, about);
  });
});
