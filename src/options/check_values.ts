/**
 * What each option can be: one table, typed so that none is left unchecked. Pure.
 *
 * @module
 */

import { checkHooks } from "../hooks/options.ts";
import { isWireObject } from "../messages/_define.ts";
import type { SessionOptions } from "./session_options.ts";
import { isPolicy } from "../permissions/combine.ts";
import { checkAnswerSchema } from "../structured/convert.ts";
import { checkToolOptions } from "../tools/config.ts";
import {
  checkAgents,
  checkBudget,
  checkClosing,
  checkConfigFiles,
  checkCostLog,
  checkExtraArgs,
  checkIdle,
  checkPlace,
  checkPlaces,
  checkPlugins,
  checkRecord,
  checkSandbox,
  checkSettings,
  checkSystemPrompt,
  checkThinking,
  EFFORT,
  isEnvironment,
  isFileList,
  isStatusList,
  PERMISSION_MODE,
} from "./check_parts.ts";
import { RULES, SKILL_NAMES, TOOL_NAMES, WORD, WORDS } from "./flag_lists.ts";
import {
  AMOUNT,
  check,
  checkFields,
  FUNCTION,
  isPositive,
  isText,
  isTextList,
  type Kind,
  OBJECT,
  oneOf,
  PLACE,
  POSITIVE,
  SIGNAL,
  TEXT,
  TEXTS,
  TIME,
  UUID,
  wrong,
  YES_OR_NO,
  YES_OR_TEXT,
} from "../checks/kinds.ts";

/** What an option has to be, or a function that throws where it is not. */
type Check =
  | Kind
  | ((option: string, value: unknown, options: SessionOptions) => void);

const SOURCE = oneOf("user", "project", "local");
const EXIT_SIGNAL = oneOf("SIGINT", "SIGTERM", "SIGHUP");

/** An object of these fields, of which some have to be there. */
function fields(
  kinds: Readonly<Record<string, Kind>>,
  ...needed: readonly string[]
): Check {
  return (option, value) => {
    checkFields(option, value, kinds);
    for (const name of needed) {
      if (isWireObject(value) && value[name] !== undefined) continue;
      throw wrong(`${option}.${name}`, `${kinds[name]?.expected}`, undefined);
    }
  };
}

/**
 * What each option can be. The CLI only warns of some wrong values, passes over others
 * without a word, and takes apart what is a list to it.
 */
const CHECKS: { readonly [K in keyof Required<SessionOptions>]: Check } = {
  model: TEXT,
  fallbackModel: {
    expected: `${WORD.expected}, or a list of such names`,
    fits: (value) => WORD.fits(value) || WORDS.fits(value),
  },
  effort: EFFORT,
  thinking: checkThinking,
  betas: WORDS,
  systemPrompt: checkSystemPrompt,
  subagentSystemPrompt: fields({ append: TEXT }, "append"),
  planModeInstructions: TEXT,
  outputSchema: (option, value) => {
    check(option, value, OBJECT);
    checkAnswerSchema(option, value as Readonly<Record<string, unknown>>);
  },
  outputRetries: {
    expected: "a whole number, 0 or above",
    fits: (value) => value === 0 || isPositive(value),
    isPublic: true,
  },
  promptSuggestions: YES_OR_NO,
  verbatim: YES_OR_NO,
  sendUserMessage: YES_OR_NO,
  autoCompact: {
    expected: `"auto" or a whole number of at least 100,000`,
    fits: (value) =>
      value === "auto" || (isPositive(value) && Number(value) >= 100_000),
    isPublic: true,
  },

  cwd: checkPlace,
  addDirs: checkPlaces,
  projectConfigRoot: checkPlace,
  claudePath: {
    expected: "a path or a command with its first arguments",
    fits: (value) =>
      PLACE.fits(value) ||
      Array.isArray(value) && value.length > 0 && isTextList(value),
  },
  spawn: FUNCTION,
  transport: {
    expected: "a transport, or a function that makes one",
    fits: (value) => typeof value === "function" || isWireObject(value),
  },
  env: {
    expected:
      "an object of texts, with names without = and no NUL anywhere; undefined leaves a variable out",
    fits: isEnvironment,
  },
  clearEnv: YES_OR_NO,
  keepEnv: TEXTS,
  configDir: checkPlace,
  extraArgs: checkExtraArgs,
  debug: YES_OR_TEXT,
  files: {
    expected: "a list of { id, path }, with no colon, comma or blank in id",
    fits: isFileList,
  },
  debugFile: checkPlace,

  resume: TEXT,
  fork: YES_OR_NO,
  sessionId: UUID,
  fromPr: {
    expected: "the number or the address of a pull request",
    fits: (value) => isText(value) || isPositive(value),
  },
  resumeAt: UUID,
  resumeDropsTurn: UUID,
  title: TEXT,
  persist: YES_OR_NO,
  checkpoints: YES_OR_NO,
  worktree: YES_OR_TEXT,

  policy: {
    expected:
      "a policy such as allowList([…]); a function goes into callback(function)",
    fits: isPolicy,
  },
  permissionPromptTool: {
    expected:
      "the name of an MCP tool, such as mcp__server__tool; for this process there is policy",
    // To the CLI "stdio" is the host, which a policy stands for.
    fits: (value) => WORD.fits(value) && value !== "stdio",
  },
  prompts: oneOf("host", "none"),
  skillShell: oneOf("policy", "off", "cli"),
  permissionMode: PERMISSION_MODE,
  allowedTools: RULES,
  disallowedTools: RULES,
  builtinTools: {
    expected: `${TOOL_NAMES.expected}; or "default"`,
    fits: (value) => value === "default" || TOOL_NAMES.fits(value),
    isPublic: true,
  },
  tools: (_, __, options) => checkToolOptions(options),
  toolServerName: TEXT,
  // The caller's own.
  toolContext: () => {},
  mcpServers: (_, __, options) => {
    if (options.tools === undefined) checkToolOptions(options);
  },
  mcpConfigFiles: checkConfigFiles,
  strictMcp: YES_OR_NO,
  toolAliases: {
    expected: "an object of names of tools",
    fits: (value) => isWireObject(value) && Object.values(value).every(isText),
  },
  toolConfig: (option, value) => {
    checkFields(option, value, { askUserQuestion: OBJECT });
    const { askUserQuestion } = value as { readonly askUserQuestion?: unknown };
    checkFields(`${option}.askUserQuestion`, askUserQuestion, {
      previewFormat: oneOf("markdown", "html"),
    });
  },
  sandbox: checkSandbox,
  bare: YES_OR_NO,
  restricted: YES_OR_NO,
  safeMode: YES_OR_NO,

  agent: TEXT,
  agents: checkAgents,
  agentProgressSummaries: YES_OR_NO,
  forwardSubagentText: YES_OR_NO,
  keepTasks: YES_OR_NO,
  skills: {
    expected: `${SKILL_NAMES.expected}; or "all"`,
    fits: (value) => value === "all" || SKILL_NAMES.fits(value),
    isPublic: true,
  },
  plugins: checkPlugins,
  slashCommands: YES_OR_NO,

  settings: checkSettings,
  settingSources: {
    expected: "a list of user, project or local",
    fits: (value) => Array.isArray(value) && value.every(SOURCE.fits),
    isPublic: true,
  },
  managedSettings: OBJECT,

  partials: YES_OR_NO,
  replayUserMessages: YES_OR_NO,
  hookEvents: YES_OR_NO,
  hooks: (_, value) => checkHooks(value),
  limits: fields({
    maxTurns: POSITIVE,
    maxBudgetUsd: AMOUNT,
    taskBudgetTokens: POSITIVE,
  }),
  budget: checkBudget,
  failFastOn: {
    expected: 'a list of HTTP statuses from 400 to 599, or "auth"',
    fits: isStatusList,
    isPublic: true,
  },
  waitForReset: fields({ maxMs: TIME, message: TEXT }, "maxMs"),
  auth: oneOf("subscription", "api-key", "any"),
  onBreak: oneOf("interrupt", "drain", "close"),
  onWire: FUNCTION,
  record: checkRecord,
  logger: {
    expected: "a logger with debug, info, warn and error, such as console",
    fits: (value) =>
      typeof value === "object" && value !== null &&
      ["debug", "info", "warn", "error"].every((name) =>
        typeof Reflect.get(value, name) === "function"
      ),
  },
  costLog: checkCostLog,
  recover: fields({ attempts: POSITIVE }, "attempts"),

  maxLineBytes: AMOUNT,
  validation: oneOf("lenient", "strict", "off"),
  verify: oneOf("lenient", "strict", "off"),
  startTimeoutMs: TIME,
  turnTimeoutMs: TIME,
  idleTimeoutMs: checkIdle,
  controlTimeoutMs: TIME,
  closeTimeoutMs: checkClosing,
  permissionTimeoutMs: TIME,
  exitSignals: {
    expected: "false, or a list of SIGINT, SIGTERM and SIGHUP",
    fits: (value) =>
      value === false || Array.isArray(value) && value.every(EXIT_SIGNAL.fits),
    isPublic: true,
  },
  signal: SIGNAL,
  stderr: FUNCTION,

  onQuestion: FUNCTION,
  onPlan: FUNCTION,
  onElicitation: FUNCTION,
  onDialog: FUNCTION,
  dialogKinds: TEXTS,
};

/**
 * Checks each value by itself.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkValues(options: SessionOptions): void {
  const given = options as Readonly<Record<string, unknown>>;
  for (const [name, one] of Object.entries<Check>(CHECKS)) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof one === "function") one(name, value, options);
    else check(name, value, one);
  }
}
