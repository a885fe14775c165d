/**
 * The CLI's built-in tools: the kind of each, alternative names of the same tool, and near misses
 * of names. Pure.
 *
 * The names are those that the official SDK 0.3.332 lists, those of `system_init` of
 * CLI 2.1.330 and 2.1.332, those that CLI 2.1.332 has for some of its users only, and
 * those of tools that older CLIs had.
 *
 * @module
 */

import { levenshteinDistance } from "@std/text/levenshtein-distance";
/**
 * What a tool does:
 *
 * - `read`: looks at files, lists or resources, or keeps notes of the session itself
 * - `edit`: writes files
 * - `execute`: runs a command or a program, at once or later
 * - `fetch`: gets something from the network
 * - `ask`: asks a person
 * - `delegate`: gives work to a subagent, a skill, another session or a later turn
 * - `other`: anything else, and each tool that is not known, such as those of MCP servers
 */
export type ToolKind =
  | "read"
  | "edit"
  | "execute"
  | "fetch"
  | "ask"
  | "delegate"
  | "other";

const NAMES: Readonly<Record<ToolKind, readonly string[]>> = {
  read: [
    "CronList",
    "GetGoal",
    "GetTask",
    "Glob",
    "Grep",
    "ListAgents",
    "ListMcpResourcesTool",
    "LS",
    "LSP",
    "McpTaskCheck",
    "memory_list",
    "memory_read",
    "NotebookRead",
    "Poll",
    "Read",
    "ReadMcpResourceDirTool",
    "ReadMcpResourceTool",
    "ReadNotifications",
    "ReadWidgetContext",
    "ReportFindings",
    "StructuredOutput",
    "SubagentHandback",
    "TaskCreate",
    "TaskGet",
    "TaskList",
    "TaskOutput",
    "TaskUpdate",
    "TodoWrite",
    "ToolSearch",
    "WaitForMcpServers",
  ],
  edit: ["Edit", "memory_write", "MultiEdit", "NotebookEdit", "Write"],
  execute: [
    "AppifactRepl",
    "Bash",
    // Both run git, and with it the hooks of the repository.
    "EnterWorktree",
    "ExitWorktree",
    "Monitor",
    "PowerShell",
    "REPL",
    "self_hosted_runner_requeue_session",
    "self_hosted_runner_spawn_local",
    // It runs a script of the model's.
    "Workflow",
  ],
  fetch: [
    "FetchInboxMessage",
    "ListConnectors",
    "SearchMcpRegistry",
    "self_hosted_runner_get_pool",
    "self_hosted_runner_list_runners",
    "self_hosted_runner_list_secrets",
    "self_hosted_runner_list_sessions",
    "self_hosted_runner_read_health",
    "self_hosted_runner_read_metrics",
    "self_hosted_runner_tail_log",
    "SuggestConnectors",
    "WebFetch",
    "WebSearch",
  ],
  ask: [
    "AskUserQuestion",
    "EnterPlanMode",
    "ExitPlanMode",
    "McpTaskShowQuestion",
    "OfferChromeSetup",
    "propose_skills",
    "ShowOnboardingRolePicker",
    "SuggestPluginInstall",
    "SuggestSkills",
    "WrapUp",
  ],
  delegate: [
    "Agent",
    "CronCreate",
    "RemoteTrigger",
    "ScheduleWakeup",
    "SendMessage",
    "Skill",
  ],
  other: [
    "Artifact",
    "ArtifactComments",
    "ArtifactData",
    "ClaudeDesign",
    "CronDelete",
    "DesignSync",
    "EndConversation",
    "McpTaskResumePolling",
    "ObserverReport",
    "PauseGoal",
    "Projects",
    "PublishPlugin",
    "PushNotification",
    "RefreshMcpTools",
    "SendFeedback",
    "SendFile",
    "SendToProject",
    "SendToProjectContext",
    "SendUserFile",
    "SendUserMessage",
    "SetGoal",
    "ShareOnboardingGuide",
    "TaskStop",
  ],
};

/**
 * Other names of a tool, each with the one that the tool has now. The CLI takes them in
 * rules, in the matchers of hooks and from the model, and writes one of them itself:
 * `system_init` of CLI 2.1.332 calls `Agent` `Task`.
 */
export const FORMER_NAMES: Readonly<Record<string, string>> = {
  AgentOutput: "TaskOutput",
  AgentOutputTool: "TaskOutput",
  BashOutput: "TaskOutput",
  BashOutputTool: "TaskOutput",
  Brief: "SendUserMessage",
  Eval: "REPL",
  KillBash: "TaskStop",
  KillShell: "TaskStop",
  ListMcpResources: "ListMcpResourcesTool",
  ListPeers: "ListAgents",
  ProposeGoal: "SetGoal",
  ReadMcpResource: "ReadMcpResourceTool",
  ReadMcpResourceDir: "ReadMcpResourceDirTool",
  RunWorkflow: "Workflow",
  Task: "Agent",
};

/** All kinds. */
export const TOOL_KINDS = Object.keys(NAMES) as readonly ToolKind[];

const KINDS: ReadonlyMap<string, ToolKind> = new Map(
  TOOL_KINDS.flatMap((kind) =>
    NAMES[kind].map((name): [string, ToolKind] => [name, kind])
  ),
);

/** The tools that the CLI brings along, by each of their names. */
export const BUILTIN_TOOLS: ReadonlySet<string> = new Set([
  ...KINDS.keys(),
  ...Object.keys(FORMER_NAMES),
]);

/** Returns the current name of a tool: `Agent` for `Task`. Other names are returned unchanged. */
export function currentToolName(name: string): string {
  return Object.hasOwn(FORMER_NAMES, name)
    ? FORMER_NAMES[name] as string
    : name;
}

/** All names of a tool, with the one that it has now first. */
export function toolNames(name: string): readonly string[] {
  const current = currentToolName(name);
  return [
    current,
    ...Object.keys(FORMER_NAMES).filter((former) =>
      FORMER_NAMES[former] === current
    ),
  ];
}

/**
 * Whether two names mean the same tool: some of the CLI's tools have two. Policies,
 * hooks and options take either of them.
 *
 * @example
 * ```ts
 * import { isSameTool } from "@claudestream/core";
 * import { assert } from "@std/assert";
 *
 * assert(isSameTool("Task", "Agent"));
 * assert(!isSameTool("Task", "TaskStop"));
 * ```
 */
export function isSameTool(name: string, other: string): boolean {
  return currentToolName(name) === currentToolName(other);
}

/**
 * What a tool does, by its name. `"other"` for tools of MCP servers and for each that
 * is not known here, so allow kinds by naming them: a tool of a newer CLI may run
 * commands and be `"other"`.
 *
 * @example
 * ```ts
 * import { toolKind } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toolKind("Monitor"), "execute");
 * assertEquals(toolKind("Task"), "delegate");
 * assertEquals(toolKind("mcp__db__query"), "other");
 * ```
 */
export function toolKind(name: string): ToolKind {
  return KINDS.get(currentToolName(name)) ?? "other";
}

/**
 * Returns the tool that a misspelt name means: one that differs from it by a typing error. `undefined` for the name of a tool, for a pattern, and for a name
 * that a newer CLI may well have.
 */
export function meantTool(name: string): string | undefined {
  if (BUILTIN_TOOLS.has(name) || name.includes("*")) return undefined;
  if (name.startsWith("mcp__")) return undefined;
  const prefix = /^(?:mcp|mpc|mc|cmp)_{1,2}(?=[^_])/i.exec(name)?.[0];
  if (prefix !== undefined) return `mcp__${name.slice(prefix.length)}`;
  const lower = name.toLowerCase();
  // The nearest: "WebSerch" is two slips from WebFetch, too.
  const [nearest] = [...BUILTIN_TOOLS].filter((known) => isSlip(name, known))
    .map((known) => ({
      known,
      distance: levenshteinDistance(lower, known.toLowerCase()),
    }))
    .sort((one, other) => one.distance - other.distance);
  return nearest?.known;
}

/** From this length on two slips are still nearer than another word. */
const LONG_NAME = 8;

function isSlip(name: string, known: string): boolean {
  const [a, b] = [name.toLowerCase(), known.toLowerCase()];
  if (Math.abs(a.length - b.length) > 2) return false;
  const distance = levenshteinDistance(a, b);
  // Two words of two letters are near each other whatever they are.
  if (distance <= 1) return distance === 0 || a.length > 2;
  return distance === 2 && (a.length >= LONG_NAME || isSwap(a, b));
}

/** Whether two letters that stand side by side are all that differs. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((char, index) => char !== b[index]);
  return a[at] === b[at + 1] && a[at + 1] === b[at] &&
    a.slice(at + 2) === b.slice(at + 2);
}

/** Returns the name after a leading `=`, which marks a name that is not checked. */
export function literalName(name: string): string {
  return name.startsWith("=") ? name.slice(1) : name;
}
