// Each wait of a session that a FakeClock moves, in both sessions: hours here, and no time of the
// machine. tests/repository/clock_test.ts has all waits of src/, with the test of each.

import { assertEquals, assertRejects } from "@std/assert";
import {
  AsyncSession,
  callback,
  type ClaudeEvent,
  DeadlineError,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
  type Transport,
} from "../../mod.ts";
import {
  FakeClock,
  MemoryClaude,
  type ProcessScript,
  ScriptedClaude,
  type Step,
  step,
} from "../../src/testing/mod.ts";

const HOUR = 3_600_000;

/** A wait, what makes it pass, and what comes of it. */
interface Wait {
  readonly turns: (clock: FakeClock) => readonly (readonly Step[])[];
  readonly process?: ProcessScript;
  readonly options: SyncSessionOptions & SessionOptions;
  /** Moves the clock at the first event for which it is above 0, by so much. */
  readonly moves: (event: ClaudeEvent) => number;
  /** What is seen in the end: the operation of the `DeadlineError`, or the text of the turn. */
  readonly ends: string;
  /** Events that are seen on the way. */
  readonly tells: readonly ClaudeEvent["type"][];
}

const at = (type: ClaudeEvent["type"], ms: number) => (event: ClaudeEvent) =>
  event.type === type ? ms : 0;

/** Leaves every question to the reader of the events, who does not answer. */
const LEFT = callback(() => undefined);

const ASKED = [
  step.toolCall("Bash", { command: "ls" }, {
    asks: true,
    refused: [step.text("refused")],
  }),
  step.text("ran"),
];

const WAITS: Readonly<Record<string, Wait>> = {
  "turnTimeoutMs": {
    turns: () => [[step.text("a"), step.silence()]],
    options: { turnTimeoutMs: HOUR },
    moves: at("assistant_text", HOUR),
    ends: "turn",
    tells: ["assistant_text"],
  },
  "idleTimeoutMs: endMs": {
    turns: () => [[step.text("a"), step.silence()]],
    options: { idleTimeoutMs: HOUR },
    moves: at("assistant_text", HOUR),
    ends: "turn",
    tells: ["assistant_text"],
  },
  "idleTimeoutMs: warnMs": {
    turns: () => [[step.text("a"), step.silence()]],
    options: { idleTimeoutMs: { warnMs: HOUR, endMs: 3 * HOUR } },
    moves: (event) =>
      at("assistant_text", HOUR)(event) || at("stalled", 2 * HOUR)(event),
    ends: "turn",
    tells: ["stalled"],
  },
  "permissionTimeoutMs": {
    turns: () => [ASKED],
    options: { policy: LEFT, permissionTimeoutMs: HOUR },
    moves: at("permission_request", HOUR),
    ends: "refused",
    tells: ["permission_request"],
  },
  "a question that this program does not answer": {
    turns: () => [ASKED],
    options: {
      policy: LEFT,
      idleTimeoutMs: { warnMs: HOUR },
      permissionTimeoutMs: 3 * HOUR,
    },
    moves: (event) =>
      at("permission_request", HOUR)(event) || at("stalled", 2 * HOUR)(event),
    ends: "refused",
    tells: ["permission_request", "stalled"],
  },
  "waitForReset": {
    turns: (clock) => {
      const resetsAt = clock.date() / 1000 + 3600;
      return [
        [
          step.rateLimit({ status: "rejected", resetsAt }),
          step.rateLimited({ resetsAt }),
        ],
        [step.text("after")],
      ];
    },
    options: { waitForReset: { maxMs: 10 * HOUR } },
    moves: at("rate_limit_wait", 2 * HOUR),
    ends: "after",
    tells: ["rate_limit_wait"],
  },
};

function endOf(error: unknown): string {
  if (!(error instanceof DeadlineError)) throw error;
  return error.operation;
}

for (const [name, wait] of Object.entries(WAITS)) {
  const { options, moves, process, ends, tells } = wait;
  const seen = (events: readonly ClaudeEvent[], end: string) =>
    assertEquals([
      end,
      tells.filter((told) => events.some(({ type }) => type === told)),
    ], [ends, tells]);

  Deno.test(`a FakeClock moves ${name}`, async () => {
    const clock = new FakeClock();
    const scenario = step.conversation(wait.turns(clock), process);
    const { spawn } = new MemoryClaude(scenario, { clock });
    await using session = new AsyncSession({ ...options, spawn, clock });
    const events: ClaudeEvent[] = [];
    const turn = session.send("x");
    try {
      for await (const event of turn) {
        events.push(event);
        // Once the wait has begun, which it has right after its event.
        const ms = moves(event);
        if (ms > 0) queueMicrotask(() => clock.advance(ms));
      }
      seen(events, await turn.text());
    } catch (error) {
      seen(events, endOf(error));
    }
  });

  Deno.test(`a FakeClock moves ${name} in a blocking session`, async () => {
    const clock = new FakeClock();
    await using claude = await ScriptedClaude.create(
      step.conversation(wait.turns(clock), process),
    );
    using session = new SyncSession({
      ...options,
      claudePath: claude.command,
      clock,
      // The process hears of no end while it is silent.
      closeTimeoutMs: 1000,
    });
    const events: ClaudeEvent[] = [];
    const turn = session.send("x");
    try {
      for (const event of turn) {
        events.push(event);
        const ms = moves(event);
        if (ms > 0) clock.advance(ms);
      }
      seen(events, turn.text());
    } catch (error) {
      seen(events, endOf(error));
    }
  });
}

/** Answers that do not come, to the request of a call. */
const UNANSWERED: Readonly<
  Record<string, {
    readonly subtype: string;
    readonly options: SyncSessionOptions & SessionOptions;
    readonly operation: string;
    readonly call: (session: AsyncSession | SyncSession) => unknown;
  }>
> = {
  startTimeoutMs: {
    subtype: "initialize",
    options: { startTimeoutMs: HOUR },
    operation: "initialize",
    call: (session) => session.start(),
  },
  controlTimeoutMs: {
    subtype: "set_model",
    options: { controlTimeoutMs: HOUR },
    operation: "set_model",
    call: (session) => session.setModel("opus"),
  },
};

for (const [name, row] of Object.entries(UNANSWERED)) {
  const { subtype, options, operation, call } = row;
  const scenario = step.conversation([], {
    answers: { [subtype]: { answer: "none" } },
  });
  const moved = (clock: FakeClock, later: (call: () => void) => void) => ({
    ...options,
    clock,
    onWire: (direction: string, line: string) => {
      if (direction !== "out" || !line.includes(`"${subtype}"`)) return;
      later(() => clock.advance(HOUR));
    },
  });

  Deno.test(`a FakeClock moves ${name}`, async () => {
    const clock = new FakeClock();
    const { spawn } = new MemoryClaude(scenario, { clock });
    await using session = new AsyncSession({
      ...moved(clock, queueMicrotask),
      spawn,
    });
    if (name !== "startTimeoutMs") await session.start();
    const error = await Promise.resolve(call(session)).then(
      () => undefined,
      (error) => error,
    );
    assertEquals(endOf(error), operation);
  });

  Deno.test(`a FakeClock moves ${name} in a blocking session`, async () => {
    const clock = new FakeClock();
    await using claude = await ScriptedClaude.create(scenario);
    using session = new SyncSession({
      ...moved(clock, (call) => call()),
      claudePath: claude.command,
    });
    if (name !== "startTimeoutMs") session.start();
    let error: unknown;
    try {
      call(session);
    } catch (thrown) {
      error = thrown;
    }
    assertEquals(endOf(error), operation);
  });
}

// What comes next has no row of a blocking session: while it waits for its process no function of
// it is called that could move the clock.

Deno.test("a FakeClock moves the wait for an interruption that is ignored", async () => {
  const clock = new FakeClock();
  const { spawn } = new MemoryClaude(
    step.conversation([[
      step.ignore("interrupt"),
      step.text("a"),
      step.silence(),
    ]]),
    { clock },
  );
  await using session = new AsyncSession({
    spawn,
    clock,
    turnTimeoutMs: HOUR,
    closeTimeoutMs: 5000,
  });
  await assertRejects(async () => {
    for await (const { type } of session.send("x")) {
      if (type === "assistant_text") clock.advance(HOUR);
    }
  }, DeadlineError);
  const next = session.ask("y");
  assertEquals(session.state, "running");
  clock.advance(5000);
  await assertRejects(() => next, DeadlineError);
});

Deno.test("a FakeClock moves the bound of close()", async () => {
  const clock = new FakeClock();
  const late = Promise.withResolvers<Transport>();
  const session = new AsyncSession({
    transport: () => late.promise,
    clock,
    closeTimeoutMs: HOUR,
  });
  const started = assertRejects(() => session.start(), DeadlineError);
  const closed = assertRejects(() => session.close(), DeadlineError, "close");
  clock.advance(4 * HOUR);
  await Promise.all([started, closed]);
  const transport = new MemoryClaude(step.conversation([])).transport();
  late.resolve(transport);
  await transport.exited;
});
