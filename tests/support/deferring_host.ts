/**
 * A program whose policy leaves a call to a later process. It says which, and lives on until it is
 * killed.
 *
 * @module
 */

import { AsyncSession, callback, defer, TurnError } from "../../mod.ts";

/** What the program says, as a line of JSON. */
export interface DeferringNews {
  /** Id of the session. */
  readonly id: string;
  /** The process of the CLI. */
  readonly pid: number;
  /** `code` of the error of the turn. */
  readonly code: string;
}

if (import.meta.main) {
  const session = new AsyncSession({
    ...JSON.parse(Deno.args[0] ?? "{}"),
    policy: callback((name) => name === "Bash" ? defer() : undefined),
  });
  try {
    await session.ask("call it");
  } catch (error) {
    if (!(error instanceof TurnError)) throw error;
    const { id = "", pid = 0 } = session;
    const news: DeferringNews = { id, pid, code: error.code };
    Deno.stdout.writeSync(
      new TextEncoder().encode(`${JSON.stringify(news)}\n`),
    );
  }
  // It ends by SIGKILL only.
  setInterval(() => {}, 60_000);
}
