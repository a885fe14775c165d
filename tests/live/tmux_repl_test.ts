// A conversation with the real CLI in the repl, in a real terminal.

import { assert, assertEquals } from "@std/assert";
import { reply } from "../../src/testing/mod.ts";
import { exists, live, world } from "../support/live_world.ts";
import { realClaudePath } from "../support/real_claude.ts";
import { Tmux, tmuxMissing } from "../support/tmux.ts";

const liveAtTmux = tmuxMissing === undefined
  ? live
  : (name: string, fn: () => Promise<void>): void =>
    Deno.test({ name: `${name} (skipped: ${tmuxMissing})`, ignore: true, fn });

liveAtTmux(
  "a conversation in the repl: a question, other rules, a fork, the choice of a session",
  async () => {
    await using on = await world({
      replies: [
        reply.text("# Hello\n\n- **漢字** and 👩‍👩‍👧\n"),
        reply.toolUse("Bash", { command: "touch X" }),
        reply.text("Made X."),
        reply.toolUse("Bash", { command: "touch Y" }),
        reply.text("Made Y."),
        reply.text("In the fork."),
      ],
    });
    const { cwd } = on.scratch;
    const { env = {} } = on.options;
    await using tmux = await Tmux.create({
      command: "CLI repl --no-footer; CLI sessions",
      cwd,
      env: {
        ...env as Record<string, string>,
        CLAUDESTREAM_CLAUDE_PATH: realClaudePath() ?? "",
      },
    });
    const enter = async (text: string): Promise<void> => {
      await tmux.type(text);
      await tmux.press("Enter");
    };
    await tmux.shows("Ctrl-D to leave\n>");
    await enter("say hello");
    await tmux.shows("Hello\n\n• 漢字 and 👩‍👩‍👧\n>");
    await enter("make x");
    await tmux.shows("[?] why");
    await tmux.press("y");
    await tmux.shows("Made X.\n>");
    assert(await exists(`${cwd}/X`));
    await enter(":allow Bash(touch *)");
    await tmux.shows("continues");
    // What is allowed is not asked about.
    await enter("make y");
    await tmux.shows("Made Y.\n>");
    assert(await exists(`${cwd}/Y`));
    await enter(":mcp");
    await tmux.shows("There are no MCP servers");
    await enter(":context");
    await tmux.shows(" tokens (");
    await enter(":fork");
    await tmux.shows("continues", 2);
    await enter("and now");
    await tmux.shows("In the fork.\n>");
    await tmux.press("C-d");
    await tmux.shows("Type to filter");
    await tmux.type("say hello");
    await tmux.press("Enter");
    await tmux.shows("continues", 3);
    await tmux.press("C-d");
    assertEquals(await tmux.over(), 0);
    assert(await tmux.isSane());
  },
);
