// What the CLI at hand does not have: an error before the first prompt, or a warning, in both
// sessions; never nothing. With the real CLI: tests/live/capabilities_test.ts.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  allowAll,
  AsyncSession,
  ConfigError,
  ControlError,
  type Logger,
  SyncSession,
  type SyncSessionOptions,
  type Warning,
} from "../../mod.ts";
import {
  flagHint,
  HOOK_FIELDS,
  HOOKS,
  type OptionNeed,
  OPTIONS,
  REQUEST_FIELDS,
  REQUESTS,
} from "../../src/capabilities/table.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";
import { assertSameNames } from "../support/same_names.ts";

const KINDS = [AsyncSession, SyncSession];
const TURNS = { processes: [{ forEveryPrompt: [step.text("ok")] }] };

/** The version before one. */
function before(version: string): string {
  const [major, minor, patch] = version.split(".").map(Number);
  return `${major}.${minor}.${(patch ?? 0) - 1}`;
}

function prompts(claude: ScriptedClaude): number {
  return claude.received.filter(({ type }) => type === "user").length;
}

async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
}

const NEEDS: Readonly<Record<string, readonly OptionNeed[] | undefined>> =
  OPTIONS;
const ALL = Object.entries(NEEDS)
  .flatMap(([option, needs = []]) =>
    needs.map((need) => ({ option, what: need.part ?? option, ...need }))
  );

/** Options that use what an older CLI ignores. A new one in the table needs a line here. */
const IGNORED: Readonly<Record<string, SyncSessionOptions>> = {
  verbatim: { verbatim: true },
  "systemPrompt.snapshot": {
    systemPrompt: { append: "x", snapshot: true },
  },
  keepTasks: { keepTasks: true },
  "outputSchema (with format)": {
    outputSchema: {
      type: "object",
      properties: { day: { type: "string", format: "date" } },
    },
  },
  ...Object.fromEntries(
    Object.entries(HOOKS).flatMap(([event, need]) =>
      need === undefined
        ? []
        : [[`hooks.${event}`, { hooks: { [event]: [{ run: () => {} }] } }]]
    ),
  ),
  'hooks.PostToolUse[].onFailure: "block"': {
    hooks: { PostToolUse: [{ run: () => undefined, onFailure: "block" }] },
  },
};

Deno.test("every option and hook that an older CLI ignores is an error before the first prompt", async () => {
  const needs = new Map<string, string>([
    ...ALL.flatMap(({ older, what, since }) =>
      older === "ignores" ? [[what, since] as const] : []
    ),
    ...Object.entries(HOOKS).flatMap(([event, need]) =>
      need === undefined ? [] : [[`hooks.${event}`, need.since] as const]
    ),
    [
      'hooks.PostToolUse[].onFailure: "block"',
      HOOK_FIELDS.onFailure.since,
    ],
  ]);
  assertEquals([...needs.keys()].sort(), Object.keys(IGNORED).sort());
  for (const [what, since] of needs) {
    for (const Session of KINDS) {
      const version = before(since);
      await using old = await ScriptedClaude.create({ ...TURNS, version });
      const options = IGNORED[what];
      const session = new Session({ ...options, claudePath: old.command });
      const error = await thrownBy(() => session.ask("hi"));
      await session.close();
      assertInstanceOf(error, ConfigError, what);
      assertEquals(error.option, what.split(/[.[ ]/)[0]);
      assert(error.message.includes(what), error.message);
      assert(error.message.includes(`CLI ${since} or newer`), error.message);
      assert(error.message.includes(`is ${version}`), error.message);
      assertEquals(prompts(old), 0, what);

      await using young = await ScriptedClaude.create({
        ...TURNS,
        version: since,
      });
      const other = new Session({ ...options, claudePath: young.command });
      const told: Warning[] = [];
      other.on("warning", (event) => told.push(event));
      // Not ask(): of an answer of a schema it wants more than this one.
      assertEquals(await other.send("hi").text(), "ok", what);
      await other.close();
      assertEquals(told, [], what);
    }
  }
});

Deno.test("an option that is off, and a hook that can say no itself, need nothing", async () => {
  for (const Session of KINDS) {
    await using claude = await ScriptedClaude.create({
      ...TURNS,
      version: "2.1.197",
    });
    await using session = new Session({
      verbatim: false,
      keepTasks: false,
      systemPrompt: { append: "x" },
      hooks: {
        PreToolUse: [{ run: () => undefined, onFailure: "block" }],
        PreModelSwitch: [],
      },
      claudePath: claude.command,
    });
    assertEquals((await session.ask("hi")).text, "ok");
    // The version was not asked for, as nothing depends on it.
    assertEquals(
      claude.received.filter(({ request }) =>
        (request as { subtype?: string } | undefined)?.subtype ===
          "get_binary_version"
      ),
      [],
    );
  }
});

Deno.test("what a CLI ignores in the middle of a session is a warning in the turn, once, and in the log", async () => {
  const cases: readonly {
    what: string;
    version: string;
    options?: SyncSessionOptions;
    prompt?: { verbatim: boolean };
  }[] = [
    { what: "verbatim", version: "2.1.211", prompt: { verbatim: true } },
    {
      what: "skillShell",
      version: "2.1.331",
      options: { policy: allowAll(), skillShell: "policy" },
    },
  ];
  for (const { what, version, options = {}, prompt = {} } of cases) {
    for (const Session of KINDS) {
      await using claude = await ScriptedClaude.create({ ...TURNS, version });
      const logged: unknown[][] = [];
      const logger: Logger = {
        debug() {},
        info() {},
        warn: (...said) => void logged.push(said),
        error() {},
      };
      await using session = new Session({
        ...options,
        logger,
        claudePath: claude.command,
      });
      const types: string[] = [];
      const told: Warning[] = [];
      for (const text of ["one", "two"]) {
        for await (const event of session.send(text, prompt)) {
          types.push(event.type);
          if (event.type === "warning") told.push(event);
        }
      }
      assertEquals(told.length, 1, what);
      const [warning] = told;
      assertEquals([warning?.what, warning?.has], [what, version]);
      assert(warning?.needs !== undefined);
      assert(warning.message.includes(`CLI ${warning.needs} or newer`));
      assertEquals(types.indexOf("warning"), types.indexOf("system_init") + 1);
      assert(
        logged.some((said) => `${said[0]}`.includes(warning.message)),
        JSON.stringify(logged),
      );
    }
  }
});

Deno.test("a field of a request that the CLI ignores is a warning in the turn that runs", async () => {
  assertEquals(
    Object.entries(REQUEST_FIELDS).flatMap(([name, fields]) =>
      Object.keys(fields).map((field) => `${name}.${field}`)
    ),
    ["interrupt.cancel_queued"],
  );
  for (const version of ["2.1.210", "2.1.222"]) {
    for (const Session of KINDS) {
      await using claude = await ScriptedClaude.create({
        processes: [{
          forEveryPrompt: [step.text("so"), step.pause(600_000)],
        }],
        version,
      });
      await using session = new Session({ claudePath: claude.command });
      const told: unknown[] = [];
      let isInterrupted = false;
      for await (const event of session.send("one")) {
        if (event.type === "warning") told.push(event.what);
        if (event.type === "stream_delta" && !isInterrupted) {
          isInterrupted = true;
          await session.interrupt({ cancelQueued: true });
        }
      }
      assertEquals(
        told,
        version === "2.1.210" ? ["interrupt.cancelQueued"] : [],
      );
    }
  }
});

Deno.test("every control request of the library is in the table; the error of an older CLI names the version", async () => {
  const made = new Set<string>();
  for await (const { name, isFile } of Deno.readDir("src/control")) {
    if (!isFile || name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(`src/control/${name}`);
    for (const [, subtype] of text.matchAll(/\b(?:call|order)\(\s*"(\w+)"/g)) {
      made.add(`${subtype}`);
    }
  }
  assertSameNames(
    Object.keys(REQUESTS),
    made,
    "REQUESTS in src/capabilities/table.ts",
  );
  for (const [subtype, need] of Object.entries(REQUESTS)) {
    if (need === undefined) continue;
    for (const Session of KINDS) {
      const version = before(need.since);
      await using claude = await ScriptedClaude.create({ ...TURNS, version });
      await using session = new Session({ claudePath: claude.command });
      await session.ask("hi");
      const error = await thrownBy(() => session.control(subtype));
      assertInstanceOf(error, ControlError);
      assert(error.hint?.includes(`CLI ${need.since} or newer`), error.hint);
      assert(error.hint?.includes(version), error.hint);
    }
  }
});

Deno.test("a flag that an older CLI refuses leads back to the option and its version", () => {
  const refused = ALL.filter(({ older }) => older === "refuses");
  assert(refused.length > 0);
  for (const { what, since, flags = [] } of refused) {
    assert(flags.length > 0, `${what} has no flags`);
    for (const flag of flags) {
      const hint = flagHint(flag);
      assert(hint?.includes(`${what} needs CLI ${since}`), `${flag}: ${hint}`);
    }
  }
  assertEquals(flagHint("--model"), undefined);
});

Deno.test("ask() waits for a task in the background with a CLI that tells no list of them", async () => {
  for (const version of ["2.1.197", "2.1.205"]) {
    for (const Session of KINDS) {
      await using claude = await ScriptedClaude.create({
        processes: [{
          turns: [[
            step.toolCall("Task", { prompt: "a job" }, { result: "started" }),
            step.background("a job", [step.pause(50)], {
              wakeUp: [step.text("all done")],
            }),
            step.text("started"),
          ]],
        }],
        version,
      });
      await using session = new Session({ claudePath: claude.command });
      assertEquals((await session.ask("go")).text, "all done", version);
    }
  }
});

Deno.test("what an older CLI does not say of an answer, or keeps of a session that died, is a warning", async () => {
  const cases = [
    {
      what: "resumptionLine",
      last: "2.1.271",
      processes: [{
        turns: [[
          step.text("One, tw"),
          step.line({
            type: "assistant",
            message: {
              id: "msg_2",
              role: "assistant",
              model: "m",
              content: [{ type: "text", text: "o." }],
            },
            parent_tool_use_id: null,
          }),
        ]],
      }],
      prompts: ["one"],
    },
    {
      what: "writtenAtResult",
      last: "2.1.277",
      processes: [
        { turns: [[step.text("x")], [step.kill("SIGKILL")]] },
        { forEveryPrompt: [step.text("x")] },
      ],
      prompts: ["one", "lost", "three", "four"],
    },
  ] as const;
  for (const { what, last, processes, prompts } of cases) {
    const [major, minor, patch] = last.split(".").map(Number);
    const first = `${major}.${minor}.${(patch ?? 0) + 1}`;
    for (const version of [last, first]) {
      for (const Session of KINDS) {
        await using claude = await ScriptedClaude.create({
          processes,
          version,
        });
        const session = new Session({
          claudePath: claude.command,
          recover: { attempts: 1 },
        });
        const told: Warning[] = [];
        session.on("warning", (event) => told.push(event));
        for (const prompt of prompts) {
          const thrown = await thrownBy(() => session.ask(prompt));
          assertEquals(thrown !== undefined, prompt === "lost", `${thrown}`);
        }
        await session.close();
        assertEquals(
          told.map(({ kind, what, needs, has }) => [kind, what, needs, has]),
          version === first ? [] : [["behavior", what, first, last]],
        );
      }
    }
  }
});
