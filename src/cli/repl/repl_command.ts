/**
 * What a command of the repl is, and which one a line means. Pure.
 *
 * @module
 */

import type { AsyncSession } from "../../session/async_session.ts";
import { closest } from "../../util/closest.ts";
import type { Flags } from "../flags/flags.ts";
import type { Output } from "../output/output.ts";
import { UsageError } from "../failure/usage_error.ts";

/** What a person sets for the turns to come. */
export interface ReplSettings {
  /** Whether turns are printed as lines of JSON. */
  isJson: boolean;
  /** How much of a turn is shown. */
  detail: "full" | "brief";
}

/** What a command works on. */
export interface ReplContext {
  readonly session: AsyncSession;
  readonly output: Output;
  /** The flags of the session, with what was changed since. */
  readonly flags: Flags;
  /** Keeps a change of the running session, for when it is opened again. */
  readonly keep: (change: Partial<Flags>) => void;
  readonly settings: ReplSettings;
  /** The prompt of the last turn. */
  readonly lastPrompt: string | undefined;
  /** The text of the last answer. */
  readonly lastAnswer: string | undefined;
  /** Reads the next line, as it is; `undefined` at the end of the input. */
  readonly readLine: () => Promise<string | undefined>;
  /** Lets a person edit a text in an editor of their own; absent without a terminal. */
  readonly edit?: (text: string) => Promise<string>;
  /** Lets a person choose a session; absent without a terminal. */
  readonly choose?: () => Promise<string | undefined>;
}

/** What happens after a command; nothing for most of them. */
export type ReplStep =
  /** Sends a prompt. */
  | { readonly send: string }
  /** Puts a text into the line that is edited. */
  | { readonly write: string }
  /** Continues in another session, or in this one with other flags. */
  | { readonly reopen: Flags }
  /** Leaves. */
  | { readonly leave: true }
  | void;

/** A command of the repl. */
export interface ReplCommand {
  readonly name: string;
  /** Other names of it. */
  readonly aliases?: readonly string[];
  /** What follows its name, as in `[NAME]`. */
  readonly usage?: string;
  readonly help: string;
  /** What may follow its name, for Tab. */
  readonly values?: (
    context: Pick<ReplContext, "session" | "flags">,
  ) => readonly string[] | Promise<readonly string[]>;
  /** @param rest What follows its name, without blanks around it. */
  readonly run: (
    context: ReplContext,
    rest: string,
  ) => ReplStep | Promise<ReplStep>;
}

/** Finds the command that a line means, and what follows its name. */
export function commandOf(
  line: string,
  commands: readonly ReplCommand[],
): { readonly command: ReplCommand; readonly rest: string } {
  const [, word = "", rest = ""] = /^:(\S*)\s*([^]*)$/.exec(line.trim()) ?? [];
  const names = new Map(
    commands.flatMap((command) =>
      [command.name, ...command.aliases ?? []].map((name) =>
        [name, command] as const
      )
    ),
  );
  const command = names.get(word.toLowerCase());
  if (command === undefined) {
    const near = closest(word, names.keys());
    throw new UsageError(
      `Unknown command ${JSON.stringify(`:${word}`)}${
        near === undefined ? "" : `, did you mean ":${near}"?`
      }`,
      ":help lists them; a prompt that begins with a colon needs a blank before it",
    );
  }
  if (command.usage === undefined && rest !== "") {
    throw new UsageError(
      `Cannot use ":${command.name}" with ${
        JSON.stringify(rest)
      }: it takes nothing`,
    );
  }
  const isRequired = command.usage?.startsWith("[") === false;
  if (isRequired && rest === "") {
    throw new UsageError(
      `Cannot use ":${command.name}" alone: expected ${command.usage}`,
    );
  }
  return { command, rest };
}

/** The list of the commands. */
export function commandsText(commands: readonly ReplCommand[]): string {
  const heads = commands.map(({ name, usage }) =>
    `:${name}${usage === undefined ? "" : ` ${usage}`}`
  );
  const width = Math.max(...heads.map(({ length }) => length));
  return commands.map(({ help }, at) =>
    `  ${heads[at]?.padEnd(width)}  ${help}\n`
  ).join("");
}
