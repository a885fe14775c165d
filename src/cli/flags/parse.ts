/**
 * Parses arguments into a command, its flags and its words. Pure.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { closest } from "../../util/closest.ts";
import { type CommandName, COMMANDS, isCommand } from "./command_names.ts";
import { type FlagSpec, plainName } from "./flag_spec.ts";
import { FLAG_LIST, FLAGS, type Flags } from "./flags.ts";
import { flagValue } from "./flag_value.ts";
import { UnknownFlagError, UsageError } from "../failure/usage_error.ts";

/** The parsed arguments. */
export type Request =
  | { readonly do: "version"; readonly flags: Flags }
  | { readonly do: "help"; readonly topic: string | undefined }
  | Invocation;

/** A command with its flags and words. */
export interface Invocation {
  readonly do: "run";
  readonly command: Exclude<CommandName, "help">;
  /** The flags that hold: those of the command line, and what the configuration adds. */
  readonly flags: Flags;
  /** The flags of the command line alone. Only these can be refused as misplaced. */
  readonly typed: Flags;
  /** Words of the prompt before a `--`. */
  readonly words: readonly string[];
  /** Words after `--`, among which `-` is an ordinary word. */
  readonly literal: readonly string[];
}

/** All names of flags, without dashes, each with its flag and whether it negates. */
const NAMES: ReadonlyMap<string, readonly [FlagSpec, boolean]> = new Map<
  string,
  readonly [FlagSpec, boolean]
>(FLAG_LIST.flatMap(([, spec]) => namesOf(spec)));

function namesOf(spec: FlagSpec): [string, readonly [FlagSpec, boolean]][] {
  const { name, alias, synonyms = [], negatable } = spec;
  const names = [name, ...synonyms, ...alias === undefined ? [] : [alias]];
  return [
    ...names.map((each): [string, readonly [FlagSpec, boolean]] => [
      each,
      [spec, false],
    ]),
    ...negatable === true
      ? [[`no-${name}`, [spec, true]] as [string, readonly [FlagSpec, boolean]]]
      : [],
  ];
}

/**
 * Reads the arguments.
 *
 * @throws {UsageError} If the arguments are invalid; says which argument it is and suggests what was meant.
 */
export function parse(args: readonly string[]): Request {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const literal = end === -1 ? [] : args.slice(end + 1);
  // People ask for help when they do not know what to write, so it takes precedence over any error.
  if (own.some((word) => word === "--help" || word === "-h")) {
    const [first = ""] = own;
    const isWord = first !== "" && !first.startsWith("-");
    return { do: "help", topic: isWord ? first : own.find(isCommand) };
  }
  const tokens = tokenize(own);
  const values = readFlags(tokens.flags);
  if (values.version === true) return { do: "version", flags: values };
  // After another letter, as in `-qh`.
  const { words } = tokens;
  if (values.help === true) return { do: "help", topic: words.find(isCommand) };
  const [command, ...rest] = words;
  if (command === undefined) {
    throw new UsageError(
      "Cannot start: no command",
      `Commands: ${
        Object.keys(COMMANDS).join(", ")
      }; more with: claudestream help`,
    );
  }
  if (!isCommand(command)) throw unknownCommand(command);
  for (const [key, spec] of FLAG_LIST) {
    if (values[key] !== undefined) checkUse(spec, command);
  }
  if (command === "help") return { do: "help", topic: rest[0] };
  return {
    do: "run",
    command,
    flags: values,
    typed: values,
    words: rest,
    literal,
  };
}

/**
 * Whether a program reads stdout, so that a failure is printed there as an object. Works on the raw
 * arguments, because parsing them may be what fails.
 */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  if (own.includes("--raw")) return false;
  return own[0] === "events" ||
    own.some((word) => /^--json(-output)?(=|$)/.test(word));
}

/** The arguments before `--`, split up. */
interface Tokens {
  /** Each flag, as `--name` or `--name=value`. */
  readonly flags: string[];
  /** Everything else. */
  readonly words: string[];
}

/**
 * Splits the arguments so that a value that is empty or begins with a dash is not mistaken for
 * something else, nor a flag for a value.
 */
function tokenize(args: readonly string[]): Tokens {
  const tokens: Tokens = { flags: [], words: [] };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (!looksLikeFlag(word)) {
      tokens.words.push(word);
      continue;
    }
    const flags = word.startsWith("--") ? [longFlag(word)] : shortFlags(word);
    const last = flags.at(-1);
    if (last !== undefined && last.endsWith("=?")) {
      const name = last.slice(0, -2);
      const value = args[++at];
      const isMissing = value === undefined || looksLikeFlag(value);
      const alone = NAMES.get(name.slice(2))?.[0].alone;
      if (isMissing && alone === undefined) throw missingValue(name);
      if (isMissing) at--;
      flags[flags.length - 1] = `${name}=${isMissing ? alone : value}`;
    }
    tokens.flags.push(...flags);
  }
  return tokens;
}

// "-5" and "- a list" are text, and so is anything with a space in its name.
function looksLikeFlag(word: string): boolean {
  return /^--?[A-Za-z][^\s=]*(=|$)/.test(word);
}

/** Normalizes to `--name`, `--name=value`, or `--name=?` if the value is the next argument. */
function longFlag(word: string): string {
  const [, name = "", value] = /^--([^=]*)(=.*)?$/s.exec(word) ?? [];
  const found = NAMES.get(name);
  if (found === undefined) throw unknownFlag(`--${name}`, name);
  const [spec, negative] = found;
  // Whether it has a value is seen by its "=" alone.
  if (spec.kind === "fields") return `--${spec.name}${value ?? "="}`;
  if (spec.kind === "switch" || negative) {
    if (value === undefined) return `--${negative ? "no-" : ""}${spec.name}`;
    throw new UsageError(`Cannot give --${name} a value: it takes none`);
  }
  return `--${spec.name}${value ?? "=?"}`;
}

/** Splits short flags: `-q`, `-qc`, `-m opus`, `-mopus`, `-m=opus`. */
function shortFlags(word: string): string[] {
  const flags: string[] = [];
  // Otherwise `-model opus` would set the model "odel".
  const long = word.slice(1).replace(/=.*$/s, "");
  if (long.length > 1 && NAMES.has(long)) throw unknownFlag(`-${long}`, long);
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] as string;
    const spec = NAMES.get(letter)?.[0];
    if (spec === undefined) throw unknownFlag(word, word.slice(1), letter);
    const rest = word.slice(at + 1);
    if (spec.kind !== "switch") {
      flags.push(
        `--${spec.name}=${rest === "" ? "?" : rest.replace(/^=/, "")}`,
      );
      break;
    }
    if (rest.startsWith("=")) {
      throw new UsageError(`Cannot give -${letter} a value: it takes none`);
    }
    flags.push(`--${spec.name}`);
  }
  return flags;
}

function unknownFlag(
  written: string,
  name: string,
  letter: string = name,
): UsageError {
  const shown = written.replace(/=.*$/s, "");
  const plain = plainName(name);
  const ours = shown.startsWith("--")
    ? FLAG_LIST.find(([key, spec]) =>
      plainName(spec.name) === plain || plainName(key) === plain
    )
    : undefined;
  if (ours !== undefined) {
    return new UsageError(
      `Unknown flag "${shown}": here it is "--${ours[1].name}"`,
    );
  }
  const long = [...NAMES.keys()].filter((known) => known.length > 1);
  const near = name.length < 3 ? undefined : closest(name, long);
  const where = letter === name ? `"${shown}"` : `"-${letter}" in "${shown}"`;
  return new UnknownFlagError(
    shown,
    // In "-qp" only the letter is unknown.
    shown.startsWith("--") || shown.length === 2 ? name : undefined,
    `Unknown flag ${where}${
      near === undefined ? "" : `, did you mean "--${near}"?`
    }`,
    "A prompt that begins with a dash goes behind --",
  );
}

function missingValue(flag: string): UsageError {
  const value = NAMES.get(flag.slice(2))?.[0].value ?? "VALUE";
  return new UsageError(
    `Cannot use ${flag}: its value is missing`,
    `Write ${flag} ${value}, or ${flag}=${value} if the value looks like a flag`,
  );
}

/** Reads the flags, all of which are known at this point. */
function readFlags(tokens: string[]): Flags {
  const named = (test: (spec: FlagSpec) => boolean): string[] =>
    FLAG_LIST.filter(([, spec]) => test(spec)).map(([, { name }]) => name);
  const parsed: Readonly<Record<string, unknown>> = parseArgs(tokens, {
    string: named(({ kind }) => kind !== "switch"),
    boolean: named(({ kind }) => kind === "switch"),
    collect: named(({ kind }) => kind === "list"),
    negatable: named(({ negatable }) => negatable === true),
  });
  // parseArgs reports a switch that was not given as `false`, like a negated one.
  const given = new Set(
    tokens.map((token) => token.replace(/^--(no-)?/, "").replace(/=.*$/s, "")),
  );
  const flags: Record<string, unknown> = {};
  for (const [key, spec] of FLAG_LIST) {
    if (given.has(spec.name)) flags[key] = valueOf(spec, parsed[spec.name]);
  }
  return flags as Flags;
}

function valueOf(spec: FlagSpec, value: unknown): unknown {
  if (spec.kind === "switch") return value;
  // --no-color is the only one of these that can be negated.
  if (value === false) return "never";
  if (Array.isArray(value)) {
    return value.map((text) => flagValue(spec, String(text)));
  }
  return flagValue(spec, String(value));
}

function checkUse(spec: FlagSpec, command: CommandName): void {
  if (spec.commands === undefined || spec.commands.includes(command)) return;
  throw new UsageError(
    `Cannot use --${spec.name} with "${command}": it belongs to ${
      spec.commands.join(", ")
    }`,
  );
}

/** What other programs call a command. */
const COMMANDS_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["version", "claudestream --version"],
  ["chat", "claudestream repl"],
  ["logs", "claudestream sessions"],
  ["history", "claudestream sessions"],
  ["resume", "claudestream repl --resume"],
  ["prompt", "claudestream send"],
  ["run", "claudestream send"],
  ["exec", "claudestream ask"],
  ["templates", "claudestream agent list"],
  ["login", "claude auth login"],
  ["auth", "claude auth login"],
]);

function unknownCommand(word: string): UsageError {
  const other = COMMANDS_ELSEWHERE.get(word);
  if (other !== undefined) {
    return new UsageError(
      `Unknown command ${JSON.stringify(word)}: here it is "${other}"`,
    );
  }
  const near = closest(word, Object.keys(COMMANDS));
  if (near !== undefined) {
    return new UsageError(
      `Unknown command ${JSON.stringify(word)}, did you mean "${near}"?`,
    );
  }
  return new UsageError(
    `Unknown command ${JSON.stringify(word)}`,
    `To send it as a prompt: claudestream send ${
      JSON.stringify(word)
    }; all commands: claudestream help`,
  );
}

/** Returns the flags that a command accepts, in the order of the help. */
export function flagsOf(command: CommandName): readonly FlagSpec[] {
  return Object.values(FLAGS).filter(({ commands }) =>
    commands === undefined || commands.includes(command)
  );
}
