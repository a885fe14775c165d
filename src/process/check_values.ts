/**
 * Finds single options whose value cannot be. Pure.
 *
 * @module
 */

import { closest } from "../closest.ts";
import { ConfigError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options.ts";
import { pathOf } from "./launch.ts";
import { isJson } from "./places.ts";

/** What the value of an option has to be. */
interface Kind {
  /** In words, for the error. */
  readonly expected: string;
  /** Whether this is one. */
  readonly fits: (value: unknown) => boolean;
  /** Leaves the value out of the error. */
  readonly isSecret?: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const TEXT: Kind = {
  expected: "a text that is not empty",
  fits: isText,
};
const TEXTS: Kind = {
  expected: "a list of texts",
  fits: isTextList,
};
const YES_OR_NO: Kind = {
  expected: "true or false",
  fits: (value) => typeof value === "boolean",
};
const YES_OR_TEXT: Kind = {
  expected: "true, false, or a text that is not empty",
  fits: (value) => typeof value === "boolean" || isText(value),
};
const OBJECT: Kind = {
  expected: "an object",
  fits: (value) => isWireObject(value) && !(value instanceof URL),
};
const PLACE: Kind = {
  expected: "a path or a file: URL",
  fits: (value) => value instanceof URL || isText(value),
};
const ID: Kind = {
  expected: "a UUID",
  fits: (value) => typeof value === "string" && UUID.test(value),
};
const FUNCTION: Kind = {
  expected: "a function",
  fits: (value) => typeof value === "function",
};
const POSITIVE: Kind = {
  expected: "a whole number above 0",
  fits: isPositive,
};

function oneOf(...values: readonly unknown[]): Kind {
  return {
    expected: `one of ${values.join(", ")}`,
    fits: (value) => values.includes(value),
  };
}

const EFFORT = oneOf("low", "medium", "high", "xhigh", "max");
const DISPLAY = oneOf("summarized", "omitted");

/** The CLI only warns of some of these, and passes over others without a word. */
const KINDS: { readonly [K in keyof SessionOptions]?: Kind } = {
  fallbackModel: {
    expected: "a text that is not empty, or a list of them",
    fits: (value) => isText(value) || isTextList(value),
  },
  addDirs: {
    expected: "a list of paths or file: URLs",
    fits: (value) => Array.isArray(value) && value.every(PLACE.fits),
  },
  // The values are not shown: one of them may be a secret.
  env: {
    expected: "an object of texts; undefined leaves a variable out",
    fits: isEnvironment,
    isSecret: true,
  },
  onWire: FUNCTION,
  stderr: FUNCTION,
  signal: {
    expected: "the signal of an AbortController",
    fits: (value) => value instanceof AbortSignal,
  },
  toolServerName: TEXT,
  toolConfig: OBJECT,
  effort: EFFORT,
  betas: TEXTS,
  subagentSystemPrompt: {
    expected: "an object with the text append",
    fits: (value) => isWireObject(value) && isText(value.append),
  },
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
  record: {
    expected: "a path, a file: URL, or an object with path",
    fits: isRecord,
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
  fork: YES_OR_NO,
  persist: YES_OR_NO,
  partials: YES_OR_NO,
  clearEnv: YES_OR_NO,
  keepEnv: TEXTS,
  resumeAt: ID,
  resumeDropsTurn: ID,
  checkpoints: YES_OR_NO,
  worktree: YES_OR_TEXT,
  permissionPromptTool: TEXT,
  prompts: oneOf("host", "none"),
  toolAliases: {
    expected: "an object of names of tools",
    fits: (value) => isWireObject(value) && Object.values(value).every(isText),
  },
  sandbox: OBJECT,
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
  waitForReset: {
    expected:
      "an object with the number maxMs above 0 and, if need be, the text message",
    fits: (value) =>
      isWireObject(value) && typeof value.maxMs === "number" &&
      value.maxMs > 0 &&
      (value.message === undefined || isText(value.message)) &&
      Object.keys(value).every((name) =>
        name === "maxMs" || name === "message"
      ),
  },
  failFastOn: {
    expected: "a list of HTTP statuses from 400 to 599",
    fits: (value) =>
      Array.isArray(value) &&
      value.every((status) =>
        Number.isInteger(status) && status >= 400 && status < 600
      ),
  },
};

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
  for (const name of ["projectConfigRoot", "debugFile"] as const) {
    const value = options[name];
    if (value !== undefined) pathOf(name, value);
  }
  const { record, costLog } = options;
  if (record !== undefined) {
    const isPlace = typeof record === "string" || record instanceof URL;
    pathOf("record", isPlace ? record : record.path);
  }
  if (costLog !== undefined && typeof costLog !== "function") {
    pathOf("costLog", costLog);
  }
  check("limits.taskBudgetTokens", options.limits?.taskBudgetTokens, POSITIVE);
  check(
    "toolConfig.askUserQuestion.previewFormat",
    options.toolConfig?.askUserQuestion?.previewFormat,
    oneOf("markdown", "html"),
  );
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
  check("thinking.budgetTokens", value.budgetTokens, POSITIVE);
  check("thinking.display", value.display, DISPLAY);
}

function checkSystemPrompt(value: SessionOptions["systemPrompt"]): void {
  if (value === undefined || typeof value === "string") return;
  if (Array.isArray(value)) return check("systemPrompt", value, TEXTS);
  if (!isWireObject(value)) {
    throw wrong("systemPrompt", "a text, a list of texts, or an object", value);
  }
  const { text, file, append, appendFile, excludeDynamicSections, snapshot } =
    value as Readonly<Record<string, unknown>>;
  if (typeof text !== "string") check("systemPrompt.text", text, TEXTS);
  if (append !== undefined && typeof append !== "string") {
    throw wrong("systemPrompt.append", "a text", append);
  }
  check("systemPrompt.file", file, PLACE);
  check("systemPrompt.appendFile", appendFile, PLACE);
  check(
    "systemPrompt.excludeDynamicSections",
    excludeDynamicSections,
    YES_OR_NO,
  );
  check("systemPrompt.snapshot", snapshot, YES_OR_NO);
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
    check(`${at}.model`, agent.model, TEXT);
    check(`${at}.initialPrompt`, agent.initialPrompt, TEXT);
    for (const key of ["tools", "disallowedTools", "skills"]) {
      check(`${at}.${key}`, agent[key], TEXTS);
    }
    check(`${at}.maxTurns`, agent.maxTurns, POSITIVE);
    if (typeof agent.effort !== "number") {
      check(`${at}.effort`, agent.effort, EFFORT);
    }
    check(`${at}.memory`, agent.memory, oneOf("user", "project", "local"));
  }
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

function check(option: string, value: unknown, kind: Kind): void {
  if (value === undefined || kind.fits(value)) return;
  const { expected, isSecret = false } = kind;
  throw wrong(option, expected, isSecret ? typesOf(value) : value);
}

/** The types of what is in an object. */
function typesOf(value: unknown): unknown {
  if (!isWireObject(value)) return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([name, value]) => [name, typeof value]),
  );
}

/**
 * Checks the names in an option that is an object: one that is misspelled would be a limit
 * that does not hold.
 *
 * @throws {ConfigError} It is no object, or has others.
 */
export function checkNames(
  option: string,
  value: unknown,
  names: readonly string[],
): void {
  const expected = `an object with ${names.join(", ")}`;
  if (!isWireObject(value)) throw wrong(option, expected, value);
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const near = closest(name, names);
    throw new ConfigError(
      `${option}.${name}`,
      `Unknown option "${option}.${name}", ${
        near === undefined
          ? `expected ${expected}`
          : `did you mean "${option}.${near}"?`
      }`,
    );
  }
}

function isEnvironment(value: unknown): boolean {
  return isWireObject(value) &&
    Object.values(value).every((value) =>
      value === undefined || typeof value === "string"
    );
}

function isRecord(value: unknown): boolean {
  if (PLACE.fits(value)) return true;
  return isWireObject(value) && PLACE.fits(value.path) &&
    (value.append === undefined || typeof value.append === "boolean") &&
    (value.secrets === undefined || isTextList(value.secrets));
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** The error for a value that cannot be. */
export function wrong(
  option: string,
  expected: string,
  came: unknown,
): ConfigError {
  const shown = (JSON.stringify(came) ?? String(came)).slice(0, 200);
  return new ConfigError(
    option,
    `Cannot use the option ${option}: expected ${expected}, got ${shown}`,
  );
}
