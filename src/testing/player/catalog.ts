/**
 * What the CLI reports about itself in `system/init` and in the response to `initialize`. Names are
 * from CLI 2.1.330; descriptions were written for this library.
 */

import type { Json, JsonObject } from "../scenario.ts";

/** `init.tools`, without those of MCP servers. */
export const TOOLS: readonly string[] = (
  "Task Bash CronCreate CronDelete CronList Edit EnterWorktree ExitWorktree " +
  "ListAgents Monitor NotebookEdit Read ReportFindings ScheduleWakeup " +
  "SendMessage Skill TaskStop ToolSearch WebFetch WebSearch Workflow Write"
).split(" ");

/** Tools that are available only if the host answers permission requests. */
export const HOST_TOOLS: readonly string[] = [
  "AskUserQuestion",
  "EnterPlanMode",
  "ExitPlanMode",
];

/** `init.skills`. */
export const SKILLS: readonly string[] = [
  "verify",
  "debug",
  "code-review",
  "simplify",
];

/** Slash commands, each with its description and argument hint. */
const COMMANDS: readonly (readonly [string, string, string])[] = [
  ["verify", "Check a change by running it", ""],
  ["debug", "Turn on the debug log of this session", "[what is wrong]"],
  ["code-review", "Look through a change for mistakes", "[target]"],
  ["simplify", "Make a change smaller", "[target]"],
  ["agents", "Manage subagents", ""],
  ["clear", "Begin a new conversation", "[name]"],
  ["compact", "Replace the history by a summary", "[what to keep]"],
  ["config", "Change a setting", "key=value"],
  ["context", "Show what fills the context", ""],
  ["init", "Write a first CLAUDE.md", ""],
  ["mcp", "Manage MCP servers", "[reconnect|enable|disable]"],
  ["model", "Choose the model", "<model>"],
  ["rename", "Name the conversation", "[name]"],
  ["usage", "Show what the session cost", ""],
];

/** `init.slash_commands`. */
export const SLASH_COMMANDS: readonly string[] = COMMANDS.map(([name]) => name);

const AGENTS: readonly (readonly [string, string])[] = [
  ["claude", "For any task that fits no other agent"],
  ["Explore", "Searches code without changing it"],
  ["general-purpose", "Carries out tasks of many steps"],
  ["Plan", "Designs a change before it is made"],
];

/** `init.agents`. */
export const AGENT_NAMES: readonly string[] = AGENTS.map(([name]) => name);

/** `models` of the `initialize` response. */
export const MODELS: readonly Json[] = [
  ["default", "claude-opus-5-5", "Default (recommended)"],
  ["opus", "claude-opus-5-5", "Opus"],
  ["sonnet", "claude-sonnet-5-5", "Sonnet"],
  ["haiku", "claude-haiku-5-5", "Haiku"],
].map(([value, resolvedModel, displayName]) => ({
  value,
  resolvedModel,
  displayName,
  description: `${displayName}, scripted`,
  supportsEffort: true,
  supportedEffortLevels: ["low", "medium", "high", "xhigh", "max"],
  supportsAdaptiveThinking: true,
  supportsFastMode: value === "default" || value === "opus",
  supportsAutoMode: true,
  supportsThinkingOff: false,
}));

/** Returns the payload of the `initialize` response. */
export function initializePayload(
  version: string,
  pid: number,
  permissionMode: string,
  running: boolean,
): JsonObject {
  return {
    commands: COMMANDS.map(([name, description, argumentHint]) => ({
      name,
      description,
      argumentHint,
      ...(version === "2.1.197" ? {} : { builtin: true }),
    })),
    agents: AGENTS.map(([name, description]) => ({ name, description })),
    output_style: "default",
    available_output_styles: ["default", "Explanatory", "Learning"],
    models: MODELS,
    account: {
      tokenSource: "none",
      apiKeySource: "ANTHROPIC_API_KEY",
      apiProvider: "firstParty",
    },
    pid,
    user_output_styles_dir: "/nonexistent/.claude/output-styles",
    claude_code_version: version,
    current_permission_mode: permissionMode,
    hook_on_failure_supported: true,
    hooks_when_unanswered_kept: 0,
    other_hook_ask_outranks_host: true,
    feedback_mode: { kind: "disabled" },
    analytics_disabled: true,
    remote_control_auto_enable: false,
    remote_control_auto_connect_default: false,
    remote_control_available: false,
    remote_control_auto_on_by_default: false,
    ide_rc_auto_enable_gate: false,
    fast_mode_state: "off",
    fast_mode_disabled_reason: "sdk_opt_in_required",
    session_state: running ? "running" : "idle",
    capabilities: ["mcp_call_result_not_for_model_v1"],
  };
}
