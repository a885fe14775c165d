import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError } from "./errors.ts";
import { checkTurnOptions } from "./session_common.ts";

Deno.test("checkTurnOptions takes what a turn can have", () => {
  checkTurnOptions("send", { view: "wire", timeoutMs: 5, signal: undefined });
  checkTurnOptions("ask", { until: "turn", schema: {}, verbatim: true });
});

Deno.test("checkTurnOptions refuses what would be passed over", () => {
  const rows: readonly (readonly ["send" | "ask", object, string, string])[] = [
    ["send", { veiw: "wire" }, "veiw", `did you mean "view"?`],
    ["send", { timeout: 5 }, "timeout", `did you mean "timeoutMs"?`],
    ["send", { schema: {} }, "schema", "of send(), expected view, verbatim"],
    ["send", { view: "raw" }, "view", `wire, got "raw"`],
    ["ask", { view: "wire" }, "view", "of ask(), expected verbatim"],
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
