// One rule for all time limits: above 0, and Infinity is no limit.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ClaudeStreamError } from "../errors.ts";
import { hook, readAnswer } from "../hooks/answers.ts";
import { Hooks } from "../hooks/mod.ts";
import type { SessionOptions } from "./session_options.ts";
import { checkControlOptions } from "../control/call.ts";
import { MAX_TIMER_MS } from "../util/limits.ts";
import { externalServers } from "../tools/config.ts";
import { defineTool } from "../tools/tool.ts";
import { launchOf } from "./args.ts";
import { OPTION_NAMES } from "./table.ts";
import { TIME } from "../checks/kinds.ts";
import { optionsWith, spotsOf } from "../../tests/support/option_values.ts";
import { checkOptions } from "./check_options.ts";

const run = () => undefined;

/** Every place where a time can be given, by its path. */
const PLACES: Readonly<Record<string, (ms: unknown) => object>> = {
  ...Object.fromEntries(
    [...OPTION_NAMES].flatMap((name) =>
      spotsOf(name).filter(({ kind }) => kind === TIME).map((
        { path, put },
      ) => [path, (ms: unknown) => optionsWith(name, put(ms))])
    ),
  ),
  "tools.timeoutMs": (ms) => ({
    tools: [defineTool({
      name: "t",
      description: "d",
      input: { type: "object" } as never,
      run: () => "",
      timeoutMs: ms as number,
    })],
  }),
};

Deno.test("every time limit takes Infinity, and nothing that is no time", () => {
  const named = [...OPTION_NAMES].flatMap((name) =>
    spotsOf(name).map(({ path }) => path).filter((path) => path.endsWith("Ms"))
  );
  for (const name of named) assert(name in PLACES, `${name} is no TIME`);
  for (const [place, make] of Object.entries(PLACES)) {
    if (place === "tools.timeoutMs") continue;
    for (const ms of [1, 0.5, 2 ** 31, 1e12, Infinity]) {
      const options = make(ms) as SessionOptions;
      checkOptions(options);
      // What JSON cannot hold would be another value to the CLI.
      assertEquals(JSON.stringify(launchOf(options)).includes("null"), false);
    }
    for (const ms of [0, -1, -Infinity, NaN, "1000", "", null, [], {}, 5n]) {
      // `{}` is a way to give no step at all.
      if (
        place in { idleTimeoutMs: 0, closeTimeoutMs: 0 } &&
        typeof ms === "object" && JSON.stringify(ms) === "{}"
      ) continue;
      const error = assertThrows(
        () => checkOptions(make(ms) as SessionOptions),
        ClaudeStreamError,
        "milliseconds above 0, or Infinity for no limit",
        `${place}: ${String(ms)}`,
      );
      assertEquals(error.message.includes(place.split(".")[0] ?? ""), true);
    }
  }
});

Deno.test("the time limit of a tool, a turn and an async hook: the same rule", () => {
  for (const ms of [0, -1, NaN, "5"]) {
    assertThrows(() => PLACES["tools.timeoutMs"]?.(ms), ClaudeStreamError);
    // Of send(), ask(), and every control request.
    assertThrows(
      () => checkControlOptions({ timeoutMs: ms as number }),
      typeof ms === "number" ? RangeError : TypeError,
      "timeoutMs",
    );
    const { issue } = readAnswer(
      "Stop",
      hook.async({ timeoutMs: ms as number }),
    );
    assertEquals(typeof issue, "string");
  }
  checkControlOptions({ timeoutMs: Infinity });
});

Deno.test("what goes to the CLI is a number that JSON can hold", () => {
  const timeoutMs = Infinity;
  const { registration } = new Hooks({ Stop: [{ run, timeoutMs }] }, () => {});
  assertEquals(registration.Stop?.[0]?.timeout, MAX_TIMER_MS / 1000);
  const { a } = externalServers({ a: { command: "x", timeoutMs } });
  assertEquals((a as { timeout: number }).timeout, MAX_TIMER_MS);
  const { output } = readAnswer("Stop", hook.async({ timeoutMs }));
  assertEquals(output?.asyncTimeout, MAX_TIMER_MS);
});
