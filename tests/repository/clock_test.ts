// What waits in src/ waits by the clock of its session, so that a test can move it; each wait by the
// machine's own clock is listed, with its reason.

import { assert, assertEquals } from "@std/assert";
import { assertSameNames } from "../support/same_names.ts";

const SRC = new URL("../../src/", import.meta.url);

/** Files that wait by the clock of the machine, and why. */
const OWN_WAITS: Readonly<Record<string, string>> = {
  "conversation/late_timers.ts":
    "it is the clock of the machine, for a session without another",
  "conversation/ring.ts": "a thread waits for bytes of a real process",
  "options/system_clock.ts":
    "it is the clock of the machine, for what has no session with another",
  "process/carrier.ts": "the end of a real process, or of a caller's transport",
  "process/exit_hooks.ts":
    "the end of this program: no test can go on behind it",
  "process/shutdown.ts": "the end of a real process",
  "process/version.ts": "a real process that is asked for its version",
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

/** Files that wait by the clock of a session, and the tests that move it: file and name. */
const MOVED: Readonly<
  Record<string, readonly (readonly [file: string, name: string])[]>
> = {
  "cli/batch/batch_run.ts": [
    ["src/cli/batch/batch_run_test.ts", "nothing starts before its reset"],
  ],
  "conversation/child_link.ts": [
    ["tests/both/fake_clock_waits_test.ts", "startTimeoutMs: {"],
    ["tests/both/fake_clock_waits_test.ts", "controlTimeoutMs: {"],
  ],
  "conversation/conversation.ts": [
    ["tests/both/fake_clock_waits_test.ts", "the bound of close()"],
  ],
  "conversation/limits.ts": [
    ["tests/both/fake_clock_waits_test.ts", '"turnTimeoutMs": {'],
    ["tests/both/fake_clock_waits_test.ts", '"idleTimeoutMs: endMs": {'],
    ["tests/both/fake_clock_waits_test.ts", '"idleTimeoutMs: warnMs": {'],
    ["tests/both/fake_clock_waits_test.ts", "an interruption that is ignored"],
  ],
  "conversation/open_questions.ts": [
    ["tests/both/fake_clock_waits_test.ts", '"permissionTimeoutMs": {'],
    [
      "tests/both/fake_clock_waits_test.ts",
      "that this program does not answer",
    ],
  ],
  "conversation/reset_waits.ts": [
    ["tests/both/fake_clock_waits_test.ts", '"waitForReset": {'],
  ],
  "conversation/store_mirror.ts": [
    ["tests/stores/store_faults_test.ts", "a store that hangs is asked again"],
  ],
  "conversation/worker_link.ts": [
    ["tests/both/fake_clock_waits_test.ts", "in a blocking session"],
  ],
  "pool/line.ts": [
    ["tests/pool/pool_test.ts", "an idle process is ended when its time is"],
    ["tests/pool/pool_test.ts", "the line has a limit, and a wait has one"],
  ],
  "pool/map.ts": [
    ["tests/pool/map_test.ts", "a limit is tried again when it resets"],
    ["tests/pool/map_test.ts", "tried again after 1 s, 2 s"],
  ],
  "testing/memory_claude.ts": [
    ["tests/both/fake_clock_test.ts", "a limit of a turn comes when the clock"],
  ],
  "tools/calls.ts": [
    ["tests/both/fake_clock_test.ts", "the limit of a tool comes by the clock"],
  ],
};

/** Calls that wait, or set something going later. */
const WAIT =
  /\b(?:setTimeout|setInterval|Atomics\.wait|Atomics\.waitAsync|AbortSignal\.timeout)\s*\(/;

/** Calls of the method of a clock that calls back later. */
const BY_CLOCK = /\.after\s*\(/;

function waits(text: string, form = WAIT): boolean {
  return text.split("\n").some((line) =>
    !/^\s*(?:\/\/|\*|\/\*)/.test(line) && form.test(line)
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

Deno.test("each file that waits by the clock of a session has tests that move it", async () => {
  const found = new Set<string>();
  for await (const file of sources(SRC)) {
    if (waits(await Deno.readTextFile(file), BY_CLOCK)) {
      found.add(file.pathname.slice(SRC.pathname.length));
    }
  }
  assertSameNames(
    Object.keys(MOVED),
    found,
    "MOVED in tests/repository/clock_test.ts (add a test that moves the wait)",
  );
  for (const [path, tests] of Object.entries(MOVED)) {
    for (const [file, name] of tests) {
      const text = await Deno.readTextFile(new URL(`../${file}`, SRC));
      assert(text.includes("FakeClock"), `${path}: ${file}`);
      assert(text.includes(name), `${path}: ${file} has no test "${name}"`);
    }
  }
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
