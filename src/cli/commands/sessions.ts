import "../text/exact_width.ts";
import {
  deleteSession,
  exportSession,
  forkSession,
  listSessions,
  readSession,
  renameSession,
  searchSessions,
  type SessionDetails,
  type SessionInfo,
  type SessionMatch,
  tagSession,
} from "../../sessions/mod.ts";
import type { Flags } from "../flags/flags.ts";
import { jsonLine, jsonList, picked } from "../output/json_line.ts";
import { asksNobody } from "../flags/no_input.ts";
import { oneLine } from "../text/one_line.ts";
import type { Output } from "../output/output.ts";
import { paged } from "../output/pager.ts";
import type { Invocation } from "../flags/parse.ts";
import { foundSession, placeOf } from "../sessions/session_choice.ts";
import {
  factsText,
  listText,
  matchText,
  talkText,
} from "../sessions/session_text.ts";
import { UsageError } from "../failure/usage_error.ts";
import { writeWhole } from "../output/whole_file.ts";
import { type Action, type Call, runAction } from "./_actions.ts";
import { typedLines } from "./_one_shot.ts";

const INFO_FIELDS = [
  "id",
  "label",
  "title",
  "generatedTitle",
  "tag",
  "firstPrompt",
  "lastPrompt",
  "cwd",
  "gitBranch",
  "claudeVersion",
  "createdAt",
  "modifiedAt",
  "sizeBytes",
  "path",
] as const satisfies readonly (keyof SessionInfo)[];

const ACTIONS: Readonly<Record<string, Action>> = {
  list: {
    usage: "[TEXT]",
    words: [0, 1],
    flags: ["limit"],
    fields: INFO_FIELDS,
    run: list,
  },
  show: {
    usage: "SESSION",
    words: [1, 1],
    flags: ["pager"],
    fields: [...INFO_FIELDS, "subagents"],
    run: show,
  },
  search: {
    usage: "TEXT",
    words: [1, 1],
    flags: ["limit"],
    fields: ["session", "event", "excerpt", "timestamp"],
    run: search,
  },
  rename: { usage: "SESSION TITLE", words: [2, Infinity], run: rename },
  tag: { usage: "SESSION TAG", words: [2, 2], run: tag },
  fork: { usage: "SESSION [TITLE]", words: [1, Infinity], run: fork },
  export: {
    usage: "SESSION [--format FORMAT] [-o FILE]",
    words: [1, 1],
    flags: ["format", "output"],
    run: exportIt,
  },
  delete: {
    usage: "SESSION…",
    words: [1, Infinity],
    flags: ["yes", "input"],
    run: deleteThem,
  },
};

/** The names of the actions. */
export const SESSION_ACTIONS: readonly string[] = Object.keys(ACTIONS);

/** `sessions`: the list of the sessions on disk, and what can be done with them. */
export function sessions(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const actions = {
    table: ACTIONS,
    first: "list",
    hint:
      "SESSION is an id, the beginning of one, a title, or last; put a title or text of several words in quotes",
  };
  return runAction(actions, invocation, output);
}

/** How wide text may be: a pipe takes any width. */
function columnsOf(output: Output): number {
  return output.terminals.stdout ? output.columns : 1000;
}

async function list({ words, flags, output }: Call): Promise<void> {
  const [text] = words;
  const { limit } = flags;
  const { sessions, nextCursor } = await listSessions({
    ...placeOf(flags),
    ...text === undefined ? {} : { text },
    ...limit === undefined ? {} : { limit },
  });
  if (flags.json !== undefined) {
    return await output.stdout(jsonList(sessions, flags.json));
  }
  await output.stdout(
    listText(sessions, columnsOf(output), flags.all === true),
  );
  const such = text === undefined ? "" : "such ";
  const note = sessions.length === 0
    ? flags.all === true
      ? `there is no ${such}session`
      : `there is no ${such}session of this directory; --all looks at all of them`
    : nextCursor === undefined
    ? undefined
    : "there are more of them: raise --limit";
  if (note !== undefined) await say({ flags, output }, note);
}

async function show({ words, flags, output }: Call): Promise<void> {
  const session = await named(words, flags);
  if (flags.json !== undefined) {
    return await output.stdout(jsonLine(picked(session, flags.json)));
  }
  const columns = output.terminals.stdout ? output.columns : 200;
  await paged(output, flags, async () => {
    await output.stdout(factsText(session));
    const talk = readSession(session, {
      ...placeOf({ ...flags, all: true }),
      subagents: "none",
    });
    for await (const event of talk) {
      await output.stdout(talkText(event, columns));
    }
  });
}

async function search({ words, flags, output }: Call): Promise<void> {
  const [text = ""] = words;
  const { limit } = flags;
  const matches = searchSessions(text, {
    ...placeOf(flags),
    ...limit === undefined ? {} : { limit },
  });
  const found: SessionMatch[] = [];
  let count = 0;
  for await (const match of matches) {
    count++;
    if (flags.json !== undefined) found.push(match);
    else await output.stdout(matchText(match, columnsOf(output)));
  }
  if (flags.json !== undefined) {
    return await output.stdout(jsonList(found, flags.json));
  }
  if (count > 0) return;
  await say(
    { flags, output },
    flags.all === true
      ? "nothing was found"
      : "nothing was found in the sessions of this directory; --all searches all of them",
  );
}

async function rename({ words, flags, output }: Call): Promise<void> {
  const session = await named(words, flags);
  await renameSession(session, words.slice(1).join(" "));
  await changed(session, { flags, output }, "renamed");
}

async function tag({ words, flags, output }: Call): Promise<void> {
  const session = await named(words, flags);
  await tagSession(session, words[1] ?? "");
  await changed(session, { flags, output }, "tagged");
}

async function changed(
  { id }: SessionDetails,
  { flags, output }: Omit<Call, "words">,
  what: string,
): Promise<void> {
  const after = await foundSession(id, { ...flags, all: true });
  if (flags.json !== undefined) return await output.stdout(jsonLine(after));
  await say(
    { flags, output },
    `${what}: ${
      oneLine(
        [id, ...after.tag === undefined ? [] : [`#${after.tag}`], after.label]
          .join(" "),
        200,
      )
    }`,
  );
}

async function fork({ words, flags, output }: Call): Promise<void> {
  const session = await named(words, flags);
  const title = words.slice(1).join(" ");
  const made = await forkSession(session, {
    ...placeOf({ ...flags, all: true }),
    ...title === "" ? {} : { title },
  });
  await output.stdout(
    flags.json !== undefined ? jsonLine(made) : `${made.id}\n`,
  );
}

const FORMATS = ["markdown", "html", "jsonl"] as const;

async function exportIt({ words, flags, output }: Call): Promise<void> {
  const { format: wanted = "markdown", output: path = "-" } = flags;
  const name = wanted === "md" ? "markdown" : wanted;
  const format = FORMATS.find((each) => each === name) ?? "markdown";
  const session = await named(words, flags);
  const pieces = exportSession(session, {
    ...placeOf({ ...flags, all: true }),
    format,
  });
  if (path === "-") {
    for await (const piece of pieces) await output.stdout(piece);
    return;
  }
  // A session has secrets more often than not.
  await writeWhole(path, pieces, { mode: 0o600 });
}

async function deleteThem({ words, flags, output }: Call): Promise<void> {
  const meant: SessionDetails[] = [];
  for (const word of words) {
    const session = await foundSession(word, flags);
    if (!meant.some(({ id }) => id === session.id)) meant.push(session);
  }
  if (flags.yes !== true && !await isConfirmed(meant, flags, output)) {
    throw new UsageError("Cannot delete: it was not confirmed");
  }
  const deleted: {
    readonly id: string;
    readonly removed: readonly string[];
  }[] = [];
  for (const session of meant) {
    const { id } = session;
    const place = placeOf({ ...flags, all: true });
    deleted.push({ id, removed: await deleteSession(session, place) });
    if (flags.json === undefined) {
      await say({ flags, output }, `deleted: ${id}`);
    }
  }
  if (flags.json !== undefined) await output.stdout(jsonList(deleted));
}

async function isConfirmed(
  meant: readonly SessionDetails[],
  flags: Flags,
  output: Output,
): Promise<boolean> {
  const { stdin, stderr } = output.terminals;
  if (asksNobody(flags) || !stdin || !stderr) {
    throw new UsageError(
      "Cannot delete without a yes: there is no terminal to ask at",
      "Say it beforehand with --yes",
    );
  }
  await output.stderr(
    listText(meant, output.columns, true),
    `Delete ${meant.length === 1 ? "it" : "them"} for good? [y/N] `,
  );
  const line = await typedLines().next();
  return /^y(es)?$/i.test(line?.trim() ?? "");
}

async function named(
  [name = ""]: readonly string[],
  flags: Flags,
): Promise<SessionDetails> {
  return await foundSession(name, flags);
}

async function say(
  { flags, output }: Omit<Call, "words">,
  note: string,
): Promise<void> {
  if (flags.quiet !== true) await output.stderr(`claudestream: ${note}\n`);
}
