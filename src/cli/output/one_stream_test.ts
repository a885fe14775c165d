// stdout and stderr in one pipe or file, `2>&1`: no line is joined to another, and the
// answer has the same bytes as on a stdout of its own.

import { assertEquals } from "@std/assert";
import { ScriptedClaude, step, type TurnScript } from "../../testing/mod.ts";
import { asking, CLI, run, Running } from "../fixtures/child.ts";

const posix = { ignore: Deno.build.os === "windows" };

/** A command line after `2>&1`. */
const SHELL = [
  "sh",
  "-c",
  'exec "$0" "$@" 2>&1',
  Deno.execPath(),
  "run",
  "-A",
  "--quiet",
  CLI,
];

/** A turn, and what both streams together say of it, times left out. */
const ROWS: readonly (readonly [
  name: string,
  turn: TurnScript,
  args: readonly string[],
  both: string,
])[] = [
  [
    "a tool between two texts, in full",
    asking,
    ["send", "look", "--allow=all"],
    "Let me look.\n● Bash git status\n✓ Bash  N\n  clean\n\nIt is clean.\n",
  ],
  [
    "a tool between two texts, in brief",
    asking,
    ["stream", "look", "--allow=all"],
    "Let me look.\n✓ Bash git status  N\n\nIt is clean.\n",
  ],
  [
    "a retry in the middle of a text",
    [
      step.text("Once upon", { deltas: ["Once ", "upon"] }),
      step.apiRetry({ status: 529 }),
      step.text("a time."),
    ],
    ["stream", "x"],
    "Once upon\nthe API failed (overloaded, HTTP 529): retry 1 of 10 in N\na time.\n",
  ],
  [
    "an error after a text",
    [step.text("Once upon"), step.exit(7)],
    ["stream", "x"],
    "Once upon\nclaudestream: The claude process ended: exit code 7\n",
  ],
  [
    "a footer",
    [step.text("Done.")],
    ["stream", "x", "--footer"],
    "Done.\nN · $N · N in · N out\n",
  ],
];

for (const [name, turn, args, both] of ROWS) {
  Deno.test(`2>&1: ${name}`, posix, async () => {
    await using claude = await ScriptedClaude.create(step.conversation([turn]));
    const { stdout } = await new Running(claude, args, SHELL).end();
    // The last hint lines are of no concern here.
    const shown = stdout.replace(
      /\d[\d.,]*( m?s)?/g,
      (number) => /^(529|1|10|7)$/.test(number) ? number : "N",
    );
    assertEquals(shown.slice(0, both.length), both);
  });
}

Deno.test("the answer alone is the same in a pipe of its own", async () => {
  for (const command of ["send", "stream"]) {
    const args = [command, "look", "--allow=all"];
    const { stdout } = await run([asking], args);
    assertEquals(stdout, "Let me look.\n\nIt is clean.\n");
  }
});
