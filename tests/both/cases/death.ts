// The process dies at every step of the protocol: each waiting call gets one error that says
// how, the next prompt is refused with it, and nothing hangs; in both sessions, over
// everything.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as v from "valibot";
import {
  callback,
  defineTool,
  ProcessExitError,
  StateError,
  SyncSession,
  type SyncSessionOptions,
  type SyncTurn,
  type Turn,
} from "../../../mod.ts";
import {
  type PlainStep,
  type ProcessScript,
  step,
  type TurnScript,
} from "../../../src/testing/mod.ts";
import {
  type Case,
  type Doing,
  got,
  type Session,
} from "../../support/both_drivers.ts";

type Script = Omit<ProcessScript, "turns">;

const LAST_WORDS = "last words\n";

/** By a signal: that is the same error at each step, the first ones included. */
const DIES: readonly PlainStep[] = [
  step.stderr(LAST_WORDS),
  step.kill("SIGKILL"),
];

const BASH = {
  tool_name: "Bash",
  tool_input: { command: "ls" },
  input: { command: "ls" },
  tool_use_id: "toolu_1",
};

/** The CLI asks, and dies without waiting for the answer. */
function asks(request: Parameters<typeof step.request>[0]): TurnScript {
  return [step.request(request, { wait: false }), ...DIES];
}

function mcp(method: string, params: Parameters<typeof step.request>[0] = {}) {
  return {
    subtype: "mcp_message",
    server_name: "tools",
    message: { jsonrpc: "2.0", id: 1, method, params },
  };
}

const TOOL = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number() }),
  run: ({ a }) => `${a}`,
});

const OPTIONS: SyncSessionOptions = {
  policy: callback(() => undefined),
  hooks: { PreToolUse: [{ run: () => undefined }] },
  tools: [TOOL],
  dialogKinds: ["colour"],
};

/** Before any turn. */
const STARTS: Readonly<Record<string, Script>> = {
  "before it reads": { beforeInput: DIES },
  "before it answers the handshake": {
    beforeInput: [step.background("death", [step.pause(50), ...DIES])],
    answers: { initialize: { answer: "none" } },
  },
  "in the handshake of a server": {
    beforeInput: [
      step.request(mcp("initialize"), { wait: false }),
      step.request(mcp("tools/list"), { wait: false }),
      ...DIES,
    ],
  },
};

/** In the first turn. */
const TURNS: Readonly<Record<string, TurnScript>> = {
  "after the prompt": DIES,
  "in a line": [step.write('{"type":"assistant","mess'), ...DIES],
  "in the thinking": [
    step.thinking("abcd", { deltas: 4, during: { after: 2, steps: DIES } }),
  ],
  "in the text": [
    step.text("abcd", { deltas: 4, during: { after: 2, steps: DIES } }),
  ],
  "before a retry": [step.apiRetry(), ...DIES],
  "while it asks for a permission": asks({ subtype: "can_use_tool", ...BASH }),
  "while it asks a question": asks({
    subtype: "can_use_tool",
    tool_name: "AskUserQuestion",
    input: { questions: [] },
    tool_use_id: "toolu_1",
    requires_user_interaction: true,
  }),
  "while it asks for a form": asks({
    subtype: "elicitation",
    mcp_server_name: "demo",
    message: "Your name?",
    mode: "form",
    requested_schema: { type: "object" },
  }),
  "while it shows a dialog": asks({
    subtype: "request_user_dialog",
    dialog_kind: "colour",
    payload: {},
  }),
  "while a hook runs": asks({
    subtype: "hook_callback",
    callback_id: "claudestream:PreToolUse:0",
    input: { hook_event_name: "PreToolUse", ...BASH },
  }),
  "while a tool of ours runs": asks(
    mcp("tools/call", { name: "add", arguments: { a: 1 } }),
  ),
  "while a tool of its own runs": [
    step.toolCall("Read", { file_path: "/x" }, { running: DIES }),
  ],
  "after the result of a tool": [
    step.toolCall("Read", { file_path: "/x" }, { output: "y" }),
    ...DIES,
  ],
  "after the reply, before the result": [step.text("x"), ...DIES],
};

/** Returns what these calls fail with; an async session makes all of them at once. */
function* failures(calls: readonly (() => unknown)[]): Doing<unknown[]> {
  const begun = calls.map((call): unknown => {
    try {
      const value = call();
      return value instanceof Promise
        ? value.then(() => "no error", (error) => error)
        : "no error";
    } catch (error) {
      return error;
    }
  });
  const errors: unknown[] = [];
  for (const one of begun) errors.push(yield* got(one));
  return errors;
}

/** Makes these calls, all of which fail with the death, and looks at what is left. */
function* dies(
  session: Session,
  seen: unknown[],
  calls: readonly (() => unknown)[],
): Doing {
  const heard: Error[] = [];
  using _ = session.on("error", (error) => heard.push(error));
  const errors = yield* failures(calls);
  const [error] = errors;
  assert(error instanceof ProcessExitError, String(error));
  assertStringIncludes(error.stderrTail ?? "", LAST_WORDS);
  // Before the first turn there is nothing to resume yet.
  const hadTurn = error.sessionId !== undefined;
  if (hadTurn) assertEquals(error.sessionId, session.id);
  assertEquals(heard, [error]);
  assertEquals(session.state, "dead");
  const later = yield* failures([
    () => session.send("again"),
    () => session.ask("again"),
    () => session.push("again"),
    () => session.contextUsage(),
    () => session.interrupt(),
  ]);
  for (const one of [...errors, ...later]) {
    if (one === error) continue;
    assert(one instanceof StateError, String(one));
    assertEquals([one.code, one.cause], ["session_closed", error]);
  }
  for (const one of later.slice(0, 2)) assert(one instanceof StateError);
  yield* got(session.close());
  seen.push(error.code, hadTurn, errors.length);
}

/** What was seen of these many calls. */
function sawDeath(hadTurn: boolean, calls: number): NonNullable<Case["check"]> {
  return (seen) =>
    assertEquals(seen.slice(0, -1), ["process_exit", hadTurn, calls]);
}

function cases(): Record<string, Case> {
  const all: Record<string, Case> = {};
  const common = { options: OPTIONS, isRace: true };
  for (const [name, process] of Object.entries(STARTS)) {
    all[`a death ${name}`] = {
      ...common,
      turns: [],
      process,
      check: sawDeath(false, 2),
      does: (session, seen) =>
        dies(session, seen, [
          () => session.start(),
          () => session.contextUsage(),
        ]),
    };
  }
  for (const [name, turn] of Object.entries(TURNS)) {
    all[`a death ${name}`] = {
      ...common,
      turns: [turn],
      process: { answers: { get_context_usage: { answer: "none" } } },
      check: sawDeath(true, 4),
      *does(session, seen) {
        yield* got(session.start());
        const sent = session.send("go");
        yield* dies(session, seen, [
          () =>
            session instanceof SyncSession
              ? [...sent as SyncTurn]
              : Array.fromAsync(sent as Turn),
          () => sent.result(),
          () => sent.text(),
          () => session.contextUsage(),
        ]);
      },
    };
  }
  all["a death after the result, while a task runs"] = {
    ...common,
    turns: [[
      step.background("a task", [step.pause(100), ...DIES]),
      step.text("x"),
    ]],
    check: sawDeath(true, 1),
    does: (session, seen) => dies(session, seen, [() => session.ask("go")]),
  };
  return all;
}

export const DEATH_SCENARIOS: Readonly<Record<string, Case>> = cases();
