/**
 * Arguments to a command, its flags and its words. Pure.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { closest } from "../util/closest.ts";
import { type CommandName, COMMANDS, isCommand } from "./command_names.ts";
import {
  FLAG_LIST,
  FLAGS,
  type Flags,
  type FlagSpec,
  plainName,
} from "./flags.ts";
import { flagValue } from "./flag_value.ts";
import { UnknownFlagError, UsageError } from "./usage_error.ts";

/** What the arguments ask for. */
export type Request =
  | { readonly do: "version"; readonly flags: Flags }
  | { readonly do: "help"; readonly topic: string | undefined }
  | Invocation;

/** A command with all it was given. */
export interface Invocation {
  readonly do: "run";
  readonly command: Exclude<CommandName, "help">;
  readonly flags: Flags;
  /** The words of the prompt that stand before a `--`. */
  readonly words: readonly string[];
  /** Those behind it, in which `-` is just a word. */
  readonly literal: readonly string[];
}

/** Every name that a flag goes by, without the dashes, and whether it says no. */
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
 * @throws {UsageError} When they make no sense, with what came and what may have been meant.
 */
export function parse(args: readonly string[]): Request {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const literal = end === -1 ? [] : args.slice(end + 1);
  // Help is for people who do not know what to write: it comes before any complaint.
  if (own.some((word) => word === "--help" || word === "-h")) {
    const [first = ""] = own;
    const isWord = first !== "" && !first.startsWith("-");
    return { do: "help", topic: isWord ? first : own.find(isCommand) };
  }
  const tokens = tokenize(own);
  const values = readFlags(tokens.flags);
  if (values.version === true) return { do: "version", flags: values };
  // Behind another letter, as in `-qh`.
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
  return { do: "run", command, flags: values, words: rest, literal };
}

/**
 * Whether stdout is read by a program, so that a failure is told there as an object. Asked
 * of the arguments as they are: they may be what fails.
 */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  if (own.includes("--raw")) return false;
  return own[0] === "events" ||
    own.some((word) => /^--json(-output)?(=|$)/.test(word));
}

/** The arguments before `--`, taken apart. */
interface Tokens {
  /** One for each flag, `--name` or `--name=value`. */
  readonly flags: string[];
  /** Everything else. */
  readonly words: string[];
}

/**
 * Takes the arguments apart, so that a value that begins with a dash, or is empty, is
 * not taken for something else, nor a flag for a value.
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
      if (value === undefined || looksLikeFlag(value)) throw missingValue(name);
      flags[flags.length - 1] = `${name}=${value}`;
    }
    tokens.flags.push(...flags);
  }
  return tokens;
}

// "-5" and "- a list" are texts; so is whatever has a space in its name.
function looksLikeFlag(word: string): boolean {
  return /^--?[A-Za-z][^\s=]*(=|$)/.test(word);
}

/** `--name`, `--name=value`, or `--name=?` where the value is the next argument. */
function longFlag(word: string): string {
  const [, name = "", value] = /^--([^=]*)(=.*)?$/s.exec(word) ?? [];
  const found = NAMES.get(name);
  if (found === undefined) throw unknownFlag(`--${name}`, name);
  const [spec, negative] = found;
  if (spec.kind === "switch" || negative) {
    if (value === undefined) return `--${negative ? "no-" : ""}${spec.name}`;
    throw new UsageError(`Cannot give --${name} a value: it takes none`);
  }
  return `--${spec.name}${value ?? "=?"}`;
}

/** `-q`, `-qc`, `-m opus`, `-mopus`, `-m=opus`. */
function shortFlags(word: string): string[] {
  const flags: string[] = [];
  // `-model opus` would make a model "odel" of it.
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
    // In "-qp" the letter is what is not known.
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

/** Reads the flags; every one of them is known by now. */
function readFlags(tokens: string[]): Flags {
  const named = (test: (spec: FlagSpec) => boolean): string[] =>
    FLAG_LIST.filter(([, spec]) => test(spec)).map(([, { name }]) => name);
  const parsed: Readonly<Record<string, unknown>> = parseArgs(tokens, {
    string: named(({ kind }) => kind !== "switch"),
    boolean: named(({ kind }) => kind === "switch"),
    collect: named(({ kind }) => kind === "list"),
    negatable: named(({ negatable }) => negatable === true),
  });
  // A switch that was not given is `false` like one that was denied.
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
  // --no-color is the only one of them that can be denied.
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

function unknownCommand(word: string): UsageError {
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

/** The flags that a command takes, in the order of the help. */
export function flagsOf(command: CommandName): readonly FlagSpec[] {
  return Object.values(FLAGS).filter(({ commands }) =>
    commands === undefined || commands.includes(command)
  );
}
