import "../text/exact_width.ts";
import { closest } from "../../util/closest.ts";
import {
  type Candidate,
  candidates,
  SHELLS,
} from "../completion/candidates.ts";
import { oneLine } from "../text/one_line.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { UsageError } from "../failure/usage_error.ts";

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
    const found = await candidates(literal, { sessions, agents, actions });
    const lines = found.map(([value, about]) =>
      `${value}\t${oneLine(about, 80)}\n`
    );
    await output.stdout(lines.join(""));
    return 0;
  }
  if (others.length === 1 && literal.length === 0) {
    const { KEY_BINDING, KEY_BINDINGS } = await import(
      "../completion/key_bindings.ts"
    );
    const script = KEY_BINDINGS[what];
    if (others[0] === KEY_BINDING && script !== undefined) {
      await output.stdout(script);
      return 0;
    }
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
      `There are: ${SHELLS.join(", ")}; bash key-binding, zsh key-binding`,
    );
  }
  const { SCRIPTS } = await import("../completion/scripts.ts");
  await output.stdout(SCRIPTS[shell]);
  return 0;
}

/**
 * Titles that are offered: what a shell gives a meaning is not among their characters, since a
 * title may be from anywhere.
 */
const PLAIN_TITLE = /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u;

async function sessions(): Promise<readonly Candidate[]> {
  const { listSessions } = await import("../../sessions/list.ts");
  const page = await listSessions({ project: ".", limit: MOST_SESSIONS });
  // They go into a command line as they are.
  const safe = page.sessions.filter(({ id }) => /^[\w-]+$/.test(id));
  const titled = safe.flatMap(({ id, title }): Candidate[] =>
    title !== undefined && PLAIN_TITLE.test(title) ? [[title, id]] : []
  );
  return [...safe.map(({ id, label }): Candidate => [id, label]), ...titled];
}

async function agents(): Promise<readonly Candidate[]> {
  const { listAgents } = await import("../../agents/agent.ts");
  return (await listAgents()).map(({ name, path }) => [name, path]);
}

async function actions(
  command: "sessions" | "agent" | "config",
): Promise<readonly string[]> {
  if (command === "config") return (await import("./config.ts")).CONFIG_ACTIONS;
  return command === "agent"
    ? (await import("./agent.ts")).AGENT_ACTIONS
    : (await import("./sessions.ts")).SESSION_ACTIONS;
}
