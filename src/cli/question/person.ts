/**
 * Finds a terminal at which a person can be asked: stdin and stderr, or the controlling terminal if
 * stdin is a pipe.
 *
 * @module
 */

import type { ColorChoice } from "../flags/flags.ts";
import { InputLines } from "../input/input_lines.ts";
import { type Output, readEnv, writeAll } from "../output/output.ts";
import { NO_TERMINAL } from "../flags/policy.ts";
import { stdinKind } from "../input/prompt.ts";
import { renderSpans, wantsColor } from "../text/terminal.ts";
import { thrownText } from "../../util/faults.ts";
import { PermissionAsker } from "./permission_asker.ts";
import { type QuestionScreen, QuestionTerminal } from "./question_terminal.ts";

/** A person who can be asked, or the reason why there is none. */
export type Person =
  & Disposable
  & ({ readonly asker: PermissionAsker; readonly whyNobody?: undefined } | {
    readonly asker?: undefined;
    readonly whyNobody: string;
  });

/** Input of {@linkcode findPerson}. */
export interface PersonContext {
  readonly output: Output;
  readonly color: ColorChoice | undefined;
  /** The lines of stdin, for a command that reads it. */
  readonly stdin: InputLines;
}

/** Returns a screen for questions on a stream that is a terminal. */
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

/** Returns stderr as a screen, whether or not it is a terminal. */
export function stderrScreen(output: Output): QuestionScreen {
  return screenOf(output, output.color, (text) => output.writeStderr(text));
}

/** How long the program may keep running after the stop signal, in milliseconds. */
const STOPPING_MS = 250;

/** Stops this program as Ctrl-Z does in other programs; resolves when it continues. */
async function suspend(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  Deno.addSignalListener("SIGCONT", resolve);
  // Without a shell with job control the system ignores the signal; then the timer ends the wait.
  const timer = setTimeout(resolve, STOPPING_MS);
  try {
    Deno.kill(Deno.pid, "SIGTSTP");
    await promise;
  } finally {
    clearTimeout(timer);
    Deno.removeSignalListener("SIGCONT", resolve);
  }
}

/** How this program is stopped, where that can be done. */
export function suspension(): { readonly suspend?: () => Promise<void> } {
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
 * Opens the controlling terminal if stdin or stderr is something else, as in `git diff |
 * claudestream stream …`. At least one of the outputs must be a terminal: a program that captures
 * both must not hang at a question that it cannot see. Likewise, a stdin that was closed on
 * purpose, as with `</dev/null`, means that no question is wanted. Returns the reason if the
 * terminal cannot be used.
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
  // Otherwise Deno would prompt for the permission, in the middle of the answer.
  if (!mayOpen("read") || !mayOpen("write")) {
    return `Deno may not open ${TERMINAL}; leave stdin and stderr at the terminal, or run Deno with -A, to be asked`;
  }
  try {
    return Deno.openSync(TERMINAL, { read: true, write: true });
  } catch (error) {
    // The terminal does not exist or Deno may not open it: no person can be asked.
    return `${TERMINAL} cannot be opened: ${thrownText(error)}`;
  }
}

/** Finds a person who can be asked, or the reason why none can. */
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
