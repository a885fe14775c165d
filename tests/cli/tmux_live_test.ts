// What moves at the end of a real terminal while a turn runs, and that nothing of it stays.

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { step } from "../../src/testing/mod.ts";
import { terminal } from "../support/cli_terminal.ts";
import { atTmux, type Tmux } from "../support/tmux.ts";

/** Any sign that turns. */
const SIGN = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

atTmux(
  "tmux: thinking and tools are seen while they run, and leave nothing",
  async () => {
    await using on = await terminal([[
      step.thinking("hm", { deltas: ["hm"] }),
      step.gate("thought"),
      step.toolCall("Bash", { command: "git status" }, {
        running: [step.gate("ran")],
        output: "clean",
      }),
      step.text("It is clean."),
    ]], "CLI stream look --allow all --no-footer");
    assertMatch(await on.tmux.shows("thinking"), SIGN);
    await on.claude.release("thought");
    assertMatch(await on.tmux.shows("Bash git status  1 s"), SIGN);
    await on.claude.release("ran");
    await on.tmux.shows("It is clean.");
    assertEquals(await on.tmux.over(), 0);
    const all = await on.tmux.all();
    assertMatch(
      all,
      /^✓ Bash git status {2}[\d.]+ m?s\nIt is clean\.\n-- over/,
    );
    assert(!SIGN.test(all));
    assert(await on.tmux.isSane());
  },
);

atTmux(
  "tmux: a window that becomes narrower keeps one rest of a line at most",
  async () => {
    await using on = await terminal(
      [[
        step.toolCall("Bash", { command: `echo ${"word ".repeat(40)}` }, {
          running: [step.gate("ran")],
        }),
        step.text("That was all."),
      ]],
      "CLI stream look --allow all --no-footer",
      { columns: 120 },
    );
    await on.tmux.shows("Bash echo word");
    await on.tmux.resize(50, 24);
    // The time advances in the narrow window.
    await on.tmux.shows("…  3 s");
    await on.claude.release("ran");
    assertEquals(await on.tmux.over(), 0);
    const all = await on.tmux.all();
    // tmux tells the new width late: what was drawn in between stands in the old one.
    assert(all.split("Bash echo").length <= 3, all);
  },
);

for (
  const [name, command] of [
    ["stderr is a file", "CLI stream look 2>log"],
    ["CI is set", "CI=1 CLI stream look"],
    ["the terminal is dumb", "TERM=dumb CLI stream look"],
    ["--quiet", "CLI stream look --quiet"],
    ["events", "CLI events look"],
  ] as const
) {
  atTmux(`tmux: no sign of life where ${name}`, async () => {
    await using on = await terminal(
      [[step.gate("go"), step.text("Done.")]],
      `${command} --allow all --no-footer`,
    );
    await on.claude.reached("go");
    const before = await on.tmux.all();
    await on.claude.release("go");
    await on.tmux.over();
    assert(!/starting|waiting|⠋/.test(before), before);
  });
}

atTmux(
  "tmux: the answer in a pipe is the answer alone, the sign is on the terminal",
  async () => {
    await using on = await terminal(
      [[step.gate("go"), step.text("Done.")]],
      "CLI stream look --no-footer | tee log | cat",
    );
    assertMatch(await on.tmux.shows("waiting for the model"), SIGN);
    await on.claude.release("go");
    await on.tmux.over();
    assertMatch(await on.tmux.all(), /^Done\.\n-- over/);
    assertEquals(await Deno.readTextFile(`${on.scratch.cwd}/log`), "Done.\n");
  },
);

atTmux("tmux: NO_COLOR has the words and no sign that turns", async () => {
  await using on = await terminal(
    [[step.gate("go"), step.text("Done.")]],
    "NO_COLOR=1 CLI stream look --no-footer",
  );
  assertStringIncludes(
    await on.tmux.shows("waiting for the model"),
    "… waiting",
  );
  await on.claude.release("go");
  assertEquals(await on.tmux.over(), 0);
  assertMatch(await on.tmux.all(), /^Done\.\n-- over/);
});

for (
  const [name, end, code] of [
    ["Ctrl-C", (tmux: Tmux) => tmux.press("C-c"), 130],
    ["SIGTERM", (tmux: Tmux) => tmux.signal("TERM"), 143],
  ] as const
) {
  atTmux(
    `tmux: ${name} takes the line back before the program ends`,
    async () => {
      await using on = await terminal(
        [[step.gate("go"), step.text("Done.")]],
        "trap : INT; CLI stream look --no-footer",
      );
      await on.tmux.shows("waiting for the model");
      await end(on.tmux);
      assertEquals(await on.tmux.over(), code);
      assert(!SIGN.test(await on.tmux.all()));
      assert(await on.tmux.isSane());
    },
  );
}
