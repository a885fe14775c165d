/**
 * The settings that a configuration may hold, and what their values can be. Pure.
 *
 * @module
 */

import { closest } from "../../util/closest.ts";
import type { FlagSpec } from "../flags/flag_spec.ts";
import { plainName } from "../flags/flag_spec.ts";
import { flagValue } from "../flags/flag_value.ts";
import { FLAGS, type Flags } from "../flags/flags.ts";
import { UsageError } from "../failure/usage_error.ts";

/** What a project file may do with a setting: it comes with a folder of somebody else. */
export type ProjectRule =
  /** Nothing: it would start programs, allow tools, or hide what happens. */
  | "never"
  /** Set it. */
  | "may"
  /** Add to the current value. */
  | "adds"
  /** Make it lower. */
  | "lowers";

/** Every setting, by its flag. */
const RULES: { readonly [K in keyof Flags]?: ProjectRule } = {
  model: "may",
  fallbackModel: "may",
  effort: "may",
  deny: "adds",
  maxTurns: "lowers",
  maxBudgetUsd: "lowers",
  timeoutMs: "lowers",
  until: "may",
  footer: "may",
  plain: "may",
  allow: "never",
  permissionMode: "never",
  tools: "never",
  addDir: "never",
  mcpConfig: "never",
  strictMcp: "never",
  settings: "never",
  settingSources: "never",
  agent: "never",
  systemPrompt: "never",
  appendSystemPrompt: "never",
  claudePath: "never",
  configDir: "never",
  claudeArg: "never",
  failOnDeny: "never",
  waitForReset: "never",
  color: "never",
  quiet: "never",
  input: "never",
  pager: "never",
  jobs: "never",
  rate: "never",
};

/** A setting. */
export interface ConfigKey {
  /** Its name in a file: `maxTurns`. */
  readonly name: string;
  /** The variable that sets it: `CLAUDESTREAM_MAX_TURNS`. */
  readonly variable: string;
  readonly flag: keyof Flags;
  readonly spec: FlagSpec;
  readonly project: ProjectRule;
}

/** All settings. */
export const CONFIG_KEYS: readonly ConfigKey[] = Object.entries(RULES).map(
  ([flag, project]) => {
    const spec = FLAGS[flag as keyof Flags];
    return {
      name: spec.name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()),
      variable: `CLAUDESTREAM_${spec.name.replaceAll("-", "_").toUpperCase()}`,
      flag: flag as keyof Flags,
      spec,
      project,
    };
  },
);

const BY_NAME: ReadonlyMap<string, ConfigKey> = new Map(
  CONFIG_KEYS.map((key) => [key.name, key]),
);

/** The setting of this name. */
export function keyNamed(name: string): ConfigKey | undefined {
  return BY_NAME.get(name);
}

/** Says that there is no such setting, and which one may be meant. */
export function unknownKey(name: string): string {
  const plain = plainName(name);
  const same = CONFIG_KEYS.find(({ name: own, spec, flag }) =>
    [own, spec.name, flag, ...spec.synonyms ?? []].some((each) =>
      plainName(each) === plain
    )
  );
  const near = same?.name ?? closest(name, BY_NAME.keys());
  return `there is no setting "${name}"${
    near === undefined ? "" : `, did you mean "${near}"?`
  }`;
}

/** A value for its flag, or what is wrong with it. */
export type ConfigValue = { readonly value: unknown } | {
  readonly wrong: string;
};

/** Turns a value of a file into that of the flag. */
export function valueOf({ spec }: ConfigKey, value: unknown): ConfigValue {
  switch (spec.kind) {
    case "switch":
      return typeof value === "boolean" ? { value } : expected("true or false");
    case "list": {
      const list = Array.isArray(value) ? value : [value];
      if (list.length === 0 || !list.every((one) => typeof one === "string")) {
        return expected("a text or a list of texts");
      }
      return checked(spec, () => list.map((one) => flagValue(spec, one)));
    }
    case "count":
    case "amount":
      return typeof value === "number"
        ? checked(spec, () => flagValue(spec, String(value)))
        : expected("a number");
    case "duration":
      return typeof value === "number" || typeof value === "string"
        ? checked(spec, () => flagValue(spec, String(value)))
        : expected("a time such as 90s or 5m");
    default:
      return typeof value === "string"
        ? checked(spec, () => flagValue(spec, value))
        : expected("a text");
  }
  function expected(what: string): ConfigValue {
    const got = JSON.stringify(value) ?? "nothing";
    return { wrong: `expected ${what}, got ${got.slice(0, 60)}` };
  }
}

function checked(spec: FlagSpec, make: () => unknown): ConfigValue {
  try {
    return { value: make() };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const before = new RegExp(`^Cannot use .* as --${spec.name}: `, "s");
    return { wrong: error.message.replace(before, "") };
  }
}

/** Turns words of a command line into a value for a file. */
export function valueOfWords(
  key: ConfigKey,
  words: readonly string[],
): ConfigValue {
  const { kind } = key.spec;
  const [text = ""] = words;
  if (kind !== "list" && words.length > 1) {
    return { wrong: `expected one value, got ${words.length}` };
  }
  const value = kind === "list"
    ? words
    : kind === "switch"
    ? text === "true" ? true : text === "false" ? false : text
    : kind === "count" || kind === "amount"
    ? text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text)
    : text;
  const result = valueOf(key, value);
  return "wrong" in result ? result : { value };
}

/** Turns the text of a variable into the value of the flag. */
export function valueOfText(key: ConfigKey, text: string): ConfigValue {
  const { kind } = key.spec;
  const plain = kind === "switch"
    ? text.replace(/^1$/, "true").replace(/^0$/, "false")
    : text;
  const words = valueOfWords(key, [plain]);
  return "wrong" in words ? words : valueOf(key, words.value);
}
