/**
 * Presenters: the different ways to show a turn. That for people is in `text_presenter.ts`: a
 * script loads none of what it needs.
 *
 * @module
 */

import type { ClaudeEvent, View, ViewEvents } from "../../events/mod.ts";
import { roundUsd } from "../../decode/usage.ts";
import type { Result } from "../../messages/result.ts";
import { turnFailure } from "../../protocol/turn_failure.ts";
import { answerText, isProse } from "./answer_form.ts";
import { NoCodeError } from "../failure/exit_code.ts";
import type { Flags } from "../flags/flags.ts";
import { versioned } from "./json_line.ts";
import { conversationText, emptyText, retryText } from "../text/note_text.ts";
import { wantsLive } from "../live/first_sign.ts";
import { AnswerScreen, wantsMarkdown } from "../markdown/answer_screen.ts";
import type { Output } from "./output.ts";
import { styled } from "../text/terminal.ts";

/** Shows a turn. */
export interface Presenter<V extends View> {
  /** View of the turn that it needs. */
  readonly view: V;
  /** Shows an event. */
  take(event: ViewEvents[V]): Promise<void>;
  /**
   * Makes room for other text on stderr. Returns whether it had to print something.
   */
  interlude(): Promise<boolean>;
  /** Called when the turn ends; the result is absent if the turn broke off. */
  end(result: Result | undefined): Promise<void>;
}

/** A presenter that is loaded while the process starts. */
export interface LatePresenter<V extends View> {
  /** View of the turn that it needs. */
  readonly view: V;
  /** Loads and makes it. Called once the prompt has been sent. */
  load(): Promise<Presenter<V>>;
}

async function nothing(): Promise<void> {}

function noInterlude(): Promise<boolean> {
  return Promise.resolve(false);
}

/** Prints a line of JSON for each event, or for those of some types. */
export function jsonPresenter(
  output: Output,
  types?: ReadonlySet<string>,
): Presenter<"flat"> {
  return {
    view: "flat",
    async take(event) {
      if (types !== undefined && !types.has(event.type)) return;
      await output.stdout(`${eventLine(event)}\n`);
    },
    interlude: noInterlude,
    end: nothing,
  };
}

/**
 * Returns an event as JSON. An unknown event keeps its raw message, so that nothing is lost. Pure.
 */
export function eventLine(event: ClaudeEvent): string {
  return JSON.stringify(
    versioned(event.type === "unknown" ? { ...event, raw: event.raw } : event),
  );
}

/** Prints the lines as the CLI wrote them. */
export function rawPresenter(output: Output): Presenter<"wire"> {
  return {
    view: "wire",
    take: (line) =>
      output.stdout(
        `${typeof line === "string" ? line : JSON.stringify(line)}\n`,
      ),
    interlude: noInterlude,
    end: nothing,
  };
}

/** Returns what prints an answer. What it needs for Markdown it loads at once, not with the answer. */
function answerPrinter(
  output: Output,
  flags: Flags,
): (text: string) => Promise<void> {
  if (!isProse(flags) || !wantsMarkdown(output, flags)) {
    return (text) => output.stdout(text);
  }
  const answer = new AnswerScreen(output);
  return async (text) => {
    await answer.print([{ to: "stdout", text }]);
    await answer.end(true);
  };
}

/**
 * Prints the final text only, or the whole answer as an object. Reasons for a delay go to stderr,
 * since the CLI may retry ten times over minutes; so do changes of the conversation.
 */
export async function answerPresenter(
  output: Output,
  flags: Flags,
  sessionId: () => string | undefined,
  print: (text: string) => Promise<void> = answerPrinter(output, flags),
): Promise<Presenter<"flat">> {
  let isTold = false;
  let costUsd = 0;
  const formed = async (form: () => string): Promise<string> => {
    try {
      return form();
    } catch (error) {
      // It was paid for: an answer that cannot be printed as code is not lost.
      if (error instanceof NoCodeError) await output.stderr(`${error.text}\n`);
      throw error;
    }
  };
  const { json: _, ...plain } = flags;
  const status = wantsLive(output, plain)
    ? new (await import("../live/live_status.ts")).LiveStatus(output, {
      isStarting: true,
    })
    : undefined;
  return {
    view: "flat",
    async take(event) {
      status?.take(event);
      // A follow-up turn about a finished task belongs to the answer.
      if (event.type === "result") costUsd = roundUsd(costUsd + event.costUsd);
      const told = conversationText(event);
      isTold ||= told !== undefined;
      const note = event.type === "api_retry"
        ? retryText(event)
        : event.type === "configuration_mismatch" || event.type === "warning"
        ? event.message
        : told;
      if (note === undefined || flags.quiet === true) return;
      await output.stderr(styled("yellow", `${note}\n`));
    },
    async interlude() {
      await status?.hide();
      return false;
    },
    async end(result) {
      await status?.close();
      if (result === undefined || turnFailure(result) !== undefined) return;
      const facts = { costUsd, sessionId: sessionId() };
      const text = await formed(() => answerText(result, flags, facts));
      if (text !== "") await print(text);
      else if (!isTold) await output.stderr(`${emptyText(result)}\n`);
    },
  };
}
