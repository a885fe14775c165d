/**
 * Describes the current activity in lines for a waiting person. Pure.
 *
 * @module
 */

import type { ClaudeEvent } from "../../events/mod.ts";
import { oneLine } from "../text/one_line.ts";
import { type Span, styled, widthOf } from "../text/terminal.ts";
import { inputSummary } from "../text/tool_text.ts";
import type { Line } from "./live_region.ts";

/** A call of a tool that has no result yet. */
interface RunningCall {
  readonly name: string;
  readonly about: string;
  readonly parent: string | null;
  since: number;
}

/** Phase in which the turn waits for something other than a tool. */
type Phase =
  | "starting"
  | "waiting for the model"
  | "thinking"
  | "writing"
  | "writing a call"
  | "compacting"
  | "trying again"
  | "waiting for background tasks";

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const FRAME_MS = 100;
/** A wait that is shorter needs no number. */
const SHORT_MS = 1000;
/** Text that streams is a sign of life itself, and so is the end of a turn. */
const SILENT_PHASES: ReadonlySet<Phase> = new Set([
  "writing",
  "waiting for background tasks",
]);
/** More tools that run at once are counted. */
const MOST_CALLS = 4;

/** The whole seconds of a wait: `3 s`, `2 m 05 s`; nothing for a short one. */
function secondsText(ms: number): string {
  if (ms < SHORT_MS) return "";
  const seconds = Math.floor(ms / 1000);
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} m ${`${seconds % 60}`.padStart(2, "0")} s`;
}

/** Formats a time as `14:05`, with the day if it is not today. */
export function clockText(at: number, now: number): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes()]
    .map((part) => `${part}`.padStart(2, "0")).join(":");
  return date.toDateString() === new Date(now).toDateString()
    ? time
    : `${time} on ${date.toLocaleDateString()}`;
}

/** Follows the events of a turn. Times are in milliseconds since 1970. */
export class Activity {
  readonly #calls = new Map<string, RunningCall>();
  #phase: Phase;
  #since: number;
  /** When a limit ends that stops the model. */
  #limitEnds: number | undefined;
  /** When the API is tried again. */
  #triesAgainAt = 0;

  constructor(now: number, phase: "starting" | "waiting for the model") {
    this.#phase = phase;
    this.#since = now;
  }

  /** Takes the next event. */
  take(event: ClaudeEvent, now: number): void {
    switch (event.type) {
      case "system_init":
        if (this.#phase === "starting") {
          this.#enter("waiting for the model", now);
        }
        break;
      case "status":
        this.#enter(
          event.status === "compacting"
            ? "compacting"
            : "waiting for the model",
          now,
        );
        break;
      case "stream_delta":
        if (event.parentToolUseId === null) this.#delta(event.deltaType, now);
        break;
      case "assistant_text":
        if (event.parentToolUseId === null) this.#enter("writing", now, true);
        break;
      case "tool_use":
        this.#limitEnds = undefined;
        this.#enter("waiting for the model", now);
        this.#calls.set(event.toolUseId, {
          name: event.name,
          about: inputSummary(event.input),
          parent: event.parentToolUseId,
          since: now,
        });
        break;
      case "tool_progress": {
        const call = this.#calls.get(event.toolUseId);
        if (call !== undefined) {
          call.since = Math.min(call.since, now - event.elapsedSeconds * 1000);
        }
        break;
      }
      case "tool_result":
        this.#calls.delete(event.toolUseId);
        this.#enter("waiting for the model", now, true);
        break;
      case "rate_limit":
        this.#limitEnds = event.status === "rejected" &&
            event.resetsAt !== undefined
          ? event.resetsAt * 1000
          : undefined;
        break;
      case "api_retry":
        this.#triesAgainAt = now + event.retryDelayMs;
        this.#enter("trying again", now);
        break;
      case "result":
        this.#calls.clear();
        this.#limitEnds = undefined;
        this.#enter("waiting for background tasks", now, true);
        break;
    }
  }

  #delta(kind: string | undefined, now: number): void {
    this.#limitEnds = undefined;
    if (kind === "thinking_delta") this.#enter("thinking", now);
    // Each piece of text starts the wait for the next one.
    else if (kind === "text_delta") this.#enter("writing", now, true);
    else if (kind === "input_json_delta") this.#enter("writing a call", now);
  }

  #enter(phase: Phase, now: number, isAnew = false): void {
    if (this.#phase === phase && !isAnew) return;
    this.#phase = phase;
    this.#since = now;
  }

  /**
   * Returns what to show: a line for each tool that runs, else one for what is waited for.
   *
   * @param isAnimated Whether a spinner is in front of it.
   */
  lines(now: number, columns: number, isAnimated: boolean): readonly Line[] {
    const frame = isAnimated
      ? FRAMES[Math.floor(now / FRAME_MS) % FRAMES.length] ?? ""
      : "…";
    const calls = [...this.#calls.values()];
    // A call of the tool that runs a subagent is told by the calls of that one.
    const shown = calls.slice(-MOST_CALLS);
    const lines = shown.map((call) => {
      const indent = call.parent === null ? "" : "  ";
      return statusLine(
        [
          indent,
          styled("cyan", frame),
          " ",
          styled("bold", oneLine(call.name, 40)),
        ],
        call.about,
        secondsText(now - call.since),
        columns,
      );
    });
    if (calls.length > shown.length) {
      lines.push([styled("dim", `  and ${calls.length - shown.length} more`)]);
    }
    if (lines.length > 0) return lines;
    const waited = now - this.#since;
    const ends = this.#limitEnds;
    if (ends !== undefined && ends > now) {
      const text = `waiting for a limit until ${clockText(ends, now)}`;
      return [statusLine([styled("cyan", frame)], text, "", columns)];
    }
    if (SILENT_PHASES.has(this.#phase) && waited < SHORT_MS) return [];
    const seconds = this.#phase === "trying again"
      ? inSeconds(this.#triesAgainAt - now)
      : secondsText(waited);
    return [statusLine([styled("cyan", frame)], this.#phase, seconds, columns)];
  }
}

function inSeconds(ms: number): string {
  return ms > 0 ? `in ${Math.ceil(ms / 1000)} s` : "";
}

/**
 * Returns a line that fits the width: keeps its start and its time, and shortens the text in
 * between.
 */
function statusLine(
  head: readonly Span[],
  about: string,
  time: string,
  columns: number,
): Line {
  const used = head.reduce(
    (sum, span) => sum + widthOf(typeof span === "string" ? span : span.text),
    0,
  );
  const tail = time === "" ? "" : `  ${time}`;
  const room = columns - 1 - used - 1 - tail.length;
  const text = room < 2 ? "" : oneLine(about, room);
  return [
    ...head,
    ...text === "" ? [] : [" ", text],
    ...tail === "" ? [] : [styled("dim", tail)],
  ];
}
