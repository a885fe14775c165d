// Prompts and options of a turn that cannot be are refused.

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { checkPrompt, checkTurnOptions, readyPrompt } from "./turn_input.ts";

Deno.test("checkTurnOptions takes what a turn can have", () => {
  checkTurnOptions("send", { view: "wire", timeoutMs: 5, signal: undefined });
  checkTurnOptions("push", { priority: "now", query: false, verbatim: true });
  checkTurnOptions("ask", { until: "turn", schema: {}, verbatim: true });
});

Deno.test("checkTurnOptions refuses what would be passed over", () => {
  const rows:
    readonly (readonly ["send" | "ask" | "push", object, string, string])[] = [
      ["send", { veiw: "wire" }, "veiw", `did you mean "view"?`],
      ["send", { timeout: 5 }, "timeout", `did you mean "timeoutMs"?`],
      ["send", { schema: {} }, "schema", "of send(), expected view, verbatim"],
      ["send", { view: "raw" }, "view", `wire, got "raw"`],
      ["ask", { view: "wire" }, "view", "of ask(), expected verbatim"],
      ["push", { prio: "now" }, "prio", "of push(), expected priority"],
      ["push", { priority: "soon" }, "priority", "now, next, later"],
      ["push", { query: "no" }, "query", "true or false"],
      ["ask", { timeoutMs: "5" }, "timeoutMs", "milliseconds above 0"],
      ["send", { timeoutMs: 0 }, "timeoutMs", "milliseconds above 0"],
      ["send", { signal: {} }, "signal", "the signal of an AbortController"],
      ["push", { verbatim: 1 }, "verbatim", "true or false"],
      ["ask", { until: "end" }, "until", `expected tasks or turn, got "end"`],
    ];
  for (const [method, options, option, part] of rows) {
    const error = assertThrows(
      () => checkTurnOptions(method, options),
      ConfigError,
    );
    assertEquals(error.option, option);
    assertStringIncludes(error.message, part);
  }
});

Deno.test("checkPrompt refuses what is none", () => {
  for (const prompt of [5, null, [], ["x"], [{}], [{ type: 1 }]]) {
    assertThrows(
      () => checkPrompt(prompt),
      TypeError,
      "Cannot send the prompt",
    );
  }
  checkPrompt([{ type: "text", text: "x" }]);
});

Deno.test("readyPrompt says what came that is no prompt", () => {
  const came: readonly (readonly [unknown, string])[] = [
    [Promise.resolve("x"), "got a promise; await it first"],
    [{ then: () => {} }, "got a promise; await it first"],
    [null, "got null"],
    [7, "got number"],
    [{}, "got object"],
  ];
  for (const [prompt, message] of came) {
    assertThrows(() => readyPrompt(prompt as string), TypeError, message);
  }
});
