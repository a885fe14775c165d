// What ends a turn, an ask() and a one-shot, and which process has partial messages.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  ConfigError,
  type InterruptReceipt,
  printPrompt,
  printPromptSync,
  type Result,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  type Scenario,
  ScriptedClaude,
  step,
  type TurnScript,
} from "../../src/testing/mod.ts";

const SESSIONS = { AsyncSession, SyncSession };

/** Runs something with a session of each kind. */
function both(
  name: string,
  scenario: Scenario,
  act: (
    session: AsyncSession | SyncSession,
    claude: ScriptedClaude,
  ) => Promise<void>,
  options: SyncSessionOptions = {},
): void {
  for (const [kind, Session] of Object.entries(SESSIONS)) {
    Deno.test(`${kind}: ${name}`, async () => {
      await using claude = await ScriptedClaude.create(scenario);
      const session = new Session({ ...options, claudePath: claude.command });
      try {
        await act(session, claude);
      } finally {
        await session.close();
      }
    });
  }
}

/** A task that ends a moment after its turn: the process that plays it does one after the other. */
const TASK = step.background("a task", [step.pause(300)], {
  wakeUp: [step.text("It is done.")],
});

/** One that never ends. */
const SERVER = step.background("a server", [step.gate("never")]);

both(
  "send until the tasks are over has what comes meanwhile",
  step.conversation([[TASK, step.text("Started.")]]),
  async (session) => {
    const turn = session.send("go", { until: "tasks" });
    const types: string[] = [];
    for await (const event of turn as Iterable<{ readonly type: string }>) {
      types.push(event.type);
    }
    assertEquals(types.filter((type) => type === "result").length, 2);
    assertEquals(await turn.text(), "It is done.");
  },
);

both(
  "send ends with its own result, unless told otherwise",
  step.conversation([[SERVER, step.text("Started.")]]),
  async (session) => {
    assertEquals(await session.send("go").text(), "Started.");
    assertEquals(session.tasks.size, 1);
  },
);

both(
  "an interruption ends an ask() that waits for its tasks",
  step.conversation([[SERVER, step.text("Started.")]]),
  async (session) => {
    const receipts: (InterruptReceipt | Promise<InterruptReceipt>)[] = [];
    session.on("result", () => {
      receipts.push(session.interrupt());
    });
    const answer = await session.ask("go");
    assertEquals(answer.text, "Started.");
    assertEquals(receipts.length, 1);
    // The task continues, and so does the session.
    assertEquals([session.tasks.size, session.state], [1, "idle"]);
  },
);

/** What a message makes that is pushed while an ask() runs, or waits. */
const PUSHED: Readonly<Record<string, TurnScript>> = {
  "an answer": [step.text("Pushed.")],
  "a failure": [step.apiError(500, "server_error", "no")],
};

for (const [what, turn] of Object.entries(PUSHED)) {
  both(
    `${what} to a pushed message is not that of the ask() that waits for its tasks`,
    step.conversation([[SERVER, step.text("Started.")], turn]),
    async (session) => {
      const results: Result[] = [];
      session.on("assistant_text", ({ text }) => {
        if (text === "Started.") session.push("And?");
      });
      session.on("result", (result) => {
        if (results.push(result) === 2) session.interrupt();
      });
      const answer = await session.ask("go");
      assertEquals(answer.text, "Started.");
      assertEquals(answer.result.uuid, results[0]?.uuid);
      assertEquals(results.length, 2);
    },
  );
  both(
    `${what} to a pushed message is not that of the ask() it was queued behind`,
    step.conversation([[step.text("Mine.")], turn]),
    async (session) => {
      session.on("assistant_text", ({ text }) => {
        if (text === "Mine.") session.push("And?");
      });
      assertEquals((await session.ask("go")).text, "Mine.");
    },
  );
}

const ONE_SHOTS = {
  printPrompt: (options: SessionOptions & { until?: "tasks" | "turn" }) =>
    printPrompt("go", options),
  printPromptSync: async (
    options: SyncSessionOptions & { until?: "tasks" | "turn" },
  ) => await printPromptSync("go", options),
};

for (const [name, print] of Object.entries(ONE_SHOTS)) {
  Deno.test(`${name} waits for the tasks, unless told otherwise`, async () => {
    await using claude = await ScriptedClaude.create({
      processes: [
        { turns: [[TASK, step.text("Started.")]] },
        { turns: [[SERVER, step.text("Started.")]] },
      ],
    });
    const options = { claudePath: claude.command };
    assertEquals(await print(options), "It is done.");
    assertEquals(await print({ ...options, until: "turn" }), "Started.");
    const error = await assertRejects(
      () => print({ ...options, until: "end" as "turn" }),
      ConfigError,
    );
    assertEquals(error.option, "until");
  });
}

Deno.test("a wrong until is an error in both sessions", async () => {
  await using session = new AsyncSession();
  using blocking = new SyncSession();
  for (const one of [session, blocking]) {
    const error = assertThrows(
      () => one.send("x", { until: "end" as "turn" }),
      ConfigError,
    );
    assertEquals(error.option, "until");
  }
});

/** How a session was first used, and whether its process has partial messages then. */
const FIRST_USES: readonly {
  readonly name: string;
  readonly options?: SyncSessionOptions;
  readonly use: (session: AsyncSession | SyncSession) => unknown;
  readonly partials: boolean;
}[] = [
  { name: "ask()", use: (session) => session.ask("a"), partials: false },
  {
    name: "ask(), with partials: true",
    options: { partials: true },
    use: (session) => session.ask("a"),
    partials: true,
  },
  {
    name: "send()",
    use: (session) => session.send("a").text(),
    partials: true,
  },
  {
    name: "send(), with partials: false",
    options: { partials: false },
    use: (session) => session.send("a").text(),
    partials: false,
  },
  {
    name: "start(), and then ask()",
    use: async (session) => {
      await session.start();
      await session.ask("a");
    },
    partials: true,
  },
  {
    name: "push()",
    use: async (session) => {
      await session.start();
      await session.push("a").result();
    },
    partials: true,
  },
];

for (const { name, options, use, partials } of FIRST_USES) {
  both(
    `${partials ? "" : "no "}partial messages after ${name}`,
    step.conversation([[step.text("one")], [step.text("two", { deltas: 3 })]]),
    async (session, claude) => {
      await use(session);
      // The next turn has the same text either way, and runs in the same process.
      let text = "";
      const events: string[] = [];
      session.on("stream_delta", ({ eventType }) => events.push(eventType));
      const stream = session.send("b").textStream();
      for await (const piece of stream as Iterable<string>) text += piece;
      assertEquals(text, "two");
      assertEquals(events.length > 0, partials);
      const [start, ...others] = claude.starts;
      assertEquals(
        start?.arguments.includes("--include-partial-messages"),
        partials,
      );
      assertEquals(others, []);
      assertEquals(session.restartCount, 0);
    },
    options,
  );
}
