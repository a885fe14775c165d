// The builders of `step`: each makes what a scenario file may have, of the types that messages have.

import { assert, assertEquals } from "@std/assert";
import { assertSameNames } from "../../tests/support/same_names.ts";
import type { PromptScript, Scenario, Step } from "./scenario.ts";
import { parseScenario, scenarioJsonSchema } from "./scenario_file.ts";
import { STEP_NAMES } from "./scenario_schema.ts";
import * as step from "./steps.ts";

/** Builders that make something else than a step. */
type OtherBuilder = "conversation" | "onPrompt";

/** What each builder makes of the fewest arguments, and of all of them. */
const BUILT: Readonly<
  Record<Exclude<keyof typeof step, OtherBuilder>, readonly Step[]>
> = {
  text: [
    step.text("x"),
    step.text("xy", { deltas: 2, repeat: 3, pauseMs: 5 }),
    step.text("xy", {
      deltas: ["x", "y"],
      during: { after: 1, steps: [step.gate("g")] },
    }),
  ],
  echo: [step.echo(), step.echo("{prompt}", { deltas: 2 })],
  thinking: [
    step.thinking("x"),
    step.thinking("x", { signature: "c2ln", deltas: ["x"] }),
  ],
  redactedThinking: [step.redactedThinking(), step.redactedThinking("ZW4=")],
  toolCall: [
    step.toolCall("Bash", { command: "ls" }),
    step.toolCall("Bash", { command: "ls", nested: { a: [1, null] } }, {
      id: "toolu_1",
      asks: true,
      request: { description: "x" },
      output: "{input.command}",
      template: true,
      isError: true,
      result: { stdout: "x" },
      deltas: 2,
      running: [step.pause(1)],
      refused: [step.text("no")],
    }),
    step.toolCall("Read", {}, { output: [{ type: "text", text: "x" }] }),
  ],
  question: [
    step.question([{ question: "Which?", options: [{ label: "a" }] }]),
    step.question([{
      question: "Which?",
      header: "H",
      multiSelect: true,
      options: [{ label: "a", description: "b" }],
    }], { id: "toolu_1", running: [step.pause(1)], refused: [] }),
  ],
  toolCalls: [
    step.toolCalls([{ name: "Read", input: {} }]),
    step.toolCalls([{ name: "Read", input: {} }, { name: "Grep", input: {} }], {
      overlap: true,
    }),
  ],
  apiRetry: [
    step.apiRetry(),
    step.apiRetry({
      attempt: 2,
      maxRetries: 3,
      delayMs: 5,
      status: null,
      error: "x",
    }),
  ],
  rateLimit: [step.rateLimit(), step.rateLimit({ status: "rejected" })],
  line: [
    step.line({ type: "invented" }),
    step.line({ type: "invented" }, { bare: true, paddingBytes: 9 }),
  ],
  message: [
    step.message("api_retry", {
      attempt: 1,
      maxRetries: 3,
      retryDelayMs: 5,
      errorStatus: 529,
      error: "overloaded",
    }),
  ],
  write: [step.write("noise\n")],
  writeBytes: [
    step.writeBytes(new Uint8Array()),
    step.writeBytes(new Uint8Array([0, 255, 10])),
  ],
  stderr: [step.stderr("x"), step.stderr("x", 100)],
  request: [
    step.request({ subtype: "x" }),
    step.request({ subtype: "x" }, {
      id: "r",
      wait: false,
      onSuccess: [step.mark("a")],
      onError: [step.mark("b")],
    }),
  ],
  hookCallback: [
    step.hookCallback("h", { a: 1 }),
    step.hookCallback("h", {}, { wait: false }),
  ],
  cancelRequest: [step.cancelRequest(), step.cancelRequest("r")],
  inChunks: [step.inChunks(0), step.inChunks(7)],
  spoil: [
    ...(["twice", "late", "lost", "half"] as const).map((how) =>
      step.spoil(how)
    ),
    step.spoil("half", "result"),
  ],
  pause: [step.pause(0), step.pause(1.5)],
  gate: [step.gate("g")],
  awaitPrompt: [step.awaitPrompt()],
  mark: [step.mark("m")],
  silence: [step.silence(), step.silence({ deaf: true })],
  exit: [step.exit(0), step.exit(255)],
  kill: ([
    "SIGABRT",
    "SIGHUP",
    "SIGINT",
    "SIGKILL",
    "SIGSEGV",
    "SIGTERM",
  ] as const).map(step.kill),
  ignore: (["sigterm", "sigint", "eof", "interrupt"] as const).map(step.ignore),
  grandchild: [
    step.grandchild(),
    step.grandchild({ ownGroup: true, holdsOutput: true, cleanedUp: true }),
  ],
  file: [step.file("a.txt", "x")],
  closeStdout: [step.closeStdout()],
  stopReading: [step.stopReading()],
  usage: [
    step.usage({}),
    step.usage({
      inputTokens: 1,
      outputTokens: 2,
      cacheReadTokens: 3,
      cacheCreationTokens: 4,
      costUsd: 0.5,
    }),
  ],
  background: [
    step.background("x", []),
    step.background("x", [step.gate("g")], {
      taskId: "t",
      status: "failed",
      wakeUp: [step.text("x"), step.noResult()],
    }),
  ],
  result: [
    step.result(),
    step.result("error_max_turns", { total_cost_usd: 1 }),
  ],
  apiError: [
    step.apiError(null, "unknown", "x"),
    step.apiError(500, "server_error", "x", {
      errorType: "api_error",
      terminalReason: "api_error",
      limit: { status: "rejected" },
    }),
  ],
  noResult: [step.noResult()],
  when: [
    step.when("prompt", "x", [step.text("a")]),
    step.when("answer", /x/i, [step.text("a")], [step.exit(1)]),
    step.when("tool_result", { contains: "x" }, [step.pause(1)]),
    step.when("tool_input", { pattern: "^x", flags: "s" }, [
      step.when("prompt", "y", [step.text("a")]),
    ]),
  ],
  refusal: [step.refusal(), step.refusal("x")],
  brokenStream: [step.brokenStream("x")],
  rateLimited: [
    step.rateLimited(),
    step.rateLimited({ resetsAt: 5, rateLimitType: "seven_day" }),
  ],
  overloaded: [step.overloaded()],
  contextOverflow: [step.contextOverflow()],
};

const PROMPTS: readonly PromptScript[] = [
  step.onPrompt("x", []),
  step.onPrompt(/x/i, [step.text("a")], { times: 2 }),
  step.onPrompt({ contains: "x" }, [step.text("a")]),
];

Deno.test("each builder makes what the JSON Schema takes, and a file with it is read as the same", async () => {
  const { Validator } = await import("@cfworker/json-schema");
  const validator = new Validator(
    await scenarioJsonSchema() as never,
    "2020-12",
  );
  const scenarios: (readonly [name: string, scenario: Scenario])[] = [
    ["conversation", step.conversation([], { onPrompt: PROMPTS })],
    ...Object.entries(BUILT).flatMap(([name, steps]) =>
      steps.map((one) => [name, step.conversation([[one]])] as const)
    ),
  ];
  for (const [name, scenario] of scenarios) {
    const text = JSON.stringify(scenario);
    const { valid, errors } = validator.validate(JSON.parse(text));
    assert(valid, `${name}: ${text}\n${JSON.stringify(errors.at(-1))}`);
    assertEquals(parseScenario(text), scenario, name);
  }
});

Deno.test("each builder has a row here, and each step of the JSON Schema a builder", () => {
  assertSameNames(
    [...Object.keys(BUILT), "conversation", "onPrompt"],
    Object.keys(step),
    "BUILT in src/testing/steps_test.ts",
  );
  for (const [name, steps] of Object.entries(BUILT)) {
    assert(steps.length > 0, name);
  }
  assertSameNames(
    new Set(Object.values(BUILT).flat().map((one) => one.do)),
    STEP_NAMES,
    "src/testing/steps.ts, or BUILT in its test",
  );
});

Deno.test("the JSON Schema has the steps of STEP_NAMES, and no other", async () => {
  const names = new Set<string>();
  JSON.stringify(await scenarioJsonSchema(), (key, value) => {
    if (key === "do" && typeof value?.const === "string") {
      names.add(value.const);
    }
    return value;
  });
  assertSameNames(names, STEP_NAMES, "src/testing/scenario_schema.ts");
});
