import { SessionNotFoundError } from "../../errors.ts";
import { isBlank } from "../../prompt/blocks.ts";
import { conduct, type Conductor } from "../conductor.ts";
import { EXIT } from "../exit_code.ts";
import type { InputLines } from "../input_lines.ts";
import type { PromptReader } from "../editor/prompt_reader.ts";
import type { PermissionRequest } from "../../events/permissions.ts";
import type { AskContext } from "../question/permission_asker.ts";
import { type Output, readEnv } from "../output.ts";
import { oneLine } from "../one_line.ts";
import type { Invocation } from "../parse.ts";
import { refusePrompt } from "../prompt.ts";
import { textPresenter } from "../presenters.ts";
import { findPerson, suspension } from "../question/person.ts";
import { report } from "../report.ts";
import { styled } from "../terminal.ts";
import { VERSION } from "../version.ts";
import { pipedLines, typedLines } from "./_one_shot.ts";

const HELP = `  :help   this
  :quit   leave; so do /exit, Ctrl-D, and Ctrl-C twice
  Tab     completes :commands, and files after @
  \\ Enter, or Ctrl-J, begins a further line; the arrows find older prompts
  Ctrl-C  interrupts the turn that is running
  Everything else goes to Claude, /cost and the like too
`;

/** What Tab completes. */
const COMMANDS = [":help", ":quit"];

/**
 * The CLI does not accept `/exit` from programs and only answers that it is unavailable, so it is
 * handled here.
 */
const LEAVING: ReadonlySet<string> = new Set([
  ":q",
  ":quit",
  ":exit",
  "/exit",
  "/quit",
]);

/** `repl`: runs several turns in one session. */
export async function repl(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { flags } = invocation;
  refusePrompt(
    invocation,
    "it reads prompts from stdin",
    "To send a single one: claudestream send …",
  );
  const { stdin, stderr } = output.terminals;
  const isEdited = stdin && stderr && readEnv("TERM") !== "dumb";
  // The editor reads the keys itself, and leaves them alone while another program runs.
  const lines = stdin ? typedLines(!isEdited) : pipedLines();
  using person = findPerson({ output, color: flags.color, stdin: lines });
  const { asker, whyNobody } = person;
  let reader: PromptReader | undefined;
  const plan = {
    output,
    flags,
    whyNobody,
    asker: asker && {
      ask: (request: PermissionRequest, context: AskContext) => {
        const ask = () => asker.ask(request, context);
        return reader === undefined ? ask() : reader.paused(ask);
      },
    },
  };
  return await conduct(plan, async (conductor) => {
    await using editing = isEdited
      ? await openReader(invocation, output, lines, conductor)
      : undefined;
    reader = editing;
    return await new Repl(invocation, output, lines, conductor, reader).run();
  });
}

/** Loads the editor: lines of a pipe, and a dumb terminal, need none. */
async function openReader(
  { flags }: Invocation,
  output: Output,
  lines: InputLines,
  { watch }: Conductor,
): Promise<PromptReader> {
  const [{ PromptReader }, { History }, { complete, listFolder }] =
    await Promise.all([
      import("../editor/prompt_reader.ts"),
      import("../editor/history.ts"),
      import("../editor/completion.ts"),
    ]);
  const history = await History.load();
  if (history.failure !== undefined) {
    await output.stderr(
      styled("dim", `The history cannot be read: ${history.failure}\n`),
    );
  }
  const list = listFolder(flags.cwd ?? Deno.cwd());
  return new PromptReader({
    output,
    lines,
    history,
    complete: (text) => complete(text, COMMANDS, list),
    setRaw: (isRaw) => Deno.stdin.setRaw(isRaw),
    suspend: suspension().suspend,
    interrupt: () => watch.pressInterrupt(),
  });
}

/** A second Ctrl-C leaves within this time after one that ended a turn, in milliseconds. */
const AGAIN_MS = 1000;

/** Abort reason: no further line is read, and the program ends. */
class Leave {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** Reads lines and sends each as a turn, one after the other. */
class Repl {
  readonly #invocation: Invocation;
  readonly #output: Output;
  readonly #lines: InputLines;
  readonly #conductor: Conductor;
  /** Whether a person types the lines, as opposed to a pipe or a file. */
  readonly #isInteractive: boolean;
  /** Present if a person types at a terminal that can be drawn on. */
  readonly #reader: PromptReader | undefined;
  readonly #leaving = new AbortController();
  /** The error that ended the process, if it has ended. */
  #death: Error | undefined;
  /** Whether Ctrl-C was the last input: a second one leaves. */
  #isWarned = false;

  constructor(
    invocation: Invocation,
    output: Output,
    lines: InputLines,
    conductor: Conductor,
    reader: PromptReader | undefined,
  ) {
    this.#reader = reader;
    this.#invocation = invocation;
    this.#output = output;
    this.#lines = lines;
    this.#conductor = conductor;
    this.#isInteractive = output.terminals.stdin;
  }

  async run(): Promise<number> {
    const { session, watch } = this.#conductor;
    const continued = await this.#continued();
    try {
      await session.start();
    } catch (error) {
      return await report(this.#output, error);
    } finally {
      await this.#output.setLive([]);
    }
    watch.onInterrupt = () => this.#reader?.recall();
    watch.onIdleInterrupt = () => this.#interruptIdle();
    using _dying = session.on("error", (error) => this.#leaveDead(error));
    await this.#note(
      `claudestream ${VERSION} · :help for help, Ctrl-D to leave\n`,
    );
    if (continued !== undefined) await this.#note(continued);
    let worst = 0;
    for (;;) {
      const line = await this.#nextLine();
      if (line instanceof Leave) return Math.max(worst, line.code);
      const text = line.trim();
      if (isBlank(text)) continue;
      if (LEAVING.has(text)) return await this.#bye(worst);
      if (text.startsWith(":")) {
        await this.#obey(text);
        continue;
      }
      const code = await this.#turn(text);
      if (this.#death !== undefined) return await this.#reportDeath(code);
      if (session.state === "closed") return code;
      // A person who types has seen how each turn ended; a script needs the exit code.
      if (!this.#isInteractive) worst = Math.max(worst, code);
    }
  }

  #turn(text: string): Promise<number> {
    const { flags } = this.#invocation;
    // Without the editor the terminal echoes what is typed ahead within the answer, so nothing may
    // be drawn over it.
    const isPlain = this.#reader === undefined && this.#isInteractive;
    return this.#conductor.turn(
      text,
      textPresenter(
        this.#output,
        isPlain ? { ...flags, plain: true } : flags,
        "brief",
      ),
    );
  }

  /** Prints which session is continued, if its file can be read. */
  async #continued(): Promise<string | undefined> {
    const { flags } = this.#invocation;
    const name = flags.continue === true ? "last" : flags.resume;
    if (name === undefined || !this.#isInteractive) return undefined;
    const { foundSession } = await import("../sessions/session_choice.ts");
    try {
      const { id, ...session } = await foundSession(name, flags);
      const about = session.title ?? session.lastPrompt ?? session.firstPrompt;
      // The id is short enough for any window, and what it is about is cut.
      const room = Math.max(10, this.#output.columns - id.length - 14);
      const text = about === undefined ? "" : `${oneLine(about, room)} `;
      return `continues ${text}(${id})\n`;
    } catch (error) {
      // The CLI itself says what is wrong with the name, or knows it.
      if (
        error instanceof SessionNotFoundError ||
        error instanceof Deno.errors.NotCapable
      ) return undefined;
      throw error;
    }
  }

  async #nextLine(): Promise<string | Leave> {
    if (this.#reader === undefined) return await this.#nextTyped();
    try {
      const text = await this.#reader.read(this.#leaving.signal);
      this.#isWarned = false;
      return text ?? new Leave(await this.#bye(EXIT.done));
    } catch (reason) {
      if (reason instanceof Leave) return reason;
      throw reason;
    }
  }

  /** The next line, with the terminal's own editor. */
  async #nextTyped(): Promise<string | Leave> {
    await this.#prompt();
    const isTypedAhead = this.#lines.isReady;
    // The text was typed before a question took over the terminal, so its echo is far above.
    if (!isTypedAhead && this.#isInteractive) {
      await this.#output.stderr(this.#lines.unfinished);
    }
    try {
      const line = await this.#lines.next(this.#leaving.signal);
      this.#isWarned = false;
      // The terminal echoed it during the previous turn, somewhere within the answer.
      if (isTypedAhead && this.#isInteractive) {
        await this.#output.stderr(`${line}\n`);
      }
      if (line !== undefined) return line;
    } catch (reason) {
      if (reason instanceof Leave) return reason;
      throw reason;
    }
    if (this.#isInteractive) await this.#output.stderr("\n");
    return new Leave(await this.#bye(EXIT.done));
  }

  async #prompt(): Promise<void> {
    if (this.#isInteractive) await this.#output.stderr(styled("cyan", "> "));
  }

  async #obey(command: string): Promise<void> {
    switch (command) {
      case ":h":
      case ":help":
        return await this.#output.stderr(HELP);
      default:
        await this.#output.stderr(
          `Unknown command "${command}"; :help lists them\n`,
        );
    }
  }

  /** Prints how to resume the session. */
  async #bye(code: number): Promise<number> {
    const { id, turnCount } = this.#conductor.session;
    if (id !== undefined && turnCount > 0) {
      await this.#note(`To go on: claudestream repl --resume ${id}\n`);
    }
    return code;
  }

  async #note(text: string): Promise<void> {
    if (!this.#isInteractive || this.#invocation.flags.quiet === true) return;
    await this.#output.stderr(styled("dim", text));
  }

  /** Handles Ctrl-C at the prompt: the terminal has discarded what was typed. */
  #interruptIdle(): void {
    this.#lines.dropUnfinished();
    const { interruptedAt } = this.#conductor.watch;
    const typedAt = this.#reader?.typedAt ?? Infinity;
    const isSecond = typedAt < interruptedAt &&
      Date.now() - interruptedAt < AGAIN_MS;
    if (this.#isWarned || isSecond || !this.#isInteractive) {
      // Not awaited: a failure to print this message changes nothing.
      const isOpen = this.#reader === undefined;
      this.#output.stderr(isOpen ? "\n" : "").then(() =>
        this.#bye(EXIT.interrupted)
      )
        .catch(() => {})
        .then(() => this.#leaving.abort(new Leave(EXIT.interrupted)));
      return;
    }
    this.#isWarned = true;
    const advice = styled("dim", "Ctrl-C again leaves\n");
    if (this.#reader === undefined) {
      this.#output.stderr("\n", advice);
      this.#prompt();
      return;
    }
    this.#reader.clear();
    this.#output.stderr(advice);
  }

  /** Leaves after the process ended by itself. A turn that is being shown is shown to its end. */
  async #leaveDead(error: Error): Promise<void> {
    this.#death = error;
    if (this.#conductor.isInTurn) return;
    if (this.#isInteractive) await this.#output.stderr("\n");
    this.#leaving.abort(new Leave(await this.#reportDeath(EXIT.done)));
  }

  /**
   * Reports the end of the process, unless a turn that failed because of it has already reported
   * it.
   */
  async #reportDeath(code: number): Promise<number> {
    if (this.#conductor.lastError === this.#death) return code;
    return Math.max(code, await report(this.#output, this.#death));
  }
}
