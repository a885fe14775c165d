import { closest } from "../../util/closest.ts";
import { FLAGS, type Flags } from "../flags/flags.ts";
import { checkFields } from "../output/json_line.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { UsageError } from "../failure/usage_error.ts";

/** Arguments of an action. */
export interface Call {
  readonly words: readonly string[];
  readonly flags: Flags;
  readonly output: Output;
}

/** A subcommand, such as `sessions show`. */
export interface Action {
  /** Usage text after its name. */
  readonly usage: string;
  /** Minimum and maximum number of words. */
  readonly words: readonly [fewest: number, most: number];
  /** The flags that belong to it, and not to all actions. */
  readonly flags?: readonly (keyof Flags)[];
  /** The fields of what `--json` prints. */
  readonly fields?: readonly string[];
  /** Returns an exit code other than 0. */
  readonly run: (call: Call) => Promise<number | void>;
}

/** The actions of a command. */
export interface Actions {
  readonly table: Readonly<Record<string, Action>>;
  /** The action if no word names one. */
  readonly first: string;
  /** What words an action takes, for an error. */
  readonly hint: string;
}

/**
 * Runs the action that the first word names.
 *
 * @throws {UsageError} There is no such action, or it takes other words or flags.
 */
export async function runAction(
  { table, first, hint }: Actions,
  { command, flags, typed, words: before, literal }: Invocation,
  output: Output,
): Promise<number> {
  const [name = first, ...words] = [...before, ...literal];
  const action = Object.hasOwn(table, name) ? table[name] : undefined;
  if (action === undefined) throw unknownAction(command, name, table);
  const { usage, words: [fewest, most], fields = [] } = action;
  if (words.length < fewest || words.length > most) {
    throw new UsageError(
      `Cannot use "${command} ${name}" with ${
        words.length === 0
          ? "nothing"
          : words.map((word) => `"${word}"`).join(" ")
      }: expected ${usage}`,
      hint,
    );
  }
  checkFlags(command, name, action, table, typed);
  checkFields(flags.json, fields);
  return await action.run({ words, flags, output }) ?? 0;
}

function checkFlags(
  command: string,
  name: string,
  { flags: own = [] }: Action,
  table: Actions["table"],
  typed: Flags,
): void {
  const owned = new Set(
    Object.values(table).flatMap(({ flags }) => flags ?? []),
  );
  for (const key of owned) {
    if (typed[key] === undefined || own.includes(key)) continue;
    const owners = Object.entries(table).filter(([, { flags: theirs }]) =>
      theirs?.includes(key) === true
    ).map(([owner]) => `${command} ${owner}`);
    throw new UsageError(
      `Cannot use --${
        FLAGS[key].name
      } with "${command} ${name}": it belongs to ${owners.join(", ")}`,
    );
  }
}

function unknownAction(
  command: string,
  name: string,
  table: Actions["table"],
): UsageError {
  const names = Object.keys(table);
  const near = closest(name, names);
  return new UsageError(
    `Unknown action "${command} ${name}"${
      near === undefined ? "" : `, did you mean "${command} ${near}"?`
    }`,
    `There are: ${names.join(", ")}`,
  );
}
