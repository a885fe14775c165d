/**
 * Options to what the process is started with: one table, typed so that no option
 * can be forgotten. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { notFor } from "./environment.ts";
import { NO_HOOKS_VARIABLE } from "./check_policy.ts";
import { enforcedRule } from "../permissions/deny_rules.ts";
import { answerSchema } from "../structured/dialect.ts";
import { literalName } from "../messages/builtin_tools.ts";
import { hasSecret } from "../util/secret_values.ts";
import { externalServers } from "../tools/config.ts";
import {
  addPermissions,
  awaitInitialize,
  type Draft,
  field,
  flag,
  type Launch,
  library,
  list,
  olderLaunch,
  path,
  pathOf,
  type Place,
  when,
} from "./launch.ts";
import {
  argumentsOf,
  isJson,
  isSettingsFile,
  isTexts,
  mergeSettings,
  placeAgents,
  placePlugin,
} from "./places.ts";

type Table = {
  readonly [K in keyof Required<SessionOptions>]: Place<
    Exclude<SessionOptions[K], undefined>
  >;
};

/** What the CLI would ask a person comes to this process. */
function askHost(draft: Draft): void {
  const argument = "--permission-prompt-tool=stdio";
  if (!draft.args.includes(argument)) draft.args.push(argument);
}

/** Where each option goes. */
const TABLE: Table = {
  model: flag("--model"),
  fallbackModel: (draft, value) =>
    list("--fallback-model")(
      draft,
      typeof value === "string" ? [value] : value,
    ),
  effort: flag("--effort"),
  thinking: (draft, value) => {
    if (value === "adaptive") draft.args.push("--thinking=adaptive");
    else if (value === "off") draft.args.push("--thinking=disabled");
    else {
      const { budgetTokens, display } = value;
      // With "--thinking=enabled" the CLI takes the largest budget, whatever this one is.
      draft.args.push(
        budgetTokens === undefined
          ? "--thinking=adaptive"
          : `--max-thinking-tokens=${budgetTokens}`,
      );
      if (display !== undefined) flag("--thinking-display")(draft, display);
    }
  },
  betas: (draft, names) => {
    // One flag each: with commas the CLI takes them for one name, and leaves it out.
    draft.args.push(...names.map((name) => `--betas=${name}`));
  },
  systemPrompt: (draft, value) => {
    const { text, file, append, appendFile, excludeDynamicSections, snapshot } =
      isTexts(value) ? { text: value } : value;
    if (text !== undefined) {
      draft.initialize.systemPrompt = typeof text === "string" ? [text] : text;
    }
    if (file !== undefined) {
      path("systemPrompt.file", "--system-prompt-file")(draft, file);
    }
    if (append !== undefined) draft.initialize.appendSystemPrompt = append;
    if (appendFile !== undefined) {
      path("systemPrompt.appendFile", "--append-system-prompt-file")(
        draft,
        appendFile,
      );
    }
    if (excludeDynamicSections !== undefined) {
      draft.initialize.excludeDynamicSections = excludeDynamicSections;
    }
    if (snapshot !== undefined) {
      draft.initialize.systemPromptSnapshot = snapshot;
    }
  },
  subagentSystemPrompt: (draft, { append }) => {
    draft.files.push({
      flag: "--append-subagent-system-prompt-file",
      content: append,
    });
  },
  planModeInstructions: field("planModeInstructions"),
  outputSchema: (draft, value) => {
    // Another dialect in $schema, and the CLI leaves the schema out without a word.
    draft.initialize.jsonSchema = answerSchema(value).schema;
  },
  outputRetries: (draft, value) => {
    // The CLI counts tries.
    draft.env.MAX_STRUCTURED_OUTPUT_RETRIES = `${value + 1}`;
  },
  promptSuggestions: field("promptSuggestions"),
  verbatim: library,
  sendUserMessage: when(true, "--brief"),
  autoCompact: flag("--autocompact"),
  files: (draft, files) => {
    // One flag each: a list would be one name.
    draft.args.push(...files.map(({ id, path }) => `--file=${id}:${path}`));
  },

  cwd: library,
  addDirs: (draft, dirs) => {
    const paths = dirs.map((dir) => pathOf("addDirs", dir));
    if (draft.spill.settings) {
      addPermissions(draft, "additionalDirectories", paths);
    } else {
      // One flag each: the CLI takes a list with commas for one name.
      draft.args.push(...paths.map((path) => `--add-dir=${path}`));
    }
  },
  projectConfigRoot: path("projectConfigRoot", "--project-config-root"),
  claudePath: library,
  spawn: library,
  transport: library,
  env: (draft, env) => {
    Object.assign(draft.env, env);
  },
  clearEnv: library,
  keepEnv: library,
  configDir: (draft, dir) => {
    draft.env.CLAUDE_CONFIG_DIR = pathOf("configDir", dir);
  },
  extraArgs: (draft, args) => {
    draft.args.push(...argumentsOf(args));
  },
  debug: (draft, value) => {
    if (value === true) draft.args.push("--debug");
    else if (value !== false) draft.args.push(`--debug=${value}`);
  },
  debugFile: path("debugFile", "--debug-file"),

  resume: (draft, id) => {
    draft.args.push(id === "last" ? "--continue" : `--resume=${id}`);
  },
  fork: when(true, "--fork-session"),
  sessionId: flag("--session-id"),
  fromPr: flag("--from-pr"),
  resumeAt: flag("--resume-session-at"),
  resumeDropsTurn: flag("--resume-drops-turn"),
  title: field("title"),
  persist: when(false, "--no-session-persistence"),
  checkpoints: (draft, value) => {
    if (value) draft.env.CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING = "true";
  },
  worktree: (draft, value) => {
    if (value === true) draft.args.push("--worktree");
    else if (value !== false) draft.args.push(`--worktree=${value}`);
  },

  policy: (draft, { bypass }) => {
    if (bypass === true) draft.args.push("--dangerously-skip-permissions");
    // One of ours may have it, and a policy does not hold without hooks.
    draft.env[NO_HOOKS_VARIABLE] = undefined;
    askHost(draft);
  },
  skillShell: library,
  onQuestion: askHost,
  onPlan: askHost,
  onElicitation: library,
  onDialog: library,
  dialogKinds: field("supportedDialogKinds"),
  permissionTimeoutMs: library,
  hooks: (draft) => {
    // One of ours may have it, and no hook would be called.
    draft.env[NO_HOOKS_VARIABLE] = undefined;
  },
  permissionPromptTool: flag("--permission-prompt-tool"),
  prompts: flag("--permission-prompts"),
  permissionMode: (draft, mode) => {
    draft.args.push(`--permission-mode=${mode}`);
    if (mode === "bypassPermissions") {
      draft.args.push("--allow-dangerously-skip-permissions");
    }
  },
  allowedTools: (draft, rules) => {
    draft.allowed.push(...rules.map(literalName));
  },
  disallowedTools: (draft, rules) => {
    const names = rules.map(enforcedRule);
    if (draft.spill.settings) addPermissions(draft, "deny", names);
    else list("--disallowedTools")(draft, names);
  },
  builtinTools: (draft, tools) =>
    list("--tools")(
      draft,
      typeof tools === "string" ? [tools] : tools.map(literalName),
    ),
  tools: library,
  toolServerName: library,
  toolContext: library,
  mcpServers: (draft, servers) => {
    const external = externalServers(servers);
    if (Object.keys(external).length === 0) return;
    draft.initialize.mcpServers = external;
    draft.servers = external;
    awaitInitialize(draft);
  },
  mcpConfigFiles: (draft, files) => {
    for (const file of files) {
      path("mcpConfigFiles", "--mcp-config")(draft, file);
    }
  },
  strictMcp: when(true, "--strict-mcp-config"),
  toolAliases: field("toolAliases"),
  toolConfig: (draft, { askUserQuestion }) => {
    const format = askUserQuestion?.previewFormat;
    if (format !== undefined) {
      draft.env.CLAUDE_CODE_QUESTION_PREVIEW_FORMAT = format;
    }
  },
  sandbox: (draft, value) => {
    draft.settings.sandbox = {
      ...draft.settings.sandbox as object | undefined,
      ...value,
    };
  },
  bare: when(true, "--bare"),
  restricted: when(true, "--restricted"),
  safeMode: when(true, "--safe-mode"),

  agent: flag("--agent"),
  agents: placeAgents,
  agentProgressSummaries: field("agentProgressSummaries"),
  forwardSubagentText: field("forwardSubagentText"),
  keepTasks: field("perTaskStopAffordance"),
  skills: (draft, value) => {
    if (value === "all") draft.allowed.push("Skill");
    else {
      draft.initialize.skills = value;
      draft.allowed.push(...value.map((name) => `Skill(${name})`));
    }
  },
  plugins: (draft, plugins) => {
    for (const plugin of plugins) placePlugin(draft, plugin);
  },
  slashCommands: when(false, "--disable-slash-commands"),

  settings: (draft, value) => {
    if (typeof value === "object" && !(value instanceof URL)) {
      mergeSettings(draft, value);
    } else if (isJson(value)) {
      mergeSettings(draft, JSON.parse(value));
    } else path("settings", "--settings")(draft, value);
  },
  settingSources: list("--setting-sources"),
  managedSettings: (draft, value) => {
    awaitInitialize(draft);
    draft.args.push("--managed-settings-in-initialize");
    draft.initialize.managedSettings = value;
  },

  partials: when(true, "--include-partial-messages"),
  replayUserMessages: when(true, "--replay-user-messages"),
  hookEvents: when(true, "--include-hook-events"),
  limits: (draft, { maxTurns, maxBudgetUsd, taskBudgetTokens }) => {
    if (maxTurns !== undefined) draft.args.push(`--max-turns=${maxTurns}`);
    if (maxBudgetUsd !== undefined && maxBudgetUsd !== Infinity) {
      draft.args.push(`--max-budget-usd=${maxBudgetUsd}`);
    }
    if (taskBudgetTokens !== undefined) {
      draft.args.push(`--task-budget=${taskBudgetTokens}`);
    }
  },
  budget: library,
  recover: library,
  failFastOn: library,
  waitForReset: library,
  auth: (draft, mode) => {
    for (const name of notFor(mode)) draft.env[name] = undefined;
  },
  onBreak: library,
  onWire: library,
  record: library,
  logger: library,
  costLog: library,

  maxLineBytes: library,
  validation: library,
  verify: library,
  startTimeoutMs: library,
  turnTimeoutMs: library,
  idleTimeoutMs: library,
  controlTimeoutMs: library,
  closeTimeoutMs: library,
  exitSignals: library,
  signal: library,
  stderr: library,
};

export { type Launch, pathOf } from "./launch.ts";

/** The names of all options. */
export const OPTION_NAMES: ReadonlySet<string> = new Set(Object.keys(TABLE));

/** What every process is started with. stream-json output needs `--verbose`. */
const ALWAYS = [
  "-p",
  "--output-format=stream-json",
  "--input-format=stream-json",
  "--verbose",
];

/**
 * The most characters that all arguments may have together. Windows has room for 8,191
 * where a shell is in between, and for 32,767 where not.
 */
export const MAX_ARGUMENTS_LENGTH = 8_000;

/**
 * What a process with these options is started with.
 *
 * @throws {ConfigError} Its arguments would be too long, or have a secret in them.
 */
export function launchOf(options: SessionOptions): Launch {
  const launch = draftOf(options, false);
  const isFree = !isRevealing(launch);
  if (isFree && lengthOf(launch.args) <= MAX_ARGUMENTS_LENGTH) return launch;
  // Lists as arguments are what every CLI takes, so they go elsewhere only where they must.
  const spilled = draftOf(options, true);
  if (isRevealing(spilled)) throw revealing(options);
  const length = lengthOf(spilled.args);
  if (length <= MAX_ARGUMENTS_LENGTH) return spilled;
  const longest = spilled.args.reduce((a, b) => b.length > a.length ? b : a);
  throw new ConfigError(
    "extraArgs",
    `Cannot start the CLI: its arguments have ${length} characters, more than ${MAX_ARGUMENTS_LENGTH}: the longest is ${
      longest.split("=")[0]?.slice(0, 40)
    }`,
  );
}

/** Whether an argument has a secret in it: every user of the machine can read those. */
function isRevealing({ args, env }: Launch): boolean {
  return hasSecret(args, env);
}

/**
 * Checks that no option would have a secret among the arguments.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkArguments(options: SessionOptions): void {
  if (
    isRevealing(draftOf(options, false)) && isRevealing(draftOf(options, true))
  ) throw revealing(options);
}

/** What to do instead, by the option. */
const INSTEAD: Readonly<Record<string, string>> = {
  plugins:
    "Fetch the plugin yourself and give the path of its zip file or folder",
  extraArgs:
    "Use the options env, mcpServers and settings, whose values are no arguments",
};

function revealing(options: SessionOptions): ConfigError {
  const option =
    Object.entries(options).find(([name, value]) =>
      value !== undefined &&
      isRevealing(draftOf({ env: options.env ?? {}, [name]: value }, true))
    )?.[0] ?? "extraArgs";
  return new ConfigError(
    option,
    `Cannot use the option ${option}: it has a secret in it that would be an argument of the CLI, which every user of this machine can read`,
    { hint: INSTEAD[option] ?? "Give it without the secret" },
  );
}

function lengthOf(args: readonly string[]): number {
  return args.reduce((length, text) => length + text.length + 1, 0);
}

function draftOf(options: SessionOptions, wanted: boolean): Launch {
  const draft: Draft = {
    args: [...ALWAYS],
    env: {},
    initialize: {},
    files: [],
    servers: undefined,
    settings: {},
    allowed: [],
    spill: {
      handshake: wanted,
      // A file of the caller's cannot be added to.
      settings: wanted && !isSettingsFile(options.settings),
    },
  };
  // Entry and value belong together by the type of the table; a loop cannot say so.
  const places = TABLE as Readonly<Record<string, Place<unknown>>>;
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) places[name]?.(draft, value);
  }
  if (draft.allowed.length === 0) {
    // Nothing is allowed without being asked about.
  } else if (draft.spill.settings) {
    addPermissions(draft, "allow", draft.allowed);
  } else {
    list("--allowedTools")(draft, draft.allowed);
  }
  if (Object.keys(draft.settings).length > 0) {
    const content = JSON.stringify(draft.settings);
    draft.files.push({ flag: "--settings", content });
  }
  const { args, env, initialize, files } = draft;
  const older = olderLaunch(draft);
  return {
    args,
    env,
    initialize,
    files,
    ...older === undefined ? {} : { older },
  };
}
