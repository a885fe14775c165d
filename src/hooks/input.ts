/**
 * What all hook inputs have in common, and how they are read. Pure.
 *
 * @module
 */

import * as v from "valibot";
import {
  type FieldsOf,
  hidden,
  type Reads,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import type { AnyField, Entries } from "../messages/_shapes.ts";

/** What the inputs of all hooks have in common. */
export interface HookInputBase<E extends string> {
  /** The event; tells the inputs apart. */
  readonly hookEventName: E;
  /** The session. */
  readonly sessionId: string;
  /** The file that the session is written to. It is written with a delay. */
  readonly transcriptPath: string;
  /** Working directory of the CLI. */
  readonly cwd: string;
  /** Id of the prompt that it belongs to. Absent before the first one. */
  readonly promptId?: string;
  /** Permission mode. */
  readonly permissionMode?: string;
  /** The subagent that it happens in. Absent for the main agent. */
  readonly agentId?: string;
  /** Kind of the agent: of that subagent, or of the session. */
  readonly agentType?: string;
  /** Effort of the turn, such as `medium`. Absent outside of turns. */
  readonly effort?: string;
  /**
   * The input as it came, with what this version does not know. Not an own property,
   * as with events.
   */
  readonly raw: WireObject;
}

/** Keys that inputs need not list, because they are the same everywhere, or differ only by name. */
type CommonKey = Exclude<keyof HookInputBase<string>, "agentId" | "agentType">;

/** Reads the input of one event. Never fails. */
export interface ReadsInput<T> {
  (raw: WireObject): T;
  /** Its fields, with those that all inputs have. */
  readonly entries: Entries;
}

const text: Reads<string> = v.string();

const COMMON: Entries = [
  ["hookEventName", wire("hook_event_name", text)],
  ["sessionId", wire("session_id", text)],
  ["transcriptPath", wire("transcript_path", text)],
  ["cwd", wire("cwd", text)],
  ["promptId", wireOptional("prompt_id", text)],
  ["permissionMode", wireOptional("permission_mode", text)],
  ["agentId", wireOptional("agent_id", text)],
  ["agentType", wireOptional("agent_type", text)],
];

/** Read separately, because older CLIs write it in another shape. */
const EFFORT: Entries[number] = [
  "effort",
  wireOptional("effort.level", text),
];

/**
 * Defines how the input of an event is read. What does not fit still reaches the
 * handler: a field that is always there as it came, an optional one only in `raw`. A
 * hook that is not called lets happen what it was to stop.
 *
 * @param fields An entry for each field but those of {@linkcode HookInputBase}.
 */
export function hookInput<T extends HookInputBase<string>>(
  fields: FieldsOf<Omit<T, CommonKey | "agentId" | "agentType">>,
): ReadsInput<T> {
  const entries = [...COMMON, ...Object.entries<AnyField>(fields)];
  const read = (raw: WireObject) => {
    const target = hidden({}, "raw", raw) as unknown as Record<string, unknown>;
    for (const [name, field] of entries) {
      const value = raw[field.wire];
      if (value === undefined) continue;
      const read = v.safeParse(field.schema, value);
      if (read.success) target[name] = read.output;
      else if (!field.optional) target[name] = value;
    }
    const level = v.safeParse(v.object({ level: text }), raw.effort);
    if (level.success) target.effort = level.output.level;
    return target as unknown as T;
  };
  return Object.assign(read, { entries: [...entries, EFFORT] });
}

/** The MCP server that a tool belongs to. */
export interface HookMcpServer {
  /** Its name in the configuration. */
  readonly name: string;
  /** Where it is configured: `sdk`, `plugin`, `user`, `project`, … */
  readonly source: string;
}

/** Reads a {@linkcode HookMcpServer}. */
export const hookMcpServer: Reads<HookMcpServer> = shape<HookMcpServer>({
  name: wire("name", text),
  source: wire("source", text),
});

/** Work in the background. */
export interface HookBackgroundTask {
  /** Its id. */
  readonly id: string;
  /** Its kind, such as `shell` or `subagent`. */
  readonly type: string;
  /** Its state. */
  readonly status: string;
  /** What it does; cut after 1,000 characters. */
  readonly description: string;
  /** The command, of a shell. */
  readonly command?: string;
  /** Kind of the agent, of a subagent. */
  readonly agentType?: string;
  /** The MCP server, of a monitor or a task of such a server. From the types of the official SDK 0.3.332; not seen. */
  readonly server?: string;
  /** The server's tool, of the same. From the types of the official SDK 0.3.332; not seen. */
  readonly tool?: string;
  /** The workflow, of a workflow. From the types of the official SDK 0.3.332; not seen. */
  readonly name?: string;
}

/** Reads a {@linkcode HookBackgroundTask}. */
export const hookBackgroundTask: Reads<HookBackgroundTask> = shape<
  HookBackgroundTask
>({
  id: wire("id", text),
  type: wire("type", text),
  status: wire("status", text),
  description: wire("description", text),
  command: wireOptional("command", text),
  agentType: wireOptional("agent_type", text),
  server: wireOptional("server", text),
  tool: wireOptional("tool", text),
  name: wireOptional("name", text),
});

/** A scheduled continuation of the session. */
export interface HookCron {
  /** Its id. */
  readonly id: string;
  /** When, as a cron expression. */
  readonly schedule: string;
  /** Whether it happens again and again. */
  readonly recurring: boolean;
  /** Prompt of the continuation; cut after 1,000 characters. */
  readonly prompt: string;
}

/** Reads a {@linkcode HookCron}. */
export const hookCron: Reads<HookCron> = shape<HookCron>({
  id: wire("id", text),
  schedule: wire("schedule", text),
  recurring: wire("recurring", v.boolean()),
  prompt: wire("prompt", text),
});
