// Each error has its exit code.

import { assertEquals } from "@std/assert";
import {
  ClaudeNotFoundError,
  ConfigError,
  ControlError,
  DeadlineError,
  type ErrorCode,
  ProcessExitError,
  SessionNotFoundError,
  StartupError,
  TurnError,
} from "../../errors.ts";
import type { Result } from "../../messages/result.ts";
import { exitCodeOf, TimeoutError } from "./exit_code.ts";
import { UsageError } from "./usage_error.ts";

function failed(code: ErrorCode): TurnError {
  return new TurnError(code, "", { type: "result" } as Result);
}

const CASES: readonly (readonly [number, unknown])[] = [
  [1, failed("api")],
  [1, failed("refusal")],
  [1, failed("interrupted")],
  [1, failed("billing")],
  [4, failed("auth")],
  [5, failed("max_turns")],
  [5, failed("max_budget")],
  [8, failed("deferred")],
  [75, failed("rate_limit")],
  [75, failed("overloaded")],
  [2, new UsageError("")],
  [2, new ConfigError("model", "")],
  [2, new SessionNotFoundError("missing", "x", [], [])],
  [2, new StartupError("cwd_not_found", "")],
  [3, new StartupError("exited", "")],
  [3, new StartupError("session_not_found", "")],
  [3, new StartupError("permission", "")],
  [3, new ClaudeNotFoundError([], undefined)],
  [3, new DeadlineError("initialize", 1)],
  [3, new Deno.errors.NotCapable("")],
  [1, new DeadlineError("interrupt", 1)],
  [1, new ProcessExitError(1, null)],
  [1, new ControlError("interrupt", "")],
  [1, new TypeError("a fault of ours")],
  [1, "a text"],
  [124, new TimeoutError(5)],
];

for (const [code, error] of CASES) {
  const name = error instanceof TurnError || error instanceof StartupError
    ? `${error.name} ${error.code}`
    : error instanceof Error
    ? error.name
    : typeof error;
  Deno.test(`exitCodeOf gives ${code} for ${name}`, () => {
    assertEquals(exitCodeOf(error), code);
  });
}
