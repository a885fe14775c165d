// Scenario files: what is read, and what errors say.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  parseScenario,
  ScenarioError,
  scenarioJsonSchema,
} from "./scenario_file.ts";
import { STEP_NAMES } from "./scenario_schema.ts";
import * as steps from "./steps.ts";

const turn = (...steps: string[]) =>
  `{\n  "processes": [\n    { "turns": [[\n${
    steps.map((step) => `      ${step}`).join(",\n")
  }\n    ]] }\n  ]\n}`;

const WRONG: readonly (readonly [name: string, text: string, told: string])[] =
  [
    ["no JSON", '{\n  "processes": [\n}', "scenario:3:1: no JSON: "],
    ["half of it", '{ "processes": [', "scenario:1:17: no JSON: "],
    ["empty", "", "scenario:1:1: no JSON: "],
    [
      "a list as a process",
      '{ "processes": [[]] }',
      "1:17: expected Object, got Array",
    ],
    ["a text", '"x"', 'scenario:1:1: expected Object, got "x"'],
    ["nothing in it", "{}", '1:1: the field "processes" is missing'],
    [
      "no process",
      '{ "processes": [] }',
      "1:16: expected at least one process, got 0",
    ],
    [
      "an unknown field of a process",
      '{\n "processes": [{ "turn": [] }] }',
      '2:18: there is no field "turn", did you mean "turns"?',
    ],
    [
      "an unknown field of the scenario",
      '{ "processes": [{}], "speed": 3 }',
      '1:22: there is no field "speed", did you mean "seed"?',
    ],
    [
      "an unknown step",
      turn('{ "do": "txet", "text": "x" }'),
      '4:15: there is no step "txet", did you mean "text"?',
    ],
    [
      "a step without a name",
      turn('{ "text": "x" }'),
      '4:7: the field "do" is missing: expected the name of a step, text, ',
    ],
    [
      "a step that has no place there",
      `{ "processes": [{ "beforeInput": [{ "do": "text", "text": "x" }] }] }`,
      '1:43: the step "text" can stand in a turn only, not here',
    ],
    [
      "a field of a step that is missing",
      turn('{ "do": "text" }'),
      '4:7: the field "text" is missing',
    ],
    [
      "a field of a step that is unknown",
      turn('{ "do": "text", "text": "x", "delta": 3 }'),
      '4:36: there is no field "delta", did you mean "deltas"?',
    ],
    [
      "a value of another type",
      turn('{ "do": "text", "text": 5 }'),
      "4:31: expected string, got 5",
    ],
    [
      "a value of neither type",
      turn('{ "do": "text", "text": "x", "deltas": true }'),
      "4:46: expected (number | Array), got true",
    ],
    [
      "a value out of range",
      turn('{ "do": "pause", "ms": -1 }'),
      "4:30: expected >=0, got -1",
    ],
    [
      "one of a few words",
      turn('{ "do": "kill", "signal": "SIGFOO" }'),
      '4:33: expected ("SIGABRT" | "SIGHUP"',
    ],
    [
      "a step in a step",
      turn(
        '{ "do": "tool_calls", "calls": [{ "name": "Read", "input": {},',
      ).replace(
        '"input": {},',
        '"input": {},\n        "running": [{ "do": "puase" }] }] }',
      ),
      '5:29: there is no step "puase", did you mean "pause"?',
    ],
    [
      "a field of a call",
      turn('{ "do": "tool_calls", "calls": [{ "nam": "Read", "input": {} }] }'),
      '4:39: the field "name" is missing',
    ],
    [
      "a pattern that is none",
      '{ "processes": [{ "onPrompt": [{ "prompt": { "pattern": "(" }, "turn": [] }] }] }',
      "1:57: expected a regular expression",
    ],
    [
      "an answer",
      '{ "processes": [{ "answers": { "interrupt": { "answer": "maybe" } } }] }',
      '1:57: expected ("success" | "error" | "none" | "gate"), got "maybe"',
    ],
    [
      "a version",
      '{ "version": "newest", "processes": [{}] }',
      '1:14: expected one such as "2.1.332"',
    ],
    [
      "a field given twice",
      '{ "processes": [{}], "seed": "a", "seed": "b" }',
      '1:35: the field "seed" is given twice',
    ],
  ];

for (const [name, text, told] of WRONG) {
  Deno.test(`an error of a scenario names line, column and what was expected: ${name}`, () => {
    const error = assertThrows(() => parseScenario(text), ScenarioError);
    assert(error.message.includes(told), error.message);
    const [issue] = error.issues;
    assert(issue !== undefined && issue.line >= 1 && issue.column >= 1);
  });
}

Deno.test("an error of a scenario tells of all that is wrong, in order", () => {
  const error = assertThrows(
    () =>
      parseScenario(
        '{\n  "processes": [{ "turns": 5 }],\n  "sed": "x"\n}',
        { name: "a.jsonc" },
      ),
    ScenarioError,
  );
  assertEquals(error.issues.map(({ line, path }) => [line, path]), [
    [2, "processes.0.turns"],
    [3, "sed"],
  ]);
  assert(error.message.includes("\n  a.jsonc:2:28: "), error.message);
});

Deno.test("comments, trailing commas and a byte order mark may be in a scenario", () => {
  const text = `\uFEFF// one
{
  "$schema": "./scenario.schema.json", /* two */
  "processes": [{ "turns": [[{ "do": "text", "text": "x" },]], },],
}
`;
  assertEquals(parseScenario(text), {
    processes: [{ turns: [[{ do: "text", text: "x" }]] }],
  });
});

/** A file for each step, and for each field of a process. */
const RIGHT: readonly string[] = [
  '{ "do": "text", "text": "x", "deltas": ["x"], "repeat": 2, "pauseMs": 1 }',
  '{ "do": "text", "text": "x", "during": { "after": 1, "steps": [] } }',
  '{ "do": "thinking", "text": "x", "signature": "c2ln" }',
  '{ "do": "redacted_thinking", "data": "ZW4=" }',
  `{ "do": "tool_calls", "overlap": true, "calls": [{
    "name": "Bash", "input": { "command": "ls" }, "asks": true, "output": "x",
    "running": [{ "do": "pause", "ms": 1 }],
    "refused": [{ "do": "text", "text": "no" }]
  }] }`,
  '{ "do": "result", "subtype": "error_max_turns", "fields": { "a": 1 } }',
  '{ "do": "api_error", "status": null, "error": "unknown", "text": "x" }',
  '{ "do": "refusal" }',
  '{ "do": "broken_stream", "text": "x" }',
  '{ "do": "no_result" }',
  '{ "do": "api_retry", "attempt": 1, "status": null }',
  '{ "do": "rate_limit", "info": { "status": "allowed" } }',
  '{ "do": "line", "line": { "type": "x" }, "bare": true, "paddingBytes": 9 }',
  '{ "do": "write", "text": "noise\\n" }',
  '{ "do": "write_bytes", "base64": "AA==" }',
  '{ "do": "stderr", "text": "x", "bytes": 100 }',
  `{ "do": "request", "request": { "subtype": "x" }, "wait": false,
    "onSuccess": [{ "do": "mark", "name": "a" }], "onError": [] }`,
  '{ "do": "cancel", "id": "x" }',
  '{ "do": "chunks", "bytes": 1 }',
  '{ "do": "spoil", "how": "twice", "type": "result" }',
  '{ "do": "pause", "ms": 10 }',
  '{ "do": "gate", "name": "a" }',
  '{ "do": "await_prompt" }',
  '{ "do": "mark", "name": "a" }',
  '{ "do": "silence", "deaf": true }',
  '{ "do": "exit", "code": 3 }',
  '{ "do": "kill", "signal": "SIGKILL" }',
  '{ "do": "ignore", "what": "interrupt" }',
  '{ "do": "grandchild", "ownGroup": true }',
  '{ "do": "file", "name": "a.txt", "text": "x" }',
  '{ "do": "close_stdout" }',
  '{ "do": "stop_reading" }',
  '{ "do": "usage", "usage": { "inputTokens": 5, "costUsd": 0.1 } }',
  `{ "do": "background", "description": "x", "steps": [{ "do": "gate", "name": "g" }],
    "status": "failed", "wakeUp": [{ "do": "text", "text": "x" }] }`,
  `{ "do": "when", "heard": "prompt", "is": { "pattern": "x", "flags": "i" },
    "then": [{ "do": "text", "text": "x" }], "otherwise": [{ "do": "exit", "code": 0 }] }`,
];

Deno.test("each step may be in a file, and the JSON Schema for editors takes what is read", async () => {
  const { Validator } = await import("@cfworker/json-schema");
  const schema = await scenarioJsonSchema();
  const validator = new Validator(schema as never, "2020-12");
  const process = `{
    "beforeInput": [{ "do": "stderr", "text": "x" }],
    "onPrompt": [{ "prompt": { "contains": "x" }, "turn": [], "times": 2 }],
    "turns": [[]], "forEveryPrompt": [], "onInterrupt": [], "atEndOfInput": [],
    "init": { "model": "x" }, "initialize": {}, "ignore": ["sigterm"], "fold": false,
    "answers": {
      "a": { "answer": "success", "response": {}, "times": 2, "delayMs": 5 },
      "b": { "answer": "error", "error": "x", "requestId": "y" },
      "c": { "answer": "none" }, "d": { "answer": "gate", "name": "g" }
    }
  }`;
  const whole = `{ "processes": [${process}], "seed": "s", "version": "2.1.300",
    "startTime": "2026-01-01T00:00:00Z", "environment": ["PATH"] }`;
  const texts = [whole, ...RIGHT.map((step) => turn(step))];
  for (const text of texts) {
    parseScenario(text);
    const { valid, errors } = validator.validate(JSON.parse(text));
    assert(valid, `${text}\n${JSON.stringify(errors.at(-1))}`);
  }
  const named = new Set(
    RIGHT.map((text) => /"do": "(\w+)"/.exec(text)?.[1] ?? ""),
  );
  assertEquals([...STEP_NAMES].filter((name) => !named.has(name)), []);
  // What has a shape of its own in no file is no scenario for an editor either.
  const wrong = WRONG.filter(([name]) =>
    !/JSON|half|empty|pattern|twice|list/.test(name)
  );
  for (const [name, text] of wrong) {
    assertEquals(validator.validate(JSON.parse(text)).valid, false, name);
  }
  assert(wrong.length > 10);
});

/** Functions of `step` that make no step of a turn. */
const NO_STEPS = ["conversation", "onPrompt"];

for (const name of Object.keys(steps)) {
  if (STEP_NAMES.includes(name) || NO_STEPS.includes(name)) continue;
  Deno.test(`the name of the builder ${name} in a file is answered with the step that it builds`, () => {
    const error = assertThrows(
      () => parseScenario(turn(JSON.stringify({ do: name }))),
      ScenarioError,
      `scenario:4:13: there is no step "${name}" in a file: write {"do":`,
    );
    const [, step = ""] = /: write (\{.*\})$/.exec(error.message) ?? [];
    assertEquals(parseScenario(turn(step)).processes.length, 1);
  });
}
