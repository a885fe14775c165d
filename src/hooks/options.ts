/**
 * The option `hooks`, and how it is checked. Pure.
 *
 * @module
 */

import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { toolNames } from "../messages/builtin_tools.ts";
import { checkToolName } from "../tools/names.ts";
import { ConfigError } from "../errors.ts";
import {
  check,
  eachOf,
  fields,
  FUNCTION,
  type Kind,
  OBJECT,
  oneOf,
  TIME,
  without,
  wrong,
} from "../checks/kinds.ts";
import type { HookAnswer } from "./answers.ts";
import type { HookInputBase } from "./input.ts";
import {
  HOOK_EVENTS,
  type HookEvent,
  type HookInputs,
  isKnownEvent,
} from "./inputs.ts";
import type { UnknownHookOutput } from "./outputs.ts";

/** What a hook knows besides its input. */
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
  /** Returns the answer, directly or as a promise. `undefined` leaves the decision open. */
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
  /** As in {@linkcode Hook}. The event determines what it is compared with. */
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
  /**
   * As in {@linkcode Hook}. Default `"continue"`; with `"block"` a failure is reported to the CLI.
   */
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

const NEVER_BLOCKED: ReadonlySet<string> = new Set<HookEvent>([
  "Stop",
  "SubagentStop",
  "TaskCompleted",
  "TeammateIdle",
]);

const MATCHER: Kind = {
  expected: "a text or a RegExp",
  fits: (value) => typeof value === "string" || value instanceof RegExp,
  look: (option, value) => {
    if (value instanceof RegExp) {
      if (value.flags === "") return;
      throw wrong(option, "no flags: the CLI takes none", value.flags, true);
    }
    if (value === "*") return;
    try {
      new RegExp(value as string);
    } catch {
      // The CLI would never call such a hook, and say nothing.
      throw wrong(option, "a regular expression", value);
    }
  },
};

const HOOK_LIST: Kind = {
  ...eachOf(without(
    ["hooks"],
    "here it is run, one function in each",
    fields<Hook<HookEvent>>({
      matcher: MATCHER,
      run: FUNCTION,
      timeoutMs: TIME,
      onFailure: oneOf("continue", "block"),
    }, ["run"]),
  )),
  expected: "a list of { run }",
};

/** The option `hooks`: none that could never be called, or not as it says. */
export const HOOKS: Kind = {
  expected: "an object of lists",
  fits: OBJECT.fits,
  look: (option, value) => {
    for (const [event, list] of Object.entries(value as HookOptions)) {
      if (!isKnownEvent(event)) checkUnknownEvent(event);
      if (list === undefined) continue;
      check(`${option}.${event}`, list, HOOK_LIST);
      list.forEach((hook, index) =>
        checkHook(event, `${option}.${event}.${index}`, hook)
      );
    }
  },
  // The lists of all events are alike.
  parts: { fields: { PreToolUse: HOOK_LIST }, needed: [] },
};

/** How the CLI names its events. */
const EVENT_NAME = /^[A-Z][A-Za-z]+$/;

/** The most letters that differ in a name that is spelt wrong. */
const MAX_SLIPS = 2;

/** A name that must be a mistake: the CLI never calls such a hook, and does not say so. */
function checkUnknownEvent(event: string): void {
  const plain = event.replaceAll(/[_\s-]/g, "").toLowerCase();
  // Suggest only very similar names, because a new event may be named like another one.
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

/** Checks what depends on the event. */
function checkHook(
  event: string,
  option: string,
  { matcher, onFailure }: Hook<HookEvent> | UnknownHook,
): void {
  if (onFailure === "block" && NEVER_BLOCKED.has(event)) {
    throw wrong(
      `${option}.onFailure`,
      '"continue": the CLI knows no other here',
      onFailure,
    );
  }
  if (typeof matcher !== "string") return;
  for (const tool of namesIn(matcher, event)) {
    const hint = `Write /^${tool}$/ if there is such a tool`;
    checkToolName(tool, `${option}.matcher`, hint);
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
