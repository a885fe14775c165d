// Answers to questions, plans and forms are what the CLI takes, and never empty.

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { ToolRequest } from "../events/permissions.ts";
import { allow, deny, permissionReply } from "../permissions/decision.ts";
import {
  dialog,
  dialogIssue,
  dialogResponse,
  elicit,
  elicitationIssue,
  elicitationResponse,
} from "./answers.ts";
import {
  answerQuestions,
  hasAnswers,
  planOf,
  userQuestions,
} from "./asking_tools.ts";
import { meant } from "./mod.ts";

/** From 2.1.330_11-ask-user-question.ndjson. */
const COLOUR = {
  question: "Which colour?",
  header: "Colour",
  options: [
    { label: "Red", description: "warm" },
    { label: "Blue", description: "cool" },
  ],
  multiSelect: false,
};
const SEVERAL = { ...COLOUR, question: "Which ones?", multiSelect: true };

function call(...questions: unknown[]): ToolRequest {
  return {
    toolName: "AskUserQuestion",
    toolUseId: "toolu_mock_0001",
    input: { questions },
  };
}

Deno.test("answerQuestions() makes the reply that was recorded", () => {
  const recorded =
    '{"behavior":"allow","updatedInput":{"questions":[{"question":"Which colour?","header":"Colour","options":[{"label":"Red","description":"warm"},{"label":"Blue","description":"cool"}],"multiSelect":false}],"answers":{"Which colour?":"Blue"}}}';
  const request = call(COLOUR);
  const decision = answerQuestions(request, { "Which colour?": "Blue" });
  assertEquals(JSON.stringify(permissionReply(decision, request)), recorded);
});

Deno.test("answerQuestions() takes labels, texts and several of them", () => {
  const cases = [
    [{ "Which colour?": "Green", "Which ones?": ["Red", "Blue"] }, [
      "Green",
      "Red, Blue",
    ]],
    [{ "Which ones?": "Red", "Which colour?": ["Blue"] }, ["Blue", "Red"]],
  ] as const;
  for (const [answers, expected] of cases) {
    const { input } = answerQuestions(call(COLOUR, SEVERAL), answers);
    assertEquals(
      Object.entries(input?.answers as Record<string, string>),
      ["Which colour?", "Which ones?"].map((question, index) => [
        question,
        expected[index] ?? "",
      ]),
    );
  }
});

Deno.test("answerQuestions() never gives an empty answer", () => {
  const cases: readonly [unknown, string][] = [
    [undefined, "an answer for each question"],
    ["Blue", "an answer for each question"],
    [["Blue"], "an answer for each question"],
    [{}, `no answer to "Which colour?"`],
    [{ "Which colour?": "" }, "no answer"],
    [{ "Which colour?": "  " }, "no answer"],
    [{ "Which colour?": [] }, "no answer"],
    [{ "Which colour?": 1 }, "no answer"],
    [{ "Which colour?": ["Red", "Blue"] }, "more than one answer"],
    [{ "Which colour?": "Red", "Which color?": "Red" }, "nobody asked"],
  ];
  for (const [answers, text] of cases) {
    assertThrows(
      () => answerQuestions(call(COLOUR), answers as never),
      TypeError,
      text,
    );
  }
  const other = { toolName: "Bash", toolUseId: "1", input: {} };
  assertThrows(() => answerQuestions(other, {}), TypeError, "no questions");
});

Deno.test("userQuestions() reads what is there, or nothing", () => {
  assertEquals<unknown>(userQuestions(call(COLOUR)), {
    questions: [COLOUR],
    toolUseId: "toolu_mock_0001",
  });
  assertEquals<unknown>(
    userQuestions(call({ question: "Why?", options: ["x", {}] }))?.questions,
    [{ question: "Why?", options: [], multiSelect: false }],
  );
  for (const questions of [[], ["Why?"], [{ header: "x" }], [COLOUR, null]]) {
    assertEquals(userQuestions(call(...questions)), undefined);
  }
  assertEquals(
    userQuestions({ toolName: "Bash", toolUseId: "1", input: {} }),
    undefined,
  );
});

Deno.test("meant(): an allowance without answers says nothing", () => {
  const request = call(COLOUR);
  const answered = answerQuestions(request, { "Which colour?": "Red" });
  assertEquals(meant(request, allow()), undefined);
  assertEquals(meant(request, allow({ input: request.input })), undefined);
  assertEquals(
    meant(request, allow({ input: { ...request.input, answers: {} } })),
    undefined,
  );
  assertEquals(meant(request, answered), answered);
  assertEquals(meant(request, deny("no")), deny("no"));
  const other = { toolName: "Bash", toolUseId: "1", input: {} };
  assertEquals(meant(other, allow()), allow());
  assert(!hasAnswers(undefined));
});

Deno.test("planOf() reads a plan where there is one", () => {
  const request = { toolName: "ExitPlanMode", toolUseId: "1", input: {} };
  assertEquals<unknown>(planOf(request), { toolUseId: "1" });
  assertEquals<unknown>(
    planOf({
      ...request,
      agentId: "a",
      input: { plan: "1. Do it", planFilePath: "/p" },
    }),
    { plan: "1. Do it", planFilePath: "/p", toolUseId: "1", agentId: "a" },
  );
  assertEquals(planOf(call(COLOUR)), undefined);
});

Deno.test("elicit and dialog make what the CLI takes, and nothing else passes", () => {
  for (
    const answer of [
      elicit.accept({ name: "Ann" }),
      elicit.accept(),
      elicit.decline(),
      elicit.cancel(),
    ]
  ) {
    assertEquals(elicitationIssue(answer), undefined);
    assertEquals<unknown>(elicitationResponse(answer), answer);
  }
  for (
    const answer of [null, "accept", {}, { action: "yes" }, {
      action: "accept",
      content: 1,
    }]
  ) {
    assert(elicitationIssue(answer) !== undefined);
  }
  assertEquals(dialogResponse(dialog.complete("x")), {
    behavior: "completed",
    result: "x",
  });
  assertEquals(dialogResponse(dialog.complete()), {
    behavior: "completed",
    result: null,
  });
  assertEquals(dialogResponse(dialog.cancel()), { behavior: "cancelled" });
  for (const answer of [null, {}, { behavior: "allow" }]) {
    assert(dialogIssue(answer) !== undefined);
  }
  // A value that JSON cannot hold would fail at the write, when it is too late to answer.
  for (const result of [10n, { deep: [10n] }, () => 1, Symbol("x")]) {
    assert(dialogIssue(dialog.complete(result)) !== undefined);
  }
});
