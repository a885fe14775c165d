/**
 * The command line with the real CLI behind it.
 *
 * @module
 */

import type { world } from "./live_world.ts";
import { realClaudePath } from "./real_claude.ts";

const CLI = new URL("../../cli.ts", import.meta.url);

/** What a command line gave. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line as it stands; `input` is what a pipe brings. */
export async function command(
  on: Pick<Awaited<ReturnType<typeof world>>, "scratch" | "options">,
  args: readonly string[],
  input = "",
): Promise<Run> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", CLI.href, ...args],
    cwd: on.scratch.cwd,
    clearEnv: true,
    env: {
      ...on.options.env as Record<string, string>,
      CLAUDESTREAM_CLAUDE_PATH: realClaudePath() ?? "",
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}
