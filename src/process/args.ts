/**
 * Options to what the process is started with: one table, typed so that no option
 * can be forgotten. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options.ts";

/** What a process is started with. */
export interface Launch {
  /** Arguments, without the command. */
  readonly args: readonly string[];
  /** Variables over those inherited; `undefined` removes one. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fields of the `initialize` request. */
  readonly initialize: WireObject;
}

interface Draft {
  readonly args: string[];
  readonly env: Record<string, string | undefined>;
  readonly initialize: Record<string, unknown>;
}

/** Puts the value of an option where it belongs. */
type Place<T> = (draft: Draft, value: T) => void;

type Table = {
  readonly [K in keyof Required<SessionOptions>]: Place<
    Exclude<SessionOptions[K], undefined>
  >;
};

// `--flag=value` throughout: a value that begins with "-" is no flag then.
function flag<T extends string | number>(name: string): Place<T> {
  return (draft, value) => {
    draft.args.push(`${name}=${value}`);
  };
}

function list(name: string): Place<readonly string[]> {
  return (draft, values) => {
    draft.args.push(`${name}=${values.join(",")}`);
  };
}

function when(wanted: boolean, name: string): Place<boolean> {
  return (draft, value) => {
    if (value === wanted) draft.args.push(name);
  };
}

function field<T>(name: string): Place<T> {
  return (draft, value) => {
    draft.initialize[name] = value;
  };
}

/** Stays in the library: no other process hears of it. */
function library(): void {}

/** A path, also of a `file:` URL. */
export function pathOf(option: string, value: string | URL): string {
  if (typeof value === "string") return value;
  if (value.protocol !== "file:") {
    throw new ConfigError(
      option,
      `Cannot use "${value}" as ${option}: expected a path or a file: URL`,
    );
  }
  return decodeURIComponent(value.pathname);
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
  systemPrompt: (draft, value) => {
    if (typeof value === "object" && "append" in value) {
      draft.initialize.appendSystemPrompt = value.append;
    } else {
      draft.initialize.systemPrompt = typeof value === "string"
        ? [value]
        : value;
    }
  },

  cwd: library,
  addDirs: (draft, dirs) => {
    // One flag each: the CLI takes a list with commas for one name.
    for (const dir of dirs) {
      draft.args.push(`--add-dir=${pathOf("addDirs", dir)}`);
    }
  },
  claudePath: library,
  env: (draft, env) => {
    Object.assign(draft.env, env);
  },
  clearEnv: library,
  configDir: (draft, dir) => {
    draft.env.CLAUDE_CONFIG_DIR = pathOf("configDir", dir);
  },
  extraArgs: (draft, args) => {
    draft.args.push(...args);
  },

  resume: (draft, id) => {
    draft.args.push(id === "last" ? "--continue" : `--resume=${id}`);
  },
  fork: when(true, "--fork-session"),
  sessionId: flag("--session-id"),
  title: field("title"),
  persist: when(false, "--no-session-persistence"),

  policy: (draft) => {
    draft.args.push("--permission-prompt-tool=stdio");
  },
  permissionMode: (draft, mode) => {
    draft.args.push(`--permission-mode=${mode}`);
    if (mode === "bypassPermissions") {
      draft.args.push("--allow-dangerously-skip-permissions");
    }
  },
  allowedTools: list("--allowedTools"),
  disallowedTools: list("--disallowedTools"),
  builtinTools: list("--tools"),
  settings: (draft, value) => {
    const text = typeof value === "string" || value instanceof URL
      ? pathOf("settings", value)
      : JSON.stringify(value);
    draft.args.push(`--settings=${text}`);
  },
  settingSources: list("--setting-sources"),

  partials: when(true, "--include-partial-messages"),
  limits: (draft, { maxTurns, maxBudgetUsd }) => {
    if (maxTurns !== undefined) draft.args.push(`--max-turns=${maxTurns}`);
    if (maxBudgetUsd !== undefined) {
      draft.args.push(`--max-budget-usd=${maxBudgetUsd}`);
    }
  },

  maxLineBytes: library,
  startTimeoutMs: library,
  controlTimeoutMs: library,
  closeTimeoutMs: library,
  signal: library,
  stderr: library,
};

/** The names of all options. */
export const OPTION_NAMES: ReadonlySet<string> = new Set(Object.keys(TABLE));

/** What every process is started with. stream-json output needs `--verbose`. */
const ALWAYS = [
  "-p",
  "--output-format=stream-json",
  "--input-format=stream-json",
  "--verbose",
];

/** What a process with these options is started with. */
export function launchOf(options: SessionOptions): Launch {
  const draft: Draft = { args: [...ALWAYS], env: {}, initialize: {} };
  // Entry and value belong together by the type of the table; a loop cannot say so.
  const places = TABLE as Readonly<Record<string, Place<unknown>>>;
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) places[name]?.(draft, value);
  }
  return draft;
}
