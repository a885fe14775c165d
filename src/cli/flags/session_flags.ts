/**
 * The flags that say what a session is: who answers, where, with which tools and limits.
 *
 * @module
 */

import { PERMISSION_MODES } from "../../options/option_types.ts";
import type { Until } from "../../protocol/prompt.ts";
import { CHOOSE, type FlagTable, PROMPTS, SESSIONS } from "./flag_spec.ts";

/** The flags about the session itself. */
export interface SessionFlags {
  model?: string;
  cwd?: string;
  continue?: boolean;
  resume?: string;
  fork?: boolean;
  title?: string;
  sessionId?: string;
  fromPr?: string;
  systemPrompt?: string;
  appendSystemPrompt?: string;
  agent?: string;
  var?: readonly string[];
  agents?: string;
  allow?: readonly string[];
  deny?: readonly string[];
  permissionMode?: string;
  tools?: string;
  addDir?: readonly string[];
  mcpConfig?: readonly string[];
  strictMcp?: boolean;
  settings?: string;
  settingSources?: string;
  effort?: string;
  fallbackModel?: readonly string[];
  timeoutMs?: number;
  until?: Until;
  maxTurns?: number;
  maxBudgetUsd?: number;
  waitForReset?: number;
  claudeArg?: readonly string[];
  claudePath?: string;
  configDir?: string;
}

/** {@linkcode SessionFlags}, in the order of the help. */
export const SESSION_FLAGS: FlagTable<SessionFlags> = {
  model: {
    name: "model",
    alias: "m",
    kind: "text",
    value: "NAME",
    help: "An alias such as sonnet, or a full name (or set CLAUDESTREAM_MODEL)",
    commands: [...SESSIONS, "batch"],
  },
  cwd: {
    name: "cwd",
    alias: "C",
    kind: "text",
    value: "DIR",
    help: "Work in this directory",
    commands: [...SESSIONS, "batch", "sessions", "config", "models", "doctor"],
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
    alone: CHOOSE,
    help:
      "Resume this session: an id, its beginning, a title, or last; alone, it asks",
    commands: SESSIONS,
  },
  fork: {
    name: "fork",
    synonyms: ["fork-session"],
    kind: "switch",
    help: "Leave the resumed session as it is, and continue in a copy",
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
  systemPrompt: {
    name: "system-prompt",
    alias: "s",
    kind: "text",
    value: "TEXT",
    help: "Replace Claude's system prompt; @FILE reads it from a file",
    commands: [...SESSIONS, "batch"],
  },
  appendSystemPrompt: {
    name: "append-system-prompt",
    kind: "text",
    value: "TEXT",
    help: "Add to Claude's system prompt; @FILE reads it from a file",
    commands: [...SESSIONS, "batch"],
  },
  agent: {
    name: "agent",
    kind: "text",
    value: "NAME",
    help:
      "Let this agent run the conversation: a file (see: agent list), or one of claude's",
    commands: [...SESSIONS, "batch"],
  },
  var: {
    name: "var",
    kind: "list",
    value: "NAME=VALUE",
    help:
      "Value for a variable of the agent file; NAME=@FILE reads it from a file",
    commands: [...SESSIONS, "batch"],
  },
  agents: {
    name: "agents",
    kind: "text",
    value: "JSON",
    help: "Kinds of subagents, by name; @FILE reads them from a file",
    commands: [...SESSIONS, "batch"],
  },
  allow: {
    name: "allow",
    kind: "list",
    value: "RULES",
    help:
      "Tools that may run without a question: all, builtins, readonly, none, Read, 'Bash(git *)', …",
    commands: [...SESSIONS, "batch"],
  },
  deny: {
    name: "deny",
    kind: "list",
    value: "RULES",
    help: "Tools that may not run at all: WebFetch, 'Bash(rm *)', …",
    commands: [...SESSIONS, "batch"],
  },
  permissionMode: {
    name: "permission-mode",
    kind: "text",
    values: PERMISSION_MODES,
    value: "MODE",
    help:
      "default (or manual), acceptEdits, plan, dontAsk, auto or bypassPermissions",
    commands: [...SESSIONS, "batch"],
  },
  tools: {
    name: "tools",
    kind: "text",
    value: "LIST",
    help:
      "The tools of claude that are there at all: Bash,Read; or a module with tools of your own: ./tools.ts",
    commands: [...SESSIONS, "batch"],
  },
  addDir: {
    name: "add-dir",
    kind: "list",
    value: "DIR",
    help: "Let tools work in this directory as well",
    commands: [...SESSIONS, "batch"],
  },
  mcpConfig: {
    name: "mcp-config",
    kind: "list",
    value: "FILE",
    help: "A file of MCP servers",
    commands: [...SESSIONS, "batch"],
  },
  strictMcp: {
    name: "strict-mcp-config",
    kind: "switch",
    help: "Use no other MCP servers than these",
    commands: [...SESSIONS, "batch"],
  },
  settings: {
    name: "settings",
    kind: "text",
    value: "FILE",
    help: "More settings: a file, or JSON",
    commands: [...SESSIONS, "batch"],
  },
  settingSources: {
    name: "setting-sources",
    kind: "text",
    value: "LIST",
    help: "The settings files to load: user,project,local",
    commands: [...SESSIONS, "batch"],
  },
  effort: {
    name: "effort",
    kind: "text",
    values: ["low", "medium", "high", "xhigh", "max"],
    value: "LEVEL",
    help: "How much the model thinks: low, medium, high, xhigh or max",
    commands: [...SESSIONS, "batch"],
  },
  fallbackModel: {
    name: "fallback-model",
    kind: "list",
    value: "NAME",
    help: "Models to take if the first one is overloaded",
    commands: [...SESSIONS, "batch"],
  },
  timeoutMs: {
    name: "timeout",
    kind: "duration",
    value: "TIME",
    help: "Stop after this time: 90s, 5m, 2h, 500ms; 5 means seconds",
    commands: [...SESSIONS, "batch", "doctor"],
  },
  until: {
    name: "until",
    kind: "text",
    values: ["tasks", "turn"],
    value: "WHEN",
    help:
      "tasks waits for what was left in the background, turn does not and ends it (default: tasks)",
    commands: [...PROMPTS, "batch"],
  },
  maxTurns: {
    name: "max-turns",
    kind: "count",
    value: "N",
    help: "Allow the model at most N rounds for one prompt",
    commands: [...SESSIONS, "batch"],
  },
  maxBudgetUsd: {
    name: "max-budget-usd",
    synonyms: ["budget"],
    kind: "amount",
    value: "USD",
    help: "Spend at most this much",
    commands: [...SESSIONS, "batch"],
  },
  waitForReset: {
    name: "wait-for-reset",
    kind: "duration",
    value: "TIME",
    help:
      "If a limit of the plan is used up, wait for its end, at most so long: 6h",
    commands: [...SESSIONS, "batch"],
  },
  claudeArg: {
    name: "claude-arg",
    kind: "list",
    value: "ARG",
    help: "One more argument for claude: --claude-arg=--chrome",
    commands: [...SESSIONS, "batch"],
  },
  claudePath: {
    name: "claude-path",
    kind: "text",
    value: "PATH",
    help: "The claude to start (or set CLAUDESTREAM_CLAUDE_PATH)",
    commands: [...SESSIONS, "batch", "models", "doctor"],
  },
  configDir: {
    name: "config-dir",
    kind: "text",
    value: "DIR",
    help: "Claude's configuration, instead of ~/.claude",
    commands: [...SESSIONS, "batch", "sessions", "models", "doctor"],
  },
};
