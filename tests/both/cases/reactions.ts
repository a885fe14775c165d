// What a scenario does because of what it hears: prompts, answers, results of tools,
// interruptions, pushed messages; and what goes wrong by script.

import { assertEquals } from "@std/assert";
import { allow, callback, type ClaudeEvent, deny } from "../../../mod.ts";
import { step } from "../../../src/testing/mod.ts";
import {
  type Case,
  each,
  events,
  got,
  type Session,
  thrown,
} from "../../support/both_drivers.ts";

/** Sends prompts and keeps the texts. */
function asking(...prompts: readonly string[]) {
  return function* (session: Session, seen: unknown[]) {
    for (const prompt of prompts) {
      seen.push(yield* got(session.send(prompt).text()));
    }
  };
}

/** The first things that were seen. */
function saw(...expected: readonly unknown[]) {
  return (seen: readonly unknown[]) =>
    assertEquals(seen.slice(0, expected.length), expected);
}

const bash = (command: string) =>
  step.toolCall("Bash", { command }, { asks: true, output: "ran" });

const heardAnswer = [
  bash("ls"),
  step.when(
    "answer",
    /"behavior":"allow"/,
    [step.text("allowed")],
    [step.text("denied")],
  ),
];

export const REACTION_SCENARIOS: Readonly<Record<string, Case>> = {
  "a prompt: a text, a part of it, a pattern, and none of them": {
    turns: [[step.text("first of the list")], [step.text("second")]],
    process: {
      onPrompt: [
        step.onPrompt("exactly this", [step.text("a text")]),
        step.onPrompt({ contains: "part" }, [step.text("a part")]),
        step.onPrompt(/^say (\w+)$/i, [step.text("a pattern")]),
        step.onPrompt("once", [step.text("only once")], { times: 1 }),
      ],
      forEveryPrompt: [step.text("any other")],
    },
    does: asking(
      "what?",
      " exactly this ",
      "SAY no",
      "a party",
      "once",
      "once",
      "and?",
    ),
    check: saw(
      "first of the list",
      "a text",
      "a pattern",
      "a part",
      "only once",
      "second",
      "any other",
    ),
  },
  "an answer that allows": {
    turns: [heardAnswer],
    options: { policy: callback(() => allow()) },
    does: asking("x"),
  },
  "an answer to a question that the CLI asked, allowed and denied": {
    turns: [heardAnswer, heardAnswer],
    options: { policy: callback(() => undefined) },
    *does(session, seen) {
      for (const decision of [allow(), deny("no")]) {
        const turn = session.send("x");
        yield* each(turn as Iterable<ClaudeEvent>, (event) => {
          if (event.type !== "permission_request") return;
          session.respond(event.requestId, decision);
        });
        seen.push(yield* got(turn.text()));
      }
    },
    check: saw("allowed", "denied"),
  },
  "the result of a tool, and its input as it was changed": {
    turns: [[
      bash("ls"),
      step.when("tool_result", "ran", [step.text("it ran. ")]),
      step.when("tool_input", { contains: "pwd" }, [step.text("pwd. ")], [
        step.text("ls. "),
      ]),
      step.when("prompt", "go", [
        step.when("tool_result", /no such/, [], [step.text("inner")]),
      ]),
    ]],
    options: { policy: callback(() => allow({ input: { command: "pwd" } })) },
    does: asking("go"),
    check: saw("it ran. pwd. inner"),
  },
  "an interruption": {
    turns: [[step.text("a"), step.silence()], [step.text("b")]],
    process: { onInterrupt: [step.apiRetry({ attempt: 7 })] },
    *does(session, seen) {
      const turn = session.send("x");
      const all: ClaudeEvent[] = [];
      yield* each(turn as Iterable<ClaudeEvent>, (event) => {
        all.push(event);
        if (event.type === "assistant_text") session.interrupt();
      });
      seen.push(
        all.some((event) => event.type === "api_retry" && event.attempt === 7),
        yield* got(session.send("y").text()),
      );
    },
    check: saw(true, "b"),
  },
  "an interruption that is not heeded": {
    isRace: true,
    turns: [[
      step.ignore("interrupt"),
      step.text("a", { deltas: 2 }),
      step.awaitPrompt(),
      step.toolCall("Read", { file_path: "x" }),
      step.text("z"),
    ]],
    *does(session, seen) {
      const turn = session.send("x");
      let isAsked = false;
      yield* each(turn as Iterable<ClaudeEvent>, (event) => {
        if (event.type !== "assistant_text" || isAsked) return;
        isAsked = true;
        session.interrupt();
        session.push("more");
      });
      seen.push((yield* got(turn.result())).result);
    },
    check: saw("z"),
  },
  "a message that was pushed": {
    turns: [[
      step.awaitPrompt(),
      step.toolCall("Read", { file_path: "x" }),
      step.when("prompt", "stop it", [step.text("stopped")], [
        step.text("went on"),
      ]),
    ]],
    *does(session, seen) {
      const turn = session.send("begin");
      session.push("stop it");
      yield* events(turn as Iterable<ClaudeEvent>);
      seen.push((yield* got(turn.result())).result);
    },
    check: saw("stopped"),
  },
  "a refusal": {
    turns: [[step.refusal("No.")], [step.text("second")]],
    *does(session, seen) {
      seen.push(yield* thrown(() => session.send("x").text()));
      seen.push(yield* got(session.send("y").text()));
    },
    check(seen) {
      const [[name, code] = []] = seen as [readonly unknown[]];
      assertEquals([name, code], ["TurnError", "refusal"]);
    },
  },
  "a broken stream": {
    turns: [[step.brokenStream("Hel"), step.text("Hello.")]],
    *does(session, seen) {
      const turn = session.send("x");
      const types = (yield* events(turn as Iterable<ClaudeEvent>)).map((
        { type },
      ) => type);
      seen.push(
        types.includes("api_retry"),
        (yield* got(turn.result())).result,
      );
    },
    check: saw(true, "Hello."),
  },
  "a limit, an overload, a context that is full": {
    turns: [
      [step.rateLimited({ resetsAt: 1_795_400_000 })],
      [step.overloaded()],
      [step.contextOverflow()],
    ],
    *does(session, seen) {
      for (let at = 0; at < 3; at++) {
        seen.push(yield* thrown(() => session.send("x").text()));
      }
    },
    check(seen) {
      assertEquals(
        (seen.slice(0, 3) as [string, string, boolean][]).map((
          [, code, retryable],
        ) => [code, retryable]),
        [["rate_limit", true], ["overloaded", true], ["context_length", false]],
      );
    },
  },
  "an answer that comes twice, late, and for another request": {
    turns: [[step.text("x")]],
    process: {
      answers: {
        set_model: { answer: "success", times: 3, delayMs: 20 },
        get_usage: { answer: "error", error: "no", requestId: "other" },
      },
    },
    *does(session, seen) {
      yield* got(session.setModel("haiku"));
      seen.push(yield* got(session.send("y").text()));
    },
    check: saw("x"),
  },
};
