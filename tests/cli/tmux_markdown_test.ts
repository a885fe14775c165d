// Markdown in a real terminal while it streams.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { step } from "../../src/testing/mod.ts";
import { terminal } from "../support/cli_terminal.ts";
import { atTmux } from "../support/tmux.ts";

const TEXT =
  "# Title\n\nOne **bold** word \x1b[2J and a list:\n\n- a\n- b\n\n" +
  "```ts\nconst a = 1;\n```\n\n|x|y|\n|-|-|\n|1|2|\n\nThe end.";
const RENDERED = "Title\n\nOne bold word ␛[2J and a list:\n\n• a\n• b\n\n" +
  "  const a = 1;\n\nx │ y\n──┼──\n1 │ 2\n\nThe end.\n-- over";
const AS_IT_IS = TEXT.replace("\x1b", "␛") + "\n-- over";

for (
  const [name, command, shown] of [
    ["on a terminal", "CLI stream look --no-footer", RENDERED],
    ["ask", "CLI ask look", RENDERED],
    ["stderr is a file", "CLI stream look --no-footer 2>log", RENDERED],
    ["--quiet", "CLI stream look --quiet", RENDERED],
    ["--plain", "CLI stream look --no-footer --plain", AS_IT_IS],
    ["NO_COLOR", "NO_COLOR=1 CLI stream look --no-footer", AS_IT_IS],
    [
      "a pipe",
      "CLI stream look --no-footer | cat -v",
      TEXT.replace("\x1b", "^[") + "\n-- over",
    ],
  ] as const
) {
  atTmux(`tmux: Markdown: ${name}`, async () => {
    const deltas = Array.from(TEXT);
    await using on = await terminal([[step.text(TEXT, { deltas })]], command);
    assertEquals(await on.tmux.over(), 0);
    assert((await on.tmux.all()).startsWith(shown), await on.tmux.all());
    assert(await on.tmux.isSane());
  });
}

atTmux(
  "tmux: Markdown: the open block is seen as it grows, and a tool ends it",
  async () => {
    await using on = await terminal([[
      step.text("One **two**", { deltas: ["One **two**"] }),
      step.gate("half"),
      step.toolCall("Bash", { command: "make" }, {
        output: "done",
        running: [step.gate("ran")],
      }),
      step.text("- three"),
    ]], "CLI stream look --allow all --no-footer");
    await on.tmux.shows("One two");
    await on.claude.release("half");
    assertStringIncludes(await on.tmux.shows("Bash make"), "One two\n");
    await on.claude.release("ran");
    assertEquals(await on.tmux.over(), 0);
    const all = (await on.tmux.all()).replace(/ [\d.]+ m?s/, " N");
    assert(all.startsWith("One two\n✓ Bash make  N\n\n• three\n-- over"), all);
  },
);

atTmux(
  "tmux: Markdown: a block higher than the window is printed whole",
  async () => {
    const text = Array.from(
      { length: 60 },
      (_, at) => `- line ${at + 1} of **60**\n`,
    ).join("");
    await using on = await terminal(
      [[step.text(text, {
        deltas: Array.from(text.match(/.{1,9}|\n/g) ?? []),
      })]],
      "CLI stream look --no-footer",
      { rows: 10 },
    );
    assertEquals(await on.tmux.over(), 0);
    const lines = (await on.tmux.all()).split("\n").slice(0, 61);
    assertEquals(
      lines.slice(0, 60),
      Array.from({ length: 60 }, (_, at) => `• line ${at + 1} of 60`),
    );
  },
);
