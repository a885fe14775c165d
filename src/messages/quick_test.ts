// Messages are read without valibot where they plainly fit. Here they are read by
// valibot alone, field by field, and nothing else may come of it: neither in what is
// accepted, nor in what it becomes, nor in the issues of what is rejected.

import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import {
  type EventBase,
  type FieldIssue,
  isWireObject,
  type MessageKind,
  shape,
  type Validation,
  wire,
  type WireObject,
} from "./_define.ts";
import { quickOf, SLOW } from "./_quick.ts";
import { type AnySchema, type Entries, mapShapes } from "./_shapes.ts";
import { valueAt } from "../util/wire_object.ts";
import { SAMPLES as LINES } from "./fixtures/lines.ts";
import { SAMPLES as MODEL } from "./fixtures/model.ts";
import { SAMPLES as SESSION } from "./fixtures/session.ts";
import { SAMPLES as TASKS } from "./fixtures/tasks.ts";
import { SAMPLES as TURN } from "./fixtures/turn.ts";
import { KINDS } from "./mod.ts";

type Read = Record<string, unknown> | readonly FieldIssue[];

/** Reads by the table as it is written down, with nothing made ready before. */
function plainly(entries: Entries, source: WireObject, strict: boolean): Read {
  const target: Record<string, unknown> = {};
  const issues: FieldIssue[] = [];
  for (const [name, { wire, schema, optional }] of entries) {
    const value = valueAt(source, wire);
    if (value === undefined && optional) continue;
    const read = v.safeParse(plain(schema, strict), value);
    if (read.success) target[name] = read.output;
    else if (optional && (value === null || !strict)) continue;
    else {
      for (const issue of read.issues) {
        const inner = v.getDotPath(issue);
        const path = inner === null ? wire : `${wire}.${inner}`;
        issues.push({ path, message: issue.message });
      }
    }
  }
  return issues.length === 0 ? target : issues;
}

/** A schema whose own tables of fields are read plainly, too. */
function plain(schema: AnySchema, strict: boolean): AnySchema {
  return mapShapes(schema, (entries) =>
    v.pipe(
      v.custom<WireObject>(isWireObject, "Invalid type: Expected Object"),
      v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const read = plainly(entries, dataset.value, strict);
        if (!Array.isArray(read)) return read;
        for (const { path, message } of read as readonly FieldIssue[]) {
          addIssue({
            message,
            path: [{
              type: "object",
              origin: "value",
              input: dataset.value,
              key: path,
              value: undefined,
            }],
          });
        }
        return NEVER;
      }),
    ) as unknown as AnySchema);
}

function check(
  kind: MessageKind<EventBase<string>>,
  line: WireObject,
  validation: Validation,
): void {
  const { event, issues } = kind.read(line, validation);
  const read = plainly(kind.entries, line, validation === "strict");
  const about = () => `${validation} ${JSON.stringify(line)}`;
  if (Array.isArray(read)) assertEquals(issues, read, about());
  else {
    assertEquals(issues, undefined, about());
    assertEquals(event as unknown, { type: kind.type, ...read }, about());
    assertEquals(event?.raw, line);
  }
}

/** Values that fit some fields and no others. */
const VALUES: readonly unknown[] = [
  undefined,
  null,
  "",
  "text",
  0,
  -1.5,
  NaN,
  true,
  [],
  ["text", "more"],
  ["text", 1],
  [null],
  [{}],
  {},
  { type: "text_delta", text: "piece" },
  { type: "text_delta", text: "piece", thinking: "more" },
  { type: "text_delta", text: 1 },
  { type: "input_json_delta", partial_json: "{" },
  { type: "input_json_delta", partial_json: "{", text: null },
  { type: "thinking_delta", thinking: "hm" },
  { type: "content_block_delta", index: 1, delta: { type: "a", text: "b" } },
  { type: "content_block_delta", index: "1", delta: { type: "a", text: "b" } },
  { type: "content_block_delta", index: 1, delta: { text: "b" } },
  { type: "message_start", delta: { type: "text_delta", text: "b" } },
  { input_tokens: 1, output_tokens: 2, service_tier: null },
  { input_tokens: 1, output_tokens: "2" },
];

/** Fields of a delta, so that each comes with each other one. */
const INNER = ["text", "thinking", "partial_json", "index"];

/** Every line with another value in the place of anything in it, down to four levels. */
function* changed(
  value: unknown,
  places: readonly string[],
  depth: number,
): Generator<unknown> {
  yield* VALUES;
  if (depth === 0) return;
  if (Array.isArray(value)) {
    for (const [at, item] of value.slice(0, 2).entries()) {
      for (const other of changed(item, [], depth - 1)) {
        yield value.with(at, other);
      }
    }
  }
  if (!isWireObject(value)) return;
  for (const key of new Set([...Object.keys(value), ...places, ...INNER])) {
    const { [key]: inner, ...others } = value;
    for (const other of changed(inner, [], depth - 1)) {
      yield other === undefined ? others : { ...others, [key]: other };
    }
  }
}

Deno.test("a list keeps what has no other names here, and is no copy without need", () => {
  const item = shape<{ readonly ours: string }>({
    ours: wire("theirs", v.string()),
  });
  const quick = quickOf(v.array(v.nullable(item)));
  assertEquals(quick([null, { theirs: "a" }]), [null, { ours: "a" }]);
  assertEquals(quick([null, { theirs: 1 }]), SLOW);
  const list = [null, null];
  assert(quick(list) === list);
});

const ALL: readonly MessageKind<EventBase<string>>[] = Object.values(KINDS);

/** As CLI 2.1.330 writes nearly all lines of a turn; they have a reader of their own. */
const STREAMED: readonly WireObject[] = [
  ...[
    { type: "text_delta", text: "piece" },
    { type: "input_json_delta", partial_json: "{" },
    { type: "thinking_delta", thinking: "hm" },
    { type: "signature_delta", signature: "abc" },
  ].map((delta) => ({ type: "content_block_delta", index: 0, delta })),
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: {} },
  { type: "message_stop" },
].map((event) => ({
  type: "stream_event",
  event,
  session_id: "s",
  parent_tool_use_id: null,
  uuid: "u",
  api_message_id: "msg_1",
}));

const SAMPLES: readonly {
  readonly type: unknown;
  readonly line: WireObject;
}[] = [
  ...[...LINES, ...MODEL, ...SESSION, ...TASKS, ...TURN]
    .map(({ line, event }) => ({ type: event.type, line })),
  ...STREAMED.map((line) => ({ type: "stream_delta", line })),
];

for (const [at, { type, line }] of SAMPLES.entries()) {
  Deno.test(`${type}: what is read quickly is what the schema says (${at})`, () => {
    const kind = ALL.find((kind) => kind.type === type);
    assert(kind !== undefined);
    const places = kind.entries.map(([, field]) =>
      field.wire.split(".")[0] ?? ""
    );
    for (const other of changed(line, places, 4)) {
      if (!isWireObject(other)) continue;
      check(kind, other, "lenient");
      check(kind, other, "strict");
    }
  });
}
