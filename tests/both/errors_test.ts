// Every code of ErrorCode, made by the scripted Claude, in both sessions. What the real
// CLI wrote is taken from tests/transcripts.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as v from "valibot";
import {
  AsyncSession,
  ClaudeNotFoundError,
  ClaudeStreamError,
  ConfigError,
  ControlError,
  DeadlineError,
  deny,
  type ErrorCode,
  ProcessExitError,
  ProtocolError,
  SessionStoreError,
  StartupError,
  StateError,
  StructuredOutputError,
  SyncSession,
  type SyncSessionOptions,
  TurnError,
} from "../../mod.ts";
import {
  type JsonObject,
  MemoryClaude,
  type ProcessScript,
  ScriptedClaude,
  type Step,
  step,
  type TurnScript,
} from "../../src/testing/mod.ts";
import { MemorySessionStore } from "../../src/stores/mod.ts";
import { SessionPool } from "../../src/pool/mod.ts";
import { isCommand } from "../../src/cli/flags/command_names.ts";
import { OPTION_NAMES } from "../../src/options/table.ts";
import { readTranscripts } from "../support/transcripts.ts";

type Session = AsyncSession | SyncSession;

/** How an error is made, and what it has to be. */
interface Fixture {
  /** What the process does. By default it answers every prompt. */
  readonly process?: ProcessScript;
  readonly options?: SyncSessionOptions;
  /** What throws. By default `ask()`. */
  readonly act?: (session: Session) => unknown;
  readonly is: abstract new (...args: never[]) => ClaudeStreamError;
  readonly retryable: boolean;
  /** A part of it, or why there is none. */
  readonly hint: string | { readonly none: string };
  /** The session's own id, one that was asked for, or none. */
  readonly sessionId: "own" | string | false;
  /** Whether it has what the process said on stderr. */
  readonly stderr: boolean;
  /** Further fields. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const SAYS = step.stderr("last words\n");
const TRANSCRIPTS = new Map(
  readTranscripts().map(({ name, lines }) => [name, lines]),
);

/** Fields that belong to a process or to a moment. */
const OWN = /^(session_id|uuid|parent_uuid|user_message_uuids|result_index)$/;

function withoutIds(line: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(line).filter(([name]) => !OWN.test(name)),
  );
}

/** What the real CLI wrote of a turn that failed: what tells why, and the result. */
function recorded(name: string): TurnScript {
  const lines = TRANSCRIPTS.get(`2.1.330_${name}.ndjson`);
  assert(lines !== undefined, `no transcript ${name}`);
  const steps: Step[] = [];
  for (const text of lines) {
    const line: JsonObject = JSON.parse(text);
    if (line.type === "rate_limit_event" || line.error !== undefined) {
      steps.push(step.line(withoutIds(line)));
    }
    if (line.type !== "result" || line.is_error !== true) continue;
    return [...steps, step.line(withoutIds(line)), step.noResult()];
  }
  throw new Error(`no result in ${name}`);
}

/** A process of one turn, which says something on stderr before it. */
function turn(...steps: TurnScript): ProcessScript {
  return { beforeInput: [SAYS], turns: [steps] };
}

/** A turn that failed as it did with the real CLI. */
function failed(
  name: string,
  retryable: boolean,
  hint: Fixture["hint"],
  more: Readonly<Record<string, unknown>> = {},
): Fixture {
  return {
    process: turn(...recorded(name)),
    is: TurnError,
    retryable,
    hint,
    sessionId: "own",
    stderr: true,
    more: { apiStatus: undefined, resetsAt: undefined, ...more },
  };
}

const MISSING = "cccccccc-1111-4111-8111-111111111111";

const FIXTURES: Readonly<Record<ErrorCode, Fixture>> = {
  cli_not_found: {
    options: { claudePath: "/nonexistent/claude" },
    is: ClaudeNotFoundError,
    retryable: false,
    hint: "CLAUDESTREAM_CLAUDE_PATH",
    sessionId: false,
    stderr: false,
    more: { searched: ["/nonexistent/claude"], wanted: "/nonexistent/claude" },
  },
  cwd_not_found: {
    options: { cwd: "/nonexistent/folder" },
    is: StartupError,
    retryable: false,
    hint: "option cwd",
    sessionId: false,
    stderr: false,
    more: { reason: "cwd_not_found" },
  },
  spawn: {
    // Deno wants a file that can be run; this one names an interpreter that is not there.
    options: { claudePath: "{folder}/broken" },
    is: StartupError,
    retryable: false,
    hint: "claudestream doctor",
    sessionId: false,
    stderr: false,
    more: { reason: "spawn_failed" },
  },
  startup: {
    process: { beforeInput: [SAYS, step.exit(7)] },
    is: StartupError,
    retryable: false,
    hint: "claudestream doctor",
    sessionId: false,
    stderr: true,
    more: { reason: "exited", exitCode: 7 },
  },
  session_not_found: {
    process: {
      beforeInput: [
        SAYS,
        ...recorded("13-resume-missing").slice(0, -1),
        step.exit(1),
      ] as NonNullable<ProcessScript["beforeInput"]>,
    },
    options: { resume: MISSING, cwd: "/" },
    is: StartupError,
    retryable: false,
    hint: "options resume and cwd",
    sessionId: MISSING,
    stderr: true,
    more: {
      reason: "session_not_found",
      message:
        `Cannot resume the session in "/": No conversation found with session ID: ${MISSING}`,
    },
  },
  process_exit: {
    process: turn(step.text("some"), step.exit(3)),
    is: ProcessExitError,
    retryable: true,
    hint: "option resume",
    sessionId: "own",
    stderr: true,
    more: {
      exitCode: 3,
      signal: null,
      message: "The claude process ended: exit code 3: last words",
    },
  },
  auth: failed("08-http-401", false, "claude auth login", { apiStatus: 401 }),
  billing: {
    ...failed("08-http-401", false, "balance"),
    process: turn(step.apiError(400, "billing_error", "No credit")),
    more: { apiStatus: 400 },
  },
  rate_limit: failed("09-rate-limit-rejected-oauth", true, "later", {
    apiStatus: 429,
    resetsAt: 1795400000,
  }),
  overloaded: failed("08-http-529-exhausted", true, "later", {
    apiStatus: 529,
  }),
  api: failed("08-http-500-exhausted", true, "later", { apiStatus: 500 }),
  connection: failed("08-connection-refused", true, "network"),
  model_not_found: failed("15-unknown-model", false, "option model", {
    apiStatus: 404,
  }),
  context_length: failed("15-huge-line", false, "/compact"),
  max_output_tokens: failed("08-max-tokens", false, "another prompt"),
  max_turns: failed("12-max-turns", false, "limits.maxTurns"),
  max_budget: failed("12-max-budget", false, "limits.maxBudgetUsd"),
  structured_output: {
    process: turn(step.text("no JSON")),
    act: (session) =>
      session instanceof AsyncSession
        ? session.ask("hi", { schema: v.object({ a: v.number() }) })
        : session.ask("hi", { schema: v.object({ a: v.number() }) }),
    is: StructuredOutputError,
    retryable: false,
    hint: "schema",
    sessionId: "own",
    stderr: false,
    more: { reason: "missing", text: "no JSON" },
  },
  structured_output_retries: failed(
    "12-json-schema-always-invalid",
    false,
    "schema",
  ),
  refusal: failed("08-refusal", false, "option model"),
  interrupted: failed("16-interrupt-tool", true, {
    none: "whoever interrupted it knows",
  }),
  incomplete: {
    ...failed("16-interrupt-tool", false, "another prompt"),
    process: turn(step.result("success", {
      result: "",
      stop_reason: "tool_use",
      terminal_reason: "completed",
    })),
  },
  turn_failed: {
    ...failed("16-interrupt-tool", false, {
      none: "of a reason that has no code nothing is known",
    }),
    process: turn(step.result("error_during_execution", {
      is_error: true,
      errors: ["something new"],
      terminal_reason: "something_new",
    })),
    more: { message: "The turn failed (turn_failed): something new" },
  },
  protocol: {
    process: turn(
      step.line({ type: "result", subtype: "success", is_error: "perhaps" }),
      step.noResult(),
    ),
    is: ProtocolError,
    retryable: false,
    hint: "claudestream --version --json",
    sessionId: "own",
    stderr: true,
  },
  control: {
    process: {
      beforeInput: [SAYS],
      answers: {
        set_model: { answer: "error", error: "no", errorCode: "odd" },
      },
    },
    act: async (session) => {
      await session.ask("hi");
      await session.setModel("x");
    },
    is: ControlError,
    retryable: false,
    hint: { none: "the text is the reason that the CLI gives" },
    sessionId: "own",
    stderr: true,
    more: { subtype: "set_model", reason: "no", errorCode: "odd" },
  },
  deadline: {
    process: { beforeInput: [SAYS, step.silence({ deaf: true })] },
    // A busy machine takes its time to write the last words.
    options: { startTimeoutMs: 3000 },
    is: DeadlineError,
    retryable: true,
    hint: "claudestream doctor",
    sessionId: false,
    stderr: true,
    more: { operation: "initialize", timeoutMs: 3000 },
  },
  stalled: {
    process: turn(step.text("some"), step.silence()),
    options: { idleTimeoutMs: { warnMs: 50, endMs: 200 } },
    is: DeadlineError,
    retryable: true,
    hint: "Resume",
    sessionId: "own",
    stderr: true,
    more: { operation: "turn", timeoutMs: 200 },
  },
  session_busy: {
    process: turn(step.text("some"), step.silence()),
    act: (session) => {
      session.send("one");
      session.send("two");
    },
    is: StateError,
    retryable: false,
    hint: { none: "the text says what to wait for" },
    sessionId: false,
    stderr: false,
    more: { operation: "send", state: "running" },
  },
  session_closed: {
    act: async (session) => {
      await session.close();
      await session.ask("hi");
    },
    is: StateError,
    retryable: false,
    hint: { none: "the caller closed it" },
    sessionId: false,
    stderr: false,
  },
  cancelled: {
    process: turn(step.text("one"), step.gate("never")),
    act: async (session) => {
      for await (const event of session.send("a")) {
        if (event.type !== "assistant_text") continue;
        const message = session.push("b");
        await session.interrupt({ cancelQueued: true });
        await message.result();
      }
    },
    is: StateError,
    retryable: false,
    hint: { none: "the text says what became of the prompt" },
    sessionId: "own",
    stderr: false,
  },
  session_store: {
    // Only an AsyncSession takes a store.
    act: async () => {
      const store = new MemorySessionStore();
      const key = { projectKey: "default", sessionId: MISSING };
      const lease = { holder: "another", ttlMs: 60_000 };
      const { token } = await store.acquire(key, lease);
      const entries = [{ type: "user" }];
      await store.append(key, { token, sequence: 1, entries });
      await using session = new AsyncSession({
        resume: MISSING,
        sessionStore: { store },
        spawn: new MemoryClaude({ processes: [{}] }).spawn,
      });
      await session.ask("hi");
    },
    is: SessionStoreError,
    retryable: false,
    hint: "the lease has expired",
    sessionId: MISSING,
    stderr: false,
    more: { reason: "lease_held" },
  },
  deferred: {
    process: turn(
      step.result("success", {
        result: "",
        stop_reason: "tool_deferred",
        terminal_reason: "tool_deferred",
        deferred_tool_use: {
          id: "toolu_1",
          name: "Bash",
          input: { command: "ls" },
        },
      }),
    ),
    is: TurnError,
    retryable: false,
    hint: "a policy that decides",
    sessionId: "own",
    stderr: true,
    more: {
      message: 'The turn waits for a decision on a call of "Bash"',
    },
  },
  queue_full: {
    // Only a pool has a line; it needs no process to say so.
    act: async () => {
      await using pool = new SessionPool({
        maxProcesses: 1,
        maxQueue: 0,
        session: { spawn: new MemoryClaude({ processes: [{}] }).spawn },
      });
      pool.session("a").send("hi");
      await pool.session("b").ask("hi");
    },
    is: StateError,
    retryable: true,
    hint: "raise maxQueue",
    sessionId: false,
    stderr: false,
    more: { operation: "ask" },
  },
  already_used: {
    act: async (session) => {
      const turn = session.send("hi");
      await Array.fromAsync(turn);
      await Array.fromAsync(turn);
    },
    is: StateError,
    retryable: false,
    hint: { none: "the text says what to do" },
    sessionId: false,
    stderr: false,
  },
  already_answered: {
    act: (session) => session.respond("none", deny("no")),
    is: StateError,
    retryable: false,
    hint: { none: "the text says what happened" },
    sessionId: false,
    stderr: false,
  },
  config: {
    options: { maxLineBytes: -1 },
    is: ConfigError,
    retryable: false,
    hint: { none: "the text says what was expected" },
    sessionId: false,
    stderr: false,
    more: { option: "maxLineBytes" },
  },
};

const SESSIONS = { async: AsyncSession, sync: SyncSession } as const;

/** What is thrown, also where the session cannot even be made. */
async function thrown(
  make: () => Session,
  act: NonNullable<Fixture["act"]>,
): Promise<{ readonly error: unknown; readonly id: string | undefined }> {
  let session: Session | undefined;
  try {
    session = make();
    await act(session);
  } catch (error) {
    return { error, id: session?.id };
  } finally {
    await session?.close();
  }
  throw new Error("nothing was thrown");
}

for (const [code, fixture] of Object.entries(FIXTURES)) {
  for (const [name, Session] of Object.entries(SESSIONS)) {
    Deno.test(`the error ${code}, ${name}`, async () => {
      await using claude = await ScriptedClaude.create({
        processes: [fixture.process ?? { beforeInput: [SAYS] }],
      });
      const broken = `${claude.folder}/broken`;
      await Deno.writeTextFile(broken, "#!/nonexistent/sh\n", { mode: 0o755 });
      const { options = {}, act = (session) => session.ask("hi") } = fixture;
      const { error, id } = await thrown(
        () =>
          new Session({
            claudePath: claude.command,
            closeTimeoutMs: 500,
            ...options,
            ...options.claudePath === "{folder}/broken"
              ? { claudePath: broken }
              : {},
          }),
        act,
      );
      check(code, error, id, fixture);
    });
  }
}

function check(
  code: string,
  error: unknown,
  id: string | undefined,
  fixture: Fixture,
) {
  assertInstanceOf(error, ClaudeStreamError, String(error));
  const { sessionId } = fixture;
  const { hint } = error;
  const told = typeof fixture.hint === "string" && hint?.includes(fixture.hint)
    ? fixture.hint
    : hint;
  assertNamesExist(hint ?? "");
  assertEquals(
    {
      code: error.code,
      is: error.name,
      retryable: error.retryable,
      hint: told,
      sessionId: error.sessionId,
      stderrTail: error.stderrTail,
    },
    {
      code: code as ErrorCode,
      is: fixture.is.name,
      retryable: fixture.retryable,
      hint: typeof fixture.hint === "string" ? fixture.hint : undefined,
      sessionId: sessionId === "own" ? id : sessionId || undefined,
      stderrTail: fixture.stderr ? "last words\n" : undefined,
    },
    error.message,
  );
  const fields = error as unknown as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(fixture.more ?? {})) {
    assertEquals(fields[name], value, name);
  }
}

Deno.test("the README and the doc of ErrorCode name every code", async () => {
  const [readme, source] = await Promise.all(
    ["README.md", "src/errors.ts"].map((path) =>
      Deno.readTextFile(new URL(`../../${path}`, import.meta.url))
    ),
  );
  for (const code of Object.keys(FIXTURES)) {
    assert(readme?.includes(`\`${code}\``), `README.md lacks ${code}`);
    assert(
      source?.includes(` * | \`${code}\` | `),
      `the table of src/errors.ts lacks ${code}`,
    );
  }
});

/** What a hint names is there: an option, a command of ours, a flag of one. */
function assertNamesExist(hint: string): void {
  for (const [, names = ""] of hint.matchAll(/options? ([\w, ]+)/g)) {
    const [first = ""] = names.split(/,| and | /);
    assert(OPTION_NAMES.has(first), `${first} in "${hint}"`);
  }
  for (const [, word = ""] of hint.matchAll(/claudestream (\S+)/g)) {
    assert(isCommand(word) || word === "--version", `${word} in "${hint}"`);
  }
}

Deno.test("what the answer says is never an error", async () => {
  const answers = [
    "You are not logged in. Please run /login",
    "API Error: 401 authentication_error",
    "Credit balance is too low; rate_limit; overloaded_error",
  ];
  for (const Session of Object.values(SESSIONS)) {
    await using claude = await ScriptedClaude.create(
      step.conversation(answers.map((text) => [step.text(text)])),
    );
    const session: Session = new Session({ claudePath: claude.command });
    for (const text of answers) {
      assertEquals((await session.ask("hi")).text, text);
    }
    await session.close();
  }
});

Deno.test("is_error fails a turn whatever else its result says", async () => {
  for (const Session of Object.values(SESSIONS)) {
    await using claude = await ScriptedClaude.create(step.conversation([
      [
        step.text("all is well"),
        step.result("success", {
          is_error: true,
          terminal_reason: "completed",
        }),
      ],
    ]));
    const { error } = await thrown(
      () => new Session({ claudePath: claude.command }),
      (session) => session.ask("hi"),
    );
    assertInstanceOf(error, TurnError);
    assertEquals(error.code, "turn_failed");
  }
});

Deno.test("a flood of output puts off no time limit", async () => {
  // Of short lines: the async session has to make room for its timers.
  const cases = [["async", ""], ["sync", "0123456789".repeat(4)]] as const;
  for (const [name, line] of cases) {
    const folder = await Deno.makeTempDir({ prefix: "claudestream-flood-" });
    const path = `${folder}/flood`;
    const script = `#!/bin/sh\nexec yes ${line}\n`;
    await Deno.writeTextFile(path, script, { mode: 0o755 });
    const start = performance.now();
    const { error } = await thrown(
      () => new SESSIONS[name]({ claudePath: path, startTimeoutMs: 500 }),
      (session) => session.start(),
    );
    const ms = performance.now() - start;
    await Deno.remove(folder, { recursive: true });
    assertInstanceOf(error, DeadlineError);
    assert(ms < 60_000, `${name}: ${ms} ms`);
  }
});
