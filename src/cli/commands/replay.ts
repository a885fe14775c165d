/**
 * The command `replay`: a recorded session in any view, without a CLI.
 *
 * @module
 */

import "../text/exact_width.ts";
import { lineDecoder } from "../../decode/decode_events.ts";
import { Tally } from "../../decode/tally.ts";
import { ProcessExitError } from "../../errors.ts";
import type { View } from "../../events/mod.ts";
import type { Result } from "../../messages/result.ts";
import { readRecording, type RecordedLine } from "../../observe/recording.ts";
import { turnFailure } from "../../protocol/turn_failure.ts";
import { isWireObject } from "../../util/json.ts";
import type { Soon } from "../../util/maybe_promise.ts";
import { EXIT } from "../failure/exit_code.ts";
import type { Flags } from "../flags/flags.ts";
import { footerText } from "../text/footer.ts";
import { markedText } from "../text/marked_text.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import {
  answerPresenter,
  jsonPresenter,
  type Presenter,
  rawPresenter,
} from "../output/presenters.ts";
import { report } from "../failure/report.ts";
import { styled } from "../text/terminal.ts";
import { textPresenter } from "../output/text_presenter.ts";
import { UsageError } from "../failure/usage_error.ts";

/** Values of `--as`. */
const VIEWS = ["send", "stream", "ask", "events"] as const;

type ReplayView = (typeof VIEWS)[number];

/** `replay`: shows a recording, and ends as it did. */
export async function replay(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { flags, words, literal } = invocation;
  const [file, ...others] = [...words, ...literal];
  if (file === undefined || others.length > 0) {
    throw new UsageError(
      file === undefined
        ? "Cannot replay: no file was named"
        : `Cannot replay: expected one file, got also ${
          JSON.stringify(others[0])
        }`,
      "claudestream replay FILE",
    );
  }
  const runs = await readRuns(file);
  const view = viewOf(flags);
  const speed = flags.fast === true ? Infinity : flags.speed ?? 1;
  const show = <V extends View>(presenter: () => Soon<Presenter<V>>) =>
    new Show(output, flags, presenter, speed).play(runs);
  if (flags.raw === true) return await show(() => rawPresenter(output));
  if (view === "events" || (flags.json !== undefined && view !== "ask")) {
    return await show(() => jsonPresenter(output));
  }
  if (view === "ask") {
    return await show(() => answerPresenter(output, flags, () => undefined));
  }
  const detail = view === "stream" ? "brief" : "full";
  return await show(() => textPresenter(output, flags, detail));
}

async function readRuns(
  file: string,
): Promise<readonly (readonly RecordedLine[])[]> {
  const text = await Deno.readTextFile(file).catch((cause) => {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new UsageError(
      cause instanceof Deno.errors.NotFound
        ? `Cannot replay: there is no ${JSON.stringify(file)}`
        : `Cannot replay ${JSON.stringify(file)}: ${cause.message}`,
    );
  });
  try {
    return readRecording(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new UsageError(
      `Cannot replay ${JSON.stringify(file)}: ${cause.message}`,
      "Make a recording with: claudestream record FILE PROMPT…",
    );
  }
}

function viewOf({ as = "send" }: Flags): ReplayView {
  return VIEWS.find((one) => one === as) ?? "send";
}

/** Shows the processes of a recording, one after the other. */
class Show<V extends View> {
  readonly #output: Output;
  readonly #flags: Flags;
  readonly #presenter: () => Soon<Presenter<V>>;
  readonly #speed: number;
  /** Shows the current turn. */
  #shown: Presenter<V> | undefined;
  /** Tools and files of the current turn. */
  #tally = new Tally();
  #code: number = EXIT.done;

  constructor(
    output: Output,
    flags: Flags,
    presenter: () => Soon<Presenter<V>>,
    speed: number,
  ) {
    this.#output = output;
    this.#flags = flags;
    this.#presenter = presenter;
    this.#speed = speed;
  }

  /** Returns the exit code that the recorded session had. */
  async play(runs: readonly (readonly RecordedLine[])[]): Promise<number> {
    for (const lines of runs) await this.#run(lines);
    return this.#code;
  }

  async #run(lines: readonly RecordedLine[]): Promise<void> {
    const flat = lineDecoder("flat", "lenient");
    const cut = lineDecoder((await this.#presenter()).view, "lenient");
    let playedMs = 0;
    let error: string | undefined;
    for (const line of lines) {
      // How long a person took to write a prompt is of no interest.
      if (!("out" in line)) await this.#pass(line.ms - playedMs);
      playedMs = line.ms;
      if ("out" in line) await this.#prompt(line.out);
      else if ("in" in line) {
        const text = typeof line.in === "string"
          ? line.in
          : JSON.stringify(line.in);
        for (const event of cut(text)) {
          this.#shown ??= await this.#presenter();
          await this.#shown.take(event);
        }
        for (const event of flat(text)) {
          this.#tally.add(event);
          if (event.type === "assistant_text") error = event.error ?? error;
          if (event.type !== "result") continue;
          await this.#end(event, error);
          error = undefined;
        }
      } else if ("exit" in line) await this.#exit(line.exit);
      else if ("error" in line) await this.#failed(line.error);
    }
  }

  async #pass(ms: number): Promise<void> {
    const wait = ms / this.#speed;
    if (!(wait >= 1)) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }

  async #prompt(line: unknown): Promise<void> {
    if (!isWireObject(line) || line.type !== "user") return;
    const { message } = line;
    const content = isWireObject(message) ? message.content : undefined;
    if (typeof content !== "string" || this.#flags.quiet === true) return;
    if (this.#flags.json !== undefined || this.#flags.raw === true) return;
    await this.#shown?.interlude();
    await this.#output.stderr(
      styled("cyan", "> "),
      styled(
        "bold",
        content.split("\n").map((text) => markedText(text, "prose")).join("\n"),
      ),
      "\n\n",
    );
  }

  async #end(result: Result, error: string | undefined): Promise<void> {
    await this.#shown?.end(result);
    this.#shown = undefined;
    const failure = turnFailure(
      result,
      error === undefined ? {} : { assistantError: error },
    );
    // As with a session of several turns, the last one counts.
    this.#code = failure === undefined
      ? EXIT.done
      : await report(this.#output, failure);
    const isWanted = this.#flags.footer ??
      (this.#output.terminals.stderr && this.#flags.quiet !== true);
    if (isWanted) {
      await this.#output.stderr(
        styled("dim", `${footerText(result, this.#tally)}\n`),
      );
    }
    this.#tally = new Tally();
  }

  /** A process that ended by itself, in the middle of a turn or not. */
  async #exit(
    { code, signal, closed }: {
      readonly code: number;
      readonly signal: string | null;
      readonly closed: boolean;
    },
  ): Promise<void> {
    await this.#shown?.end(undefined);
    const isBroken = this.#shown !== undefined;
    this.#shown = undefined;
    if (closed || (code === 0 && !isBroken)) return;
    this.#code = await report(
      this.#output,
      new ProcessExitError(code, signal, {}),
    );
  }

  async #failed(message: string): Promise<void> {
    await this.#shown?.end(undefined);
    this.#shown = undefined;
    this.#code = await report(this.#output, new Error(message));
  }
}
