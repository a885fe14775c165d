import "../text/exact_width.ts";
import { SessionNotFoundError } from "../../errors.ts";
import { isBlank } from "../../prompt/blocks.ts";
import { conduct, type Conductor } from "../conductor.ts";
import { EXIT } from "../failure/exit_code.ts";
import type { InputLines } from "../input/input_lines.ts";
import type { PromptReader } from "../editor/prompt_reader.ts";
import type { PermissionRequest } from "../../events/permissions.ts";
import type { AskContext } from "../question/permission_asker.ts";
import { type Output, readEnv } from "../output/output.ts";
import { oneLine } from "../text/one_line.ts";
import type { Invocation } from "../flags/parse.ts";
import { refusePrompt } from "../input/prompt.ts";
import { jsonPresenter } from "../output/presenters.ts";
import { textPresenter } from "../output/text_presenter.ts";
import { asksNobody, whyNobodyIsAsked } from "../flags/no_input.ts";
import type { Flags } from "../flags/flags.ts";
import type {
  ReplContext,
  ReplSettings,
  ReplStep,
} from "../repl/repl_command.ts";
import { UsageError } from "../failure/usage_error.ts";
import { findPerson, suspension } from "../question/person.ts";
import { report } from "../failure/report.ts";
import { styled } from "../text/terminal.ts";
import { VERSION } from "../help/version.ts";
import { pipedLines, typedLines } from "./_one_shot.ts";

/**
 * The CLI does not accept these from programs and only answers that they are unavailable, so they
 * are handled here.
 */
const LEAVING: ReadonlySet<string> = new Set(["/exit", "/quit"]);

/** A second Ctrl-C leaves within this time after one that ended a turn, in milliseconds. */
const AGAIN_MS = 1000;

/** What outlives a session: one repl may have several, one after the other. */
interface Desk {
  readonly output: Output;
  readonly lines: InputLines;
  readonly settings: ReplSettings;
  /** Present if a person types at a terminal that can be drawn on. */
  reader: PromptReader | undefined;
  /** What is running now. */
  conductor: Conductor | undefined;
  /** The flags of the running session, with what was changed since. */
  flags: Flags;
  /** Flags of the session that comes next. */
  next: Flags | undefined;
  /** The highest exit code so far, for a script. */
  worst: number;
  lastPrompt: string | undefined;
}

/** `repl`: runs several turns in one session. */
export async function repl(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  refusePrompt(
    invocation,
    "it reads prompts from stdin",
    "To send a single one: claudestream send …",
  );
  const { flags } = invocation;
  const { stdin, stderr } = output.terminals;
  const isEdited = stdin && stderr && readEnv("TERM") !== "dumb";
  const desk: Desk = {
    output,
    // The editor reads the keys itself, and leaves them alone while another program runs.
    lines: stdin ? typedLines(!isEdited) : pipedLines(),
    settings: { isJson: false, detail: "brief" },
    reader: undefined,
    conductor: undefined,
    flags,
    next: undefined,
    worst: EXIT.done,
    lastPrompt: undefined,
  };
  await using reader = isEdited ? await openReader(desk) : undefined;
  desk.reader = reader;
  for (let isFurther = false;; isFurther = true) {
    const code = await runSession(desk, isFurther);
    if (desk.next === undefined) return code;
    desk.flags = desk.next;
    desk.next = undefined;
  }
}

/** Runs one session, until somebody leaves or another one is wanted. */
async function runSession(desk: Desk, isFurther: boolean): Promise<number> {
  const { output, lines, reader, flags } = desk;
  using person = asksNobody(flags)
    ? undefined
    : findPerson({ output, color: flags.color, stdin: lines });
  const asker = person?.asker;
  const whyNobody = person === undefined
    ? whyNobodyIsAsked(flags)
    : person.whyNobody;
  const plan = {
    output,
    flags,
    whyNobody,
    isFurther,
    asker: asker && {
      ask: (request: PermissionRequest, context: AskContext) => {
        const ask = () => asker.ask(request, context);
        return reader === undefined ? ask() : reader.paused(ask);
      },
    },
  };
  return await conduct(plan, async (conductor) => {
    desk.conductor = conductor;
    try {
      return await new Repl(desk, conductor, isFurther).run();
    } finally {
      desk.conductor = undefined;
    }
  });
}

/** Loads the editor: lines of a pipe, and a dumb terminal, need none. */
async function openReader(desk: Desk): Promise<PromptReader> {
  const { output, lines } = desk;
  const [{ PromptReader }, { History }, { listFolder }] = await Promise.all([
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
  const list = listFolder(desk.flags.cwd ?? Deno.cwd());
  return new PromptReader({
    output,
    lines,
    history,
    complete: async (text) => {
      const session = desk.conductor?.session;
      if (session === undefined) return { from: text.length, candidates: [] };
      const [{ REPL_COMMANDS: commands }, { completeRepl }] = await Promise.all(
        [
          import("../repl/repl_commands.ts"),
          import("../repl/repl_completion.ts"),
        ],
      );
      const context = { session, flags: desk.flags };
      return await completeRepl(text, { commands, context, list });
    },
    edit: editPrompt,
    setRaw: (isRaw) => Deno.stdin.setRaw(isRaw),
    suspend: suspension().suspend,
    interrupt: () => {
      if (desk.conductor !== undefined) {
        return desk.conductor.watch.pressInterrupt();
      }
      // Between two sessions, and before the first one.
      Deno.exit(EXIT.interrupted);
    },
  });
}

async function editPrompt(text: string): Promise<string> {
  const { editInEditor } = await import("../question/input_editor.ts");
  const edited = await editInEditor(text, ".md");
  if ("why" in edited) throw new UsageError(`Cannot edit: ${edited.why}`);
  return edited.text.replace(/\n+$/, "");
}

/** Abort reason: no further line is read, and the program ends. */
class Leave {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** Reads lines and sends each as a turn, one after the other, in one session. */
class Repl {
  readonly #desk: Desk;
  readonly #output: Output;
  readonly #lines: InputLines;
  readonly #reader: PromptReader | undefined;
  readonly #conductor: Conductor;
  readonly #isFurther: boolean;
  /** Whether a person types the lines, as opposed to a pipe or a file. */
  readonly #isInteractive: boolean;
  readonly #leaving = new AbortController();
  /** The error that ended the process, if it has ended. */
  #death: Error | undefined;
  /** Whether Ctrl-C was the last input: a second one leaves. */
  #isWarned = false;

  constructor(desk: Desk, conductor: Conductor, isFurther: boolean) {
    this.#desk = desk;
    this.#output = desk.output;
    this.#lines = desk.lines;
    this.#reader = desk.reader;
    this.#conductor = conductor;
    this.#isFurther = isFurther;
    this.#isInteractive = desk.output.terminals.stdin;
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
    if (!this.#isFurther) {
      await this.#note(
        `claudestream ${VERSION} · :help for help, Ctrl-D to leave\n`,
      );
    }
    if (continued !== undefined) await this.#note(continued);
    for (;;) {
      const line = await this.#nextLine();
      if (line instanceof Leave) return Math.max(this.#desk.worst, line.code);
      const text = line.trim();
      if (isBlank(text)) continue;
      if (LEAVING.has(text)) return await this.#bye(this.#desk.worst);
      // A blank in front makes a prompt of what looks like a command.
      const code = line.startsWith(":")
        ? await this.#obey(text)
        : await this.#turn(text);
      if (this.#death !== undefined) return await this.#reportDeath(code);
      if (session.state === "closed") return code;
      // A person who types has seen how each turn ended; a script needs the exit code.
      if (!this.#isInteractive) {
        this.#desk.worst = Math.max(this.#desk.worst, code);
      }
      if (this.#desk.next !== undefined) return this.#desk.worst;
      if (this.#isOver) return await this.#bye(this.#desk.worst);
    }
  }

  /** Whether a command has said so. */
  #isOver = false;

  #turn(text: string): Promise<number> {
    const { settings, flags } = this.#desk;
    this.#desk.lastPrompt = text;
    if (settings.isJson) {
      return this.#conductor.turn(text, jsonPresenter(this.#output));
    }
    // Without the editor the terminal echoes what is typed ahead within the answer, so nothing may
    // be drawn over it.
    const isPlain = this.#reader === undefined && this.#isInteractive;
    return this.#conductor.turn(
      text,
      textPresenter(
        this.#output,
        isPlain ? { ...flags, plain: true } : flags,
        settings.detail,
        { figures: () => this.#conductor.session },
      ),
    );
  }

  /** Runs a command; one that fails is told, as a turn is. */
  async #obey(line: string): Promise<number> {
    const [{ REPL_COMMANDS }, { commandOf }] = await Promise.all([
      import("../repl/repl_commands.ts"),
      import("../repl/repl_command.ts"),
    ]);
    let step: ReplStep;
    try {
      const { command, rest } = commandOf(line, REPL_COMMANDS);
      step = await command.run(this.#context(), rest);
    } catch (error) {
      return await report(this.#output, error);
    }
    if (step === undefined) return EXIT.done;
    if ("send" in step) {
      return isBlank(step.send) ? EXIT.done : await this.#turn(step.send);
    }
    if ("write" in step) this.#reader?.write(step.write);
    else if ("leave" in step) this.#isOver = true;
    else return await this.#reopen(step.reopen);
    return EXIT.done;
  }

  #context(): ReplContext {
    const { output, settings, lastPrompt, flags } = this.#desk;
    const { session } = this.#conductor;
    const reader = this.#reader;
    return {
      session,
      output,
      flags,
      settings,
      lastPrompt,
      lastAnswer: session.lastResult?.result,
      keep: (change) => {
        this.#desk.flags = { ...this.#desk.flags, ...change };
      },
      readLine: async () => {
        const line = await this.#nextLine();
        return line instanceof Leave ? undefined : line;
      },
      ...reader === undefined ? {} : {
        edit: (text) => reader.lend(() => editPrompt(text)),
        choose: () => reader.paused(() => this.#choose()),
      },
    };
  }

  async #choose(): Promise<string | undefined> {
    const { pickSession } = await import("../sessions/pick_session.ts");
    const { output, lines, flags } = this.#desk;
    return (await pickSession(output, lines, flags))?.id;
  }

  async #reopen(flags: Flags): Promise<number> {
    if (flags.record !== undefined) {
      return await report(
        this.#output,
        new UsageError(
          "Cannot change the session with --record: a recording is of one",
          "Leave, and start with other flags",
        ),
      );
    }
    this.#desk.next = flags;
    return EXIT.done;
  }

  /** Prints which session is continued, if its file can be read. */
  async #continued(): Promise<string | undefined> {
    const { flags } = this.#desk;
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

  /** Prints how to resume the session. */
  async #bye(code: number): Promise<number> {
    const { id, turnCount } = this.#conductor.session;
    if (id !== undefined && turnCount > 0) {
      await this.#note(`To go on: claudestream repl --resume ${id}\n`);
    }
    return code;
  }

  async #note(text: string): Promise<void> {
    if (!this.#isInteractive || this.#desk.flags.quiet === true) return;
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
