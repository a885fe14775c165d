// Answers of a schema, through both drivers.

import { assert, assertEquals, assertRejects } from "@std/assert";
import * as v from "valibot";
import {
  type Answer,
  AsyncSession,
  ConfigError,
  type SessionOptions,
  type StandardSchema,
  StateError,
  StructuredOutputError,
  SyncSession,
  type SyncSessionOptions,
  TurnError,
} from "../../mod.ts";
import {
  ScriptedClaude,
  step,
  type TurnScript,
} from "../../src/testing/mod.ts";

const CITY = v.object({
  name: v.string(),
  people: v.pipe(v.number(), v.transform((value) => value / 1e6)),
});
const OTHER = v.object({ ok: v.boolean() });

/** A turn that ends with this output. */
function gives(output?: unknown): TurnScript {
  return [
    step.text("x"),
    step.result("success", {
      result: "the text",
      ...output === undefined ? {} : { structured_output: output as never },
    }),
  ];
}

type Kind = "async" | "sync";

/** Runs something with a session of each kind, one process for each list of turns. */
async function both(
  options: SyncSessionOptions,
  processes: readonly (readonly TurnScript[])[],
  run: (
    session: Pick<AsyncSession, "send" | "setModel" | "setPermissionMode"> & {
      ask: (
        prompt: string,
        options?: { schema?: StandardSchema; jsonSchema?: object },
      ) => Promise<Answer>;
      start: () => Promise<unknown>;
      facts: () => AsyncSession | SyncSession;
    },
    claude: ScriptedClaude,
    kind: Kind,
  ) => Promise<void>,
): Promise<void> {
  for (const kind of ["async", "sync"] as const) {
    await using claude = await ScriptedClaude.create({
      processes: processes.map((turns) => ({ turns })),
    });
    const all: SessionOptions = { ...options, claudePath: claude.command };
    const session = kind === "async"
      ? new AsyncSession(all)
      : new SyncSession(all as SyncSessionOptions);
    try {
      await run(
        {
          ask: async (prompt, options) =>
            await session.ask(prompt, options as never),
          send: ((prompt: string) => session.send(prompt)) as never,
          start: async () => await session.start(),
          setModel: async (model) => await session.setModel(model),
          setPermissionMode: async (mode) =>
            await session.setPermissionMode(mode),
          facts: () => session,
        },
        claude,
        kind,
      );
    } finally {
      await session.close();
    }
  }
}

/** What each process was started with: the properties of its schema, and what it resumes. */
function starts(claude: ScriptedClaude): unknown[] {
  return claude.starts.map(({ arguments: words }, at) => {
    const [handshake] = claude.receivedBy(at);
    const { jsonSchema } = handshake?.request as {
      jsonSchema?: { properties: object };
    };
    return [
      Object.keys(jsonSchema?.properties ?? {}).join(),
      words.some((word) => word.startsWith("--resume=")),
    ];
  });
}

Deno.test("ask with a schema gives what the schema makes of the answer", async () => {
  const turns = [gives({ name: "Ulm", people: 126000 })];
  await both({}, [turns], async (session, claude) => {
    const { output, text } = await session.ask("go", { schema: CITY });
    assertEquals(output, { name: "Ulm", people: 0.126 });
    assertEquals(text, "the text");
    assertEquals(starts(claude), [["name,people", false]]);
  });
  // Known to the compiler, too.
  await using claude = await ScriptedClaude.create({ processes: [{ turns }] });
  await using session = new AsyncSession({ claudePath: claude.command });
  const { output } = await session.ask("go", { schema: CITY });
  const people: number = output.people;
  assertEquals(people, 0.126);
});

Deno.test("an answer that is not there, or does not fit, is an error", async () => {
  const turns = [
    gives(),
    gives({ name: 5 }),
    [step.result("error_max_structured_output_retries", {
      is_error: true,
      terminal_reason: "structured_output_retry_exhausted",
    })],
  ];
  await both({}, [turns], async (session) => {
    const missing = await assertRejects(
      () => session.ask("go", { schema: CITY }),
      StructuredOutputError,
    );
    assertEquals(
      [missing.reason, missing.text, missing.output, missing.code],
      ["missing", "x", undefined, "structured_output"],
    );
    const invalid = await assertRejects(
      () => session.ask("go", { schema: CITY }),
      StructuredOutputError,
      "name: ",
    );
    assertEquals(invalid.reason, "invalid");
    assertEquals(invalid.output, { name: 5 });
    assertEquals(invalid.issues.length, 2);
    const retries = await assertRejects(
      () => session.ask("go", { schema: CITY }),
      TurnError,
    );
    assertEquals(retries.code, "structured_output_retries");
  });
});

Deno.test("another schema, or none, goes on with the session in a new process", async () => {
  const processes = [
    [gives()],
    [gives({ name: "Ulm", people: 1 }), gives({ name: "Bonn", people: 1 })],
    [gives({ ok: true })],
    [gives(), gives()],
  ];
  await both({}, processes, async (session, claude) => {
    const facts = session.facts();
    const { id } = facts;
    await session.ask("one");
    await session.setModel("haiku");
    await session.setPermissionMode("plan");
    await session.ask("two", { schema: CITY });
    await session.ask("three", { schema: CITY });
    assertEquals(
      (await session.ask("four", { schema: OTHER })).output,
      { ok: true },
    );
    await session.send("five").text();
    await session.ask("six");
    assertEquals(starts(claude), [
      ["", false],
      ["name,people", true],
      ["ok", true],
      ["", true],
    ]);
    assertEquals([facts.id, facts.turnCount], [id, 6]);
    assertEquals(facts.restartCount, 3);
    // What was changed live holds on.
    for (const at of [1, 2, 3]) {
      const requests = claude.receivedBy(at).flatMap(({ request }) =>
        request === undefined ? [] : [request as Record<string, unknown>]
      );
      assertEquals(
        requests.slice(1, 3).map((
          { subtype, model, mode },
        ) => [subtype, model, mode]),
        [["set_model", "haiku", undefined], [
          "set_permission_mode",
          undefined,
          "plan",
        ]],
      );
    }
  });
});

Deno.test("a session that was only started has nothing to resume", async () => {
  const processes = [[], [gives({ ok: true })]];
  await both({ persist: false }, processes, async (session, claude) => {
    await session.start();
    await session.ask("one", { schema: OTHER });
    assertEquals(starts(claude), [["", false], ["ok", false]]);
    await assertRejects(() => session.ask("two"), ConfigError, "persist");
    assertEquals(session.facts().state, "idle");
  });
});

Deno.test("the schema does not change under a turn", async () => {
  const wait = step.background("a server", [step.gate("never")]);
  await both({}, [[[wait, step.text("x")]]], async (session, claude, kind) => {
    const turn = session.send("one");
    await assertRejects(
      () => session.ask("two", { schema: OTHER }),
      StateError,
      "turn",
    );
    if (kind === "async") await turn.text();
    else turn.text();
    await assertRejects(
      () => session.ask("two", { schema: OTHER }),
      StateError,
      "tasks",
    );
    await claude.release("never");
  });
});

Deno.test("the option outputSchema gives an output that is not checked here, or an error", async () => {
  const outputSchema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: { ok: {} },
  };
  const turns = [
    gives({ ok: 1 }),
    gives(),
    [step.result("success", { result: "$1", local_command: "cost" })],
  ];
  await both({ outputSchema }, [turns], async (session, claude) => {
    assertEquals((await session.ask("one")).output, { ok: 1 });
    await assertRejects(() => session.ask("two"), StructuredOutputError);
    assertEquals((await session.ask("/cost")).output, undefined);
    const [handshake] = claude.receivedBy(0);
    const { jsonSchema } = handshake?.request as { jsonSchema: object };
    assert(!("$schema" in jsonSchema));
  });
});

Deno.test("a schema that cannot be asked for is refused before anything is sent", async () => {
  const plain = {
    "~standard": { version: 1, vendor: "own", validate },
  } as const;
  function validate(value: unknown) {
    return { value };
  }
  await both({}, [[gives({ a: 1 })]], async (session) => {
    for (
      const options of [
        { schema: v.array(v.string()) },
        { schema: v.union([CITY, OTHER]) },
        { schema: v.object({ at: v.date() }) },
        { schema: plain },
        { schema: plain, jsonSchema: [] },
        // JSON Schema by itself.
        { schema: { type: "object" } as unknown as typeof plain },
      ]
    ) {
      const error = await assertRejects(
        () => session.ask("go", options),
        ConfigError,
      );
      assertEquals(error.option, "schema");
    }
    assertEquals(session.facts().state, "new");
    const jsonSchema = { type: "object" };
    const { output } = await session.ask("go", { schema: plain, jsonSchema });
    assertEquals(output, { a: 1 });
  });
});

Deno.test("a schema with a promise is for async sessions", async () => {
  const schema = v.objectAsync({
    a: v.pipeAsync(v.number(), v.checkAsync((a) => Promise.resolve(a > 0))),
  });
  const jsonSchema = { type: "object" };
  await both({}, [[gives({ a: 1 })]], async (session, _claude, kind) => {
    const asked = session.ask("go", { schema, jsonSchema });
    if (kind === "async") assertEquals((await asked).output, { a: 1 });
    else await assertRejects(() => asked, TypeError, "AsyncSession");
  });
});

Deno.test("a mode that was set holds in the next process, also with a CLI whose default is auto", async () => {
  for (const Session of [AsyncSession, SyncSession]) {
    await using claude = await ScriptedClaude.create({
      version: "2.1.300",
      processes: [{ forEveryPrompt: gives({ ok: true }) }],
    });
    await using session = new Session({ claudePath: claude.command });
    await session.ask("one");
    await session.setPermissionMode("plan");
    await session.ask("two", { schema: OTHER });
    const modes = [0, 1].map((at) =>
      claude.receivedBy(at).flatMap(({ request }) => {
        const { subtype, mode } = (request ?? {}) as Record<string, unknown>;
        return subtype === "set_permission_mode" ? [mode] : [];
      })
    );
    assertEquals(modes, [["default", "plan"], ["plan"]]);
  }
});

for (const kind of ["async", "blocking"] as const) {
  Deno.test(`${kind}: a close in a listener holds while a new process takes the place of another`, async () => {
    await using claude = await ScriptedClaude.create({
      processes: [
        { turns: [[step.text("a"), step.gate("never"), step.text("b")]] },
        { turns: [gives({ ok: true })] },
      ],
    });
    const options = { claudePath: claude.path };
    const session = kind === "async"
      ? new AsyncSession(options)
      : new SyncSession(options);
    const heard: string[] = [];
    session.on("close", () => heard.push("close"));
    // That of the turn that was left: it comes while its process ends.
    session.on("result", () => {
      heard.push("result");
      session.close();
    });
    const turn = session.send("one");
    if (Symbol.iterator in turn) {
      for (const { type } of turn) if (type === "assistant_text") break;
    } else {
      for await (const { type } of turn) if (type === "assistant_text") break;
    }
    let error: unknown;
    try {
      await session.ask("two", { schema: OTHER });
    } catch (thrown) {
      error = thrown;
    }
    assert(error instanceof StateError, `${error}`);
    assertEquals(error.code, "session_closed");
    assertEquals(session.state, "closed");
    await session.close();
    assertEquals(heard, ["result", "close"]);
  });
}
