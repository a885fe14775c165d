// Every recording of the real CLI, played through both sessions: the same events, byte for byte,
// and each line as it was recorded.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  AsyncSession,
  type ClaudeEvent,
  ClaudeStreamError,
  SyncSession,
  type SyncSessionOptions,
  TurnError,
} from "../../mod.ts";
import { EVENT_TYPES } from "../../src/events/mod.ts";
import { replay, ScriptedClaude } from "../../src/testing/mod.ts";
import { readTranscripts, type Transcript } from "../support/transcripts.ts";

const FOLDER = new URL("../transcripts/", import.meta.url);

/** More turns than any recording has. */
const MOST_TURNS = 50;

/** What is seen of a session. */
interface Seen {
  /** The events of all turns and those between them, as JSON. */
  readonly events: string[];
  /** What the turns came to that have no good end. */
  readonly errors: string[];
  /** The lines of the CLI, but for its answers to requests. */
  readonly lines: string[];
}

/** A session's options and what is seen of it. Times that it measures and its ids are left out. */
class Watch {
  readonly seen: Seen = { events: [], errors: [], lines: [] };
  readonly #prompts: string[] = [];
  readonly options: SyncSessionOptions = {
    onWire: (direction, line) => {
      const { type, uuid } = parsed(line);
      if (direction === "out") {
        if (type === "user") this.#prompts.push(`${uuid}`);
      } else if (type !== "control_response") {
        this.seen.lines.push(anonymous(line, this.#prompts));
      }
    },
  };

  listen(session: AsyncSession | SyncSession): void {
    for (const type of EVENT_TYPES) {
      session.on(type, (event: ClaudeEvent) => {
        const text = JSON.stringify(
          event,
          (key, value) => key === "durationMs" ? 0 : value,
        );
        this.seen.events.push(anonymous(text, this.#prompts));
      });
    }
  }

  /** Takes what a turn threw. Returns whether the process is gone. */
  failed(error: unknown): boolean {
    this.seen.errors.push(String(error));
    if (error instanceof TurnError) return false;
    assertInstanceOf(error, ClaudeStreamError);
    return true;
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

function anonymous(text: string, ids: Iterable<string>): string {
  let result = text;
  for (const id of ids) result = result.replaceAll(id, "a prompt");
  return result;
}

/** The prompts that a recording names. */
function promptsIn({ lines }: Transcript): Set<string> {
  return new Set(lines.flatMap((line) => {
    const { type, command_uuid, user_message_uuids: ids } = parsed(line);
    return type === "command_lifecycle"
      ? [`${command_uuid}`]
      : Array.isArray(ids)
      ? ids.map(String)
      : [];
  }));
}

async function throughAsync(path: URL): Promise<Seen> {
  const watch = new Watch();
  const recording = replay(path);
  await using session = new AsyncSession({
    ...watch.options,
    spawn: recording,
  });
  watch.listen(session);
  await session.start();
  for (let at = 0; at < MOST_TURNS; at++) {
    try {
      await session.send("x").text();
    } catch (error) {
      if (watch.failed(error)) break;
    }
  }
  await session.close();
  recording.check();
  return watch.seen;
}

async function throughSync(path: URL): Promise<Seen> {
  const watch = new Watch();
  await using claude = await ScriptedClaude.replay(path);
  const claudePath = claude.command;
  using session = new SyncSession({ ...watch.options, claudePath });
  watch.listen(session);
  session.start();
  for (let at = 0; at < MOST_TURNS; at++) {
    try {
      session.send("x").text();
    } catch (error) {
      if (watch.failed(error)) break;
    }
  }
  session.close();
  claude.check();
  return watch.seen;
}

Deno.test("every recording gives equal events through both sessions, and its lines unchanged", async () => {
  let events = 0;
  // Those made from the types of the SDK are single lines, of no conversation.
  const recordings = readTranscripts().filter(({ name }) => /^\d/.test(name));
  for (const transcript of recordings) {
    const { name, lines } = transcript;
    const path = new URL(name, FOLDER);
    const seen = await throughAsync(path);
    const blocking = await throughSync(path);
    events += seen.events.length;
    assertEquals(blocking, seen, name);
    const ids = promptsIn(transcript);
    const written = lines
      .filter((line) => parsed(line).type !== "control_response")
      .map((line) => anonymous(line, ids));
    assertEquals(seen.lines.map((line) => anonymous(line, ids)), written, name);
  }
  assert(recordings.length > 250, `${recordings.length}`);
  assert(events > 2000, `${events}`);
});
