// The bar of a batch in a real terminal, and Alt-c in an interactive bash.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { pathOf } from "../../scripts/_files.ts";
import { Scratch, step } from "../../src/testing/mod.ts";
import { terminal } from "../support/cli_terminal.ts";
import { atTmux } from "../support/tmux.ts";

atTmux(
  "tmux: the bar of a batch is there while lines run, and the summary takes its place",
  async () => {
    await using on = await terminal(
      [[step.gate("go"), step.text("ok")]],
      `printf '{"prompt":"one"}\\n{"prompt":"two"}\\n' >in.jsonl
CLI batch in.jsonl --out out.jsonl`,
    );
    assertMatch(await on.tmux.shows("2 running"), /░+ 0\/2 · 2 running/);
    await on.claude.release("go");
    await on.claude.release("go");
    assertEquals(await on.tmux.over(), 0);
    const all = await on.tmux.all();
    assertMatch(all, /2 done · \$/);
    assert(!/[█░]/.test(all), all);
    assert(await on.tmux.isSane());
  },
);

atTmux(
  "tmux: Alt-c in bash turns the line into a command, and does not run it",
  async () => {
    await using scratch = await Scratch.create();
    await Deno.writeTextFile(
      `${scratch.cwd}/claudestream`,
      `#!/bin/sh\nexec '${Deno.execPath()}' run -A --quiet --no-check '${
        pathOf(new URL("../../cli.ts", import.meta.url))
      }' "$@"\n`,
      { mode: 0o755 },
    );
    await using on = await terminal(
      [[step.text("```sh\necho made-$((6*7))\n```\n")]],
      `PATH="$PWD:$PATH"
CLI completions bash key-binding >binding
echo "PS1='ready> '; source ./binding" >rc
bash --noprofile --rcfile rc -i`,
      {},
      scratch,
    );
    await on.tmux.shows("ready>");
    await on.tmux.type("say what was made");
    await on.tmux.press("M-c");
    const asked = await on.tmux.shows("echo made-$((6*7))");
    assert(!asked.includes("made-42"), asked);
    await on.tmux.press("Enter");
    await on.tmux.shows("made-42");
    await on.tmux.press("C-d");
    assertEquals(await on.tmux.over(), 0);
  },
);
