/**
 * What can stand where the cursor is. Pure.
 *
 * @module
 */

import { COMMANDS, isCommand } from "../flags/command_names.ts";
import type { FlagSpec } from "../flags/flag_spec.ts";
import { flagsOf } from "../flags/parse.ts";
import { TOPICS } from "../help/topics.ts";

/** A word that fits, and what it means. */
export type Candidate = readonly [value: string, about: string];

/** What completion asks for when it is needed. */
export interface CompletionSources {
  /** Past sessions of this directory. */
  readonly sessions: () => Promise<readonly Candidate[]>;
  /** Agent files of this directory and the home folder. */
  readonly agents: () => Promise<readonly Candidate[]>;
  /** What a command can do: its first word. */
  readonly actions: (
    command: "sessions" | "agent" | "config",
  ) => Promise<readonly string[]>;
}

/** The shells that there are scripts for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** Names that every `claude` takes; it takes others as well. */
const MODELS: readonly Candidate[] = [
  ["default", "The model of the account"],
  ["opus", "For hard tasks"],
  ["sonnet", "For most tasks"],
  ["haiku", "For quick answers"],
  ["opusplan", "Opus for plans, Sonnet for the rest"],
];

/**
 * Returns the words that fit; none if it is for the shell to say, which then offers files.
 *
 * @param words The words behind the name of the program, up to the cursor; the last one is
 * completed.
 */
export async function candidates(
  words: readonly string[],
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  const begun = words.at(-1) ?? "";
  const all = await possible(words.slice(0, -1), begun, sources);
  return all.filter(([value]) => value.startsWith(begun));
}

async function possible(
  before: readonly string[],
  begun: string,
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  // Everything is a word of the prompt there.
  if (before.includes("--")) return [];
  const [command] = before;
  if (command === undefined && !begun.startsWith("-")) {
    return Object.entries(COMMANDS);
  }
  const specs = command !== undefined && isCommand(command)
    ? flagsOf(command)
    : [];
  const taker = specs.find((spec) => isTaker(spec, before.at(-1)));
  if (taker !== undefined) return await valuesOf(taker, sources);
  if (begun.startsWith("-")) return specs.flatMap(namesOf);
  const others = before.slice(1).filter((word) => !word.startsWith("-"));
  return await wordsOf(command, others, sources);
}

function isTaker(
  { name, alias, kind }: FlagSpec,
  word: string | undefined,
): boolean {
  if (kind === "switch" || kind === "fields" || word === undefined) {
    return false;
  }
  return word === `--${name}` || word === `-${alias}`;
}

function namesOf({ name, negatable, help }: FlagSpec): Candidate[] {
  return [
    [`--${name}`, help],
    ...negatable === true ? [[`--no-${name}`, help] as const] : [],
  ];
}

async function valuesOf(
  { name, values = [] }: FlagSpec,
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  if (name === "model" || name === "fallback-model") return MODELS;
  if (name === "agent") return await sources.agents();
  if (name === "resume") {
    return [["last", "The last one"], ...await sources.sessions()];
  }
  return values.map((value) => [value, ""]);
}

/** Words that are no values of flags. */
async function wordsOf(
  command: string | undefined,
  others: readonly string[],
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  const plain = (values: readonly string[]): readonly Candidate[] =>
    values.map((value) => [value, ""]);
  if (command === "sessions") {
    if (others.length === 0) return plain(await sources.actions(command));
    const [action = ""] = others;
    return action === "list" || action === "search"
      ? []
      : [["last", "The last one"], ...await sources.sessions()];
  }
  if (command === "config" && others.length === 0) {
    return plain(await sources.actions(command));
  }
  if (command === "agent") {
    if (others.length === 0) return plain(await sources.actions(command));
    const [action = ""] = others;
    const isNamed = action === "validate" ||
      (action === "run" || action === "info") && others.length === 1;
    return isNamed ? await sources.agents() : [];
  }
  if (others.length > 0) return [];
  if (command === "help") {
    return [...Object.entries(COMMANDS), ...plain(Object.keys(TOPICS))];
  }
  return command === "completions" ? plain(SHELLS) : [];
}
