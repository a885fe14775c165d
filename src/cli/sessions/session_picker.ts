/**
 * The choice of a session: what each key does to it, and how it is drawn. Pure.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { SessionInfo } from "../../transcripts/info.ts";
import type { Line } from "../live/live_region.ts";
import { oneLine } from "../text/one_line.ts";
import type { InputView } from "../output/output.ts";
import type { Key } from "../question/keys.ts";
import { styled, widthOf } from "../text/terminal.ts";
import { timeText } from "./session_text.ts";

/** What a key of the picker does. */
type PickAct = "up" | "down" | "page_up" | "page_down" | "cancel";

/** The keys that the picker knows, by what the terminal sends. */
export const PICKER_KEYS: Readonly<Record<string, PickAct>> = {
  "\x1b[A": "up",
  "\x1bOA": "up",
  "\x10": "up",
  "\x1b[B": "down",
  "\x1bOB": "down",
  "\x0e": "down",
  "\t": "down",
  "\x1b[5~": "page_up",
  "\x1b[6~": "page_down",
  "\x07": "cancel",
};

const PAGE = 10;
/** Rows for the title, the filter and what is known of the selected session. */
const OTHER_ROWS = 6;
/** Below this width the times are left out. */
const NARROW = 35;
const TITLE = "Type to filter, ↑ ↓ select, Enter takes it, Ctrl-C leaves";

/** Sessions to choose from. */
export class SessionPicker {
  readonly #sessions: readonly SessionInfo[];
  #query = "";
  #selected = 0;

  constructor(sessions: readonly SessionInfo[]) {
    this.#sessions = sessions;
  }

  /** The sessions that match every word of the filter. */
  get matches(): readonly SessionInfo[] {
    const words = this.#query.toLowerCase().split(/\s+/);
    return this.#sessions.filter((session) => {
      const { id, label, title, tag, firstPrompt, lastPrompt, gitBranch } =
        session;
      const text = [id, label, title, tag, firstPrompt, lastPrompt, gitBranch]
        .filter((part) => part !== undefined).join("\n").toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  /** The session that Enter takes; `undefined` if none matches. */
  get selected(): SessionInfo | undefined {
    return this.matches[this.#selected];
  }

  /** Takes a key; returns whether the choice is over. */
  take(key: Key): "taken" | "left" | undefined {
    switch (key.type) {
      case "text":
      case "paste":
        this.#filter(this.#query + key.text.replace(/\s+/g, " "));
        return undefined;
      case "backspace":
        this.#filter(this.#query.replace(/.$/su, ""));
        return undefined;
      case "clear":
        this.#filter("");
        return undefined;
      case "enter":
        return this.selected === undefined ? undefined : "taken";
      case "interrupt":
      case "end":
        return "left";
      case "sequence":
        return this.#act(PICKER_KEYS[key.text]);
      default:
        return undefined;
    }
  }

  #filter(query: string): void {
    this.#query = query;
    this.#selected = 0;
  }

  #act(act: PickAct | undefined): "left" | undefined {
    switch (act) {
      case "cancel":
        return "left";
      case "up":
        return this.#move(-1);
      case "down":
        return this.#move(1);
      case "page_up":
        return this.#move(-PAGE);
      case "page_down":
        return this.#move(PAGE);
    }
  }

  #move(step: number): undefined {
    const last = Math.max(0, this.matches.length - 1);
    this.#selected = Math.min(last, Math.max(0, this.#selected + step));
  }

  /** Draws the choice into so many columns and rows. */
  view(columns: number, rows: number): InputView {
    const width = columns - 1;
    const { matches } = this;
    const room = Math.max(1, rows - OTHER_ROWS);
    const first = Math.min(
      Math.max(0, this.#selected - Math.floor(room / 2)),
      Math.max(0, matches.length - room),
    );
    const list = matches.slice(first, first + room).map((session, at): Line => {
      const isSelected = first + at === this.#selected;
      const mark = isSelected ? "▶ " : "  ";
      const time = width < NARROW ? "" : `${timeText(session.modifiedAt)}  `;
      const { tag, label } = session;
      const about = tag === undefined ? label : `#${tag} ${label}`;
      const text = oneLine(about, Math.max(4, width - 2 - time.length));
      return isSelected
        ? [styled("cyan", mark), styled("dim", time), styled("bold", text)]
        : [mark, styled("dim", time), text];
    });
    const query = oneLine(this.#query, width - 3);
    const none: Line = [styled("dim", oneLine("no session matches", width))];
    return {
      lines: [
        [styled("dim", oneLine(TITLE, width))],
        [styled("cyan", "> "), query],
        ...list.length === 0 ? [none] : list,
        ...this.#preview(width),
      ].slice(0, rows),
      cursor: { row: 1, column: 2 + widthOf(query) },
    };
  }

  /** What is known of the selected session. */
  #preview(width: number): readonly Line[] {
    const { selected } = this;
    if (selected === undefined) return [];
    const { id, cwd, gitBranch, firstPrompt, lastPrompt } = selected;
    const place = [id, cwd, gitBranch].filter((part) => part !== undefined);
    return [
      ["first", firstPrompt],
      ["last", lastPrompt === firstPrompt ? undefined : lastPrompt],
      ["", place.join(" · ")],
    ].flatMap(([name, text]): Line[] =>
      text === undefined ? [] : [[
        styled("dim", oneLine(name === "" ? text : `${name}: ${text}`, width)),
      ]]
    );
  }
}
