/**
 * Every flag of the command line, in one table.
 *
 * @module
 */

import {
  type FlagSpec,
  type FlagTable,
  PROMPTS,
  SESSIONS,
} from "./flag_spec.ts";
import type { JsonChoice } from "../output/json_line.ts";
import { SESSION_FLAGS, type SessionFlags } from "./session_flags.ts";

/** When to use colour. */
export type ColorChoice = "auto" | "always" | "never";

/** The flags as given; flags that were not given are absent. */
export interface Flags extends SessionFlags {
  json?: JsonChoice;
  raw?: boolean;
  stdin?: boolean;
  schema?: string;
  extract?: boolean;
  extractLast?: boolean;
  attach?: readonly string[];
  failOnDeny?: boolean;
  dryRun?: boolean;
  filter?: readonly string[];
  control?: boolean;
  footer?: boolean;
  stats?: string;
  yes?: boolean;
  input?: boolean;
  pager?: boolean;
  all?: boolean;
  profile?: string;
  config?: boolean;
  project?: boolean;
  dir?: readonly string[];
  limit?: number;
  format?: string;
  output?: string;
  prompt?: string;
  jobs?: number;
  rate?: string;
  retries?: number;
  retryFailed?: boolean;
  shard?: string;
  fast?: boolean;
  quiet?: boolean;
  plain?: boolean;
  color?: ColorChoice;
  record?: string;
  tee?: string;
  speed?: number;
  as?: string;
  type?: string;
  help?: boolean;
  version?: boolean;
}

/** All flags, in the order of the help. */
export const FLAGS: FlagTable<Flags> = {
  ...SESSION_FLAGS,
  json: {
    name: "json",
    synonyms: ["json-output"],
    kind: "fields",
    help:
      "Print JSON: one event per line, one object for ask, one array for a list, and an object for a failure; --json=text,costUsd picks fields",
    commands: [
      ...PROMPTS,
      "replay",
      "sessions",
      "config",
      "models",
      "doctor",
      "schema",
    ],
  },
  raw: {
    name: "raw",
    kind: "switch",
    help: "Print Claude's own lines instead of typed events",
    commands: ["send", "events", "replay"],
  },
  stdin: {
    name: "stdin",
    kind: "switch",
    negatable: true,
    help: "Read stdin as part of the prompt, or leave it alone",
    commands: PROMPTS,
  },
  schema: {
    name: "schema",
    kind: "text",
    value: "SCHEMA",
    help:
      "Print an object of this JSON Schema: a file, or 'name, age int, done bool'",
    commands: ["ask", "batch"],
  },
  extract: {
    name: "extract",
    alias: "x",
    kind: "switch",
    help: "Print the first block of code in the answer and nothing else",
    commands: ["ask"],
  },
  extractLast: {
    name: "extract-last",
    kind: "switch",
    help: "The same with the last block",
    commands: ["ask"],
  },
  attach: {
    name: "attach",
    alias: "a",
    kind: "list",
    value: "FILE",
    help: "Send a file along: an image, a PDF or a text",
    commands: PROMPTS,
  },
  failOnDeny: {
    name: "fail-on-deny",
    kind: "switch",
    help: "Exit with 6 if a tool call was denied",
    commands: [...PROMPTS, "batch"],
  },
  dryRun: {
    name: "dry-run",
    kind: "switch",
    help:
      "Print what claude would be started with and told, without secrets, and stop",
    commands: PROMPTS,
  },
  filter: {
    name: "filter",
    kind: "list",
    value: "TYPES",
    help: "Print only events of these types: result,tool_use",
    commands: ["events"],
  },
  control: {
    name: "control",
    kind: "switch",
    help:
      "Also print what claude and this program ask and answer each other, without secrets",
    commands: ["events"],
  },
  footer: {
    name: "footer",
    kind: "switch",
    negatable: true,
    help:
      "Print time, cost, tokens, tools and files at the end (default: on a terminal)",
    commands: [
      "send",
      "stream",
      "events",
      "repl",
      "record",
      "agent",
      "replay",
      "demo",
    ],
  },
  stats: {
    name: "stats",
    kind: "text",
    values: ["json"],
    value: "json",
    help:
      "Print tokens, cost, times and tools of the turn on stderr: json, one line",
    commands: [...SESSIONS],
  },
  yes: {
    name: "yes",
    alias: "y",
    kind: "switch",
    help: "Answer the question about deleting with yes",
    commands: ["sessions"],
  },
  input: {
    name: "input",
    kind: "switch",
    negatable: true,
    help:
      "Ask questions at a terminal, or none at all: scripts want --no-input",
    commands: [...PROMPTS, "repl", "sessions", "config"],
  },
  pager: {
    name: "pager",
    kind: "switch",
    negatable: true,
    help: "Show a session through $PAGER at a terminal (less -R), or without",
    commands: ["sessions"],
  },
  all: {
    name: "all",
    kind: "switch",
    help: "Look at the sessions of all directories, not of this one alone",
    commands: ["sessions"],
  },
  profile: {
    name: "profile",
    kind: "text",
    value: "NAME",
    help: "Settings of this profile of your configuration",
    commands: [...SESSIONS, "batch", "sessions", "models", "doctor", "config"],
  },
  config: {
    name: "config",
    kind: "switch",
    negatable: true,
    help: "Read the files of the configuration, or leave them alone",
  },
  project: {
    name: "project",
    kind: "switch",
    help: "The file of this folder, in place of your own",
    commands: ["config"],
  },
  dir: {
    name: "dir",
    kind: "list",
    value: "DIR",
    help: "Look for agents in this folder, in place of .claudestream/agents",
    commands: ["agent"],
  },
  limit: {
    name: "limit",
    kind: "count",
    value: "N",
    help: "List or find at most N",
    commands: ["sessions"],
  },
  format: {
    name: "format",
    kind: "text",
    values: ["markdown", "html", "jsonl"],
    also: ["md"],
    value: "FORMAT",
    help: "Export as markdown (the default), html or jsonl",
    commands: ["sessions"],
  },
  output: {
    name: "output",
    alias: "o",
    synonyms: ["out"],
    kind: "text",
    value: "FILE",
    help: "Write to this file, whole or not at all; - is stdout",
    commands: ["ask", "batch", "sessions"],
  },
  prompt: {
    name: "prompt",
    kind: "text",
    value: "TEMPLATE",
    help:
      "The prompt of every line, with {{fields}} of it; @FILE reads it from a file",
    commands: ["batch"],
  },
  jobs: {
    name: "jobs",
    alias: "j",
    kind: "count",
    value: "N",
    help: "Answer this many lines at once (default: 4)",
    commands: ["batch"],
  },
  rate: {
    name: "rate",
    kind: "text",
    value: "N/UNIT",
    help: "Start at most this many lines for each s, m or h: 30/m",
    commands: ["batch"],
  },
  retries: {
    name: "retries",
    kind: "count",
    value: "N",
    help:
      "Try a line this often again after a failure that may pass (default: 3)",
    commands: ["batch"],
  },
  retryFailed: {
    name: "retry-failed",
    kind: "switch",
    help: "Try the lines again that failed in earlier runs",
    commands: ["batch"],
  },
  shard: {
    name: "shard",
    kind: "text",
    value: "I/N",
    help:
      "Do one of N equal parts, 1/N to N/N (a Kubernetes Indexed Job or a Slurm array says it itself)",
    commands: ["batch"],
  },
  fast: {
    name: "fast",
    kind: "switch",
    help: "Leave out the pauses",
    commands: ["demo", "replay"],
  },
  quiet: {
    name: "quiet",
    alias: "q",
    kind: "switch",
    help: "Print only errors and questions on stderr",
    commands: [...SESSIONS, "batch", "config", "replay", "sessions", "demo"],
  },
  plain: {
    name: "plain",
    kind: "switch",
    help: "Print the answer as it is, not as Markdown",
    commands: ["send", "stream", "ask", "repl", "agent", "replay", "demo"],
  },
  color: {
    name: "color",
    kind: "text",
    values: ["auto", "always", "never"],
    negatable: true,
    value: "WHEN",
    help: "auto, always or never (NO_COLOR and FORCE_COLOR count, too)",
    commands: [...SESSIONS, "batch", "replay", "demo"],
  },
  record: {
    name: "record",
    kind: "text",
    value: "FILE",
    help: "Keep the session in this file, to be shown again with replay",
    commands: ["send", "stream", "events", "ask", "repl", "agent"],
  },
  tee: {
    name: "tee",
    kind: "text",
    value: "FILE",
    help: "Also write every event to this file, as a line of JSON",
    commands: SESSIONS,
  },
  speed: {
    name: "speed",
    kind: "amount",
    value: "N",
    help: "How fast: 1 as it was, 4 four times as fast",
    commands: ["replay"],
  },
  as: {
    name: "as",
    kind: "text",
    values: ["send", "stream", "ask", "events"],
    value: "COMMAND",
    help: "Show it as send, stream, ask or events do (default: send)",
    commands: ["replay"],
  },
  type: {
    name: "type",
    kind: "text",
    value: "EVENT",
    help: "Print only the schema of one event, such as result",
    commands: ["schema"],
  },
  help: {
    name: "help",
    alias: "h",
    kind: "switch",
    help: "Show this help",
  },
  version: {
    name: "version",
    alias: "V",
    kind: "switch",
    help: "Show the versions",
  },
};

/** {@linkcode FLAGS} as a list. */
export const FLAG_LIST: readonly (readonly [keyof Flags, FlagSpec])[] = Object
  .entries(FLAGS) as unknown as readonly (readonly [keyof Flags, FlagSpec])[];
