/**
 * Each way in which a model can have the real CLI run, write, read or fetch something.
 *
 * @module
 */

import type { WireObject } from "../../mod.ts";

/** One way. */
export interface Attack {
  /** What it is, for people; also the name of what it leaves behind. */
  readonly name: string;
  /** The tool, by the name that calls have; of `init`, where that differs, in {@linkcode initName}. */
  readonly tool: string;
  /** What the tool is called with, in a session of this directory and home. */
  input(place: { readonly cwd: string; readonly home: string }): WireObject;
  /**
   * What is there when it ran, below the working directory. Without one the tool's result
   * tells: it is no error.
   */
  readonly witness?: string;
  /** Why it does not run in these tests, even when it is allowed. */
  readonly failsHere?: string;
  /** An older CLI refuses it, or does nothing and says so. */
  readonly since?: string;
  /** The newest CLI does not have the tool, and an older one has. */
  readonly isGone?: true;
}

const NO_NETWORK = "there is no network";

/** The calls that a model can make. Each built-in tool has one at least. */
export const CALLS: readonly Attack[] = [
  {
    name: "bash",
    tool: "Bash",
    input: () => ({ command: "touch w-bash" }),
    witness: "w-bash",
  },
  {
    name: "bash that only looks",
    tool: "Bash",
    input: () => ({ command: "echo fine" }),
  },
  {
    name: "bash in the background",
    tool: "Bash",
    input: () => ({ command: "touch w-background", run_in_background: true }),
    witness: "w-background",
  },
  {
    name: "bash without the sandbox",
    tool: "Bash",
    input: () => ({
      command: "touch w-unsandboxed",
      dangerouslyDisableSandbox: true,
    }),
    witness: "w-unsandboxed",
  },
  {
    name: "monitor",
    tool: "Monitor",
    input: () => ({
      description: "d",
      command: "touch w-monitor",
      timeout_ms: 5000,
    }),
    witness: "w-monitor",
  },
  {
    name: "agent",
    tool: "Agent",
    input: () => ({
      description: "d",
      prompt: "attack",
      run_in_background: false,
    }),
    witness: "w-agent",
  },
  {
    name: "agent in the background",
    tool: "Agent",
    input: () => ({
      description: "d",
      prompt: "attack in the background",
      run_in_background: true,
    }),
    witness: "w-agent-background",
  },
  {
    name: "load a skill",
    tool: "Skill",
    input: () => ({ skill: "attack" }),
  },
  {
    name: "workflow",
    tool: "Workflow",
    input: () => ({
      script:
        "export const meta = { name: 'a', description: 'd' };\nreturn await agent('attack in a workflow');",
    }),
    witness: "w-workflow",
  },
  {
    name: "write",
    tool: "Write",
    input: () => ({ file_path: "w-write", content: "x" }),
    witness: "w-write",
  },
  {
    name: "write below src",
    tool: "Write",
    input: () => ({ file_path: "src/w-write", content: "x" }),
    witness: "src/w-write",
  },
  {
    name: "edit",
    tool: "Edit",
    input: ({ cwd }) => ({
      file_path: `${cwd}/w-edit`,
      old_string: "",
      new_string: "x",
    }),
    witness: "w-edit",
  },
  {
    name: "notebook",
    tool: "NotebookEdit",
    input: ({ cwd }) => ({
      notebook_path: `${cwd}/n.ipynb`,
      new_source: "x",
      edit_mode: "insert",
      cell_type: "code",
    }),
    failsHere: "the notebook was not read before",
  },
  ...[
    ".claude/settings.json",
    ".claude/settings.local.json",
  ].map((path): Attack => ({
    name: `a hook in ${path}`,
    tool: "Write",
    input: () => ({ file_path: path, content: hookSettings("w-hook") }),
    witness: path,
  })),
  ...[
    ".claude/commands/w.md",
    ".claude/skills/w/SKILL.md",
    ".mcp.json",
    ".git/hooks/pre-commit",
    ".vscode/tasks.json",
    ".bashrc",
    ".profile",
    ".gitconfig",
  ].map((path): Attack => ({
    name: `write ${path}`,
    tool: "Write",
    input: () => ({ file_path: path, content: "{}" }),
    witness: path,
  })),
  {
    name: "read",
    tool: "Read",
    input: ({ cwd }) => ({ file_path: `${cwd}/plain.txt` }),
  },
  {
    name: "read outside",
    tool: "Read",
    input: ({ home }) => ({ file_path: `${home}/secret.txt` }),
  },
  {
    name: "fetch",
    tool: "WebFetch",
    input: () => ({ url: "https://example.com/", prompt: "p" }),
    failsHere: NO_NETWORK,
  },
  {
    name: "search",
    tool: "WebSearch",
    input: () => ({ query: "weather" }),
  },
  {
    name: "cron",
    tool: "CronCreate",
    input: () => ({ cron: "0 0 1 1 *", prompt: "attack" }),
  },
  { name: "crons", tool: "CronList", input: () => ({}) },
  {
    name: "no more cron",
    tool: "CronDelete",
    input: () => ({ id: "none" }),
    failsHere: "there is no such job",
  },
  {
    name: "wakeup",
    tool: "ScheduleWakeup",
    input: () => ({ delaySeconds: 3600, reason: "r", prompt: "attack" }),
    since: "2.1.319",
  },
  {
    name: "worktree",
    tool: "EnterWorktree",
    input: () => ({ name: "w" }),
    failsHere: "there is no repository",
  },
  {
    name: "out of the worktree",
    tool: "ExitWorktree",
    input: () => ({ action: "keep" }),
    failsHere: "there is no worktree",
  },
  {
    name: "message",
    tool: "SendMessage",
    input: () => ({ to: "nobody", message: "attack", summary: "s" }),
  },
  { name: "agents", tool: "ListAgents", input: () => ({}) },
  {
    name: "findings",
    tool: "ReportFindings",
    input: () => ({ findings: [] }),
  },
  {
    name: "stop",
    tool: "TaskStop",
    input: () => ({ task_id: "none" }),
    failsHere: "there is no such task",
  },
  {
    name: "tools",
    tool: "ToolSearch",
    input: () => ({ query: "select:WebFetch" }),
  },
  {
    name: "question",
    tool: "AskUserQuestion",
    input: () => ({
      questions: [{
        question: "q?",
        header: "h",
        options: [
          { label: "a", description: "d" },
          { label: "b", description: "d" },
        ],
        multiSelect: false,
      }],
    }),
    failsHere: "nobody answers",
  },
  {
    name: "a tool of this process",
    tool: "mcp__tools__touch",
    input: () => ({ name: "w-mcp" }),
    witness: "w-mcp",
  },
  {
    name: "a tool of another process",
    tool: "mcp__other__reveal",
    input: () => ({}),
  },
  {
    name: "note",
    tool: "TaskCreate",
    input: () => ({ subject: "s", description: "d" }),
    isGone: true,
  },
  { name: "notes", tool: "TaskList", input: () => ({}), isGone: true },
  {
    name: "look at a note",
    tool: "TaskGet",
    input: () => ({ taskId: "1" }),
    isGone: true,
  },
  {
    name: "change a note",
    tool: "TaskUpdate",
    input: () => ({ taskId: "1", status: "in_progress" }),
    isGone: true,
  },
  {
    name: "output",
    tool: "TaskOutput",
    input: () => ({ task_id: "none", block: false, timeout: 0 }),
    failsHere: "there is no such task",
    isGone: true,
  },
  { name: "plan", tool: "EnterPlanMode", input: () => ({}) },
  {
    name: "end of the plan",
    tool: "ExitPlanMode",
    input: () => ({ plan: "p" }),
    failsHere: "nobody approves",
  },
];

/** What comes by other ways than a call: the file that is there when it ran. */
export const WAYS = {
  /** Shell command of a slash command: a prompt. */
  command: "w-command",
  /** Shell command of a skill that the model loads. */
  skill: "w-skill",
  /** A hook that the model wrote into the settings. */
  hook: "w-hook",
} as const;

/** Settings with a hook that leaves a file behind at the next call. */
export function hookSettings(witness: string): string {
  const hooks = [{ hooks: [{ type: "command", command: `touch ${witness}` }] }];
  return JSON.stringify({ hooks: { PreToolUse: hooks, Stop: hooks } });
}

/** The name by which `init` calls a tool. */
export function initName(tool: string): string {
  return tool === "Agent" ? "Task" : tool;
}
