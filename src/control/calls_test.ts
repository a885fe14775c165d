// How control requests are written and their answers read: each with a sample
// (fixtures/calls.ts), and what a newer or older CLI might answer. Pieces are of those in
// 2.1.330_07-control-all.ndjson.

import { assertEquals, assertThrows } from "@std/assert";
import { REQUESTS } from "../capabilities/table.ts";
import { ProtocolError } from "../errors.ts";
import { assertSameNames } from "../../tests/support/same_names.ts";
import { CALLS } from "./fixtures/calls.ts";
import { readInitializeInfo } from "./initialize.ts";
import { contextUsageCall, planUsageCall } from "./usage.ts";

Deno.test("every control request has a sample", () => {
  const sampled = new Set(CALLS.map(({ call }) => call.subtype));
  assertSameNames(
    sampled,
    Object.keys(REQUESTS),
    "CALLS in src/control/fixtures/calls.ts",
  );
});

for (const { call, payload, response = {}, answer, empty } of CALLS) {
  Deno.test(`${call.subtype}: goes out in words of the wire, and its answer is read under our names`, () => {
    assertEquals(call.payload, payload);
    assertEquals(call.read(response), answer);
  });

  Deno.test(`${call.subtype}: an answer without fields is read as far as it may be`, () => {
    if (empty !== undefined || call.answer === undefined) {
      assertEquals(call.read({}), empty);
      return;
    }
    const error = assertThrows(
      () => call.read({}),
      ProtocolError,
      `Cannot read the answer to "${call.subtype}"`,
    );
    assertEquals(error.issues.length > 0, true);
  });
}

const [CONTEXT = {}, USAGE = {}] = ["get_context_usage", "get_usage"].map(
  (subtype) => CALLS.find(({ call }) => call.subtype === subtype)?.response,
);

Deno.test("lists and limits that the CLI leaves out are empty or null", () => {
  const context = contextUsageCall().read({
    ...CONTEXT,
    categories: [],
    skills: undefined,
  });
  assertEquals([context.categories, context.skills], [[], []]);
  const usage = planUsageCall().read({ ...USAGE, rate_limits: null });
  assertEquals(usage.rateLimits, null);
});

Deno.test("what the CLI says at the start is read as far as it is known", () => {
  assertEquals(readInitializeInfo({}), {
    commands: [],
    agents: [],
    models: [],
    account: {},
  });
  const newer = {
    commands: [{ name: "a" }, { title: "b" }, 5],
    agents: { a: { description: "x" } },
    models: [{ value: "m", displayName: { en: "M" } }],
    account: { email: ["a@b.c"], apiKeySource: "none" },
    claude_code_version: "3.0.0",
    pid: "5",
  };
  assertEquals(readInitializeInfo(newer), {
    commands: [{ name: "a" }],
    agents: [],
    models: [{ value: "m" }],
    account: { apiKeySource: "none" },
    claudeCodeVersion: "3.0.0",
  });
});
