import { closest } from "../../util/closest.ts";
import {
  type Candidate,
  candidates,
  SHELLS,
} from "../completion/candidates.ts";
import { oneLine } from "../one_line.ts";
import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { UsageError } from "../usage_error.ts";

/** The most sessions that are offered. */
const MOST_SESSIONS = 50;

/**
 * `completions`: prints the script of a shell. The scripts call it with `query` and the words
 * of the line, and get a word on each line, with what it means behind a tab.
 */
export async function completions(
  { words, literal }: Invocation,
  output: Output,
): Promise<number> {
  const [what = "", ...others] = words;
  if (what === "query" && others.length === 0) {
    const found = await candidates(literal, { sessions, actions });
    const lines = found.map(([value, about]) =>
      `${value}\t${oneLine(about, 80)}\n`
    );
    await output.stdout(lines.join(""));
    return 0;
  }
  const shell = SHELLS.find((each) => each === what);
  if (shell === undefined || others.length > 0 || literal.length > 0) {
    const near = closest(what, SHELLS);
    throw new UsageError(
      what === ""
        ? "Cannot print completions: no shell was named"
        : `Cannot print completions for ${
          JSON.stringify([what, ...others].join(" "))
        }${near === undefined ? "" : `, did you mean "${near}"?`}`,
      `There are: ${SHELLS.join(", ")}`,
    );
  }
  const { SCRIPTS } = await import("../completion/scripts.ts");
  await output.stdout(SCRIPTS[shell]);
  return 0;
}

async function sessions(): Promise<readonly Candidate[]> {
  const { listSessions } = await import("../../sessions/list.ts");
  const page = await listSessions({ project: ".", limit: MOST_SESSIONS });
  // They go into a command line as they are.
  return page.sessions.filter(({ id }) => /^[\w-]+$/.test(id))
    .map(({ id, label }) => [id, label]);
}

async function actions(): Promise<readonly string[]> {
  return (await import("./sessions.ts")).SESSION_ACTIONS;
}
