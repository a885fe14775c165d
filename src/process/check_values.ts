/**
 * Finds single options whose value cannot be. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import type { AgentSpec, SandboxSettings } from "../option_types.ts";
import type { SessionOptions } from "../options.ts";
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
  TEXT,
  TEXTS,
  UUID,
  wrong,
  YES_OR_NO,
  YES_OR_TEXT,
} from "./kinds.ts";
import { pathOf } from "./launch.ts";
import { isJson } from "./places.ts";

const EFFORT = oneOf("low", "medium", "high", "xhigh", "max");
const DISPLAY = oneOf("summarized", "omitted");
const SOURCE = oneOf("user", "project", "local");

/** The CLI passes over a name that it does not know, and confines nothing. */
const SANDBOX: readonly (keyof SandboxSettings)[] = [
  "enabled",
  "failIfUnavailable",
  "autoAllowBashIfSandboxed",
  "allowUnsandboxedCommands",
  "excludedCommands",
  "network",
  "filesystem",
];

/** The CLI only warns of some of these, and passes over others without a word. */
const KINDS: { readonly [K in keyof SessionOptions]?: Kind } = {
  model: TEXT,
  fallbackModel: {
    expected: "a text that is not empty, or a list of such texts",
    fits: (value) => isText(value) || isTextList(value),
  },
  // The values are not shown: one of them may be a secret.
  env: {
    expected:
      "an object of texts, with names without = and no NUL anywhere; undefined leaves a variable out",
    fits: isEnvironment,
    isSecret: true,
  },
  effort: EFFORT,
  betas: TEXTS,
  planModeInstructions: TEXT,
  outputSchema: OBJECT,
  outputRetries: {
    expected: "a whole number, 0 or above",
    fits: (value) => value === 0 || isPositive(value),
  },
  promptSuggestions: YES_OR_NO,
  verbatim: YES_OR_NO,
  sendUserMessage: YES_OR_NO,
  autoCompact: {
    expected: `"auto" or a whole number of at least 100,000`,
    fits: (value) =>
      value === "auto" || (isPositive(value) && Number(value) >= 100_000),
  },
  cwd: PLACE,
  configDir: PLACE,
  addDirs: {
    expected: "a list of paths or file: URLs",
    fits: (value) => Array.isArray(value) && value.every(PLACE.fits),
  },
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
  files: {
    expected: "a list of { id, path }, with no colon in id",
    fits: (value) =>
      Array.isArray(value) &&
      value.every((file) =>
        isWireObject(file) && isText(file.path) && isText(file.id) &&
        !`${file.id}`.includes(":")
      ),
  },
  logger: {
    expected: "a logger with debug, info, warn and error, such as console",
    fits: (value) =>
      typeof value === "object" && value !== null &&
      ["debug", "info", "warn", "error"].every((name) =>
        typeof Reflect.get(value, name) === "function"
      ),
  },
  costLog: {
    expected: "a path, a file: URL, or a function",
    fits: (value) => typeof value === "function" || PLACE.fits(value),
  },
  projectConfigRoot: PLACE,
  debug: YES_OR_TEXT,
  debugFile: PLACE,
  fromPr: {
    expected: "the number or the address of a pull request",
    fits: (value) => isText(value) || isPositive(value),
  },
  resume: TEXT,
  sessionId: UUID,
  title: TEXT,
  fork: YES_OR_NO,
  persist: YES_OR_NO,
  partials: YES_OR_NO,
  clearEnv: YES_OR_NO,
  keepEnv: TEXTS,
  resumeAt: UUID,
  resumeDropsTurn: UUID,
  checkpoints: YES_OR_NO,
  worktree: YES_OR_TEXT,
  permissionMode: TEXT,
  allowedTools: TEXTS,
  disallowedTools: TEXTS,
  toolServerName: TEXT,
  permissionPromptTool: TEXT,
  prompts: oneOf("host", "none"),
  toolAliases: {
    expected: "an object of names of tools",
    fits: (value) => isWireObject(value) && Object.values(value).every(isText),
  },
  sandbox: {
    expected: `an object with ${SANDBOX.join(", ")}; others go into settings`,
    fits: (value) =>
      OBJECT.fits(value) &&
      Object.keys(value as object).every((name) =>
        (SANDBOX as readonly string[]).includes(name)
      ),
  },
  bare: YES_OR_NO,
  restricted: YES_OR_NO,
  safeMode: YES_OR_NO,
  agent: TEXT,
  agentProgressSummaries: YES_OR_NO,
  forwardSubagentText: YES_OR_NO,
  keepTasks: YES_OR_NO,
  skills: {
    expected: `"all" or a list of names`,
    fits: (value) => value === "all" || isTextList(value),
  },
  slashCommands: YES_OR_NO,
  managedSettings: OBJECT,
  hookEvents: YES_OR_NO,
  replayUserMessages: YES_OR_NO,
  builtinTools: {
    expected: `a list of texts, or "default"`,
    fits: (value) => value === "default" || isTextList(value),
  },
  auth: oneOf("subscription", "api-key", "any"),
  failFastOn: {
    expected: "a list of HTTP statuses from 400 to 599",
    fits: (value) =>
      Array.isArray(value) &&
      value.every((status) =>
        Number.isInteger(status) && status >= 400 && status < 600
      ),
  },
  settingSources: {
    expected: "a list of user, project or local",
    fits: (value) => Array.isArray(value) && value.every(SOURCE.fits),
  },
  validation: oneOf("lenient", "strict", "off"),
  onBreak: oneOf("interrupt", "drain", "close"),
  maxLineBytes: AMOUNT,
  startTimeoutMs: AMOUNT,
  turnTimeoutMs: AMOUNT,
  controlTimeoutMs: AMOUNT,
  onWire: FUNCTION,
  stderr: FUNCTION,
  signal: {
    expected: "the signal of an AbortController",
    fits: (value) => value instanceof AbortSignal,
  },
};

/** Options that are objects of fields. */
const GROUPS: {
  readonly [K in keyof SessionOptions]?: Readonly<Record<string, Kind>>;
} = {
  subagentSystemPrompt: { append: TEXT },
  limits: {
    maxTurns: POSITIVE,
    maxBudgetUsd: AMOUNT,
    taskBudgetTokens: POSITIVE,
  },
  recover: { attempts: POSITIVE },
  waitForReset: { maxMs: AMOUNT, message: TEXT },
  budget: {
    thresholds: { expected: "a list", fits: Array.isArray },
    stopAt: OBJECT,
  },
  toolConfig: { askUserQuestion: OBJECT },
};

/** What some of them are not without. */
const MUST: {
  readonly [K in keyof SessionOptions]?: readonly [string, Kind];
} = {
  subagentSystemPrompt: ["append", TEXT],
  recover: ["attempts", POSITIVE],
  waitForReset: ["maxMs", AMOUNT],
};

const PLACES = ["cwd", "configDir", "projectConfigRoot", "debugFile"] as const;

/**
 * Checks each value by itself.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkValues(options: SessionOptions): void {
  const given = options as Readonly<Record<string, unknown>>;
  for (const [name, kind] of Object.entries<Kind>(KINDS)) {
    check(name, given[name], kind);
  }
  for (const [name, kinds] of Object.entries(GROUPS)) {
    checkFields(name, given[name], kinds);
  }
  for (const [name, [field, kind]] of Object.entries(MUST)) {
    const group = given[name];
    if (!isWireObject(group) || group[field] !== undefined) continue;
    throw wrong(`${name}.${field}`, kind.expected, undefined);
  }
  checkFields(
    "toolConfig.askUserQuestion",
    options.toolConfig?.askUserQuestion,
    { previewFormat: oneOf("markdown", "html") },
  );
  for (const name of PLACES) {
    const value = options[name];
    if (value !== undefined) pathOf(name, value);
  }
  const { record, costLog } = options;
  checkRecord(record);
  if (record !== undefined) {
    const isPlace = typeof record === "string" || record instanceof URL;
    pathOf("record", isPlace ? record : record.path);
  }
  if (costLog !== undefined && typeof costLog !== "function") {
    pathOf("costLog", costLog);
  }
  checkThinking(options.thinking);
  checkSystemPrompt(options.systemPrompt);
  checkAgents(options.agents);
  checkPlugins(options.plugins);
  checkSettings(options.settings);
  checkExtraArgs(options.extraArgs);
}

function checkThinking(value: SessionOptions["thinking"]): void {
  if (value === undefined || value === "adaptive" || value === "off") return;
  if (!isWireObject(value)) {
    throw wrong("thinking", `"adaptive", "off" or an object`, value);
  }
  checkFields("thinking", value, { budgetTokens: POSITIVE, display: DISPLAY });
}

function checkSystemPrompt(value: SessionOptions["systemPrompt"]): void {
  if (value === undefined || typeof value === "string") return;
  if (Array.isArray(value)) return check("systemPrompt", value, TEXTS);
  if (!isWireObject(value)) {
    throw wrong("systemPrompt", "a text, a list of texts, or an object", value);
  }
  checkFields("systemPrompt", value, {
    text: {
      expected: "a text, or a list of texts",
      fits: (text) => typeof text === "string" || isTextList(text),
    },
    file: PLACE,
    append: { expected: "a text", fits: (text) => typeof text === "string" },
    appendFile: PLACE,
    excludeDynamicSections: YES_OR_NO,
    snapshot: YES_OR_NO,
  });
}

function checkAgents(agents: SessionOptions["agents"]): void {
  if (agents === undefined) return;
  check("agents", agents, OBJECT);
  for (const [name, agent] of Object.entries<unknown>(agents)) {
    const at = `agents.${name}`;
    if (!isWireObject(agent)) throw wrong(at, "an object", agent);
    for (const key of ["description", "prompt"]) {
      if (!isText(agent[key])) {
        throw wrong(`${at}.${key}`, TEXT.expected, agent[key]);
      }
    }
    // A name that is spelt wrong may be what would have restricted it.
    checkFields(at, agent, AGENT);
  }
}

const AGENT: { readonly [K in keyof AgentSpec]-?: Kind } = {
  description: TEXT,
  prompt: TEXT,
  tools: TEXTS,
  disallowedTools: TEXTS,
  model: TEXT,
  mcpServers: {
    expected: "a list of names and servers",
    fits: (value) =>
      Array.isArray(value) &&
      value.every((server) => isText(server) || isWireObject(server)),
  },
  skills: TEXTS,
  initialPrompt: TEXT,
  maxTurns: POSITIVE,
  background: YES_OR_NO,
  omitClaudeMd: YES_OR_NO,
  memory: oneOf("user", "project", "local"),
  effort: {
    expected: `${EFFORT.expected}, or a number`,
    fits: (value) => typeof value === "number" || EFFORT.fits(value),
  },
  permissionMode: TEXT,
};

function checkRecord(record: unknown): void {
  if (record === undefined || PLACE.fits(record)) return;
  if (!isWireObject(record) || !PLACE.fits(record.path)) {
    throw wrong(
      "record",
      "a path, a file: URL, or an object with path",
      record,
    );
  }
  checkFields("record", record, {
    path: PLACE,
    append: YES_OR_NO,
    secrets: TEXTS,
  });
}

function checkPlugins(plugins: SessionOptions["plugins"]): void {
  if (plugins === undefined) return;
  if (!Array.isArray(plugins)) throw wrong("plugins", "a list", plugins);
  for (const [index, plugin] of plugins.entries()) {
    const at = `plugins.${index}`;
    const place = isWireObject(plugin) && !(plugin instanceof URL)
      ? plugin.url ?? plugin.path
      : plugin;
    if (!PLACE.fits(place)) throw wrong(at, PLACE.expected, plugin);
  }
}

function checkSettings(settings: unknown): void {
  if (settings === undefined || settings instanceof URL) return;
  if (typeof settings !== "string") return check("settings", settings, OBJECT);
  check("settings", settings, TEXT);
  if (!isJson(settings)) return;
  try {
    JSON.parse(settings);
  } catch (cause) {
    // The text is not shown: it may hold a secret.
    throw new ConfigError(
      "settings",
      "Cannot use the option settings: expected a path or valid JSON",
      { cause },
    );
  }
}

function checkExtraArgs(args: unknown): void {
  if (args === undefined || isTextList(args)) return;
  const fits = isWireObject(args) &&
    Object.entries(args).every(([name, value]) =>
      !name.startsWith("-") && (value === true || typeof value === "string")
    );
  if (fits) return;
  throw wrong(
    "extraArgs",
    "a list of texts, or an object of texts and true whose names have no dashes in front",
    args,
  );
}

function isEnvironment(value: unknown): boolean {
  return isWireObject(value) && !Array.isArray(value) &&
    Object.entries(value).every(([name, value]) =>
      // Windows has hidden ones that begin with it: "=C:".
      name !== "" && !/.=|\0/s.test(name) &&
      (value === undefined ||
        typeof value === "string" && !value.includes("\0"))
    );
}
