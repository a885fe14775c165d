/**
 * Kinds of composite options about files, the process, the model and limits. Pure.
 *
 * @module
 */

import {
  anyOf,
  ANYTHING,
  eachOf,
  fields,
  FUNCTION,
  isPositive,
  isText,
  JSON_OBJECT,
  type Kind,
  listOf,
  oneOf,
  POSITIVE,
  STRING,
  TEXT,
  TEXTS,
  TIME,
  without,
  YES_OR_NO,
} from "../checks/kinds.ts";
import { ConfigError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import { checkAnswerSchema } from "../structured/json_schema.ts";
import { isSessionStore } from "../stores/store_options.ts";
import { WORD, WORDS } from "./flag_lists.ts";
import { pathOf } from "./launch.ts";
import type {
  BudgetOptions,
  CloseTimeouts,
  FileSpec,
  IdleLimits,
  RecordOptions,
  SystemPrompt,
  ThinkingMode,
  Threshold,
} from "./option_types.ts";
import { isJson } from "./places.ts";

/** A kind that only this function tells. */
export function kind(
  expected: string,
  fits: (value: unknown) => boolean,
  isPublic = false,
): Kind {
  return { expected, fits, isPublic };
}

/** A kind that is looked at in one more way. */
export function also(
  kind: Kind,
  look: (option: string, value: unknown) => void,
): Kind {
  return {
    ...kind,
    look: (option, value) => {
      kind.look?.(option, value);
      look(option, value);
    },
  };
}

/** An object that is of this kind only if it has the field, which distinguishes it from others. */
function having(name: string, kind: Kind): Kind {
  return {
    ...kind,
    fits: (value) => kind.fits(value) && Reflect.has(value as object, name),
  };
}

// Files and folders

/** A file or folder. */
export const PATH: Kind = {
  expected: "a path or a file: URL",
  fits: (value) => value instanceof URL || isText(value),
  look: (option, value) => void pathOf(option, value as string | URL),
};

/** Files or folders. */
export const PATHS: Kind = listOf(PATH, "a list of paths or file: URLs");

/**
 * The option `mcpConfigFiles`. The CLI treats a value that begins with a brace as JSON, not as a
 * path.
 */
export const CONFIG_FILES: Kind = listOf(
  also(PATH, (option, value) => {
    if (!isJson(value as string | URL)) return;
    throw new ConfigError(
      option,
      `Cannot use the option ${option}: expected paths, got JSON; give servers with mcpServers`,
    );
  }),
  PATHS.expected,
);

/** The option `files`: each becomes `--file=id:path`. */
export const FILES: Kind = listOf(
  {
    ...fields<FileSpec>({ id: TEXT, path: TEXT }, ["id", "path"]),
    fits: (file) =>
      isWireObject(file) && isText(file.path) && isText(file.id) &&
      !/[:\s,]/.test(`${file.id}`),
  },
  "a list of { id, path }, with no colon, comma or blank in id",
);

/** The option `record`. */
export const RECORD: Kind = anyOf(
  "a path, a file: URL, or an object with path",
  [
    PATH,
    having(
      "path",
      fields<RecordOptions>(
        { path: PATH, append: YES_OR_NO, secrets: TEXTS },
        ["path"],
      ),
    ),
  ],
);

/** The option `costLog`. */
export const COST_LOG: Kind = anyOf("a path, a file: URL, or a function", [
  PATH,
  FUNCTION,
]);

const ADDRESS = kind(
  "an http: or https: address",
  (value) =>
    (value instanceof URL || typeof value === "string" && !/\s/.test(value)) &&
    URL.canParse(`${value}`) && /^https?:$/.test(new URL(`${value}`).protocol),
);

/** The option `plugins`. */
export const PLUGINS: Kind = eachOf(anyOf(
  "a path, a file: URL, or an object with path or url",
  [
    PATH,
    having("url", fields<{ url: unknown }>({ url: ADDRESS }, ["url"])),
    having(
      "path",
      fields<{ path: unknown; mcp: unknown }>(
        { path: PATH, mcp: YES_OR_NO },
        ["path"],
      ),
    ),
  ],
));

// The process

/** The option `sessionStore`. */
export const SESSION_STORE: Kind = kind(
  "a session store, or { store } with one, and projectKey, holder, leaseMs, timeoutMs, attempts, onFailure",
  (value) => {
    if (isSessionStore(value)) return true;
    if (!isWireObject(value)) return false;
    const { store, projectKey, holder, onFailure, ...amounts } = value;
    const { leaseMs, timeoutMs, attempts, ...rest } = amounts;
    return isSessionStore(store) && Object.keys(rest).length === 0 &&
      [projectKey, holder].every((text) =>
        text === undefined || typeof text === "string" && text !== ""
      ) &&
      [leaseMs, timeoutMs, attempts].every((amount) =>
        amount === undefined ||
        Number.isSafeInteger(amount) && Number(amount) > 0 &&
          Number(amount) < 2 ** 31
      ) &&
      (onFailure === undefined || onFailure === "fail" ||
        onFailure === "report");
  },
);

/** The option `claudePath`. */
export const COMMAND: Kind = anyOf(
  "a path or a command with its first arguments",
  [
    PATH,
    {
      ...TEXTS,
      fits: (value) => TEXTS.fits(value) && (value as string[]).length > 0,
    },
  ],
);

/** The option `transport`. */
export const TRANSPORT: Kind = anyOf(
  "a transport, or a function that makes one",
  [FUNCTION, { ...ANYTHING, fits: isWireObject }],
);

/** The option `env`. */
export const ENVIRONMENT: Kind = kind(
  "an object of texts, with names without = and no NUL anywhere; undefined leaves a variable out",
  (value) =>
    isWireObject(value) &&
    Object.entries(value).every(([name, value]) =>
      // Windows has hidden variables that begin with it: "=C:".
      name !== "" && !/.=|\0/s.test(name) &&
      (value === undefined ||
        typeof value === "string" && !value.includes("\0"))
    ),
);

/** The option `extraArgs`. */
export const EXTRA_ARGS: Kind = anyOf(
  "a list of texts, or an object of texts and true whose names have no dashes in front",
  [
    TEXTS,
    {
      ...ANYTHING,
      fits: (args) =>
        isWireObject(args) &&
        Object.entries(args).every(([name, value]) =>
          isText(name) && !/^-|[\s=]/.test(name) &&
          (value === true || typeof value === "string" && !value.includes("\0"))
        ),
    },
  ],
);

/** The option `exitSignals`. */
export const EXIT_SIGNALS: Kind = anyOf(
  "false, or a list of SIGINT, SIGTERM and SIGHUP",
  [oneOf(false), listOf(oneOf("SIGINT", "SIGTERM", "SIGHUP"), "signals")],
  true,
);

/** The option `clock`. */
export const CLOCK: Kind = kind(
  "a clock with now, date and after",
  (value) =>
    typeof value === "object" && value !== null &&
    ["now", "date", "after"].every((name) =>
      typeof Reflect.get(value, name) === "function"
    ),
);

/** The option `logger`. */
export const LOGGER: Kind = kind(
  "a logger with debug, info, warn and error, such as console",
  (value) =>
    typeof value === "object" && value !== null &&
    ["debug", "info", "warn", "error"].every((name) =>
      typeof Reflect.get(value, name) === "function"
    ),
);

// The model

/** How much the model thinks. */
export const EFFORT: Kind = oneOf("low", "medium", "high", "xhigh", "max");

/** The option `fallbackModel`. */
export const MODELS: Kind = anyOf(
  `${WORD.expected}, or a list of such names`,
  [WORD, WORDS],
);

/** The option `thinking`. */
export const THINKING: Kind = anyOf(
  `"adaptive", "off" or an object`,
  [
    oneOf("adaptive", "off"),
    without(
      ["type"],
      'give "adaptive", "off", or an object with budgetTokens, display',
      fields<Exclude<ThinkingMode, string>>({
        budgetTokens: POSITIVE,
        display: oneOf("summarized", "omitted"),
      }),
    ),
  ],
  true,
);

const STRING_OR_TEXTS = anyOf("a text, or a list of texts", [STRING, TEXTS]);

/** The option `systemPrompt`. */
export const SYSTEM_PROMPT: Kind = anyOf(
  "a text, a list of texts, or an object",
  [
    STRING_OR_TEXTS,
    without(
      ["type", "preset"],
      'the CLI\'s own system prompt is the default here; leave out type and preset, and add to it with { append: "…" }',
      fields<SystemPrompt>({
        text: STRING_OR_TEXTS,
        file: PATH,
        append: STRING,
        appendFile: PATH,
        excludeDynamicSections: YES_OR_NO,
        snapshot: YES_OR_NO,
      }),
    ),
  ],
);

/** The option `outputSchema`. */
export const OUTPUT_SCHEMA: Kind = {
  ...JSON_OBJECT,
  look: (option, value) => {
    JSON_OBJECT.look?.(option, value);
    checkAnswerSchema(option, value as Readonly<Record<string, unknown>>);
  },
};

/** The option `outputRetries`. */
export const RETRIES: Kind = kind(
  "a whole number, 0 or above",
  (value) => value === 0 || isPositive(value),
  true,
);

/** The option `autoCompact`. */
export const CONTEXT_SIZE: Kind = kind(
  `"auto" or a whole number of at least 100,000`,
  (value) => value === "auto" || (isPositive(value) && Number(value) >= 1e5),
  true,
);

/** The option `fromPr`. */
export const PULL_REQUEST: Kind = anyOf(
  "the number or the address of a pull request",
  [TEXT, POSITIVE],
);

// Limits

/** The option `closeTimeoutMs`. */
export const CLOSING: Kind = anyOf(
  `${TIME.expected}; or an object of eofMs, termMs and killMs`,
  [TIME, fields<CloseTimeouts>({ eofMs: TIME, termMs: TIME, killMs: TIME })],
  true,
);

/** The option `idleTimeoutMs`. */
export const IDLE: Kind = anyOf(
  `${TIME.expected}; false; or an object of the numbers warnMs and endMs`,
  [
    TIME,
    oneOf(false),
    also(
      fields<IdleLimits>({ warnMs: TIME, endMs: TIME }),
      (option, value) => {
        const { warnMs = 0, endMs = Infinity } = value as IdleLimits;
        if (warnMs <= endMs) return;
        throw new ConfigError(
          option,
          `Cannot tell of a silence after its end: warnMs (${warnMs}) is more than endMs (${endMs})`,
        );
      },
    ),
  ],
  true,
);

const METRICS: { readonly [M in keyof Threshold]: true } = {
  costUsd: true,
  turns: true,
  tokens: true,
};

const THRESHOLD: Kind = {
  expected: "one of costUsd, turns and tokens, above 0",
  fits: (threshold) => {
    if (typeof threshold !== "object" || threshold === null) return false;
    const given = Object.entries(threshold).filter(([, value]) =>
      value !== undefined
    );
    const [name = "", value] = given[0] ?? [];
    return given.length === 1 && Object.hasOwn(METRICS, name) &&
      typeof value === "number" && value > 0;
  },
};

/** The option `budget`. */
export const BUDGET: Kind = fields<BudgetOptions>({
  thresholds: eachOf(THRESHOLD),
  stopAt: THRESHOLD,
});

/** The option `failFastOn`. */
export const STATUSES: Kind = listOf(
  kind("a status", (status) =>
    status === "auth" ||
    isPositive(status) && Number(status) >= 400 && Number(status) < 600),
  'a list of HTTP statuses from 400 to 599, or "auth"',
  true,
);
