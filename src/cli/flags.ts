/**
 * Every flag of the command line, in one table.
 *
 * @module
 */

import type { Until } from "../protocol/prompt.ts";
import type { CommandName } from "./command_names.ts";
import type { JsonChoice } from "./json_line.ts";

/** When to use colour. */
export type ColorChoice = "auto" | "always" | "never";

/** The flags as given; flags that were not given are absent. */
export interface Flags {
  model?: string;
  cwd?: string;
  resume?: string;
  fork?: boolean;
  schema?: string;
  extract?: boolean;
  extractLast?: boolean;
  attach?: readonly string[];
  failOnDeny?: boolean;
  waitForReset?: number;
  filter?: readonly string[];
  dryRun?: boolean;
  addDir?: readonly string[];
  agent?: string;
  agents?: string;
  effort?: string;
  fallbackModel?: readonly string[];
  mcpConfig?: readonly string[];
  strictMcp?: boolean;
  settings?: string;
  settingSources?: string;
  tools?: string;
  title?: string;
  sessionId?: string;
  fromPr?: string;
  claudeArg?: readonly string[];
  continue?: boolean;
  systemPrompt?: string;
  appendSystemPrompt?: string;
  allow?: readonly string[];
  deny?: readonly string[];
  permissionMode?: string;
  json?: JsonChoice;
  raw?: boolean;
  color?: ColorChoice;
  footer?: boolean;
  timeoutMs?: number;
  until?: Until;
  maxTurns?: number;
  maxBudgetUsd?: number;
  quiet?: boolean;
  plain?: boolean;
  stdin?: boolean;
  claudePath?: string;
  configDir?: string;
  yes?: boolean;
  input?: boolean;
  all?: boolean;
  limit?: number;
  format?: string;
  output?: string;
  fast?: boolean;
  record?: string;
  tee?: string;
  speed?: number;
  as?: string;
  type?: string;
  help?: boolean;
  version?: boolean;
}

/** Kind of value that a flag takes. */
export type FlagKind =
  /** No value. */
  | "switch"
  /** A non-empty text. */
  | "text"
  /** A text; the flag may be repeated. */
  | "list"
  /** Nothing, or with `=` names of fields. */
  | "fields"
  /** `auto`, `always` or `never`. */
  | "color"
  /** `tasks` or `turn`. */
  | "until"
  /** A whole number above 0. */
  | "count"
  /** A number above 0. */
  | "amount"
  /** A time: `90s`, `5m`, `500ms`; a plain number is seconds. */
  | "duration";

/** One flag. */
export interface FlagSpec {
  /** Name without dashes. */
  readonly name: string;
  /** One-letter name. */
  readonly alias?: string;
  /** Names that users of other programs may expect; not in the help. */
  readonly synonyms?: readonly string[];
  /** Kind of value that it takes. */
  readonly kind: FlagKind;
  /** Whether `--no-…` exists, too. */
  readonly negatable?: boolean;
  /** Name of its value in the help. */
  readonly value?: string;
  /** One line of help. */
  readonly help: string;
  /** Commands that accept the flag; absent if all do. */
  readonly commands?: readonly CommandName[];
}

const SESSIONS = [
  "send",
  "stream",
  "events",
  "ask",
  "repl",
  "record",
] as const;
const PROMPTS = ["send", "stream", "events", "ask", "record"] as const;

/** All flags, in the order of the help. */
export const FLAGS: { readonly [K in keyof Flags]-?: FlagSpec } = {
  model: {
    name: "model",
    alias: "m",
    kind: "text",
    value: "NAME",
    help: "An alias such as sonnet, or a full name (or set CLAUDESTREAM_MODEL)",
    commands: SESSIONS,
  },
  cwd: {
    name: "cwd",
    alias: "C",
    kind: "text",
    value: "DIR",
    help: "Work in this directory",
    commands: [...SESSIONS, "sessions", "models", "doctor"],
  },
  continue: {
    name: "continue",
    alias: "c",
    kind: "switch",
    help: "Continue the last session of this directory",
    commands: SESSIONS,
  },
  resume: {
    name: "resume",
    alias: "r",
    kind: "text",
    value: "SESSION",
    help: "Resume this session: an id, the beginning of one, a title, or last",
    commands: SESSIONS,
  },
  fork: {
    name: "fork",
    synonyms: ["fork-session"],
    kind: "switch",
    help: "Leave the resumed session as it is, and continue in a copy",
    commands: SESSIONS,
  },
  systemPrompt: {
    name: "system-prompt",
    alias: "s",
    kind: "text",
    value: "TEXT",
    help: "Replace Claude's system prompt; @FILE reads it from a file",
    commands: SESSIONS,
  },
  appendSystemPrompt: {
    name: "append-system-prompt",
    kind: "text",
    value: "TEXT",
    help: "Add to Claude's system prompt; @FILE reads it from a file",
    commands: SESSIONS,
  },
  allow: {
    name: "allow",
    kind: "list",
    value: "RULES",
    help:
      "Tools that may run without a question: all, builtins, readonly, none, Read, 'Bash(git *)', …",
    commands: SESSIONS,
  },
  deny: {
    name: "deny",
    kind: "list",
    value: "RULES",
    help: "Tools that may not run at all: WebFetch, 'Bash(rm *)', …",
    commands: SESSIONS,
  },
  permissionMode: {
    name: "permission-mode",
    kind: "text",
    value: "MODE",
    help:
      "default (or manual), acceptEdits, plan, dontAsk, auto or bypassPermissions",
    commands: SESSIONS,
  },
  json: {
    name: "json",
    synonyms: ["json-output"],
    kind: "fields",
    help:
      "Print JSON: one event per line, one object for ask, one array for a list, and an object for a failure; --json=text,costUsd picks fields",
    commands: [...PROMPTS, "replay", "sessions", "models", "doctor", "schema"],
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
    commands: ["ask"],
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
    commands: PROMPTS,
  },
  waitForReset: {
    name: "wait-for-reset",
    kind: "duration",
    value: "TIME",
    help:
      "If a limit of the plan is used up, wait for its end, at most so long: 6h",
    commands: SESSIONS,
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
  addDir: {
    name: "add-dir",
    kind: "list",
    value: "DIR",
    help: "Let tools work in this directory as well",
    commands: SESSIONS,
  },
  agent: {
    name: "agent",
    kind: "text",
    value: "NAME",
    help: "Let this agent run the conversation",
    commands: SESSIONS,
  },
  agents: {
    name: "agents",
    kind: "text",
    value: "JSON",
    help: "Kinds of subagents, by name; @FILE reads them from a file",
    commands: SESSIONS,
  },
  effort: {
    name: "effort",
    kind: "text",
    value: "LEVEL",
    help: "How much the model thinks: low, medium, high, xhigh or max",
    commands: SESSIONS,
  },
  fallbackModel: {
    name: "fallback-model",
    kind: "list",
    value: "NAME",
    help: "Models to take if the first one is overloaded",
    commands: SESSIONS,
  },
  mcpConfig: {
    name: "mcp-config",
    kind: "list",
    value: "FILE",
    help: "A file of MCP servers",
    commands: SESSIONS,
  },
  strictMcp: {
    name: "strict-mcp-config",
    kind: "switch",
    help: "Use no other MCP servers than these",
    commands: SESSIONS,
  },
  settings: {
    name: "settings",
    kind: "text",
    value: "FILE",
    help: "More settings: a file, or JSON",
    commands: SESSIONS,
  },
  settingSources: {
    name: "setting-sources",
    kind: "text",
    value: "LIST",
    help: "The settings files to load: user,project,local",
    commands: SESSIONS,
  },
  tools: {
    name: "tools",
    kind: "text",
    value: "LIST",
    help: "The tools of claude that are there at all: Bash,Read",
    commands: SESSIONS,
  },
  title: {
    name: "name",
    alias: "n",
    synonyms: ["title"],
    kind: "text",
    value: "TITLE",
    help: "A title for the list of sessions",
    commands: SESSIONS,
  },
  sessionId: {
    name: "session-id",
    kind: "text",
    value: "UUID",
    help: "The id of the new session",
    commands: SESSIONS,
  },
  fromPr: {
    name: "from-pr",
    kind: "text",
    value: "PR",
    help: "Resume the session of a pull request: its number or address",
    commands: SESSIONS,
  },
  claudeArg: {
    name: "claude-arg",
    kind: "list",
    value: "ARG",
    help: "One more argument for claude: --claude-arg=--chrome",
    commands: SESSIONS,
  },
  timeoutMs: {
    name: "timeout",
    kind: "duration",
    value: "TIME",
    help: "Stop after this time: 90s, 5m, 2h, 500ms; 5 means seconds",
    commands: [...SESSIONS, "doctor"],
  },
  until: {
    name: "until",
    kind: "until",
    value: "WHEN",
    help:
      "tasks waits for what was left in the background, turn does not and ends it (default: tasks)",
    commands: PROMPTS,
  },
  maxTurns: {
    name: "max-turns",
    kind: "count",
    value: "N",
    help: "Allow the model at most N rounds for one prompt",
    commands: SESSIONS,
  },
  maxBudgetUsd: {
    name: "max-budget-usd",
    synonyms: ["budget"],
    kind: "amount",
    value: "USD",
    help: "Spend at most this much",
    commands: SESSIONS,
  },
  footer: {
    name: "footer",
    kind: "switch",
    negatable: true,
    help: "Print time, cost and tokens at the end (default: on a terminal)",
    commands: ["send", "stream", "events", "repl", "record", "replay", "demo"],
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
    commands: ["send", "stream", "sessions"],
  },
  all: {
    name: "all",
    kind: "switch",
    help: "Look at the sessions of all directories, not of this one alone",
    commands: ["sessions"],
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
    value: "FORMAT",
    help: "Export as markdown (the default), html or jsonl",
    commands: ["sessions"],
  },
  output: {
    name: "output",
    alias: "o",
    kind: "text",
    value: "FILE",
    help: "Write to this file, whole or not at all; - is stdout",
    commands: ["ask", "sessions"],
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
    commands: [...SESSIONS, "replay", "sessions", "demo"],
  },
  plain: {
    name: "plain",
    kind: "switch",
    help: "Print the answer as it is, not as Markdown",
    commands: ["send", "stream", "ask", "repl", "replay", "demo"],
  },
  color: {
    name: "color",
    kind: "color",
    negatable: true,
    value: "WHEN",
    help: "auto, always or never (NO_COLOR and FORCE_COLOR count, too)",
    commands: [...SESSIONS, "replay", "demo"],
  },
  record: {
    name: "record",
    kind: "text",
    value: "FILE",
    help: "Keep the session in this file, to be shown again with replay",
    commands: ["send", "stream", "events", "ask", "repl"],
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
    value: "COMMAND",
    help: "Show it as send, stream, ask or events do (default: send)",
    commands: ["replay"],
  },
  claudePath: {
    name: "claude-path",
    kind: "text",
    value: "PATH",
    help: "The claude to start (or set CLAUDESTREAM_CLAUDE_PATH)",
    commands: [...SESSIONS, "models", "doctor"],
  },
  configDir: {
    name: "config-dir",
    kind: "text",
    value: "DIR",
    help: "Claude's configuration, instead of ~/.claude",
    commands: [...SESSIONS, "sessions", "models", "doctor"],
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

/** Normalizes the spelling of a name: `--max-turns` and `maxTurns` become the same. */
export function plainName(name: string): string {
  return name.length === 1 ? name : name.replaceAll(/[-_]/g, "").toLowerCase();
}
