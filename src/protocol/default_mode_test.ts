// The permission mode of a session that names none.

import { assert, assertEquals } from "@std/assert";
import { StartupError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import { DefaultMode } from "./default_mode.ts";
import { Protocol } from "./mod.ts";
import type { Output } from "./output.ts";

/** A start whose requests have the ids `m1`, `m2`, … */
function starting() {
  let made = 0;
  const protocol = new Protocol({});
  const defaultMode = new DefaultMode(() => `m${++made}`);
  protocol.start("start", {}, 1000, { others: [defaultMode] });
  protocol.send({ id: "p1", content: "hi" });
  return {
    /** What is written, and how the handshake ends, after an answer. */
    answer(id: string, response: WireObject | string) {
      const body = typeof response === "string"
        ? { subtype: "error", error: response }
        : { subtype: "success", response };
      const outputs = protocol.receive(JSON.stringify({
        type: "control_response",
        response: { request_id: id, ...body },
      }));
      return outputs.filter((output) => output.do !== "emit").map(told);
    },
  };
}

function told(output: Output): unknown {
  if (output.do === "settle") {
    const { outcome } = output;
    return outcome.ok ? "started" : outcome.error;
  }
  if (output.do !== "write") return output.do;
  const { type, request } = JSON.parse(output.line);
  return type === "user" ? "prompt" : request;
}

Deno.test("a CLI in any mode but auto is left as it is", () => {
  for (const mode of ["default", "plan", "acceptEdits", "dontAsk", undefined]) {
    const on = starting();
    assertEquals(
      on.answer("start", { current_permission_mode: mode }),
      ["started", "prompt"],
      mode,
    );
  }
});

Deno.test("auto that nothing asks for becomes default before the first prompt", () => {
  for (
    const settings of [
      { effective: {}, sources: [] },
      { effective: { permissions: { deny: ["Bash"] } } },
      { effective: { permissions: { defaultMode: null } } },
      {},
      "Unsupported control request subtype: get_settings",
    ]
  ) {
    const on = starting();
    assertEquals(on.answer("start", { current_permission_mode: "auto" }), [
      { subtype: "get_settings" },
    ]);
    assertEquals(on.answer("m1", settings), [
      { subtype: "set_permission_mode", mode: "default" },
    ]);
    assertEquals(on.answer("m2", { mode: "default" }), ["started", "prompt"]);
  }
});

Deno.test("auto that the settings ask for is kept", () => {
  const on = starting();
  on.answer("start", { current_permission_mode: "auto" });
  const effective = { permissions: { defaultMode: "auto" } };
  assertEquals(on.answer("m1", { effective }), ["started", "prompt"]);
});

Deno.test("a CLI that stays in auto gets no prompt", () => {
  const on = starting();
  on.answer("start", { current_permission_mode: "auto" });
  on.answer("m1", { effective: {} });
  const [error, ...others] = on.answer("m2", "no");
  assert(error instanceof StartupError);
  assertEquals([error.reason, error.code], ["permission_mode", "startup"]);
  assertEquals(others, []);
});
