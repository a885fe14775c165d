/**
 * The presenter for people: text, tool calls, what happens now.
 *
 * @module
 */

import type { ClaudeEvent } from "../../events/mod.ts";
import type { Flags } from "../flags/flags.ts";
import type { LiveFigures } from "../live/figures_line.ts";
import { wantsLive } from "../live/first_sign.ts";
import { LiveStatus } from "../live/live_status.ts";
import { AnswerScreen, wantsMarkdown } from "../markdown/answer_screen.ts";
import type { Output, Piece } from "./output.ts";
import type { Presenter } from "./presenters.ts";
import type { DiffFunction } from "../question/edit_diff.ts";
import { Renderer } from "../text/render.ts";
import { EDITING_TOOLS } from "../text/tool_view.ts";

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
        diff ??= await (await import("../question/edit_diff.ts")).loadDiff();
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
