// What the real CLI leaves on disk of a session: the events that are read from there are
// those of its turns, as far as the file holds them.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  deny,
  type SessionOptions,
  SyncSession,
} from "../../mod.ts";
import {
  listSessions,
  projectFolderName,
  readSession,
  renameSession,
  sessionInfo,
  watchSession,
} from "../../src/sessions/mod.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import {
  type ApiRequest,
  block,
  Gate,
  type Reply,
  reply,
} from "../../src/testing/mod.ts";
import {
  isSince,
  live,
  syncWorld,
  world,
  written,
} from "../support/live_world.ts";
import { IN_FILE, NOT_IN_FILE } from "../support/transcript_events.ts";

/** Fields that a live event has and a transcript has not, or has otherwise. */
const OTHER_FIELDS: Readonly<Record<string, string>> = {
  streamed: "no deltas came before",
  ...isSince(BEHAVIORS.boundaryParent.since)
    ? {}
    : { logicalParentUuid: "an older CLI writes it to the file only" },
  durationMs: "live it leaves out what a call waited for a decision",
};

/** Types of events that only the transcript has. */
function isOnlyInFile(event: ClaudeEvent): boolean {
  switch (event.type) {
    // The host knows its own prompts.
    case "user_replay":
      return true;
    // What subagents are told and say, without `forwardSubagentText`.
    case "user_text":
    case "assistant_text":
      return event.parentToolUseId !== null;
    default:
      return false;
  }
}

/** Whether an event is from a subagent. */
function isNested(event: ClaudeEvent): boolean {
  return "parentToolUseId" in event && event.parentToolUseId !== null;
}

/**
 * The data of events, but for what the file does not hold of it. The blocks of subagents are
 * counted without their text where that is left out.
 */
function dataOf(
  events: readonly ClaudeEvent[],
  commands: ReadonlySet<string | undefined>,
): unknown {
  return events.map((event) =>
    JSON.parse(JSON.stringify(
      event,
      (key, value) =>
        key in OTHER_FIELDS ||
          key === "messageId" && commands.has(event.uuid) ||
          key === "index" && isNested(event)
          ? undefined
          : value,
    ))
  );
}

/** What tells one event from all others, live and in the file. */
function keyOf(event: ClaudeEvent): string {
  const { uuid, type } = event;
  const place = "index" in event && !isNested(event) ? event.index : "";
  return `${uuid} ${type} ${place}`;
}

/** Compares what was read with what was seen, for the main agent and each subagent. */
function compare(
  seen: readonly ClaudeEvent[],
  read: readonly ClaudeEvent[],
): void {
  const strange = seen.filter(({ type }) =>
    type === "unknown" || !IN_FILE.has(type) && !(type in NOT_IN_FILE)
  );
  assertEquals(strange.map(({ type }) => type), []);
  const live = seen.filter(({ type }) => IN_FILE.has(type));
  const known = new Set(live.map(keyOf));
  const extra = read.filter((event) =>
    !known.has(keyOf(event)) && !isOnlyInFile(event)
  );
  assertEquals(extra, []);
  // Replies that no model made: the id that the session got is not written.
  const commands = new Set(
    read.flatMap((event) =>
      event.type === "assistant_text" && event.messageId === event.uuid
        ? [event.uuid]
        : []
    ),
  );
  const both = read.filter((event) => known.has(keyOf(event)));
  const agents = Map.groupBy(
    live,
    (event) => "parentToolUseId" in event ? event.parentToolUseId : null,
  );
  for (const [agent, events] of agents) {
    const mine = both.filter((event) =>
      ("parentToolUseId" in event ? event.parentToolUseId : null) === agent
    );
    assertEquals(dataOf(mine, commands), dataOf(events, commands));
  }
}

/** What the model was told last; what the CLI adds to it has another role. */
function lastOf({ messages }: ApiRequest): string {
  return JSON.stringify(messages.findLast(({ role }) => role === "user"));
}

/** Replies by the last word that the model was told. */
function answer(request: ApiRequest, cwd: string): Reply {
  if (request.kind === "subagent") {
    return request.toolResults.length === 0
      ? reply.message([
        block.text("looking"),
        block.toolUse("Bash", { command: "echo sub" }),
      ])
      : reply.text("sub done");
  }
  const last = lastOf(request);
  if (last.includes("tool_result")) return reply.text("tools done");
  if (last.includes("THINK")) {
    return reply.message([block.thinking("hm"), block.text("thought")]);
  }
  if (last.includes("PARALLEL")) {
    return reply.message([
      block.text("three"),
      block.toolUse("Bash", { command: "echo a" }),
      block.toolUse("Bash", { command: "echo b; exit 3" }),
      block.toolUse("Read", { file_path: `${cwd}/none.txt` }),
    ]);
  }
  if (last.includes("WRITE")) {
    return reply.toolUse("Write", {
      file_path: `${cwd}/a.txt`,
      content: "a\n",
    });
  }
  if (last.includes("DENIED")) {
    return reply.toolUse("Bash", { command: "rm -rf denied" });
  }
  if (last.includes("FOREGROUND")) return agentCall(false);
  if (last.includes("BACKGROUND")) return agentCall(true);
  return reply.text([`answer ${request.messages.length}`]);
}

function agentCall(isBackground: boolean): Reply {
  return reply.toolUse("Agent", {
    description: "d",
    prompt: "p",
    subagent_type: "general-purpose",
    run_in_background: isBackground,
  });
}

const policy = callback((_name, input) =>
  String(input.command).includes("denied") ? deny("not that") : allow()
);

/** All events of a session, from its first prompt to its end. */
async function run(
  options: SessionOptions,
  prompts:
    | readonly string[]
    | ((session: AsyncSession) => Promise<void>),
): Promise<{ readonly id: string; readonly events: readonly ClaudeEvent[] }> {
  const events: ClaudeEvent[] = [];
  let id = "";
  {
    await using session = new AsyncSession({ ...options, policy });
    const all = session.events();
    const reading = (async () => {
      for await (const event of all) events.push(event as ClaudeEvent);
    })();
    if (typeof prompts === "function") await prompts(session);
    else for (const prompt of prompts) await session.ask(prompt);
    id = session.id ?? "";
    await session.close();
    await reading;
  }
  return { id, events };
}

async function readAll(
  id: string,
  configDir: string,
): Promise<readonly ClaudeEvent[]> {
  return await Array.fromAsync(readSession(id, { configDir }));
}

/** Kinds of turns: the prompts, and what has to be among their events. */
const KINDS: Readonly<
  Record<string, readonly [readonly string[], readonly string[]]>
> = {
  text: [["hello", "again"], ["assistant_text"]],
  thinking: [["THINK"], ["thinking"]],
  "a tool that runs": [["WRITE"], ["tool_use", "tool_result", "file_change"]],
  "a tool that is denied": [["DENIED"], ["tool_result"]],
  "parallel tools": [["PARALLEL", "more"], ["tool_use", "tool_result"]],
  "a subagent in the foreground": [["FOREGROUND"], ["task_started"]],
  "a subagent in the background": [["BACKGROUND", "more"], ["task_started"]],
  "a slash command": [["/cost", "more"], ["assistant_text"]],
  "a compaction": [
    ["one", "WRITE", "/compact", "PARALLEL"],
    ["compact_boundary", "user_text"],
  ],
};

for (const [kind, [prompts, types]] of Object.entries(KINDS)) {
  live(`what is read of a session is what was seen: ${kind}`, async () => {
    await using on = await world({
      replies: (request) => answer(request, on.scratch.cwd),
    });
    const { id, events } = await run(on.options, prompts);
    const seen = new Set<string>(events.map(({ type }) => type));
    assertEquals(types.filter((type) => !seen.has(type)), []);
    const read = await readAll(id, `${on.scratch.home}/.claude`);
    compare(events, read);
    const told = read.flatMap((event) =>
      event.type === "user_replay" && typeof event.content === "string"
        ? [event.content]
        : []
    );
    for (const prompt of prompts.filter((one) => !one.startsWith("/"))) {
      assert(told.includes(prompt), `${prompt}: ${told}`);
    }
  }, ...kind === "a compaction" ? [BEHAVIORS.writtenAtResult] : []);
}

live(
  "what is read of a session is what was seen: an interruption",
  async () => {
    const gate = new Gate();
    await using on = await world({
      replies: (request) =>
        lastOf(request).includes("CUT") && !lastOf(request).includes("more")
          ? reply.text(["beginning ", gate, "end"])
          : reply.text("more"),
    });
    const { id, events } = await run(on.options, async (session) => {
      for await (const event of session.send("CUT")) {
        // What the model said has reached the CLI.
        if (event.type === "stream_delta" && event.text === "beginning ") {
          await session.interrupt();
          gate.open();
        }
      }
      await session.ask("more");
    });
    const read = await readAll(id, `${on.scratch.home}/.claude`);
    compare(events, read);
    assert(read.some((event) => event.type === "user_text"));
    assertEquals(
      read.some((event) =>
        event.type === "assistant_text" && event.aborted === true
      ),
      isSince(BEHAVIORS.abortedText.since),
    );
  },
);

live("a prompt that a running turn took up is read in its place", async () => {
  await using on = await world({
    replies: (request) =>
      request.toolResults.length === 0
        ? reply.toolUse("Bash", { command: "read line < gate" })
        : reply.text("done"),
  });
  const { cwd, home } = on.scratch;
  const made = await new Deno.Command("mkfifo", { args: [`${cwd}/gate`] })
    .output();
  assert(made.success);
  const { id, events } = await run(on.options, async (session) => {
    const turn = session.send("one");
    const ended = turn.result();
    // A pipe opens for writing once somebody has it open for reading.
    using pipe = await Deno.open(`${cwd}/gate`, { write: true });
    const pushed = session.push("and two");
    for await (const state of pushed.states) {
      if (state === "queued") await pipe.write(new TextEncoder().encode("\n"));
    }
    await ended;
  });
  const read = await readAll(id, `${home}/.claude`);
  compare(events, read);
  assertEquals(read.map(({ type }) => type), [
    "user_replay",
    "tool_use",
    "tool_result",
    "user_replay",
    "assistant_text",
  ]);
}, BEHAVIORS.promptLifecycle);

live("a resumed session is one, and a fork of it has its history", async () => {
  await using on = await world({
    replies: (request) => answer(request, on.scratch.cwd),
  });
  const configDir = `${on.scratch.home}/.claude`;
  const first = await run({ ...on.options, title: "Of old" }, ["PARALLEL"]);
  const again = await run({ ...on.options, resume: first.id }, ["again"]);
  assertEquals(again.id, first.id);
  const read = await readAll(first.id, configDir);
  compare([...first.events, ...again.events], read);

  const fork = await run({ ...on.options, resume: first.id, fork: true }, [
    "elsewhere",
  ]);
  assert(fork.id !== first.id);
  const forked = await readAll(fork.id, configDir);
  const isNew = new Set(fork.events.map(({ uuid }) => uuid));
  compare(
    fork.events,
    forked.filter(({ uuid, type }) =>
      isNew.has(uuid) || type === "user_replay"
    ),
  );
  // The history is a copy: the same messages, in a session of another id.
  const copied = forked.filter((event) => !isNew.has(event.uuid)).slice(0, -1);
  assertEquals(
    copied.map(({ uuid, type }) => [uuid, type]),
    read.map(({ uuid, type }) => [uuid, type]),
  );
  assert(copied.every(({ sessionId }) => sessionId === fork.id));

  const { sessions } = await listSessions({
    configDir,
    project: on.scratch.cwd,
  });
  assertEquals(sessions.map(({ id }) => id), [fork.id, first.id]);
  const info = await sessionInfo(first.id.slice(0, 8), { configDir });
  assertEquals(info.title, "Of old");
  assertEquals(info.firstPrompt, "PARALLEL");
  assertEquals(info.cwd, on.scratch.cwd);
  assertEquals((await sessionInfo("last", { configDir })).id, fork.id);
});

live("transcripts of subagents are listed, and read one by one", async () => {
  await using on = await world({
    replies: (request) => answer(request, on.scratch.cwd),
  });
  const configDir = `${on.scratch.home}/.claude`;
  const { id, events } = await run(on.options, ["FOREGROUND"]);
  const { subagents: [agent, ...others] } = await sessionInfo(id, {
    configDir,
  });
  assert(agent !== undefined);
  assertEquals(others, []);
  assertEquals(agent.agentType, "general-purpose");
  assertEquals(agent.description, "d");
  const alone = await Array.fromAsync(
    readSession(id, { configDir, subagents: { agentId: agent.agentId } }),
  );
  const nested = (all: readonly ClaudeEvent[]) =>
    all.filter((event) =>
      "parentToolUseId" in event && event.parentToolUseId !== null
    );
  assertEquals(nested(alone), alone);
  const merged = await readAll(id, configDir);
  assertEquals(nested(merged), alone);
  // In its place: behind the call, before the call's result.
  const at = (type: string) =>
    merged.findIndex((event) =>
      event.type === type && "parentToolUseId" in event &&
      event.parentToolUseId === null
    );
  const first = merged.findIndex((event) => nested([event]).length > 0);
  const last = merged.findLastIndex((event) => nested([event]).length > 0);
  assert(at("tool_use") < first && last < at("tool_result"));
  const main = await Array.fromAsync(
    readSession(id, { configDir, subagents: "none" }),
  );
  assertEquals(nested(main), []);
  compare(events.filter((event) => nested([event]).length === 0), main);
});

live("a blocking session leaves the same on disk", async () => {
  await using on = await syncWorld([
    reply.toolUse("Bash", { command: "echo a" }),
    reply.text("done"),
  ]);
  const events: ClaudeEvent[] = [];
  let id = "";
  {
    using session = new SyncSession({ ...on.options, policy });
    for (const event of session.send("go")) events.push(event);
    id = session.id ?? "";
  }
  compare(events, await readAll(id, `${on.scratch.home}/.claude`));
});

live(
  "projects are found by path: links, other letters, long names",
  async () => {
    await using on = await world({ replies: () => reply.text("hi") });
    const configDir = `${on.scratch.home}/.claude`;
    const long = `${on.scratch.cwd}/${"Long_näme.".repeat(14)}/${
      "ünd.so-weiter 漢字😀".repeat(9)
    }`;
    await Deno.mkdir(long, { recursive: true });
    await Deno.symlink(long, `${on.scratch.cwd}/link`);
    for (const cwd of [long, `${on.scratch.cwd}/link`]) {
      const { id } = await run({ ...on.options, cwd }, ["hello"]);
      const { sessions: [newest] } = await listSessions({
        configDir,
        project: cwd,
      });
      assert(newest !== undefined);
      assertEquals(newest.id, id);
      assert(newest.path.includes(`/${projectFolderName(long)}/`));
    }
    const name = projectFolderName(long);
    assert(name.length > 200 && /^[\w-]+$/.test(name), name);
    assertEquals((await listSessions({ configDir })).sessions.length, 2);
    await assertRejects(
      () => sessionInfo("last", { configDir, project: on.scratch.home }),
      Error,
      projectFolderName(on.scratch.home),
    );
  },
);

live(
  "the CLI resumes a session by the title that it was given, and keeps it",
  async () => {
    await using on = await world({ replies: () => reply.text("hi") });
    const configDir = `${on.scratch.home}/.claude`;
    const first = await run(on.options, ["hello"]);
    await renameSession(first.id, "Given later", { configDir });
    const again = await run({ ...on.options, resume: "Given later" }, ["more"]);
    assertEquals(again.id, first.id);
    const info = await sessionInfo("given LATER", { configDir });
    assertEquals([info.id, info.title], [first.id, "Given later"]);
  },
);

live("watchSession yields what the CLI writes, while it writes", async () => {
  await using on = await world({
    replies: (request) => answer(request, on.scratch.cwd),
  });
  const configDir = `${on.scratch.home}/.claude`;
  await using session = new AsyncSession({ ...on.options, policy });
  await session.ask("hello");
  const id = session.id ?? "";
  await written(on.scratch.home, id);
  const abort = new AbortController();
  const seen: ClaudeEvent[] = [];
  const waits = new Map<number, () => void>();
  const watching = (async () => {
    const watched = watchSession(id, {
      configDir,
      from: "start",
      signal: abort.signal,
    });
    for await (const event of watched) {
      seen.push(event);
      waits.get(seen.length)?.();
    }
  })();
  for (const prompt of ["PARALLEL", "FOREGROUND", "WRITE"]) {
    await session.ask(prompt);
  }
  // An older CLI has the end on disk when its process ends.
  if (!isSince(BEHAVIORS.writtenAtResult.since)) await session.close();
  const read = await readAll(id, configDir);
  await new Promise<void>((resolve) => {
    waits.set(read.length, resolve);
    if (seen.length >= read.length) resolve();
  });
  abort.abort(new Error("seen"));
  await assertRejects(() => watching, Error, "seen");
  const byUuid = (events: readonly ClaudeEvent[]) =>
    events.map((event) => JSON.stringify(event)).sort();
  assertEquals(byUuid(seen), byUuid(read));
  const main = (events: readonly ClaudeEvent[]) =>
    events.filter((event) => !isNested(event)).map(({ uuid }) => uuid);
  assertEquals(main(seen), main(read));
});
