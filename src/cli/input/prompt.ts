/**
 * Builds the prompt from the arguments, from stdin, or from both.
 *
 * @module
 */

import { isBlank } from "../../prompt/blocks.ts";
import type { Invocation } from "../flags/parse.ts";
import { fileOf } from "./descriptor.ts";
import { unlessSignalled } from "../interrupt.ts";
import { asksNobody, whyNobodyIsAsked } from "../flags/no_input.ts";
import type { Output } from "../output/output.ts";
import { textOfBytes } from "./text_input.ts";
import { UsageError } from "../failure/usage_error.ts";

/** Kind of stdin. */

export type StdinKind =
  /** A terminal, where a person could type. */
  | "terminal"
  /** A file or a pipe, which ends. */
  | "data"
  /** A socket, `/dev/null` and the like, which a parent process may pass on without intent. */
  | "other";

/** Sources of a prompt. */
export interface PromptSources {
  readonly words: readonly string[];
  readonly literal: readonly string[];
  /** `--stdin` or `--no-stdin`. */
  readonly stdin: boolean | undefined;
  readonly kind: StdinKind;
  /** What an agent asks: then nothing more is needed. */
  readonly lead?: string | undefined;
}

/** The words of the prompt, and whether stdin is read as well. */
export interface PromptPlan {
  readonly text: string;
  readonly readsStdin: boolean;
}

/**
 * Decides where the prompt comes from. Pure.
 *
 * If words are given, stdin is read only if it is a pipe or a file: a socket or device inherited
 * from a parent process may stay open and silent forever. Without words, anything but a terminal is
 * read, because there is no other source.
 *
 * @throws {UsageError} If the flags contradict each other, or there is no prompt.
 */
export function planPrompt(sources: PromptSources): PromptPlan {
  const { words, literal, stdin, kind, lead } = sources;
  const wanted = stdin === true || words.includes("-");
  if (wanted && stdin === false) {
    throw new UsageError('Cannot use "-" with --no-stdin: "-" reads stdin');
  }
  const said = [...words.filter((word) => word !== "-"), ...literal]
    .join(" ").trim();
  const text = isBlank(said) ? "" : said;
  const readsStdin = wanted ||
    (stdin !== false &&
      (kind === "data" ||
        text === "" && kind === "other" && lead === undefined));
  if (text === "" && !readsStdin && lead === undefined) throw noPrompt();
  return { text, readsStdin };
}

/** Joins what an agent asks, the words, and the text from stdin. Pure. */
export function joinPrompt(text: string, piped: string, lead = ""): string {
  // The line break at the end of a file is not part of its text.
  const body = isBlank(piped) ? "" : piped.replace(/\s+$/, "");
  const parts = [lead, text, body].filter((part) => part !== "");
  if (parts.length === 0) throw noPrompt();
  return parts.join("\n\n");
}

/**
 * Rejects a prompt for commands that do not send one.
 *
 * @throws {UsageError} A prompt is given.
 */
export function refusePrompt(
  { command, words, literal }: Invocation,
  why: string,
  hint: string,
): void {
  if (words.length === 0 && literal.length === 0) return;
  throw new UsageError(`Cannot give "${command}" a prompt: ${why}`, hint);
}

function noPrompt(): UsageError {
  return new UsageError(
    "Cannot send the prompt: there is none",
    'Write one, as in: claudestream send "explain this repo"; or pipe one in',
  );
}

/** Determines the kind of stdin. */
export function stdinKind(isTerminal: boolean): StdinKind {
  if (isTerminal) return "terminal";
  const kind = fileOf(0);
  return kind?.isFifo || kind?.isFile ? "data" : "other";
}

/**
 * How long stdin may be silent before a note says that the program is waiting for it, in
 * milliseconds.
 */
const PATIENCE_MS = 2000;

/**
 * Reads the prompt of a command.
 *
 * @param lead What an agent asks.
 * @throws {UsageError} There is none.
 * @throws {SignalError} A signal arrived while stdin was read.
 */
export async function readPrompt(
  invocation: Invocation,
  output: Output,
  lead?: string,
): Promise<string> {
  const { words, literal, flags } = invocation;
  const kind = stdinKind(output.terminals.stdin);
  const { stdin } = flags;
  const plan = planPrompt({ words, literal, stdin, kind, lead });
  if (!plan.readsStdin) return joinPrompt(plan.text, "", lead);
  if (kind === "terminal" && asksNobody(flags)) {
    throw new UsageError(
      `Cannot read the prompt from the terminal: ${whyNobodyIsAsked(flags)}`,
      "Write it as an argument, or pipe one in",
    );
  }
  const timer = setTimeout(() => {
    output.stderr(
      kind === "terminal"
        ? "claudestream: reading the prompt from the terminal; Ctrl-D ends it\n"
        : "claudestream: waiting for the end of stdin; --no-stdin leaves it alone\n",
    );
  }, kind === "terminal" ? 0 : PATIENCE_MS);
  try {
    const { text, isReplaced } = textOfBytes(
      await unlessSignalled(
        readStdin(
          "the prompt",
          "Pipe a text in, or leave stdin alone with --no-stdin",
        ),
      ),
      "the prompt from stdin",
    );
    if (isReplaced && flags.quiet !== true) {
      await output.stderr(
        "claudestream: stdin is not UTF-8 throughout: what cannot be read is sent as \ufffd\n",
      );
    }
    return joinPrompt(plan.text, text, lead);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the error for a stdin that cannot be read. */
export function unreadableStdin(
  what: string,
  error: Error,
  hint: string,
): UsageError {
  return new UsageError(
    `Cannot read ${what} from stdin: ${
      error instanceof Deno.errors.IsADirectory
        ? "it is a directory"
        : error.message
    }`,
    hint,
  );
}

/**
 * Reads stdin to its end.
 *
 * @param what What is read, for the error.
 * @throws {UsageError} It cannot be read.
 */
export async function readStdin(
  what: string,
  hint: string,
): Promise<Uint8Array> {
  // Do not use `Deno.stdin.readable`: at its end it would close stdin for later questions.
  const buffer = new Uint8Array(64 * 1024);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const size = await Deno.stdin.read(buffer).catch((error) => {
      throw unreadableStdin(what, error, hint);
    });
    if (size === null) break;
    parts.push(buffer.slice(0, size));
  }
  return await new Blob(parts).bytes();
}
