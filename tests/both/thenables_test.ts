// A thenable is a promise, for every function of the caller: an async session waits for
// it, a blocking one refuses it and does not take it for a yes.

import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import {
  allow,
  AsyncSession,
  ConfigError,
  defineTool,
  dialog,
  elicit,
  hook,
  type SessionOptions,
  type StandardSchema,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  type PlainStep,
  ScriptedClaude,
  type Step,
  step,
} from "../../src/testing/mod.ts";

/** No promise of the platform's, and nothing but a `then`. */
class Later<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  then(resolve: (value: T) => void): void {
    queueMicrotask(() => resolve(this.#value));
  }
}

/** A thenable that is a function, as those of some query builders are. */
function callable<T>(value: T): PromiseLike<T> {
  const then = (resolve: (value: T) => void) => resolve(value);
  return Object.assign(() => {}, { then }) as unknown as PromiseLike<T>;
}

type Make = <T>(value: T) => never;

const MAKES: Readonly<Record<string, Make>> = {
  "an object": (value) => new Later(value) as never,
  "a function": (value) => callable(value) as never,
};

/** One function of the caller: what calls it, and what shows that its answer was taken. */
interface Called {
  readonly steps: readonly (Step | PlainStep)[];
  readonly options: (make: Make) => SessionOptions;
  /** Something in the lines that were written. */
  readonly took: string;
  /** Where a blocking session finds out. Default: it throws what it waited with. */
  readonly inSync?: "not waited for";
}

const BASH = step.toolCall("Bash", { command: "ls" });

function echoTool(
  make: Make | undefined,
  input: StandardSchema,
): SessionOptions {
  return {
    tools: [defineTool({
      name: "t",
      description: "t",
      input: input as never,
      inputSchema: { type: "object" },
      run: () => make === undefined ? "was taken" : make("was taken"),
    })],
  };
}

/** A schema that answers later. */
function laterSchema(make: Make): StandardSchema {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => make({ value }),
    },
  };
}

const CALLED: Readonly<Record<string, Called>> = {
  policy: {
    steps: [BASH],
    options: (make) => ({
      policy: { name: "p", decide: () => make(allow()) },
    }),
    took: '"permissionDecision":"allow"',
  },
  hook: {
    steps: [BASH],
    options: (make) => ({
      hooks: { PreToolUse: [{ run: () => make(hook.deny("was taken")) }] },
    }),
    took: "was taken",
  },
  "the run of a tool": {
    steps: [step.toolCall("mcp__tools__t", {})],
    options: (make) => echoTool(make, v.object({})),
    took: "was taken",
  },
  "the schema of a tool": {
    steps: [step.toolCall("mcp__tools__t", {})],
    options: (make) => echoTool(undefined, laterSchema(make)),
    took: "was taken",
  },
  onQuestion: {
    steps: [step.request({
      subtype: "can_use_tool",
      tool_name: "AskUserQuestion",
      input: {
        questions: [{
          question: "Which colour?",
          header: "Colour",
          options: [{ label: "Red" }, { label: "Blue" }],
          multiSelect: false,
        }],
      },
      tool_use_id: "t",
    })],
    options: (make) => ({
      onQuestion: () => make({ "Which colour?": "Blue" }),
    }),
    took: '"Which colour?":"Blue"',
  },
  onPlan: {
    steps: [step.request({
      subtype: "can_use_tool",
      tool_name: "ExitPlanMode",
      input: { plan: "1. Rest." },
      tool_use_id: "p",
    })],
    options: (make) => ({ onPlan: () => make(allow()) }),
    took: '"behavior":"allow"',
  },
  onElicitation: {
    steps: [step.request({
      subtype: "elicitation",
      mcp_server_name: "demo",
      message: "Your name?",
      mode: "form",
      requested_schema: { type: "object" },
    })],
    options: (make) => ({
      onElicitation: () => make(elicit.accept({ name: "was taken" })),
    }),
    took: "was taken",
  },
  onDialog: {
    steps: [step.request({
      subtype: "request_user_dialog",
      dialog_kind: "colour",
      payload: {},
    })],
    options: (make) => ({
      dialogKinds: ["colour"],
      onDialog: () => make(dialog.complete("was taken")),
    }),
    took: "was taken",
  },
};

function scenario({ steps }: Called) {
  return { processes: [{ turns: [[...steps, step.text("done")]] }] };
}

for (const [how, make] of Object.entries(MAKES)) {
  for (const [name, called] of Object.entries(CALLED)) {
    Deno.test(`async: ${how} with a then, from ${name}, is waited for`, async () => {
      await using claude = await ScriptedClaude.create(scenario(called));
      await using session = new AsyncSession({
        claudePath: claude.path,
        ...called.options(make),
      });
      assertEquals((await session.ask("go")).text, "done");
      const written = JSON.stringify(claude.received);
      assert(
        written.includes(JSON.stringify(called.took).slice(1, -1)) ||
          written.includes(called.took),
        written,
      );
    });
    Deno.test(`blocking: ${how} with a then, from ${name}, is refused`, async () => {
      await using claude = await ScriptedClaude.create(scenario(called));
      using session = new SyncSession({
        claudePath: claude.path,
        ...called.options(make) as SyncSessionOptions,
      });
      let error: unknown;
      try {
        session.ask("go");
      } catch (thrown) {
        error = thrown;
      }
      assert(error instanceof ConfigError, `${error}`);
      session.close();
      const written = JSON.stringify(claude.received);
      assert(!written.includes(called.took), written);
    });
  }

  Deno.test(`${how} with a then, from a policy that explains, is a promise`, async () => {
    const policy = { name: "p", decide: () => make(allow()) };
    const explains = {
      ...policy,
      explain: () => make({ decision: allow(), by: ["p"], reason: "so" }),
    };
    for (const given of [policy, explains]) {
      await using session = new AsyncSession({ policy: given });
      const { decision } = await session.explainPermission("Bash");
      assertEquals(decision?.behavior, "allow");
      using blocking = new SyncSession({ policy: given });
      let error: unknown;
      try {
        blocking.explainPermission("Bash");
      } catch (thrown) {
        error = thrown;
      }
      assert(error instanceof ConfigError, `${error}`);
    }
  });

  Deno.test(`${how} with a then, from the schema of an answer, is a promise`, async () => {
    const schema = laterSchema(make);
    const jsonSchema = { type: "object" };
    const one = {
      processes: [{
        forEveryPrompt: [
          step.result("success", { structured_output: { a: 1 } }),
        ],
      }],
    };
    await using claude = await ScriptedClaude.create(one);
    await using session = new AsyncSession({ claudePath: claude.path });
    const { output } = await session.ask("go", { schema, jsonSchema });
    assertEquals(output, { a: 1 });
    using blocking = new SyncSession({ claudePath: claude.path });
    let error: unknown;
    try {
      blocking.ask("go", { schema, jsonSchema });
    } catch (thrown) {
      error = thrown;
    }
    assert(error instanceof TypeError, `${error}`);
  });
}

Deno.test("what the promise of a function that looks on rejects with goes to reportError", async () => {
  const heard: unknown[] = [];
  const note = (event: ErrorEvent) => {
    event.preventDefault();
    heard.push(event.error);
  };
  globalThis.addEventListener("error", note);
  try {
    const fails = (name: string) => ({
      then: (_: unknown, reject: (error: unknown) => void) => reject(name),
    });
    await using claude = await ScriptedClaude.create({
      processes: [{ turns: [[step.stderr("oh\n"), BASH, step.text("done")]] }],
    });
    {
      await using session = new AsyncSession({
        claudePath: claude.path,
        onWire: () => fails("onWire") as never,
        stderr: () => fails("stderr") as never,
        costLog: () => fails("costLog") as never,
        logger: {
          debug: () => fails("logger") as never,
          info: () => fails("logger") as never,
          warn: () => fails("logger") as never,
          error: () => fails("logger") as never,
        },
      });
      session.on("assistant_text", () => fails("listener") as never);
      await session.ask("go");
    }
    assertEquals(
      new Set(heard),
      new Set(["onWire", "stderr", "costLog", "logger", "listener"]),
    );
  } finally {
    globalThis.removeEventListener("error", note);
  }
});
