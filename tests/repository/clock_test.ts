// What waits in src/ waits by the clock of its session, so that a test can move it; each wait by the
// machine's own clock is listed, with its reason.

import { assertEquals } from "@std/assert";
import { assertSameNames } from "../support/same_names.ts";

const SRC = new URL("../../src/", import.meta.url);

/** Files that wait by the clock of the machine, and why. */
const OWN_WAITS: Readonly<Record<string, string>> = {
  "conversation/late_timers.ts":
    "it is the clock of the machine, for a session without another",
  "conversation/ring.ts": "a thread waits for bytes of a real process",
  "pool/pool.ts": "it is the clock of the machine, for a pool without another",
  "process/carrier.ts": "the end of a real process, or of a caller's transport",
  "process/exit_hooks.ts":
    "the end of this program: no test can go on behind it",
  "process/shutdown.ts": "the end of a real process",
  "process/version.ts": "a real process that is asked for its version",
  "sessions/stored_copy.ts": "a store that is read without a session",
  "testing/memory_claude.ts":
    "it is the clock of the machine, for a stand-in without another",
  "testing/scenario_replies.ts":
    "pauses of a server that a real claude talks to",
  "testing/scratch.ts":
    "a real process that still writes to a folder that is removed",
  "testing/scripted_claude_main.ts": "pauses of a real process",
  "tools/calls.ts":
    "it is the clock of the machine, for a tool without a session",
};

/** Calls that wait, or set something going later. */
const WAIT =
  /\b(?:setTimeout|setInterval|Atomics\.wait|Atomics\.waitAsync|AbortSignal\.timeout)\s*\(/;

function waits(text: string): boolean {
  return text.split("\n").some((line) =>
    !/^\s*(?:\/\/|\*|\/\*)/.test(line) && WAIT.test(line)
  );
}

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      if (name !== "fixtures") yield* sources(new URL(`${name}/`, folder));
    } else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) {
      yield new URL(name, folder);
    }
  }
}

Deno.test("each wait that a FakeClock does not move is listed, with a reason", async () => {
  const found = new Set<string>();
  for await (const file of sources(SRC)) {
    // Commands wait for people and terminals, not in a session.
    const path = file.pathname.slice(SRC.pathname.length);
    if (path.startsWith("cli/")) continue;
    if (waits(await Deno.readTextFile(file))) found.add(path);
  }
  assertSameNames(
    Object.keys(OWN_WAITS),
    found,
    "OWN_WAITS in tests/repository/clock_test.ts (use the clock of the session, or give a reason)",
  );
});

Deno.test("each form of a wait is seen, and a comment is none", () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ["setTimeout(call, 5);", true],
    ["const t = setInterval (call, 5);", true],
    ["Atomics.wait(a, 0, 0, 5);", true],
    ["await Atomics.waitAsync(a, 0, 0).value;", true],
    ["AbortSignal.timeout(5)", true],
    ["clock.after(5, call);", false],
    [" * calls `setTimeout()` of the machine", false],
    ["// setTimeout(call, 5)", false],
  ];
  for (const [text, expected] of rows) {
    assertEquals(waits(text), expected, text);
  }
});
