/**
 * Every option: its kind and its place. If an option is missing, the table does not compile. Pure.
 *
 * What an option needs of the CLI, if not every version has it, is in
 * `capabilities/table.ts`; what it must not be given together with, in `rules.ts`.
 *
 * @module
 */

import {
  AMOUNT,
  ANYTHING,
  fields,
  FUNCTION,
  JSON_OBJECT,
  type Kind,
  oneOf,
  POSITIVE,
  SIGNAL,
  TEXT,
  TEXTS,
  TIME,
  UUID,
  YES_OR_NO,
  YES_OR_TEXT,
} from "../checks/kinds.ts";
import { HOOKS } from "../hooks/options.ts";
import { isPolicy } from "../permissions/combine.ts";
import { MCP_SERVERS, TOOLS } from "../tools/config.ts";
import { RULES, WORDS } from "./flag_lists.ts";
import * as kinds from "./option_kinds.ts";
import {
  each,
  field,
  flag,
  library,
  list,
  path,
  pathOf,
  type Place,
  variable,
  when,
} from "./launch.ts";
import * as places from "./places.ts";
import * as toolKinds from "./tool_kinds.ts";
import type { Limits, WaitForReset } from "./option_types.ts";
import type { SessionOptions } from "./session_options.ts";

/** The entry of one option. */
export interface Entry<T> {
  /** Kind of its value. */
  readonly kind: Kind;
  /** Where it goes: into arguments, handshake, variables or files, or nowhere (`library`). */
  readonly place: Place<T>;
}

type Table = {
  readonly [K in keyof Required<SessionOptions>]: Entry<
    Exclude<SessionOptions[K], undefined>
  >;
};

/**
 * All options. Kinds are strict, because the CLI only warns about some invalid values, silently
 * ignores others, and splits values that it treats as lists. Places write `--flag=value`, so that a
 * value is never read as a flag.
 */
export const TABLE: Table = {
  model: { kind: TEXT, place: flag("--model") },
  fallbackModel: { kind: kinds.MODELS, place: places.placeModels },
  effort: { kind: kinds.EFFORT, place: flag("--effort") },
  thinking: { kind: kinds.THINKING, place: places.placeThinking },
  betas: { kind: WORDS, place: each("--betas", (name) => name) },
  systemPrompt: {
    kind: kinds.SYSTEM_PROMPT,
    place: places.placeSystemPrompt,
  },
  subagentSystemPrompt: {
    kind: fields<{ append: unknown }>({ append: TEXT }, ["append"]),
    place: places.placeSubagentPrompt,
  },
  planModeInstructions: { kind: TEXT, place: field("planModeInstructions") },
  outputSchema: { kind: kinds.OUTPUT_SCHEMA, place: places.placeSchema },
  outputRetries: {
    kind: kinds.RETRIES,
    // The CLI counts tries.
    place: variable(
      "MAX_STRUCTURED_OUTPUT_RETRIES",
      (retries) => `${retries + 1}`,
    ),
  },
  promptSuggestions: { kind: YES_OR_NO, place: field("promptSuggestions") },
  verbatim: { kind: YES_OR_NO, place: library },
  sendUserMessage: { kind: YES_OR_NO, place: when(true, "--brief") },
  autoCompact: { kind: kinds.CONTEXT_SIZE, place: flag("--autocompact") },
  files: {
    kind: kinds.FILES,
    place: each("--file", ({ id, path }) => `${id}:${path}`),
  },

  cwd: { kind: kinds.PATH, place: library },
  addDirs: { kind: kinds.PATHS, place: places.placeFolders },
  projectConfigRoot: {
    kind: kinds.PATH,
    place: path("projectConfigRoot", "--project-config-root"),
  },
  claudePath: { kind: kinds.COMMAND, place: library },
  spawn: { kind: FUNCTION, place: library },
  transport: { kind: kinds.TRANSPORT, place: library },
  env: { kind: kinds.ENVIRONMENT, place: places.placeEnvironment },
  clearEnv: { kind: YES_OR_NO, place: library },
  keepEnv: { kind: TEXTS, place: library },
  configDir: {
    kind: kinds.PATH,
    place: variable("CLAUDE_CONFIG_DIR", (dir) => pathOf("configDir", dir)),
  },
  extraArgs: { kind: kinds.EXTRA_ARGS, place: places.placeExtraArgs },
  debug: { kind: YES_OR_TEXT, place: places.switchOrText("--debug") },
  debugFile: { kind: kinds.PATH, place: path("debugFile", "--debug-file") },

  resume: { kind: TEXT, place: places.placeResume },
  fork: { kind: YES_OR_NO, place: when(true, "--fork-session") },
  sessionId: { kind: UUID, place: flag("--session-id") },
  fromPr: { kind: kinds.PULL_REQUEST, place: flag("--from-pr") },
  resumeAt: { kind: UUID, place: flag("--resume-session-at") },
  resumeDropsTurn: { kind: UUID, place: flag("--resume-drops-turn") },
  sessionStore: {
    kind: kinds.SESSION_STORE,
    place: (draft) => {
      draft.args.push("--session-mirror");
    },
  },
  title: { kind: TEXT, place: field("title") },
  persist: { kind: YES_OR_NO, place: when(false, "--no-session-persistence") },
  checkpoints: { kind: YES_OR_NO, place: places.placeCheckpoints },
  worktree: { kind: YES_OR_TEXT, place: places.switchOrText("--worktree") },

  policy: {
    kind: {
      expected:
        "a policy such as allowList([…]); a function goes into callback(function)",
      fits: isPolicy,
    },
    place: places.placePolicy,
  },
  skillShell: { kind: oneOf("policy", "off", "cli"), place: library },
  onQuestion: { kind: FUNCTION, place: places.askHost },
  onPlan: { kind: FUNCTION, place: places.askHost },
  onElicitation: { kind: FUNCTION, place: library },
  onDialog: { kind: FUNCTION, place: library },
  dialogKinds: { kind: TEXTS, place: field("supportedDialogKinds") },
  permissionTimeoutMs: { kind: TIME, place: library },
  hooks: { kind: HOOKS, place: places.keepHooksOn },
  permissionPromptTool: {
    kind: toolKinds.PROMPT_TOOL,
    place: flag("--permission-prompt-tool"),
  },
  prompts: {
    kind: oneOf("host", "none"),
    place: flag("--permission-prompts"),
  },
  permissionMode: { kind: toolKinds.PERMISSION_MODE, place: places.placeMode },
  allowedTools: { kind: RULES, place: places.placeAllowed },
  disallowedTools: { kind: RULES, place: places.placeDenied },
  builtinTools: {
    kind: toolKinds.BUILTIN_TOOL_NAMES,
    place: places.placeBuiltins,
  },
  tools: { kind: TOOLS, place: library },
  toolServerName: { kind: TEXT, place: library },
  toolContext: { kind: ANYTHING, place: library },
  mcpServers: { kind: MCP_SERVERS, place: places.placeServers },
  mcpConfigFiles: {
    kind: kinds.CONFIG_FILES,
    place: each("--mcp-config", (file) => pathOf("mcpConfigFiles", file)),
  },
  strictMcp: { kind: YES_OR_NO, place: when(true, "--strict-mcp-config") },
  toolAliases: { kind: toolKinds.ALIASES, place: field("toolAliases") },
  toolConfig: { kind: toolKinds.TOOL_CONFIG, place: places.placeToolConfig },
  sandbox: { kind: toolKinds.SANDBOX, place: places.placeSandbox },
  bare: { kind: YES_OR_NO, place: when(true, "--bare") },
  restricted: { kind: YES_OR_NO, place: when(true, "--restricted") },
  safeMode: { kind: YES_OR_NO, place: when(true, "--safe-mode") },
  isolated: { kind: YES_OR_NO, place: places.placeIsolated },

  agent: { kind: TEXT, place: flag("--agent") },
  agents: { kind: toolKinds.AGENTS, place: places.placeAgents },
  agentProgressSummaries: {
    kind: YES_OR_NO,
    place: field("agentProgressSummaries"),
  },
  forwardSubagentText: {
    kind: YES_OR_NO,
    place: field("forwardSubagentText"),
  },
  keepTasks: { kind: YES_OR_NO, place: field("perTaskStopAffordance") },
  skills: { kind: toolKinds.SKILLS, place: places.placeSkills },
  plugins: { kind: kinds.PLUGINS, place: places.placePlugins },
  slashCommands: {
    kind: YES_OR_NO,
    place: when(false, "--disable-slash-commands"),
  },

  settings: { kind: toolKinds.SETTINGS, place: places.placeSettings },
  settingSources: {
    kind: toolKinds.SETTING_SOURCES,
    place: list("--setting-sources"),
  },
  managedSettings: { kind: JSON_OBJECT, place: places.placeManagedSettings },

  partials: {
    kind: YES_OR_NO,
    place: when(true, "--include-partial-messages"),
  },
  replayUserMessages: {
    kind: YES_OR_NO,
    place: when(true, "--replay-user-messages"),
  },
  hookEvents: { kind: YES_OR_NO, place: when(true, "--include-hook-events") },
  limits: {
    kind: fields<Limits>({
      maxTurns: POSITIVE,
      maxBudgetUsd: AMOUNT,
      taskBudgetTokens: POSITIVE,
    }),
    place: places.placeLimits,
  },
  budget: { kind: kinds.BUDGET, place: library },
  recover: {
    kind: fields<{ attempts: unknown }>({ attempts: POSITIVE }, ["attempts"]),
    place: library,
  },
  failFastOn: { kind: kinds.STATUSES, place: library },
  waitForReset: {
    kind: fields<WaitForReset>({ maxMs: TIME, message: TEXT }, ["maxMs"]),
    place: library,
  },
  auth: {
    kind: oneOf("subscription", "api-key", "any"),
    place: places.placeAuth,
  },
  clock: { kind: kinds.CLOCK, place: library },
  onBreak: { kind: oneOf("interrupt", "drain", "close"), place: library },
  onWire: { kind: FUNCTION, place: library },
  record: { kind: kinds.RECORD, place: library },
  logger: { kind: kinds.LOGGER, place: library },
  costLog: { kind: kinds.COST_LOG, place: library },

  maxLineBytes: { kind: AMOUNT, place: library },
  validation: { kind: oneOf("lenient", "strict", "off"), place: library },
  verify: { kind: oneOf("lenient", "strict", "off"), place: library },
  startTimeoutMs: { kind: TIME, place: library },
  turnTimeoutMs: { kind: TIME, place: library },
  idleTimeoutMs: { kind: kinds.IDLE, place: library },
  controlTimeoutMs: { kind: TIME, place: library },
  closeTimeoutMs: { kind: kinds.CLOSING, place: library },
  exitSignals: { kind: kinds.EXIT_SIGNALS, place: library },
  signal: { kind: SIGNAL, place: library },
  stderr: { kind: FUNCTION, place: library },
};

/** The table by name, for loops: an entry and its value belong together by the type of the table. */
export const ENTRIES: Readonly<Record<string, Entry<unknown>>> =
  TABLE as Readonly<Record<string, Entry<never>>> as Readonly<
    Record<string, Entry<unknown>>
  >;

/** The names of all options. */
export const OPTION_NAMES: ReadonlySet<string> = new Set(Object.keys(TABLE));
