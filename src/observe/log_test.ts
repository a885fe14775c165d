// What the logger is told of a version that was not tested.

import { assertEquals } from "@std/assert";
import type { ClaudeEvent } from "../events/mod.ts";
import { TESTED, TESTED_RANGE } from "../capabilities/version.ts";
import { type Logger, SessionLog } from "./log.ts";

/** What is logged at the start of two turns with a CLI of this version. */
function said(claudeCodeVersion: string): unknown[] {
  const lines: unknown[] = [];
  const logger = Object.fromEntries(
    (["debug", "info", "warn", "error"] as const).map((level) => [
      level,
      (words: string, facts: unknown) => {
        if (level !== "debug") lines.push([level, words, facts]);
      },
    ]),
  ) as unknown as Logger;
  const log = new SessionLog(logger, () => []);
  const event = { type: "system_init", claudeCodeVersion } as ClaudeEvent;
  log.event(event);
  log.event(event);
  return lines;
}

Deno.test("a version of the CLI that was not tested is told once", () => {
  const facts = (claudeCodeVersion: string) => ({
    claudeCodeVersion,
    tested: TESTED_RANGE,
  });
  assertEquals(said("2.0.5"), [
    [
      "warn",
      "claudestream: version of the CLI that is too old",
      facts("2.0.5"),
    ],
  ]);
  assertEquals(said("2.1.99999"), [
    [
      "info",
      "claudestream: version of the CLI newer than those tested",
      facts("2.1.99999"),
    ],
  ]);
  assertEquals(said(TESTED.oldest), []);
  assertEquals(said(TESTED.newest), []);
  assertEquals(said("2.1.199"), []);
});
