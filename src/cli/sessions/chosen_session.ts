/**
 * What runs once a person has chosen a session.
 *
 * @module
 */

import { typedLines } from "../commands/_one_shot.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { canPick, pickSession } from "./pick_session.ts";

/**
 * Returns a command with the session that a person chooses for its `--resume`; `undefined` if they
 * leave. `sessions` alone becomes a repl in that session, or stays a list if no one can be asked.
 *
 * @throws {UsageError} No one can be asked, or there is no session.
 */
export async function chosen(
  invocation: Invocation,
  output: Output,
): Promise<Invocation | undefined> {
  const { command, flags } = invocation;
  const isList = command === "sessions";
  const isRead = output.terminals.stdout && flags.json === undefined &&
    flags.limit === undefined;
  if (isList && (!isRead || !canPick(output, flags))) return invocation;
  const session = await pickSession(output, typedLines(), flags);
  if (session === undefined) return undefined;
  const { id, cwd } = session;
  const { all, ...others } = flags;
  return {
    ...invocation,
    command: isList ? "repl" : command,
    flags: {
      ...isList ? others : flags,
      resume: id,
      ...all === true && cwd !== undefined ? { cwd } : {},
    },
  };
}
