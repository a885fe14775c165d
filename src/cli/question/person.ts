/**
 * Finds the person who can be asked: at stdin and stderr, or at the terminal behind a
 * pipe.
 *
 * @module
 */

import type { ColorChoice } from "../flags.ts";
import { InputLines } from "../input_lines.ts";
import { type Output, readEnv, writeAll } from "../output.ts";
import { NO_TERMINAL } from "../policy.ts";
import { stdinKind } from "../prompt.ts";
import { renderSpans, wantsColor } from "../terminal.ts";
import { thrownText } from "../../util/error_text.ts";
import { PermissionAsker } from "./permission_asker.ts";
import { type QuestionScreen, QuestionTerminal } from "./question_terminal.ts";

/** Somebody who can be asked, or why there is none. */
export type Person =
  & Disposable
  & ({ readonly asker: PermissionAsker; readonly whyNobody?: undefined } | {
    readonly asker?: undefined;
    readonly whyNobody: string;
  });

/** What {@linkcode findPerson} looks at. */
export interface PersonContext {
  readonly output: Output;
  readonly color: ColorChoice | undefined;
  /** The lines of stdin, for a command that reads it. */
  readonly stdin: InputLines;
}

/** Writes for the questions, to a stream that is a terminal. */
function screenOf(
  output: Output,
  color: boolean,
  write: (text: string) => Promise<void>,
): QuestionScreen {
  return {
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
    isDumb: readEnv("TERM") === "dumb",
    print: (...spans) => write(renderSpans(spans, color)),
    control: write,
  };
}

/** The screen that stderr is, or would be. */
export function stderrScreen(output: Output): QuestionScreen {
  return screenOf(output, output.color, (text) => output.writeStderr(text));
}

/** How long a program that was told to stop may go on running. */
const STOPPING_MS = 250;

/** Stops this program as Ctrl-Z does in other programs; resolves when it goes on. */
async function suspend(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  Deno.addSignalListener("SIGCONT", resolve);
  // Without a shell that controls jobs the system ignores the signal: then the time passes.
  const timer = setTimeout(resolve, STOPPING_MS);
  try {
    Deno.kill(Deno.pid, "SIGTSTP");
    await promise;
  } finally {
    clearTimeout(timer);
    Deno.removeSignalListener("SIGCONT", resolve);
  }
}

function suspension(): { readonly suspend?: () => Promise<void> } {
  if (Deno.build.os === "windows") return {};
  const { state } = Deno.permissions.querySync({ name: "run" });
  return state === "granted" ? { suspend } : {};
}

const TERMINAL = "/dev/tty";

function mayOpen(name: "read" | "write"): boolean {
  const { state } = Deno.permissions.querySync({ name, path: TERMINAL });
  return state === "granted";
}

/**
 * The terminal of this program, where stdin or stderr is something else: `git diff |
 * claudestream stream …`. Only where somebody looks at one of the outputs: a program that
 * takes both must not hang at a question that it does not know of. The same holds for stdin
 * that was closed on purpose, as with `</dev/null`.
 * Returns why it cannot be used if it cannot.
 */
function openTerminalFile({ terminals }: Output): Deno.FsFile | string {
  const isSeen = terminals.stdout || terminals.stderr;
  if (!isSeen) {
    return terminals.stdin
      ? "stdout and stderr are both redirected; leave one of them at the terminal to be asked"
      : NO_TERMINAL;
  }
  if (Deno.build.os === "windows") {
    return "stdin or stderr is redirected; leave both at the terminal to be asked";
  }
  if (stdinKind(terminals.stdin) === "other") {
    return "stdin is closed; leave it at the terminal to be asked";
  }
  // Deno itself would ask for the permission, in the middle of the answer.
  if (!mayOpen("read") || !mayOpen("write")) {
    return `Deno may not open ${TERMINAL}; leave stdin and stderr at the terminal, or run Deno with -A, to be asked`;
  }
  try {
    return Deno.openSync(TERMINAL, { read: true, write: true });
  } catch (error) {
    // There is none, or Deno may not open it: no person can be asked.
    return `${TERMINAL} cannot be opened: ${thrownText(error)}`;
  }
}

/** Finds who can be asked, or why no person can. */
export function findPerson(
  { output, color, stdin }: PersonContext,
): Person {
  const { terminals } = output;
  if (terminals.stdin && terminals.stderr) {
    const screen = stderrScreen(output);
    const terminal = new QuestionTerminal({
      screen,
      input: stdin,
      setRaw: (isRaw) => Deno.stdin.setRaw(isRaw),
      ...suspension(),
    });
    return {
      asker: new PermissionAsker({ screen, terminal }),
      [Symbol.dispose]: () => {},
    };
  }
  const file = openTerminalFile(output);
  if (typeof file === "string") {
    return { whyNobody: file, [Symbol.dispose]: () => {} };
  }
  const screen = screenOf(
    output,
    wantsColor({ choice: color, isTerminal: true, env: readEnv }),
    (text) => writeAll(file, text),
  );
  const terminal = new QuestionTerminal({
    screen,
    input: new InputLines((buffer) => file.read(buffer)),
    setRaw: (isRaw) => file.setRaw(isRaw),
    ...suspension(),
  });
  return {
    asker: new PermissionAsker({ screen, terminal }),
    [Symbol.dispose]: () => file.close(),
  };
}
