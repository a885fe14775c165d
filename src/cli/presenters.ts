/**
 * Presenters: the different ways to show a turn.
 *
 * @module
 */

import type { ClaudeEvent, View, ViewEvents } from "../events/mod.ts";
import { roundUsd } from "../decode/usage.ts";
import type { Result } from "../messages/result.ts";
import { turnFailure } from "../protocol/turn_failure.ts";
import { answerText, isProse } from "./answer_form.ts";
import { NoCodeError } from "./exit_code.ts";
import type { Flags } from "./flags.ts";
import { versioned } from "./json_line.ts";
import { conversationText, emptyText, retryText } from "./note_text.ts";
import { wantsLive } from "./live/first_sign.ts";
import type { LiveFigures } from "./live/figures_line.ts";
import { LiveStatus } from "./live/live_status.ts";
import { AnswerScreen, wantsMarkdown } from "./markdown/answer_screen.ts";
import type { Output, Piece } from "./output.ts";
import { Renderer } from "./render.ts";
import type { DiffFunction } from "./question/edit_diff.ts";
import { styled } from "./terminal.ts";
import { EDITING_TOOLS } from "./tool_view.ts";

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

/** Options of {@linkcode textPresenter}. */
export interface TextPresenterOptions {
  /** Whether the process is yet to come. Default `false`. */
  readonly isStarting?: boolean;
  /** Returns the figures to show below what happens. Default: none are shown. */
  readonly figures?: () => LiveFigures;
}

/** Prints text: the answer to stdout, the rest to stderr. */
export function textPresenter(
  output: Output,
  flags: Flags,
  detail: "full" | "brief",
  { isStarting = false, figures }: TextPresenterOptions = {},
): Presenter<"flat"> {
  const isLive = wantsLive(output, flags);
  let diff: DiffFunction | undefined;
  const renderer = new Renderer({
    detail,
    diff: () => diff,
    isOneStream: output.isOneStream,
    isLive,
    quiet: flags.quiet ?? false,
    columns: () => output.columns,
  });
  const answer = wantsMarkdown(output, flags)
    ? new AnswerScreen(output)
    : undefined;
  const status = isLive || answer !== undefined
    ? new LiveStatus(output, {
      isStarting,
      showsStatus: isLive,
      ...figures === undefined ? {} : { figures },
      above: () => answer?.open() ?? [],
    })
    : undefined;
  const print = (pieces: readonly Piece[]) =>
    answer === undefined ? output.print(pieces) : answer.print(pieces);
  return {
    view: "flat",
    async take(event) {
      status?.take(event);
      if (
        isLive && event.type === "tool_use" && EDITING_TOOLS.has(event.name)
      ) {
        diff ??= await (await import("./question/edit_diff.ts")).loadDiff();
      }
      const pieces = renderer.take(event);
      if (endsStatus(output, pieces)) await status?.close();
      await print(pieces);
      if (isOwnCall(event)) await answer?.end(false);
      status?.draw();
    },
    async interlude() {
      await status?.hide();
      const pieces = renderer.interlude();
      await print(pieces);
      const isOpen = answer?.isOpen === true;
      await answer?.end(true);
      return isOpen || pieces.length > 0;
    },
    async end(result) {
      await status?.close();
      await print(renderer.end(result));
      await answer?.end(true);
    },
  };
}

/** Whether the reply has ended because the main agent calls a tool of the CLI. */
function isOwnCall(event: ClaudeEvent): boolean {
  return event.type === "tool_use" && !event.server &&
    event.parentToolUseId === null;
}

/** What reads the answer from a pipe may show it on the same screen: from then on that is its own. */
function endsStatus({ terminals }: Output, pieces: readonly Piece[]): boolean {
  return !terminals.stdout && pieces.some(({ to }) => to === "stdout");
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

async function printAnswer(
  output: Output,
  flags: Flags,
  text: string,
): Promise<void> {
  if (!isProse(flags) || !wantsMarkdown(output, flags)) {
    return await output.stdout(text);
  }
  const answer = new AnswerScreen(output);
  await answer.print([{ to: "stdout", text }]);
  await answer.end(true);
}

/**
 * Prints the final text only, or the whole answer as an object. Reasons for a delay go to stderr,
 * since the CLI may retry ten times over minutes; so do changes of the conversation.
 */
export function answerPresenter(
  output: Output,
  flags: Flags,
  sessionId: () => string | undefined,
  print: (text: string) => Promise<void> = (text) =>
    printAnswer(output, flags, text),
): Presenter<"flat"> {
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
    ? new LiveStatus(output, { isStarting: true })
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
