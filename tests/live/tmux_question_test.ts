// The permission question of the real CLI in a real terminal.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { reply } from "../../src/testing/mod.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { exists, isSince, live, world } from "../support/live_world.ts";
import { realClaudePath } from "../support/real_claude.ts";
import { Tmux, tmuxMissing } from "../support/tmux.ts";

const liveAtTmux = tmuxMissing === undefined
  ? live
  : (name: string, fn: () => Promise<void>): void =>
    Deno.test({ name: `${name} (skipped: ${tmuxMissing})`, ignore: true, fn });

liveAtTmux(
  "a person answers the questions of the real CLI at a terminal",
  async () => {
    // What counts is at its end.
    const script = [
      ...Array.from({ length: 119 }, (_, at) => `# comment ${at + 1}`),
      "touch Y",
    ].join("\n");
    await using on = await world({
      replies: [
        reply.toolUse("Bash", {
          command: `git status${" ".repeat(80)}; touch X`,
        }),
        reply.toolUse("Bash", { command: script }),
        reply.toolUse("Write", { file_path: "first.txt", content: "1\n" }),
        reply.toolUse("Write", { file_path: "second.txt", content: "2\n" }),
        reply.toolUse("Edit", {
          file_path: "second.txt",
          old_string: "2",
          new_string: "3",
        }),
        reply.toolUse("Write", { file_path: ".bashrc", content: "evil\n" }),
        reply.toolUse("Write", { file_path: "link/x", content: "evil\n" }),
        reply.toolUse("Bash", { command: "touch edited" }),
        reply.text("That was all."),
      ],
    });
    const { cwd, temporary } = on.scratch;
    await Deno.symlink(temporary, `${cwd}/link`);
    const { env = {} } = on.options;
    await Deno.writeTextFile(
      `${on.scratch.home}/editor.sh`,
      `printf '{"command": "touch by-hand"}' >"$1"\n`,
    );
    await using tmux = await Tmux.create({
      command: "CLI stream go",
      cwd,
      env: {
        ...env as Record<string, string>,
        CLAUDESTREAM_CLAUDE_PATH: realClaudePath() ?? "",
        EDITOR: `sh ${on.scratch.home}/editor.sh`,
      },
    });
    let screen = await tmux.shows("[?] why");
    assertStringIncludes(screen, "command: git status<80 blanks>; touch X\n");
    assertStringIncludes(screen, "    Bash(git status *)\n");
    await tmux.press("n");

    await tmux.shows("1  # comment 1\n");
    for (let shown = 23; shown < 120; shown += 23) {
      await tmux.shows(`line ${shown} of `);
      await tmux.type("y");
      assert(!await exists(`${cwd}/Y`));
      await tmux.press("Space");
    }
    await tmux.shows("[?] why");
    await tmux.press("y");

    screen = await tmux.shows("content: 1\n");
    assertStringIncludes(screen, "first.txt");
    await tmux.press("a");

    // Neither the second file nor its edit is asked about; what the CLI protects is.
    // Paths of different lengths are broken in different places.
    await tmux.told(".bashrc which is a sensitive file.");
    await tmux.showed("Allow? [y]es [n]o [e]dit [?] why");
    await tmux.press("n");
    await tmux.told(
      isSince(BEHAVIORS.linkReason.since)
        ? "resolves through a symlink"
        : "Path is outside allowed working directories",
    );
    await tmux.showed("Allow? [y]es [n]o [e]dit [?] why", 2);
    await tmux.press("n");

    await tmux.shows("command: touch edited");
    await tmux.shows("[a]lways [e]dit");
    await tmux.press("e");
    await tmux.shows("command: touch by-hand\n");
    await tmux.shows("Allow? [y]es [n]o [e]dit [?] why");
    await tmux.press("y");
    assertEquals(await tmux.over(), 0);
    assert(await tmux.isSane());

    const files = await Array.fromAsync(Deno.readDir(cwd));
    const made = files.map(({ name }) => name).sort();
    assertEquals(made, ["Y", "by-hand", "first.txt", "link", "second.txt"]);
    assertEquals(await Deno.readTextFile(`${cwd}/second.txt`), "3\n");
    assert(!await exists(`${temporary}/x`));
    on.api.verify();
  },
);
