/**
 * What Tab offers in the repl: its commands and their values, the commands of the CLI, files after
 * `@`.
 *
 * @module
 */

import {
  completeFile,
  type Completion,
  type ListFolder,
} from "../editor/completion.ts";
import type { ReplCommand, ReplContext } from "./repl_command.ts";

/** What is completed from. */
export interface ReplWords {
  readonly commands: readonly ReplCommand[];
  readonly context: Pick<ReplContext, "session" | "flags">;
  readonly list: ListFolder;
}

/** Finds what the end of a text may become. */
export async function completeRepl(
  text: string,
  { commands, context, list }: ReplWords,
): Promise<Completion> {
  const starting = (from: number, words: readonly string[]): Completion => ({
    from,
    candidates: words.filter((word) => word.startsWith(text.slice(from))),
  });
  if (/^:\S*$/.test(text)) {
    return starting(0, commands.map(({ name }) => `:${name}`));
  }
  if (/^\/\S*$/.test(text)) {
    const known = await context.session.commands().catch(() => []);
    return starting(0, known.map(({ name }) => `/${name}`).toSorted());
  }
  const [, name, begun] = /^:(\S+)\s+(\S*)$/.exec(text) ?? [];
  if (name !== undefined && begun !== undefined) {
    const command = commands.find((each) =>
      each.name === name || each.aliases?.includes(name) === true
    );
    // A Tab that finds nothing does nothing.
    const values = await (async () => await command?.values?.(context))()
      .catch(() => undefined);
    if (values !== undefined) {
      return starting(text.length - begun.length, values);
    }
    if (command?.usage === "FILE") {
      return await completeFile(text.length - begun.length, begun, list);
    }
  }
  const [, path] = /(?:^|\s)@(\S*)$/.exec(text) ?? [];
  return path === undefined
    ? { from: text.length, candidates: [] }
    : await completeFile(text.length - path.length, path, list);
}
