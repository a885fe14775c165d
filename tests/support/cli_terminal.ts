/**
 * The command line in a real terminal, over a scripted Claude.
 *
 * @module
 */

import {
  Scratch,
  ScriptedClaude,
  step,
  type TurnScript,
} from "../../src/testing/mod.ts";
import { Tmux } from "./tmux.ts";

/** A terminal on which a command runs. */
export interface CliTerminal extends AsyncDisposable {
  readonly tmux: Tmux;
  readonly claude: ScriptedClaude;
  readonly scratch: Scratch;
}

/**
 * Starts a command of the program, `CLI`, in a new terminal.
 *
 * @param shared Folders of another terminal, which removes them.
 */
export async function terminal(
  turns: readonly TurnScript[],
  command: string,
  size: { readonly columns?: number; readonly rows?: number } = {},
  shared?: Scratch,
): Promise<CliTerminal> {
  const scratch = shared ?? await Scratch.create();
  const claude = await ScriptedClaude.create(step.conversation(turns));
  const env = {
    HOME: scratch.home,
    TMPDIR: scratch.temporary,
    CLAUDESTREAM_CLAUDE_PATH: claude.path,
  };
  const tmux = await Tmux.create({ command, env, cwd: scratch.cwd, ...size });
  return {
    tmux,
    claude,
    scratch,
    async [Symbol.asyncDispose]() {
      await tmux[Symbol.asyncDispose]();
      await claude.close();
      if (shared === undefined) await scratch[Symbol.asyncDispose]();
    },
  };
}
