/**
 * Long text on a terminal, through the pager of the person.
 *
 * @module
 */

import type { Flags } from "../flags/flags.ts";
import { type Output, readEnv } from "./output.ts";
import { StdoutClosedError } from "./output_errors.ts";

/** What a shell exits with if there is no such program, or it cannot be run. */
const NOT_RUN: ReadonlySet<number> = new Set([126, 127]);

/**
 * Prints a long text; on a terminal through `$PAGER`, or `less -R` if there is one.
 *
 * @param print Prints the text to stdout. It is called once more, without the pager, if that turns
 * out not to be a program.
 */
export async function paged(
  output: Output,
  flags: Flags,
  print: () => Promise<void>,
): Promise<void> {
  const command = output.terminals.stdout ? pagerOf(flags) : undefined;
  if (command === undefined) return await print();
  const child = started(command);
  if (child === undefined) return await print();
  const code = await fill(child, output, print);
  if (!NOT_RUN.has(code)) return;
  await output.stderr(
    `claudestream: cannot run the pager: ${command.at(-1)}\n`,
  );
  await print();
}

function pagerOf({ pager: isWanted }: Flags): readonly string[] | undefined {
  if (isWanted === false) return undefined;
  const own = readEnv("PAGER")?.trim();
  if (own === "" || own === "cat") return undefined;
  if (own !== undefined) {
    return Deno.build.os === "windows" ? ["cmd", "/c", own] : ["sh", "-c", own];
  }
  return readEnv("TERM") === "dumb" ? undefined : ["less", "-R"];
}

/** Starts a pager; `undefined` if there is none, or it is not permitted. */
function started(
  [program = "", ...args]: readonly string[],
): Deno.ChildProcess | undefined {
  const { state } = Deno.permissions.querySync({
    name: "run",
    command: program,
  });
  if (state !== "granted") return undefined;
  // A text that fits the screen needs no pager, and the text stays there afterwards.
  const env = readEnv("LESS") === undefined ? { LESS: "FRX" } : {};
  try {
    return new Deno.Command(program, { args, env, stdin: "piped" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Prints into a pager, and returns its exit code once the person has left it. */
async function fill(
  child: Deno.ChildProcess,
  output: Output,
  print: () => Promise<void>,
): Promise<number> {
  // Ctrl-C is for the pager, which shares the terminal.
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  const writer = child.stdin.getWriter();
  output.sendStdoutTo({
    async write(bytes) {
      await writer.write(bytes);
      return bytes.length;
    },
  });
  try {
    await print();
    await output.written();
  } catch (error) {
    // The person has seen enough.
    if (!(error instanceof StdoutClosedError)) throw error;
  } finally {
    output.sendStdoutTo(Deno.stdout);
    // It may have closed its end before.
    await writer.close().catch(() => {});
    await child.status;
    Deno.removeSignalListener("SIGINT", ignore);
  }
  return (await child.status).code;
}
