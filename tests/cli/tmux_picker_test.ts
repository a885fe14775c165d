// The choice of a session in a real terminal.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exactWidthOf } from "../../src/cli/text/exact_width.ts";
import { step } from "../../src/testing/mod.ts";
import { terminal } from "../support/cli_terminal.ts";
import { atTmux } from "../support/tmux.ts";

const IDS = ["a", "b", "c"].map((letter) =>
  `${letter.repeat(8)}-1111-4111-8111-111111111111`
);
const TITLES = ["Plan the trip", "漢字 and 👩‍👩‍👧 emoji", "Bad \\u001b[2J news"];

/** Writes three sessions of the folder where the terminal is. */
const SESSIONS =
  `folder="$HOME/.claude/projects/$(pwd -P | sed 's/[^A-Za-z0-9]/-/g')"
mkdir -p "$folder"
${
    IDS.map((id, at) =>
      `cat >"$folder/${id}.jsonl" <<END
{"type":"user","uuid":"u","parentUuid":null,"sessionId":"${id}","timestamp":"2026-01-05T10:00:00.000Z","cwd":"$(pwd -P)","message":{"role":"user","content":"${
        TITLES[at]
      }"}}
END
touch -d "2026-01-0${at + 1} 10:00" "$folder/${id}.jsonl"`
    ).join("\n")
  }
`;

const TITLE = "Type to filter";

for (const columns of [40, 80]) {
  atTmux(`tmux: the picker of sessions, ${columns} columns`, async () => {
    await using on = await terminal(
      [[step.echo("<{prompt}>")]],
      `${SESSIONS}CLI stream --resume --no-footer -- go`,
      { columns, rows: 20 },
    );
    const screen = await on.tmux.shows(TITLE);
    // The newest one is the first, and nothing of a title reaches the terminal but as text.
    assertStringIncludes(screen, "▶ 2026-01-03 10:00  Bad ␛[2J news");
    assertStringIncludes(screen, "  2026-01-01 10:00  Plan the trip");
    for (const line of screen.split("\n")) {
      assert(exactWidthOf(line) <= columns, line);
    }
    await on.tmux.press("Down", "Down", "Down", "Up");
    await on.tmux.shows("▶ 2026-01-02 10:00  漢字 and 👩‍👩‍👧");
    await on.tmux.type("TRIP pla");
    assertStringIncludes(
      await on.tmux.shows("▶ 2026-01-01 10:00  Plan the trip"),
      "> TRIP pla",
    );
    await on.tmux.type("x");
    await on.tmux.shows("no session matches");
    await on.tmux.resize(columns + 5, 12);
    await on.tmux.press("Enter", "BSpace", "Enter");
    const after = await on.tmux.showed("<go>");
    // Nothing of the choice is left.
    assertEquals(after.includes(TITLE), false, after);
    assertEquals(await on.tmux.over(), 0);
    assert(await on.tmux.isSane());
    assertStringIncludes(
      JSON.stringify(on.claude.starts),
      IDS[0] ?? "",
    );
  });
}

atTmux("tmux: sessions alone is the picker, and leads to a repl", async () => {
  await using on = await terminal(
    [[step.echo("<{prompt}>")]],
    `${SESSIONS}CLI sessions; echo "left $?"; CLI sessions`,
  );
  await on.tmux.shows(TITLE);
  await on.tmux.press("C-c");
  await on.tmux.shows("left 130");
  await on.tmux.shows(TITLE);
  await on.tmux.press("Enter");
  await on.tmux.shows(`(${IDS[2]})`);
  await on.tmux.shows("\n>");
  await on.tmux.press("C-d");
  assertEquals(await on.tmux.over(), 0);
  assert(await on.tmux.isSane());
});

atTmux(
  "tmux: nobody is asked for a session where nobody can answer",
  async () => {
    await using on = await terminal(
      [],
      `${SESSIONS}CLI stream --resume -- go </dev/null; echo "code $?"
CLI stream --resume --no-input -- go; echo "code $?"; CLI sessions | cat`,
      { columns: 120 },
    );
    await on.tmux.showed("code 2", 2);
    const all = await on.tmux.showed("Plan the trip");
    assertStringIncludes(all, "Cannot choose a session: there is no terminal");
    assertStringIncludes(
      all,
      "Cannot choose a session: --no-input asks nobody",
    );
    assertEquals(all.includes(TITLE), false);
    assertEquals(await on.tmux.over(), 0);
  },
);
