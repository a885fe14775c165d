// Each message is read with and without each of its fields.

import { assert, assertEquals } from "@std/assert";
import { assertSameNames } from "../../tests/support/same_names.ts";
import { isWireObject, type WireObject } from "./_define.ts";
import type { Sample } from "./fixtures/sample.ts";
import { SAMPLES as LINES } from "./fixtures/lines.ts";
import { SAMPLES as MODEL } from "./fixtures/model.ts";
import { SAMPLES as SESSION } from "./fixtures/session.ts";
import { SAMPLES as TASKS } from "./fixtures/tasks.ts";
import { SAMPLES as TURN } from "./fixtures/turn.ts";
import { KINDS, readMessage } from "./mod.ts";

const SAMPLES: readonly Sample[] = [
  ...LINES,
  ...MODEL,
  ...SESSION,
  ...TASKS,
  ...TURN,
];

/** A copy with another value at a path; `undefined` takes the field out. */
function withValue(
  line: WireObject,
  path: readonly string[],
  value: unknown,
): WireObject {
  const [key = "", ...rest] = path;
  const inner = line[key];
  if (rest.length > 0 && isWireObject(inner)) {
    return { ...line, [key]: withValue(inner, rest, value) };
  }
  const { [key]: _, ...others } = line;
  return value === undefined ? others : { ...line, [key]: value };
}

Deno.test("every message has a sample", () => {
  const sampled = SAMPLES.map(({ event }) => `${event.type}`);
  assertSameNames(
    sampled,
    Object.keys(KINDS),
    "SAMPLES in a file of src/messages/fixtures/",
  );
});

for (const { line, event, required } of SAMPLES) {
  Deno.test(`${event.type}: a line is read, and raw is the line itself`, () => {
    const read = readMessage(line);
    assertEquals(read as unknown, event);
    assert(read.raw === line);
    assertEquals(JSON.parse(JSON.stringify(read)), event);
  });

  Deno.test(`${event.type}: what it cannot do without is looked at`, () => {
    for (const path of required) {
      // No field takes a symbol, not even one that takes any JSON.
      for (const value of [undefined, Symbol("wrong")]) {
        const read = readMessage(withValue(line, path.split("."), value));
        assert(read.type === "unknown", `${path} may be ${String(value)}`);
        assertEquals(read.reason, "invalid");
        const paths = read.issues?.map((issue) => issue.path) ?? [];
        assert(
          paths.some((known) => known.startsWith(path)),
          `${path} is not among ${paths}`,
        );
      }
    }
  });

  Deno.test(`${event.type}: no other field can spoil it`, () => {
    const roots = new Set(required.map((path) => path.split(".")[0]));
    const told = new Set(["type", "subtype"]);
    for (const key of Object.keys(line)) {
      if (roots.has(key) || told.has(key)) continue;
      // An `Agent` call or none: guessing which would give a subagent's text to the main agent.
      if (key === "parent_tool_use_id" && event.type !== "tool_progress") {
        continue;
      }
      const read = readMessage({ ...line, [key]: { of: "another kind" } });
      assertEquals(read.type as unknown, event.type, key);
    }
    const more = readMessage({ ...line, invented_since: [1, 2] });
    assertEquals(more as unknown, event);
  });
}

Deno.test("a heartbeat is told of the call and not under an id of its own", () => {
  const heartbeat = {
    type: "tool_progress",
    tool_name: "PreToolUse",
    elapsed_time_seconds: 30,
    heartbeat: true,
  };
  for (
    const id of ["toolu_1-heartbeat-0", "hook-PreToolUse-toolu_1-heartbeat-12"]
  ) {
    const read = readMessage({
      ...heartbeat,
      tool_use_id: id,
      parent_tool_use_id: "toolu_1",
    });
    assertEquals(read as unknown, {
      type: "tool_progress",
      toolUseId: "toolu_1",
      toolName: "PreToolUse",
      elapsedSeconds: 30,
      heartbeat: true,
    });
  }
});

Deno.test("a type or subtype that is not ours is unknown, with its names", () => {
  const type = readMessage({ type: "news", session_id: "s" });
  assertEquals(type as unknown, {
    type: "unknown",
    reason: "type",
    wireType: "news",
    sessionId: "s",
  });
  const subtype = readMessage({ type: "system", subtype: "news" });
  assertEquals(subtype as unknown, {
    type: "unknown",
    reason: "subtype",
    wireType: "system",
    wireSubtype: "news",
  });
  // Names of properties that every object has are names like any other.
  for (const name of ["constructor", "__proto__", "toString"]) {
    assertEquals(readMessage({ type: name }).type, "unknown");
    assertEquals(
      readMessage({ type: "system", subtype: name }).type,
      "unknown",
    );
  }
});

Deno.test("readMessage knows a message by its older names", () => {
  const more = {
    rate_limit_info: { status: "allowed" },
    session_id: "s",
    uuid: "u",
  };
  for (
    const name of [
      { type: "rate_limit" },
      { type: "system", subtype: "rate_limit" },
    ]
  ) {
    assertEquals(readMessage({ ...name, ...more }).type, "rate_limit");
    assertEquals(readMessage(name).type, "unknown");
  }
});
