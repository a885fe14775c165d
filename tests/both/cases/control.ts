// Questions, hooks, live control, pushed messages, background tasks and new processes
// through both drivers.

import { assert, assertEquals } from "@std/assert";
import {
  allow,
  allowList,
  callback,
  type ClaudeEvent,
  deny,
  dialog,
  elicit,
  hook,
  type SyncSessionOptions,
} from "../../../mod.ts";
import { step } from "../../../src/testing/mod.ts";
import {
  type Case,
  type Doing,
  each,
  events,
  got,
  listed,
  type Session,
  steady,
  thrown,
  told,
} from "../../support/both_drivers.ts";
import {
  ASK,
  CHANGES_ANSWERED,
  DIALOG,
  ELICIT,
} from "../../support/host_requests.ts";

type Line = Readonly<Record<string, unknown>>;

const PLAN = {
  subtype: "can_use_tool",
  tool_name: "ExitPlanMode",
  input: { plan: "1. Rest." },
  tool_use_id: "p",
  requires_user_interaction: true,
};
const QUESTIONS = [
  [ASK, PLAN, ELICIT, DIALOG].map((request, at) =>
    step.request(request, { id: `asked-${at}` })
  ),
];

/** What was answered to the questions, in order. */
function answers(sent: readonly Line[]): unknown[] {
  return sent.flatMap(({ type, response }) => {
    const { request_id, response: answer } = (response ?? {}) as Line;
    return type === "control_response" && `${request_id}`.startsWith("asked-")
      ? [answer]
      : [];
  });
}

const bash = step.toolCall("Bash", { command: "git log" }, {
  asks: true,
  output: "ran",
});

const TASK = step.background("a task", [step.pause(200)], {
  wakeUp: [step.text("the task is done")],
});

/** Calls of live control, each as its callers write it. */
function* controls(session: Session, seen: unknown[]): Doing {
  const ask = function* <T>(value: T | Promise<T>): Doing {
    seen.push(steady((yield* got(value)) ?? "nothing"));
  };
  yield* ask(session.start());
  yield* ask(session.setModel());
  yield* ask(session.setPermissionMode("plan"));
  yield* ask(session.setThinking({ budgetTokens: 2000 }));
  yield* ask(session.setEffort("low"));
  yield* ask(session.applySettings({ effortLevel: null }));
  yield* ask(session.saveSettings("local", { outputStyle: "x" }));
  yield* ask(session.cancelMessage("u"));
  yield* ask(session.generateTitle("d", { persist: true }));
  yield* ask(session.rewindFiles("u", { dryRun: true }));
  yield* ask(session.interrupt({ cancelQueued: true }));
  yield* ask(session.tasks.background());
  yield* ask(session.mcp.toggle("a", false));
  yield* ask(session.mcp.reconnect("a"));
  yield* ask(session.mcp.set({ a: { command: "x", timeoutMs: 5 } }));
  yield* ask(session.mcp.setMode("a"));
  yield* ask(session.models());
  yield* ask(session.commands());
  yield* ask(session.agents());
  yield* ask(session.account());
  yield* ask(session.control("set_model", { model: "x" }));
  yield* ask(session.explainPermission("Bash", { command: "git log" }));
}

export const CONTROL_SCENARIOS: Readonly<Record<string, Case>> = {
  "functions answer questions": {
    turns: QUESTIONS,
    options: {
      onQuestion: ({ questions }, { signal }) => {
        assertEquals([questions.length, signal.aborted], [1, false]);
        return { "Which colour?": "Blue" };
      },
      onPlan: ({ plan }) => plan === "1. Rest." ? allow() : deny("no"),
      onElicitation: ({ serverName }) => elicit.accept({ name: serverName }),
      onDialog: ({ payload }) => dialog.complete(payload.of),
      dialogKinds: ["colour"],
    },
    check(_seen, sent) {
      assertEquals(answers(sent), [
        {
          behavior: "allow",
          updatedInput: { ...ASK.input, answers: { "Which colour?": "Blue" } },
        },
        { behavior: "allow", updatedInput: PLAN.input },
        { action: "accept", content: { name: "demo" } },
        { behavior: "completed", result: "sky" },
      ]);
    },
  },
  "functions that fail never say yes": {
    turns: QUESTIONS,
    options: () => {
      const fails = () => {
        throw new Error("broken");
      };
      return {
        onQuestion: fails,
        onPlan: () => "yes" as never,
        onElicitation: fails,
        onDialog: fails,
        dialogKinds: ["colour"],
      };
    },
    *does(session, seen) {
      using _ = session.on("handler_failed", ({ handler, consequence }) => {
        seen.push([handler, consequence]);
      });
      yield* events(session.send("go"));
    },
    check(seen, sent) {
      assertEquals(seen.slice(0, -1).map((failure) => (failure as Line)[0]), [
        "onQuestion",
        "onPlan",
        "onElicitation",
        "onDialog",
      ]);
      assertEquals(
        answers(sent).map((answer) => {
          const { behavior, action } = answer as Line;
          return behavior ?? action;
        }),
        ["deny", "deny", "decline", "cancelled"],
      );
    },
  },
  "events answer questions": {
    turns: [...QUESTIONS, [bash]],
    options: {
      policy: callback(() => undefined),
      dialogKinds: ["colour"],
    },
    *does(session, seen) {
      for (const prompt of ["one", "two"]) {
        yield* each(session.send(prompt), (event) => {
          seen.push(steady(event));
          answerByHand(session, event, seen);
        });
      }
    },
    check(_seen, sent) {
      assertEquals(answers(sent), [
        {
          behavior: "allow",
          updatedInput: { ...ASK.input, answers: { "Which colour?": "Red" } },
        },
        { behavior: "deny", message: "not this one" },
        { action: "accept", content: { name: "Ann" } },
        { behavior: "completed", result: { colour: "blue" } },
      ]);
    },
  },
  "nobody answers questions": {
    turns: [...QUESTIONS, [bash]],
    options: {
      policy: callback(() => undefined),
      dialogKinds: ["colour"],
    },
    *does(session, seen) {
      for (const prompt of ["one", "two"]) {
        const { text, result } = yield* got(session.ask(prompt));
        seen.push(text, steady(result));
      }
    },
  },
  "a question that waits too long": {
    turns: [[bash, step.text("done")]],
    options: { policy: callback(() => undefined), permissionTimeoutMs: 100 },
    check(seen) {
      const results = (seen as readonly Line[]).flatMap((event) =>
        event?.type === "tool_result" ? [[event.isError, event.text]] : []
      );
      assertEquals(results.map(([isError]) => isError), [true]);
      assert(`${results[0]?.[1]}`.includes("100 ms"));
      assert(seen.includes("done"));
    },
  },
  "a question that is withdrawn": {
    turns: [[
      step.request(ELICIT, { id: "asked", wait: false }),
      step.cancelRequest("asked"),
      step.text("done"),
    ]],
    *does(session, seen) {
      const turn = session.send("go");
      for (const event of yield* events(turn)) {
        if (event.type === "elicitation_request") seen.push(event.serverName);
      }
      seen.push(yield* got(turn.text()));
      seen.push(
        yield* thrown(() => session.respond("asked", elicit.decline())),
      );
    },
    check([asked, text, error], sent) {
      assertEquals([asked, text], ["demo", "done"]);
      assertEquals((error as unknown[])[0], "StateError");
      assertEquals(answers(sent), []);
    },
  },
  "hooks of several events": {
    turns: [[bash, step.text("done")]],
    options: () => {
      const heard: unknown[] = [];
      return {
        hooks: {
          UserPromptSubmit: [{
            run: ({ prompt }) => {
              heard.push(prompt);
              return hook.context("be brief");
            },
          }],
          PreToolUse: [{
            matcher: /^Bash$/,
            timeoutMs: 5000,
            run: ({ toolName }, { signal, toolUseId }) => {
              heard.push([toolName, signal.aborted, typeof toolUseId]);
              return hook.allow({ input: { command: "ls" } });
            },
          }, { run: () => undefined }],
          PostToolUse: [{
            run: () => {
              throw new Error("broken");
            },
          }],
          Stop: [{
            run: () => {
              heard.push("stop");
              return heard.length === 3 ? undefined : hook.stop("told wrongly");
            },
          }],
        },
      } satisfies SyncSessionOptions;
    },
    *does(session, seen) {
      using _ = session.on("handler_failed", ({ handler, isSilent }) => {
        seen.push([handler, isSilent]);
      });
      for (const event of yield* events(session.send("go"))) {
        seen.push(steady(event));
      }
    },
  },
  "live control": {
    turns: [[step.text("x")]],
    process: {
      answers: CHANGES_ANSWERED,
    },
    options: { policy: allowList(["Bash(git *)"]) },
    does: controls,
    check: (seen) => assertEquals(seen.length, 23),
  },
  "live control that fails": {
    turns: [[step.text("x")]],
    process: {
      answers: {
        rename_session: {
          answer: "error",
          error: "title must be non-empty",
          errorCode: "invalid_request",
        },
        get_settings: { answer: "none" },
        mcp_status: { answer: "success", response: { mcpServers: 3 } },
      },
    },
    *does(session, seen) {
      yield* got(session.start());
      seen.push(
        yield* thrown(() => session.renameSession("x")),
        yield* thrown(() => session.control("brand_new")),
        yield* thrown(() => session.settings({ timeoutMs: 20 })),
        yield* thrown(() => session.mcp.status()),
        yield* thrown(() => session.setModel("")),
        yield* thrown(() => session.settings({ timeoutMs: 0 })),
        yield* thrown(() => session.control("x", { signal: 3 } as never)),
        yield* thrown(() =>
          session.settings({ signal: AbortSignal.abort(new Error("gone")) })
        ),
      );
      seen.push((yield* got(session.ask("go"))).text);
    },
    check(seen) {
      assertEquals(
        seen.slice(0, 4).map((error) => (error as unknown[])[0]),
        ["ControlError", "ControlError", "DeadlineError", "ProtocolError"],
      );
      assertEquals(seen.at(-2), "x");
    },
  },
  "an interruption in the loop": {
    turns: [[step.text("one"), step.silence()], [step.text("two")]],
    *does(session, seen) {
      let receipt: unknown;
      const turn = session.send("a");
      yield* each(turn, (event) => {
        if (event.type === "assistant_text") receipt = session.interrupt();
      });
      seen.push(yield* got(receipt), steady(yield* got(turn.result())));
      seen.push((yield* got(session.ask("b"))).text);
    },
    check: (seen) => assertEquals(seen.at(-2), "two"),
  },
  "an interruption at any moment": {
    turns: [
      [step.text("early"), step.silence()],
      [bash, step.text("asked"), step.silence()],
      [step.toolCall("Read", {}, { running: [step.silence()] })],
      [step.text("whole")],
      [step.text("last")],
    ],
    options: { policy: callback(() => undefined) },
    // An interruption, and the answer to the hook of the tool that it meets.
    isRace: true,
    *does(session, seen) {
      const ran: unknown[] = [];
      using _ = session.on("tool_result", ({ text }) => ran.push(text));
      const end = function* (turn: ReturnType<Session["send"]>): Doing {
        const { isError, terminalReason } = yield* got(turn.result());
        seen.push([isError, terminalReason]);
      };
      const early = session.send("a");
      yield* got(session.interrupt());
      yield* end(early);
      for (const type of ["permission_request", "tool_use"]) {
        let receipt: unknown;
        const turn = session.send("b");
        yield* each(turn, (event) => {
          if (event.type !== type || receipt !== undefined) return;
          receipt = session.interrupt();
        });
        yield* got(receipt);
        yield* end(turn);
      }
      assert(!ran.includes("ran"), "a tool ran after the interruption");
      const over = session.send("c");
      seen.push(yield* got(over.text()));
      yield* got(session.interrupt());
      yield* got(over.interrupt());
      seen.push((yield* got(session.ask("d"))).text);
    },
    check(seen) {
      assertEquals(
        seen.slice(0, 3).map((end) => (end as unknown[])[0]),
        [true, true, true],
      );
      assertEquals(seen.slice(3, 5), ["whole", "last"]);
    },
  },
  "leaving the loop": {
    turns: [[step.text("one"), step.silence()], [step.text("two")]],
    *does(session, seen) {
      const turn = session.send("a");
      yield* each(turn, (event) => event.type === "assistant_text");
      seen.push(yield* thrown(() => turn.text()));
      seen.push((yield* got(session.ask("b"))).text);
    },
    check: (seen) => assertEquals(seen.at(-2), "two"),
  },
  "a message that is pushed into a turn": {
    turns: [[
      step.text("one"),
      step.awaitPrompt(),
      step.toolCall("Read", {}, { output: "x" }),
      step.echo("{prompts}"),
    ]],
    *does(session, seen) {
      const turn = session.send("a");
      yield* got(session.start());
      const pushed = session.push("b");
      seen.push(yield* listed(pushed.states));
      const result = yield* got(pushed.result());
      seen.push(steady(result));
      assertEquals(result, yield* got(turn.result()));
    },
    check: ([states]) =>
      assertEquals(states, ["queued", "folded", "completed"]),
  },
  "a message that is pushed without a turn": {
    turns: [[step.text("one")], [step.text("two")]],
    *does(session, seen) {
      const pushed = session.push("a");
      seen.push(yield* listed(pushed.states));
      seen.push((yield* got(pushed.result())).result);
      seen.push((yield* got(session.ask("b"))).text);
    },
  },
  "a message that is taken back": {
    turns: [[step.text("one"), step.silence()], [step.text("two")]],
    *does(session, seen) {
      const turn = session.send("a");
      yield* got(session.start());
      const pushed = session.push("b");
      yield* got(
        session.control("cancel_async_message", { message_uuid: pushed.id }),
      );
      seen.push(yield* listed(pushed.states));
      seen.push(yield* thrown(() => pushed.result()));
      yield* got(session.interrupt());
      yield* got(turn.result());
      seen.push((yield* got(session.ask("c"))).text);
    },
    check([states, error, text]) {
      assertEquals(states, ["queued", "cancelled"]);
      assertEquals((error as unknown[])[1], "cancelled");
      assertEquals(text, "two");
    },
  },
  "a turn of the CLI's own between two prompts": {
    turns: [[TASK, step.text("one")], [step.text("two")]],
    *does(session, seen) {
      const all = session.events();
      const turns: string[][] = [];
      const read = function* (prompt: string): Doing {
        const texts: string[] = [];
        turns.push(texts);
        yield* each(session.send(prompt), (event) => {
          if (event.type === "assistant_text") texts.push(event.text);
        });
      };
      yield* read("a");
      // Wait for the turn about the end of the task.
      yield* each(
        all as Iterable<ClaudeEvent>,
        (event) => event.type === "result" && event.origin !== undefined,
      );
      yield* read("b");
      seen.push(turns);
    },
    check: ([turns]) => assertEquals(turns, [["one"], ["two"]]),
  },
  "a message that is pushed to a process that dies": {
    turns: [[step.text("one"), step.awaitPrompt(), step.exit(1)]],
    *does(session, seen) {
      const turn = session.send("a");
      yield* got(session.start());
      const pushed = session.push("b");
      seen.push(yield* thrown(() => turn.result()));
      seen.push(yield* thrown(() => pushed.result()));
      seen.push(yield* thrown(() => session.settings()));
      try {
        session.send("c");
      } catch (error) {
        seen.push(told(error));
      }
    },
    check: (seen) => assertEquals(seen.length, 5),
  },
  "a task in the background, and its turn": {
    turns: [[TASK, step.text("one")], [step.text("two")]],
    *does(session, seen) {
      using _ = session.on("result", ({ result }) => {
        seen.push([result, session.tasks.size]);
      });
      seen.push((yield* got(session.ask("a"))).text);
      seen.push((yield* got(session.ask("b", { until: "turn" }))).text);
    },
    check: (seen) =>
      assertEquals(seen.slice(0, -1), [
        ["one", 1],
        ["the task is done", 0],
        "the task is done",
        ["two", 0],
        "two",
      ]),
  },
  "a new process after a crash": {
    turns: [[step.text("x"), step.kill("SIGKILL")]],
    next: [{ forEveryPrompt: [step.echo("{prompt}")] }],
    options: { recover: { attempts: 1 } },
    *does(session, seen) {
      using _ = session.on("session_restarted", ({ attempt, resumedFrom }) => {
        seen.push([attempt, resumedFrom === session.id]);
      });
      const error = (yield* thrown(() => session.ask("one"))) as unknown[];
      // How the end is told in words depends on who carries the conversation.
      seen.push(error[0], session.state);
      seen.push((yield* got(session.ask("two"))).text, session.state);
    },
    check: (seen) =>
      assertEquals(seen.slice(0, -1), [
        [1, true],
        "ProcessExitError",
        "new",
        "two",
        "idle",
      ]),
  },
  "everything that a session says, until it is closed": {
    turns: [[step.text("one")]],
    *does(session, seen) {
      const all = session.events();
      const reading = Symbol.iterator in all ? undefined : Array.fromAsync(all);
      yield* got(session.ask("a"));
      yield* got(session.close());
      const read = yield* got(
        reading ?? [...all as Iterable<ClaudeEvent>],
      );
      seen.push(...read.map(steady));
      seen.push(yield* thrown(() => session.ask("b")));
    },
    check: (seen) => assert(seen.length > 4),
  },
  "a listener that aborts the turn": {
    turns: [[step.text("one"), step.silence()], [step.text("two")]],
    *does(session, seen) {
      const abort = new AbortController();
      using _ = session.on("assistant_text", ({ text }) => {
        if (text === "one") abort.abort(new Error("enough"));
      });
      seen.push(
        yield* thrown(() => session.ask("a", { signal: abort.signal })),
      );
      seen.push((yield* got(session.ask("b"))).text);
    },
    check: (seen) => assertEquals(seen.slice(0, -1), ["Error: enough", "two"]),
  },
};

function answerByHand(
  session: Session,
  event: ClaudeEvent,
  seen: unknown[],
): void {
  switch (event.type) {
    case "permission_request":
      if (event.toolName === "AskUserQuestion") {
        event.allow({
          input: { ...ASK.input, answers: { "Which colour?": "Red" } },
        });
      } else if (event.toolName === "ExitPlanMode") event.deny("not this one");
      else session.respond(event.requestId, allow());
      break;
    case "elicitation_request":
      event.accept({ name: "Ann" });
      break;
    case "user_dialog_request":
      session.respond(event.requestId, dialog.complete({ colour: "blue" }));
      break;
    default:
      return;
  }
  try {
    session.respond(event.requestId, deny());
  } catch (error) {
    seen.push(steady(told(error)));
  }
}
