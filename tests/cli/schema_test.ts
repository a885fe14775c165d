// The JSON Schema that `claudestream schema` prints, against what `--json` prints.

import { assert, assertEquals, assertThrows } from "@std/assert";
import * as v from "valibot";
import { type Schema, Validator } from "@cfworker/json-schema";
import { lineSchema } from "../../src/cli/commands/schema.ts";
import { eventLine } from "../../src/cli/output/presenters.ts";
import { decodeEvents } from "../../src/decode/decode_events.ts";
import { eventJsonSchema } from "../../src/events/event_schema.ts";
import { type ClaudeEvent, EVENT_TYPES } from "../../src/events/mod.ts";
import {
  budgetThreshold,
  configurationMismatch,
  eventsDropped,
  rateLimitWait,
  sessionRestarted,
  stalled,
  warning,
} from "../../src/events/session.ts";
import { todosChanged } from "../../src/events/tools.ts";
import { permissionDecision } from "../../src/events/permissions.ts";
import { eventSchema } from "../../src/decode/mod.ts";
import { userDialogRequest } from "../../src/events/dialogs.ts";
import { unknownEvent } from "../../src/messages/unknown.ts";
import { event } from "../../src/testing/mod.ts";
import { drain, inChunks, readTranscripts } from "../support/transcripts.ts";

const TRANSCRIPTS = readTranscripts();

async function validators() {
  const one = new Map<string, Validator>();
  for (const type of EVENT_TYPES) {
    one.set(
      type,
      new Validator(await eventJsonSchema(type) as Schema, "2020-12"),
    );
  }
  return one;
}

/** What no transcript has, as it is made ourselves. */
const OURS: readonly ClaudeEvent[] = [
  // Only a host that declares kinds of dialogs is asked for one.
  userDialogRequest(
    {},
    "id",
    { dialogKind: "survey", payload: { a: 1 } },
    undefined,
    () => {},
  ),
  eventsDropped(3),
  budgetThreshold({}, {
    sessionId: "s",
    metric: "cost",
    threshold: 1,
    value: 1.5,
  }),
  permissionDecision({}, "s", {
    toolName: "Bash",
    toolUseId: "t",
    behavior: "deny",
    by: "policy",
    reason: "no",
  }),
  todosChanged(
    event.toolResult("t", "done"),
    [{ content: "Read", status: "completed", activeForm: "Reading" }],
  ),
  sessionRestarted(1, "it was killed", "s"),
  rateLimitWait({ sessionId: "s", resetsAt: 9, waitMs: 5, sends: "prompt" }),
  configurationMismatch(null, {
    sessionId: "s",
    option: "policy",
    expected: "Baash",
    found: "Bash",
    message: "m",
  }),
  warning(null, {
    sessionId: "s",
    kind: "hook",
    what: "PreModelSwitch",
    needs: "2.1.300",
    has: "2.1.197",
    message: "m",
  }),
  stalled({
    sessionId: "s",
    idleMs: 1000,
    lastEventType: "tool_use",
    endMs: 9,
  }),
  unknownEvent("text", "not_json"),
  unknownEvent({ type: "news" }, "invalid", {
    issues: [{ path: "a", message: "b" }],
  }),
  {
    type: "tool_call",
    phase: "progress",
    serverName: "tools",
    name: "add",
    input: {},
    progress: 0.5,
    raw: undefined,
  },
];

const anyEvent = eventSchema();

Deno.test("eventSchema refuses other types, and what does not fit", () => {
  assertThrows(
    () => eventSchema("asistant_text" as "thinking"),
    TypeError,
    'did you mean "assistant_text"?',
  );
  assert(!v.safeParse(eventSchema("thinking"), { type: "thinking" }).success);
  assert(!v.safeParse(anyEvent, { type: "news" }).success);
});

Deno.test("every event of every transcript is valid by the schema of its type", async () => {
  const schemas = await validators();
  const seen = new Map<string, unknown>();
  const check = (event: ClaudeEvent, name: string) => {
    const { schemaVersion, ...data } = JSON.parse(eventLine(event));
    assertEquals(schemaVersion, 1);
    const { valid, errors } = schemas.get(event.type)?.validate(data) ??
      { valid: false, errors: "there is no schema" };
    assert(valid, `${name}: ${event.type}: ${JSON.stringify(errors)}`);
    // The schemas of the entry point /events drop no field, and each accepts its type only.
    assertEquals(v.parse(eventSchema(event.type), data) as unknown, data);
    assertEquals(v.parse(anyEvent, data) as unknown, data);
    seen.set(event.type, data);
  };
  for (const { name, bytes } of TRANSCRIPTS) {
    const events = await drain(decodeEvents(inChunks(bytes, 65536)));
    for (const event of events) check(event, name);
  }
  for (const event of OURS) check(event, "ours");
  const missing = EVENT_TYPES.filter((type) => !seen.has(type));
  assertEquals(
    missing,
    [],
    "add a line with it to tests/transcripts/, or an event of our own to OURS in tests/cli/schema_test.ts",
  );

  // The schema of all of them takes one of each, and says no to what is wrong.
  const all = new Validator(await eventJsonSchema() as Schema, "2020-12");
  for (const [type, data] of seen) {
    assert(all.validate(data).valid, type);
    assert(!all.validate({ ...data as object, type: "news" }).valid, type);
    const [required = ""] = requiredOf(await eventJsonSchema(type as never));
    if (required === "") continue;
    const { [required]: _, ...less } = data as Record<string, unknown>;
    assert(!all.validate(less).valid, `${type} without ${required}`);
    const other = { ...data as object, [required]: { of: ["another"] } };
    const isOpen = ["input", "content", "event"].includes(required);
    assert(isOpen || !all.validate(other).valid, `${type}: ${required}`);
  }
});

/** What has to be there besides `type`. */
function requiredOf(schema: { readonly required?: unknown }): string[] {
  return Array.isArray(schema.required)
    ? schema.required.filter((name) => name !== "type").map(String)
    : [];
}

Deno.test("the schema of all events has one definition for each", async () => {
  const { oneOf, $defs } = await eventJsonSchema();
  assertEquals((oneOf as unknown[]).length, EVENT_TYPES.length);
  assertEquals(Object.keys($defs as object), [...EVENT_TYPES]);
  assert(!JSON.stringify($defs).includes('"session_id"'));
  assert(JSON.stringify($defs).includes('"sessionId"'));
});

Deno.test("claudestream schema prints it, and knows what there is", async () => {
  async function run(...args: string[]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "cli.ts", "schema", ...args],
      cwd: new URL("../..", import.meta.url),
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  }
  const all = await run();
  assertEquals(all.code, 0);
  assertEquals(JSON.parse(all.stdout), await lineSchema(undefined));
  // A line of the control protocol or a failure is no event, and a line of --json all the same.
  const { $defs } = JSON.parse(all.stdout);
  assertEquals(Object.keys($defs), [...EVENT_TYPES, "control", "error"]);
  const one = await run("--type", "result");
  const schema = await eventJsonSchema("result");
  assertEquals(JSON.parse(one.stdout), {
    ...schema,
    properties: {
      schemaVersion: { const: 1 },
      ...schema.properties as Record<string, unknown>,
    },
    required: ["schemaVersion", ...schema.required as string[]],
  });
  const none = await run("--type", "resul");
  assertEquals([none.code, none.stdout], [2, ""]);
  assert(none.stderr.includes('Unknown event "resul", did you mean "result"?'));
});
