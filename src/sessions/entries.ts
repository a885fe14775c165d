/**
 * Parses the lines of transcripts, and converts them to each view. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { EventDecoder } from "../decode/decoder.ts";
import { TodoFollower } from "../decode/todos.ts";
import {
  eventsOf,
  type Frame,
  type View,
  type ViewEvents,
} from "../events/mod.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { parseLine } from "../messages/mod.ts";
import type { Timed } from "./merge.ts";
import { type RecordAgent, wireOf } from "./records.ts";
import { blockIds, isPrompt, textField } from "../transcripts/record_fields.ts";

/** A parsed line of a transcript. */
export interface Entry extends Timed {
  readonly frame?: Frame;
  readonly record?: WireObject;
  readonly agent?: RecordAgent;
}

/** Makes sure that there is such a view. */
export function checkView(view: View): void {
  if (["flat", "messages", "wire"].includes(view)) return;
  throw new ConfigError(
    "view",
    `Invalid option "view": expected "flat", "messages" or "wire", got "${view}"`,
  );
}

/**
 * Parses a line; returns `undefined` if it is blank.
 *
 * @param agent The subagent whose transcript it is from; absent for the main agent.
 */
export function entryOf(line: string, agent?: RecordAgent): Entry | undefined {
  if (line.trim() === "") return undefined;
  const { raw: record, unknown } = parseLine(line);
  if (record === undefined) {
    const wire = typeof unknown.raw === "string" ? unknown.raw : line;
    const frame = { wire, message: unknown, events: [unknown] };
    return { atMs: 0, calls: [], frame };
  }
  const whose = agent ?? inlineAgent(record);
  return {
    atMs: timeOf(record),
    calls: callsOf(record),
    record,
    ...whose === undefined ? {} : { agent: whose },
  };
}

/** Older CLIs wrote what subagents did into the transcript of the session. */
function inlineAgent(record: WireObject): RecordAgent | undefined {
  return record.isSidechain === true
    ? { agentId: textField(record, "agentId") ?? "sidechain" }
    : undefined;
}

function timeOf({ timestamp }: WireObject): number {
  const time = typeof timestamp === "string" ? Date.parse(timestamp) : NaN;
  return Number.isNaN(time) ? 0 : time;
}

function callsOf(record: WireObject): readonly string[] {
  const { message } = record;
  return record.type === "assistant" && isWireObject(message)
    ? blockIds(message.content, "tool_use", "id")
    : [];
}

/**
 * Decodes the records of a session. A decoder remembers the answer of a turn until its
 * result, which no transcript has, so each prompt gets a new one once no call is open.
 */
export class TurnDecoder {
  readonly #todos = new TodoFollower();
  #decoder = new EventDecoder("lenient", this.#todos);
  readonly #open = new Set<string>();
  /** A subagent in the background may be in the middle of a reply. */
  #hasAgents = false;

  /** Returns the events of an entry in a view. */
  eventsOf<V extends View>(
    entry: Entry,
    view: V,
  ): readonly ViewEvents[V][] {
    if (view === "wire") {
      // A line that is not a record is represented by its text.
      const wire = entry.record ?? entry.frame?.wire;
      return wire === undefined ? [] : [wire as ViewEvents[V]];
    }
    const frame = entry.frame ?? this.#decode(entry);
    return frame === undefined ? [] : eventsOf(frame, view);
  }

  /** Returns the frame of an entry; `undefined` if it is not part of the conversation. */
  #decode({ record, agent, calls }: Entry): Frame | undefined {
    const wire = record && wireOf(record, agent);
    if (record === undefined || wire === undefined) return undefined;
    if (agent !== undefined) this.#hasAgents = true;
    if (agent === undefined && isPrompt(record)) {
      if (this.#open.size === 0 && !this.#hasAgents) {
        this.#decoder = new EventDecoder("lenient", this.#todos);
      }
      this.#hasAgents = false;
    }
    for (const call of calls) this.#open.add(call);
    const content = isWireObject(record.message)
      ? record.message.content
      : undefined;
    for (const call of blockIds(content, "tool_result", "tool_use_id")) {
      this.#open.delete(call);
    }
    return this.#decoder.decode(wire);
  }
}
