// A recording can be read again, holds every line, and has its secrets masked.

import { assertEquals, assertThrows } from "@std/assert";
import { readRecording, RecordingWriter } from "./recording.ts";

function writer(run = "r", secrets: readonly string[] = []) {
  let now = 0;
  return new RecordingWriter(run, () => secrets, () => now++);
}

const START = {
  time: "2026-01-01T00:00:00.000Z",
  format: 1,
  claudestream: "x",
};

Deno.test("a line of JSON stands as it was, all else as a text", () => {
  const recorder = writer();
  const rows: readonly [string, string][] = [
    ['{"b":1.50,"1":{}}', '{"b":1.50,"1":{}}'],
    ["no JSON", '"no JSON"'],
    ["[1]", '"[1]"'],
    ["", '""'],
    ['{"cut', '"{\\"cut"'],
    ['{"a":\n1}', '"{\\"a\\":\\n1}"'],
    ["\0tail x", '"\\u0000tail x"'],
  ];
  for (const [index, [line, expected]] of rows.entries()) {
    assertEquals(
      recorder.wire("in", line),
      `{"run":"r","ms":${index + 1},"in":${expected}}`,
    );
  }
});

Deno.test("secrets are masked wherever they are, and JSON stays JSON", () => {
  const recorder = writer("r", ["topsecret"]);
  const key = "sk-ant-api03-abcdefghijklmnop";
  const line = JSON.stringify({ text: `${key} topsecret`, x: [key] });
  for (
    const written of [
      recorder.wire("out", line),
      recorder.stderr(`topsecret ${key}`),
      recorder.error(`topsecret ${key}`),
    ]
  ) {
    assertEquals(/topsecret|abcdefgh/.test(written), false, written);
    JSON.parse(written);
  }
});

Deno.test("processes that write to one file are told apart", () => {
  const [one, two] = [writer("1"), writer("2")];
  const exit = { code: 0, signal: null, closed: true };
  const text = [
    one.start(START),
    two.start(START),
    two.wire("in", "{}"),
    one.exit(exit),
    two.exit({ ...exit, code: 1 }),
    "",
  ].join("\n");
  const runs = readRecording(text);
  assertEquals(
    runs.map((lines) => lines.map((line) => Object.keys(line)[2])),
    [["start", "exit"], ["start", "in", "exit"]],
  );
});

Deno.test("what is no recording is a SyntaxError with its line", () => {
  const start = writer().start(START);
  const rows: readonly [string, string][] = [
    ["", "it is empty"],
    ["nothing", "line 1: no JSON"],
    [`${start}\n{}`, "line 2: expected an object with run and ms"],
    ['{"run":"r","ms":0,"in":{}}', "line 1: expected a start"],
    ['{"run":"r","ms":0,"start":{"format":2}}', "format 2 is not known"],
  ];
  for (const [text, expected] of rows) {
    assertThrows(() => readRecording(text), SyntaxError, expected);
  }
});

Deno.test("the stdout of a CLI is read as one process, each line as it was written", () => {
  const lines = [
    '{"type": "system", "n": 1.0}',
    "no JSON",
    '{"type":"result"}',
  ];
  const [run = [], ...others] = readRecording(`${lines.join("\n")}\n\n`);
  assertEquals(others, []);
  assertEquals(run, lines.map((line) => ({ run: "stdout", ms: 0, in: line })));
});
