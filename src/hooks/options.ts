/**
 * The option `hooks`, and how it is checked. Pure.
 *
 * @module
 */

import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { closest } from "../util/closest.ts";
import { toolNames } from "../messages/builtin_tools.ts";
import { checkToolName } from "../tools/tool_name_check.ts";
import { ConfigError } from "../errors.ts";
import { type Kind, shown } from "../checks/kinds.ts";
import { isTimeLimit, TIME_EXPECTED } from "../util/time_limit.ts";
import type { HookAnswer } from "./answers.ts";
import type { HookInputBase } from "./input.ts";
import {
  HOOK_EVENTS,
  type HookEvent,
  type HookInputs,
  isKnownEvent,
} from "./inputs.ts";
import type { UnknownHookOutput } from "./outputs.ts";

/** What a hook may know besides its input. */
export interface HookCall {
  /** The event. One that this version does not know is a name of yours. */
  readonly event: HookEvent | (string & Record<never, never>);
  /** Id of the tool call. Absent for events that have none. */
  readonly toolUseId?: string;
  /** Aborts when the CLI no longer waits: `timeoutMs` passed, or the turn ended. */
  readonly signal: AbortSignal;
}

/** One hook. */
export interface Hook<E extends HookEvent> {
  /**
   * For which tools (at `PreToolUse` and the like), sources or kinds of agents; by
   * default for all. A text of letters, digits, `_`, `-`, `,` and `|` names them
   * exactly: `"Bash"`, `"Edit|Write"`; any other is a regular expression that may
   * match a part: `"mcp__db__.*"`. Case counts. A tool has to be named by one of its
   * names: `"Task"` and `"Agent"` mean the same.
   */
  readonly matcher?: string | RegExp;
  /** Answers, at once or as a promise. `undefined` is no opinion. */
  run(
    input: HookInputs[E],
    call: HookCall,
  ): HookAnswer<E> | Promise<HookAnswer<E>>;
  /**
   * How long it may take, in milliseconds. After that the CLI continues without it, and a
   * tool is **not** called. Default the CLI's own: ten minutes for most events.
   */
  readonly timeoutMs?: number;
  /**
   * What happens when it throws, or answers in a wrong shape: `"block"` stops what the
   * event is about (a tool call, a permission, a prompt), `"continue"` lets it happen.
   * Default `"block"` for `PreToolUse` and `PreSkillShellCommand`, and `"continue"` for the others. `Stop`,
   * `SubagentStop`, `TaskCompleted` and `TeammateIdle` know no `"block"`.
   */
  readonly onFailure?: "continue" | "block";
}

/** What a hook of an unknown event can answer; of the functions of `hook`, `stop` and `async`. */
export type UnknownHookAnswer = HookAnswer | UnknownHookOutput;

/** A hook of an event that this version does not know, such as one of a newer CLI. */
export interface UnknownHook {
  /** As in {@linkcode Hook}. What it is compared with is up to the event. */
  readonly matcher?: string | RegExp;
  /**
   * Answers in the CLI's own words, with `hook.stop()`, with `hook.async()`, or not at all.
   * The input has what all inputs have under the names of this library; what only this event
   * has is in `input.raw`, as it came.
   */
  run(
    input: HookInputBase<string>,
    call: HookCall,
  ): UnknownHookAnswer | Promise<UnknownHookAnswer>;
  /** As in {@linkcode Hook}. */
  readonly timeoutMs?: number;
  /** As in {@linkcode Hook}. Default `"continue"`; with `"block"` the CLI hears of a failure. */
  readonly onFailure?: "continue" | "block";
}

/** Hooks of the events that this version knows. */
export type KnownHooks = {
  readonly [E in HookEvent]?: readonly Hook<E>[];
};

/**
 * Hooks by the event that calls them. All hooks of an event run at the same time.
 *
 * An event that this version does not know is registered with the CLI as well, and a
 * {@linkcode Warning} says so once; a name that is nearly that of a known one is a
 * `ConfigError`.
 */
export interface HookOptions extends KnownHooks {
  /** An event of a newer CLI. */
  readonly [event: string]: readonly UnknownHook[] | undefined;
}

const KEYS: ReadonlySet<string> = new Set<keyof Hook<HookEvent>>([
  "matcher",
  "run",
  "timeoutMs",
  "onFailure",
]);

const NEVER_BLOCKED: ReadonlySet<string> = new Set<HookEvent>([
  "Stop",
  "SubagentStop",
  "TaskCompleted",
  "TeammateIdle",
]);

/** The option `hooks`. Its look finds hooks that could never be called, or not as they say. */
export const HOOKS: Kind = {
  expected: "an object of lists",
  fits: isRecord,
  look: (_, hooks) => checkHooks(hooks as Record<string, unknown>),
};

function checkHooks(hooks: Record<string, unknown>): void {
  for (const [event, list] of Object.entries(hooks)) {
    if (!isKnownEvent(event)) checkUnknownEvent(event);
    if (list === undefined) continue;
    if (!Array.isArray(list)) {
      throw wrong(`hooks.${event}`, "a list of { run }", list);
    }
    list.forEach((hook, index) =>
      checkHook(event, `hooks.${event}[${index}]`, hook)
    );
  }
}

/** How the CLI names its events. */
const EVENT_NAME = /^[A-Z][A-Za-z]+$/;

/** The most letters that differ in a name that is spelt wrong. */
const MAX_SLIPS = 2;

/** A name that must be a mistake: the CLI never calls such a hook, and does not say so. */
function checkUnknownEvent(event: string): void {
  const plain = event.replaceAll(/[_\s-]/g, "").toLowerCase();
  // Not the nearest name of all: an event that is new may well be named like another one.
  const near =
    HOOK_EVENTS.find((known) =>
      levenshteinDistance(plain, known.toLowerCase()) <= MAX_SLIPS
    ) ?? HOOK_EVENTS.find((known) => known.toLowerCase().startsWith(plain));
  if (near !== undefined) {
    throw new ConfigError(
      "hooks",
      `Unknown hook event "${event}", did you mean "${near}"?`,
    );
  }
  if (!EVENT_NAME.test(event)) {
    throw new ConfigError(
      "hooks",
      `Unknown hook event "${event}": expected a name such as "PreToolUse"`,
    );
  }
}

function checkHook(event: string, name: string, hook: unknown): void {
  if (!isRecord(hook)) throw wrong(name, "an object with run", hook);
  for (const key of Object.keys(hook)) {
    if (KEYS.has(key)) continue;
    const near = closest(key, KEYS);
    const hint = key === "hooks"
      ? ": here it is run, one function in each"
      : near === undefined
      ? ""
      : `, did you mean "${near}"?`;
    throw new ConfigError("hooks", `Unknown field "${key}" of ${name}${hint}`);
  }
  const { matcher, run, timeoutMs, onFailure } = hook;
  if (typeof run !== "function") {
    throw wrong(`${name}.run`, "a function", run);
  }
  if (timeoutMs !== undefined && !isTimeLimit(timeoutMs)) {
    throw wrong(`${name}.timeoutMs`, TIME_EXPECTED, timeoutMs);
  }
  if (
    onFailure !== undefined && onFailure !== "continue" && onFailure !== "block"
  ) {
    throw wrong(`${name}.onFailure`, `"continue" or "block"`, onFailure);
  }
  if (onFailure === "block" && NEVER_BLOCKED.has(event)) {
    throw wrong(`${name}.onFailure`, `"continue": the CLI knows no other here`);
  }
  checkMatcher(`${name}.matcher`, matcher, event);
}

function checkMatcher(name: string, matcher: unknown, event: string): void {
  if (matcher === undefined) return;
  if (matcher instanceof RegExp) {
    if (matcher.flags === "") return;
    throw wrong(name, "no flags: the CLI takes none", `${matcher}`);
  }
  if (typeof matcher !== "string") {
    throw wrong(name, "a text or a RegExp", matcher);
  }
  if (matcher === "*") return;
  try {
    new RegExp(matcher);
  } catch {
    // The CLI would never call such a hook, and say nothing.
    throw wrong(name, "a regular expression", matcher);
  }
  for (const tool of namesIn(matcher, event)) {
    const hint = `Write /^${tool}$/ if there is such a tool`;
    checkToolName(tool, "hooks", hint);
  }
}

/** What the CLI takes for a list of exact names. */
const EXACT = /^[\w ,|-]*$/;

/**
 * Events that are about one call: their matchers are names of tools, and their
 * `tool_use_id` is that of the call; others have a made-up one.
 */
export const TOOL_EVENTS: ReadonlySet<string> = new Set<HookEvent>([
  "PreToolUse",
  "PostToolUse",
  "PostToolUseFailure",
  "PermissionRequest",
  "PermissionDenied",
]);

/** The names in a matcher, if it is a list of names of tools. */
function namesIn(matcher: string, event: string): readonly string[] {
  if (!TOOL_EVENTS.has(event) || !EXACT.test(matcher)) return [];
  return matcher.split(/[|,]/).map((name) => name.trim()).filter((name) =>
    name !== ""
  );
}

/**
 * A matcher as the CLI takes it. A name of a tool stands for all names of that tool, on
 * a CLI that does not know so, too.
 */
export function matcherText(
  matcher: string | RegExp,
  event: string,
): string {
  if (typeof matcher === "string") {
    const names = namesIn(matcher, event);
    const all = new Set(names.flatMap(toolNames));
    return all.size === names.length ? matcher : [...all].join("|");
  }
  // A RegExp matches parts, which the CLI would not do with a mere word.
  return EXACT.test(matcher.source) ? `(?:${matcher.source})` : matcher.source;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(
  name: string,
  expected: string,
  ...came: unknown[]
): ConfigError {
  const got = came.length === 0 ? "" : `, got ${shown(came[0])}`;
  return new ConfigError(
    "hooks",
    `Cannot use the option ${name}: expected ${expected}${got}`,
  );
}
