// Errors in the words of the command line: flags, and how to continue.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { ClaudeNotFoundError, ConfigError, TurnError } from "../../errors.ts";
import type { Result } from "../../messages/result.ts";
import { describe } from "./describe.ts";
import { TimeoutError } from "./exit_code.ts";
import { UsageError } from "./usage_error.ts";

Deno.test("describe speaks of flags, not of options", () => {
  const { hint = "" } = describe(new ClaudeNotFoundError(["/a"], undefined));
  assertStringIncludes(hint, "npm install -g @anthropic-ai/claude-code");
  assertStringIncludes(hint, "--claude-path");
});

Deno.test("describe tells how to go on after --max-turns, and when a limit ends", () => {
  const result = { type: "result", sessionId: "abc" } as Result;
  const turns = describe(new TurnError("max_turns", "no more", result));
  assertEquals(
    turns.hint,
    'Raise --max-turns; or go on: claudestream send --resume abc "go on"',
  );
  const limit = describe(
    new TurnError("rate_limit", "no more", result, {
      hint: "Try again later",
      resetsAt: 0,
    }),
  );
  assertStringIncludes(limit.hint ?? "", "Try again later; the limit ends ");
});

Deno.test("describe keeps expected errors short, and unexpected ones whole", () => {
  assertEquals(describe(new UsageError("No", "Yes")), {
    code: "usage",
    message: "No",
    hint: "Yes",
  });
  assertEquals(describe(new ConfigError("model", "No")), {
    code: "config",
    message: "No",
  });
  assertEquals(describe(new TimeoutError(90_000)), {
    code: "timeout",
    message: "No end of the turn within 1 m 30 s (--timeout)",
  });
  assertStringIncludes(describe(new TypeError("oh")).message, "describe_test");
  assertEquals(describe("a text"), {
    code: "unexpected",
    message: "a text",
  });
});

Deno.test("describe names the flag that Deno wants", () => {
  const error = new Deno.errors.NotCapable(
    'Requires read access to "/x", run again with the --allow-read flag',
  );
  assertEquals(describe(error), {
    code: "deno_permission",
    message: 'Deno does not allow it: Requires read access to "/x"',
    hint: "Run Deno with --allow-read, or with -A for all",
  });
});
