/**
 * Checks options that are more than one value: their fields, their lists. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import {
  type AgentSpec,
  type IdleLimits,
  PERMISSION_MODES,
  type RecordOptions,
  type SandboxSettings,
  type SystemPrompt,
} from "./option_types.ts";
import { RULES, SKILL_NAMES } from "./flag_lists.ts";
import {
  check,
  checkFields,
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
  TIME,
  wrong,
  YES_OR_NO,
} from "../checks/kinds.ts";
import { pathOf } from "./launch.ts";
import { isJson } from "./places.ts";

/** How much the model may think. */
export const EFFORT: Kind = oneOf("low", "medium", "high", "xhigh", "max");

/** Modes of permission. */
export const PERMISSION_MODE: Kind = oneOf(...PERMISSION_MODES);

const DISPLAY = oneOf("summarized", "omitted");

/** @throws {ConfigError} It is no path and no `file:` URL. */
export function checkPlace(option: string, value: unknown): void {
  check(option, value, PLACE);
  pathOf(option, value as string | URL);
}

/** @throws {ConfigError} One is no path and no `file:` URL. */
export function checkPlaces(option: string, value: unknown): void {
  if (!Array.isArray(value) || !value.every(PLACE.fits)) {
    throw wrong(option, "a list of paths or file: URLs", value);
  }
  for (const place of value) pathOf(option, place);
}

/** Checks the option `thinking`. */
export function checkThinking(option: string, value: unknown): void {
  if (value === "adaptive" || value === "off") return;
  if (!isWireObject(value)) {
    throw wrong(option, `"adaptive", "off" or an object`, value, true);
  }
  if ("type" in value) {
    throw new ConfigError(
      "thinking.type",
      'Unknown option "thinking.type": give "adaptive", "off", or an object with budgetTokens, display',
    );
  }
  checkFields(option, value, { budgetTokens: POSITIVE, display: DISPLAY });
}

/** Checks the option `systemPrompt`. */
export function checkSystemPrompt(option: string, value: unknown): void {
  if (typeof value === "string") return;
  if (Array.isArray(value)) return check(option, value, TEXTS);
  if (!isWireObject(value)) {
    throw wrong(option, "a text, a list of texts, or an object", value);
  }
  for (const name of ["type", "preset"]) {
    if (!(name in value)) continue;
    throw new ConfigError(
      `${option}.${name}`,
      `Unknown option "${option}.${name}": the CLI's own system prompt is the default here; leave out type and preset, and add to it with { append: "…" }`,
    );
  }
  checkFields(option, value, SYSTEM_PROMPT);
}

const SYSTEM_PROMPT: { readonly [K in keyof SystemPrompt]-?: Kind } = {
  text: {
    expected: "a text, or a list of texts",
    fits: (text) => typeof text === "string" || isTextList(text),
  },
  file: PLACE,
  append: { expected: "a text", fits: (text) => typeof text === "string" },
  appendFile: PLACE,
  excludeDynamicSections: YES_OR_NO,
  snapshot: YES_OR_NO,
};

/**
 * Checks the option `agents`. The CLI drops all of them over one value that it does not
 * know, and says nothing.
 */
export function checkAgents(option: string, agents: unknown): void {
  check(option, agents, OBJECT);
  for (
    const [name, agent] of Object.entries(
      agents as Readonly<Record<string, unknown>>,
    )
  ) {
    const at = `${option}.${name}`;
    if (!isText(name)) throw wrong(option, "names that are not empty", name);
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

/** The fields of a kind of subagent. */
export const AGENT: { readonly [K in keyof AgentSpec]-?: Kind } = {
  description: TEXT,
  prompt: TEXT,
  tools: RULES,
  disallowedTools: RULES,
  model: TEXT,
  mcpServers: {
    expected: "a list of names and servers",
    fits: (value) =>
      Array.isArray(value) &&
      value.every((server) => isText(server) || isWireObject(server)),
  },
  skills: SKILL_NAMES,
  initialPrompt: TEXT,
  maxTurns: POSITIVE,
  background: YES_OR_NO,
  omitClaudeMd: YES_OR_NO,
  memory: oneOf("user", "project", "local"),
  effort: {
    expected: `${EFFORT.expected}, or a whole number`,
    fits: (value) => Number.isSafeInteger(value) || EFFORT.fits(value),
  },
  permissionMode: PERMISSION_MODE,
};

/** Checks the option `record`. */
export function checkRecord(option: string, record: unknown): void {
  if (PLACE.fits(record)) return checkPlace(option, record);
  if (!isWireObject(record) || !PLACE.fits(record.path)) {
    throw wrong(option, "a path, a file: URL, or an object with path", record);
  }
  checkFields(option, record, RECORD);
  pathOf(option, record.path as string | URL);
}

const RECORD: { readonly [K in keyof RecordOptions]-?: Kind } = {
  path: PLACE,
  append: YES_OR_NO,
  secrets: TEXTS,
};

/** Checks the option `costLog`. */
export function checkCostLog(option: string, value: unknown): void {
  if (typeof value === "function") return;
  if (!PLACE.fits(value)) {
    throw wrong(option, "a path, a file: URL, or a function", value);
  }
  checkPlace(option, value);
}

/** Checks the option `plugins`. */
export function checkPlugins(option: string, plugins: unknown): void {
  if (!Array.isArray(plugins)) throw wrong(option, "a list", plugins);
  for (const [index, plugin] of plugins.entries()) {
    const at = `${option}.${index}`;
    if (!isWireObject(plugin) || plugin instanceof URL) {
      if (!PLACE.fits(plugin)) throw wrong(at, PLACE.expected, plugin);
      pathOf(at, plugin);
    } else if (plugin.url === undefined) {
      if (plugin.path === undefined) throw wrong(at, PLACE.expected, plugin);
      checkFields(at, plugin, { path: PLACE, mcp: YES_OR_NO });
    } else checkFields(at, plugin, { url: ADDRESS });
  }
}

const ADDRESS: Kind = {
  expected: "an http: or https: address",
  // An address may hold a secret.
  fits: (value) =>
    (value instanceof URL || typeof value === "string" && !/\s/.test(value)) &&
    URL.canParse(`${value}`) && /^https?:$/.test(new URL(`${value}`).protocol),
};

/** Checks the option `settings`. */
export function checkSettings(option: string, settings: unknown): void {
  if (settings instanceof URL) return checkPlace(option, settings);
  if (typeof settings !== "string") return check(option, settings, OBJECT);
  check(option, settings, TEXT);
  if (!isJson(settings)) return;
  try {
    JSON.parse(settings);
  } catch (error) {
    // Its words quote the text, which may hold a secret: neither they nor the error itself
    // are told.
    const [at = ""] = /at position \d+|at line \d+|line \d+ column \d+/.exec(
      `${error}`,
    ) ?? [];
    throw new ConfigError(
      option,
      `Cannot use the option settings: expected a path or valid JSON${
        at === "" ? "" : `: it is none ${at}`
      }`,
    );
  }
}

/** Checks the option `mcpConfigFiles`: what begins with a brace is JSON to the CLI. */
export function checkConfigFiles(option: string, value: unknown): void {
  checkPlaces(option, value);
  for (const place of value as readonly (string | URL)[]) {
    if (!isJson(place)) continue;
    throw new ConfigError(
      option,
      `Cannot use the option ${option}: expected paths, got JSON; give servers with mcpServers`,
    );
  }
}

/** The CLI passes over a name that it does not know, and confines nothing. */
const SANDBOX: { readonly [K in keyof SandboxSettings]-?: Kind } = {
  enabled: YES_OR_NO,
  failIfUnavailable: YES_OR_NO,
  autoAllowBashIfSandboxed: YES_OR_NO,
  allowUnsandboxedCommands: YES_OR_NO,
  excludedCommands: TEXTS,
  network: OBJECT,
  filesystem: OBJECT,
};

const NETWORK: {
  readonly [K in keyof NonNullable<SandboxSettings["network"]>]-?: Kind;
} = {
  allowedDomains: TEXTS,
  deniedDomains: TEXTS,
  allowUnixSockets: TEXTS,
  allowAllUnixSockets: YES_OR_NO,
  allowLocalBinding: YES_OR_NO,
  httpProxyPort: POSITIVE,
  socksProxyPort: POSITIVE,
};

const FILESYSTEM: {
  readonly [K in keyof NonNullable<SandboxSettings["filesystem"]>]-?: Kind;
} = {
  allowWrite: TEXTS,
  denyWrite: TEXTS,
  denyRead: TEXTS,
  allowRead: TEXTS,
};

/** Checks the option `sandbox`. */
export function checkSandbox(option: string, value: unknown): void {
  if (!OBJECT.fits(value)) throw wrong(option, OBJECT.expected, value);
  const { network, filesystem } = value as SandboxSettings;
  checkFields(option, value, SANDBOX, "; others go into settings");
  checkFields(`${option}.network`, network, NETWORK);
  checkFields(`${option}.filesystem`, filesystem, FILESYSTEM);
}

/** Checks the option `extraArgs`. */
export function checkExtraArgs(option: string, args: unknown): void {
  if (isTextList(args)) return;
  const fits = isWireObject(args) &&
    Object.entries(args).every(([name, value]) =>
      isText(name) && !/^-|[\s=]/.test(name) &&
      (value === true || typeof value === "string" && !value.includes("\0"))
    );
  if (fits) return;
  throw wrong(
    option,
    "a list of texts, or an object of texts and true whose names have no dashes in front",
    args,
  );
}

/** Whether it is an object of variables. */
export function isEnvironment(value: unknown): boolean {
  return isWireObject(value) && !Array.isArray(value) &&
    Object.entries(value).every(([name, value]) =>
      // Windows has hidden ones that begin with it: "=C:".
      name !== "" && !/.=|\0/s.test(name) &&
      (value === undefined ||
        typeof value === "string" && !value.includes("\0"))
    );
}

/** Checks the option `closeTimeoutMs`. */
export function checkClosing(option: string, value: unknown): void {
  if (!isWireObject(value)) {
    return check(option, value, {
      ...TIME,
      expected: `${TIME.expected}; or an object of eofMs, termMs and killMs`,
    });
  }
  checkFields(option, value, { eofMs: TIME, termMs: TIME, killMs: TIME });
}

/** Checks the option `idleTimeoutMs`. */
export function checkIdle(option: string, value: unknown): void {
  if (value === false || TIME.fits(value)) return;
  if (!isWireObject(value)) {
    throw wrong(
      option,
      `${TIME.expected}; false; or an object of the numbers warnMs and endMs`,
      value,
      true,
    );
  }
  checkFields(option, value, { warnMs: TIME, endMs: TIME });
  const { warnMs, endMs } = value as IdleLimits;
  if (warnMs !== undefined && endMs !== undefined && warnMs > endMs) {
    throw new ConfigError(
      option,
      `Cannot tell of a silence after its end: warnMs (${warnMs}) is more than endMs (${endMs})`,
    );
  }
}

const METRICS = ["costUsd", "turns", "tokens"] as const;

/** Checks the option `budget`. */
export function checkBudget(option: string, value: unknown): void {
  checkFields(option, value, {
    thresholds: { expected: "a list", fits: Array.isArray },
    stopAt: OBJECT,
  });
  const { thresholds, stopAt } = value as {
    readonly thresholds?: readonly unknown[];
    readonly stopAt?: unknown;
  };
  for (const threshold of thresholds ?? []) {
    checkThreshold(`${option}.thresholds`, threshold);
  }
  if (stopAt !== undefined) checkThreshold(`${option}.stopAt`, stopAt);
}

function checkThreshold(option: string, threshold: unknown): void {
  const given = typeof threshold === "object" && threshold !== null
    ? Object.entries(threshold).filter(([, value]) => value !== undefined)
    : [];
  const [name, value] = given[0] ?? [];
  const isOne = given.length === 1 &&
    METRICS.some((metric) => metric === name) &&
    typeof value === "number" && value > 0;
  if (!isOne) {
    throw wrong(option, "one of costUsd, turns and tokens, above 0", threshold);
  }
}

/** Whether it is a list of files of the API. */
export function isFileList(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((file) =>
      isWireObject(file) && isText(file.path) && isText(file.id) &&
      !/[:\s,]/.test(`${file.id}`)
    );
}

/** Whether it is a list of statuses of a failed request. */
export function isStatusList(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((status) =>
      status === "auth" ||
      isPositive(status) && Number(status) >= 400 && Number(status) < 600
    );
}
