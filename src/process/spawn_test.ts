// A program that cannot be started is an error with a hint that fits.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ClaudeNotFoundError, StartupError } from "../errors.ts";
import { spawnError } from "./spawn.ts";

const missing = new Deno.errors.NotFound("entity not found");

Deno.test("a claude that Deno does not find in PATH is none, where we may not look", () => {
  const error = spawnError({ command: "claude", env: {} }, missing);
  assert(error instanceof ClaudeNotFoundError);
  assertEquals(error.message, 'Cannot start the CLI: no "claude" in PATH');
  assertStringIncludes(error.hint ?? "", "npm install -g");
  assertEquals(error.searched, []);
});

Deno.test("where the folder could not be looked at either, it may be that", () => {
  const error = spawnError({ command: "claude", env: {} }, missing, "/nope");
  assert(error instanceof StartupError);
  assertStringIncludes(
    error.message,
    'there is no "claude", or no directory "/nope"',
  );
  assertStringIncludes(error.hint ?? "", "--allow-read=/nope");
});

Deno.test("the hint of a program that cannot be started fits to how it was named", () => {
  const rows: readonly (readonly [string, Error, string])[] = [
    ["docker", missing, 'Nothing in PATH has the name "docker"'],
    ["/opt/claude", missing, "head -1 /opt/claude"],
    ["claude", new Error("out of memory"), "claudestream doctor"],
    ["claude", new Deno.errors.NotCapable("no"), "--allow-run=claude"],
  ];
  for (const [command, cause, part] of rows) {
    const error = spawnError({ command, env: {} }, cause);
    assert(error instanceof StartupError);
    assertStringIncludes(error.hint ?? "", part);
    assertEquals(error.cause, cause);
  }
});
