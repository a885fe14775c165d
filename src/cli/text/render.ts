/**
 * Renders events as pieces for stdout and stderr. Pure.
 *
 * @module
 */

import "./exact_width.ts";
import { isResumption } from "../../decode/answers.ts";
import type { ToolResult, ToolUse } from "../../events/blocks.ts";
import type { ClaudeEvent } from "../../events/mod.ts";
import { TextPieces } from "../../decode/text_pieces.ts";
import type { Result } from "../../messages/result.ts";
import type { Status } from "../../messages/system/session.ts";
import { AnswerText } from "./answer_text.ts";
import {
  conversationText,
  emptyText,
  rateLimitText,
  retryText,
} from "./note_text.ts";
import type { Piece } from "../output/output.ts";
import { cutLine, firstLines, oneLine } from "./one_line.ts";
import { formatMs, type Span, styled, widthOf } from "./terminal.ts";
import type { DiffFunction } from "../question/edit_diff.ts";
import { errorText, inputSummary, sharedLine } from "./tool_text.ts";
import { toolLines } from "./tool_view.ts";

/** How a turn is shown. */
export interface RenderOptions {
  /** `full` shows tool results and thinking, `brief` one line for each tool. */
  readonly detail: "full" | "brief";
  /** Whether both streams go to the same place: a screen, or a pipe or file after `2>&1`. */
  readonly isOneStream: boolean;
  /** What runs is shown elsewhere while it runs. */
  readonly isLive: boolean;
  /** Whether only the answer is shown. */
  readonly quiet: boolean;
  /** Returns the current width of the terminal. */
  readonly columns: () => number;
  /** Compares the texts of edits. Without it, and without live output, each edit is one line. */
  readonly diff?: () => DiffFunction | undefined;
}

const RESULT_LINES = 10;

/** What is shown of a call. */
type CallFacts = Pick<ToolUse, "name" | "input" | "parentToolUseId">;

/** Renders one turn. */
export class Renderer {
  readonly #options: RenderOptions;
  readonly #answer = new AnswerText();
  readonly #text = new TextPieces((text) => {
    this.#retracted += text.length;
    // Text on a screen or in a pipe cannot be removed, so a note follows it.
    return "";
  });
  readonly #calls = new Map<string, ToolUse>();
  /** Calls that a person was asked about. */
  readonly #asked = new Set<string>();
  #pieces: Piece[] = [];
  /** Whether a line of the answer is open. */
  #isLineOpen = false;
  /** Whether the reply ended with a tool call: the next text of the model is a new paragraph. */
  #isReplyOver = false;
  /** Number of last printed characters that were retracted. */
  #retracted = 0;
  /** Whether the reply broke off: the next one may continue where it ended. */
  #isBroken = false;
  /** Whether a note has reported what the turn did, in place of an answer. */
  #isTold = false;
  /** A failed compaction, held back because the next event may report it. */
  #heldFailure: Status | undefined;
  /** Whether the model was asked to continue in the middle of its last reply. */
  #isResumed = false;

  constructor(options: RenderOptions) {
    this.#options = options;
  }

  /** Returns what to print for an event. */
  take(event: ClaudeEvent): readonly Piece[] {
    const text = this.#text.take(event);
    this.#tellHeld(event, text);
    if (text !== "") {
      this.#say(text, "messageId" in event ? `${event.messageId}` : "result");
    }
    switch (event.type) {
      case "stream_delta":
        if (
          event.deltaType === "thinking_delta" &&
          event.parentToolUseId === null
        ) this.#answer.cut();
        if (event.abandonedFrom !== undefined) this.#isBroken = true;
        break;
      case "assistant_text":
        if (event.parentToolUseId === null) this.#answer.cut();
        break;
      case "thinking":
        if (event.parentToolUseId === null) this.#thought(event.text);
        break;
      case "tool_use":
        if (event.parentToolUseId === null) {
          this.#answer.cut();
          if (!event.server) {
            this.#isResumed = false;
            this.#isReplyOver = true;
          }
        }
        this.#call(event);
        break;
      case "user_text":
        if (isResumption(event)) this.#isResumed = true;
        break;
      case "permission_request":
        this.#asked.add(event.toolUseId);
        break;
      case "tool_result":
        this.#outcome(event);
        break;
      case "configuration_mismatch":
      case "warning":
        this.#note(styled("yellow", `${event.message}\n`));
        break;
      case "api_retry":
        this.#note(styled("yellow", `${retryText(event)}\n`));
        break;
      case "status":
        this.#tell(event);
        break;
      case "compact_boundary":
      case "conversation_reset":
        this.#tell(event);
        break;
      case "rate_limit":
        if (event.status !== "allowed") {
          this.#note(styled("yellow", `${rateLimitText(event)}\n`));
        }
        break;
      case "unknown":
        if (event.reason === "not_json" && this.#options.detail === "full") {
          const line = oneLine(String(event.raw), this.#width - 8);
          this.#note(styled("dim", `claude: ${line}\n`));
        }
        break;
    }
    return this.#flush();
  }

  /** Prepares stderr for other output: makes sure that it starts on a new line. */
  interlude(): readonly Piece[] {
    this.#freshLine();
    return this.#flush();
  }

  /** Ends the turn; the result is absent if the turn broke off. */
  end(result: Result | undefined): readonly Piece[] {
    this.#tellHeld(undefined, "");
    this.#answer.cut();
    this.#tellUnfinished();
    const lineBreak = this.#answer.endLine();
    // A note may already have ended the line.
    const isEnded = this.#options.isOneStream && !this.#isLineOpen;
    if (lineBreak !== "" && !isEnded) {
      this.#pieces.push({ to: "stdout", text: lineBreak });
    }
    this.#isLineOpen = false;
    if (
      result !== undefined && !result.isError && !this.#answer.isStarted &&
      !this.#isTold
    ) {
      this.#pieces.push({ to: "stderr", spans: [`${emptyText(result)}\n`] });
    }
    return this.#flush();
  }

  get #width(): number {
    return this.#options.columns() - 1;
  }

  #flush(): readonly Piece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #say(text: string, reply: string): void {
    if (this.#retracted > 0) {
      const note =
        `the reply broke off: its last ${this.#retracted} characters do not count\n`;
      this.#retracted = 0;
      this.#answer.cut();
      this.#note(styled("yellow", note));
    } else if (this.#isResumed || this.#isBroken && !this.#answer.isOver) {
      this.#answer.resume(reply);
    }
    this.#isBroken = this.#isResumed = false;
    const print = this.#answer.push(text, reply);
    if (print === "") return;
    this.#isLineOpen = true;
    this.#isReplyOver = false;
    this.#pieces.push({ to: "stdout", text: print });
  }

  #note(...spans: readonly Span[]): void {
    if (this.#options.quiet) return;
    this.#freshLine();
    this.#pieces.push({ to: "stderr", spans });
  }

  #freshLine(): void {
    if (!this.#isLineOpen) return;
    // A reader of stdout may show it together with stderr, as tee does: if the line has to end
    // anyway, end it before the note.
    if (!this.#options.isOneStream && !this.#isReplyOver) return;
    this.#isLineOpen = false;
    // In the middle of a block a line break on stdout would become part of the answer.
    this.#pieces.push(
      this.#answer.isOver
        ? { to: "stdout", text: this.#answer.endLine() }
        : { to: "stderr", spans: ["\n"] },
    );
  }

  /** Tells which tools were shown as running, and came to no end. */
  #tellUnfinished(): void {
    const { isLive, detail } = this.#options;
    if (!isLive || detail === "full") return;
    for (const call of this.#calls.values()) {
      this.#note(...this.#callLine(styled("cyan", "●"), call, ""), "\n");
    }
    this.#calls.clear();
  }

  /** Reports a change of the conversation. */
  #tell(event: ClaudeEvent): void {
    const text = conversationText(event);
    if (text === undefined) return;
    this.#isTold = true;
    if (event.type === "status") this.#heldFailure = event;
    else this.#note(styled("dim", `${text}\n`));
  }

  /** Reports a failed compaction, unless the CLI reports it itself, in its answer to `/compact`. */
  #tellHeld(next: ClaudeEvent | undefined, answer: string): void {
    const held = this.#heldFailure;
    if (held === undefined || next?.type === "system_init") return;
    this.#heldFailure = undefined;
    if (answer.includes(held.compactError ?? "\n")) return;
    this.#note(styled("yellow", `${conversationText(held)}\n`));
  }

  #thought(text: string): void {
    this.#answer.cut();
    if (this.#options.detail !== "full" || text.trim() === "") return;
    this.#note(styled("dim", `${text.trim()}\n`));
  }

  /** How many subagents are above a call. */
  #depth(parent: string | null): number {
    if (parent === null) return 0;
    return 1 + this.#depth(this.#calls.get(parent)?.parentToolUseId ?? null);
  }

  /** What a tool did, below its line; what a person was asked about was shown there. */
  #bodyOf(
    { toolUseId, isError }: ToolResult,
    call: CallFacts,
  ): readonly Span[] {
    const isAsked = this.#asked.delete(toolUseId);
    if (!this.#options.isLive || isError || isAsked) return [];
    const indent = "  ".repeat(1 + this.#depth(call.parentToolUseId));
    const columns = this.#width - indent.length;
    const diff = this.#options.diff?.();
    return toolLines(call.name, call.input, columns, diff)
      .flatMap((line) => [indent, ...line, "\n"]);
  }

  #call(call: ToolUse): void {
    this.#calls.set(call.toolUseId, call);
    if (this.#options.detail !== "full") return;
    this.#note(...this.#callLine(styled("cyan", "●"), call, ""), "\n");
  }

  /** Prints a mark, the tool's name, its input and a suffix on one line. */
  #callLine(
    mark: Span,
    call: CallFacts,
    after: string,
  ): readonly Span[] {
    const indent = "  ".repeat(this.#depth(call.parentToolUseId));
    const name = oneLine(call.name, 60);
    const room = this.#width - indent.length - 2 - widthOf(name);
    const [summary, tail] = sharedLine(
      inputSummary(call.input),
      after,
      room - 3,
    );
    return [
      indent,
      mark,
      " ",
      styled("bold", name),
      summary === "" ? "" : ` ${summary}`,
      tail === "" ? "" : styled("dim", `  ${tail}`),
    ];
  }

  #outcome(result: ToolResult): void {
    const call = this.#calls.get(result.toolUseId) ?? {
      name: result.toolName ?? "tool",
      input: result.toolInput ?? {},
      parentToolUseId: result.parentToolUseId,
    };
    this.#calls.delete(result.toolUseId);
    const mark = result.isError ? styled("red", "✗") : styled("green", "✓");
    const time = result.durationMs === undefined
      ? ""
      : formatMs(result.durationMs);
    if (this.#options.detail === "brief") {
      const said = result.isError ? errorText(result.text) : time;
      this.#note(
        ...this.#callLine(mark, call, said),
        "\n",
        ...this.#bodyOf(result, call),
      );
      return;
    }
    this.#note(
      ...this.#callLine(mark, { ...call, input: {} }, time),
      "\n",
      styled("dim", this.#resultLines(result)),
    );
  }

  #resultLines({ isError, text }: ToolResult): string {
    const said = isError ? errorText(text) : text;
    if (said.trim() === "") return "";
    const { lines, more } = firstLines(said, RESULT_LINES);
    const shown = lines.map((line) => `  ${cutLine(line, this.#width - 2)}\n`);
    if (more > 0) shown.push(`  … ${more} more lines\n`);
    return shown.join("");
  }
}
