/**
 * The prompt that a person is editing: what each key does to it. Pure.
 *
 * @module
 */

import { graphemesOf } from "../text/terminal.ts";
import type { Key } from "../question/keys.ts";

/** What a key of an editor does. */
export type EditAct =
  | "left"
  | "right"
  | "word_left"
  | "word_right"
  | "home"
  | "end"
  | "up"
  | "down"
  | "delete"
  | "delete_word"
  | "delete_rest"
  | "delete_next_word"
  | "yank"
  | "search"
  | "cancel"
  | "edit"
  | "newline"
  | "complete"
  | "redraw";

/** The keys that only an editor knows, by what the terminal sends. */
export const EDITOR_KEYS: Readonly<Record<string, EditAct>> = {
  "\x1b[D": "left",
  "\x1bOD": "left",
  "\x02": "left",
  "\x1b[C": "right",
  "\x1bOC": "right",
  "\x06": "right",
  "\x1b[1;5D": "word_left",
  "\x1b[1;3D": "word_left",
  "\x1bb": "word_left",
  "\x1b[1;5C": "word_right",
  "\x1b[1;3C": "word_right",
  "\x1bf": "word_right",
  "\x1b[H": "home",
  "\x1bOH": "home",
  "\x1b[1~": "home",
  "\x01": "home",
  "\x1b[F": "end",
  "\x1bOF": "end",
  "\x1b[4~": "end",
  "\x05": "end",
  "\x1b[A": "up",
  "\x1bOA": "up",
  "\x10": "up",
  "\x1b[B": "down",
  "\x1bOB": "down",
  "\x0e": "down",
  "\x1b[3~": "delete",
  "\x17": "delete_word",
  "\x1b\x7f": "delete_word",
  "\x1bd": "delete_next_word",
  "\x19": "yank",
  "\x12": "search",
  "\x07": "cancel",
  "\x0f": "edit",
  "\x0b": "delete_rest",
  // Ctrl-J; the Enter of a terminal in raw mode is a carriage return.
  "\n": "newline",
  "\x1b\r": "newline",
  "\x1b\n": "newline",
  "\t": "complete",
  "\x0c": "redraw",
};

/** What the caller has to do after a key. */
export type EditorEvent =
  | "submit"
  | "leave"
  | "interrupt"
  | "suspend"
  | "complete"
  | "edit"
  | undefined;

/** A search in the history. */
export interface HistorySearch {
  readonly query: string;
  /** Where in the history the text was found; `undefined` if nothing was. */
  readonly at: number | undefined;
  /** What was being written before. */
  readonly draft: string;
}

/** Where the character before a place begins. */
function before(text: string, at: number): number {
  let last = 0;
  // A line is enough to look at: a paste may be long.
  const from = text.lastIndexOf("\n", Math.max(0, at - 2)) + 1;
  for (const { index } of graphemesOf(text.slice(from, at))) {
    last = index;
  }
  return from + last;
}

/** Where the character at a place ends. */
function after(text: string, at: number): number {
  const [first] = graphemesOf(text.slice(at, at + 64));
  return at + (first?.segment.length ?? 0);
}

/** A text with a cursor, and the texts that were written before. */
export class LineEditor {
  #text: string;
  #cursor: number;
  readonly #history: readonly string[];
  #at: number;
  /** What was deleted last, by a key that deletes more than a character. */
  #killed: string;
  #search: HistorySearch | undefined;
  /** What was being written before older texts were looked at. */
  #draft = "";

  /** @param killed What Ctrl-Y brings back. */
  constructor(history: readonly string[], text = "", killed = "") {
    this.#killed = killed;
    this.#history = history;
    this.#at = history.length;
    this.#text = text;
    this.#cursor = text.length;
  }

  /** The text. */
  get text(): string {
    return this.#text;
  }

  /** Position of the cursor in the text. */
  get cursor(): number {
    return this.#cursor;
  }

  /** What Ctrl-Y brings back. */
  get killed(): string {
    return this.#killed;
  }

  /** The search that is going on. */
  get search(): HistorySearch | undefined {
    return this.#search;
  }

  /** Replaces the text from that position up to the cursor. */
  replace(from: number, text: string): void {
    const rest = this.#text.slice(this.#cursor);
    this.#text = this.#text.slice(0, from) + text + rest;
    this.#cursor = from + text.length;
  }

  /** Takes a key of the terminal. */
  take(key: Key): EditorEvent {
    if (this.#search !== undefined && this.#searchFor(key)) return undefined;
    switch (key.type) {
      case "text":
        this.#insert(key.text);
        return undefined;
      case "paste":
        this.#insert(key.text.replace(/\r\n?/g, "\n"));
        return undefined;
      case "enter":
        // As in a shell, a backslash at the end continues the line.
        if (this.#text[this.#cursor - 1] === "\\") {
          this.replace(this.#cursor - 1, "\n");
          return undefined;
        }
        return "submit";
      case "backspace":
        this.replace(before(this.#text, this.#cursor), "");
        return undefined;
      case "clear":
        this.#kill(this.#lineStart, this.#cursor);
        return undefined;
      case "interrupt":
      case "suspend":
        return key.type;
      case "end":
        if (this.#text === "") return "leave";
        this.#delete(after(this.#text, this.#cursor));
        return undefined;
      default:
        return undefined;
    }
  }

  /** Takes a key that only an editor knows. */
  act(act: EditAct): EditorEvent {
    if (act === "search") return this.#beginSearch();
    if (act === "cancel") {
      const draft = this.#search?.draft;
      this.#search = undefined;
      if (draft !== undefined) this.#set(draft);
      return undefined;
    }
    // Any other key takes what was found.
    this.#search = undefined;
    const { text } = this;
    switch (act) {
      case "left":
        this.#cursor = before(text, this.#cursor);
        return undefined;
      case "right":
        this.#cursor = after(text, this.#cursor);
        return undefined;
      case "word_left":
        this.#cursor = this.#wordStart;
        return undefined;
      case "word_right":
        this.#cursor = this.#wordEnd;
        return undefined;
      case "home":
        this.#cursor = this.#lineStart;
        return undefined;
      case "end":
        this.#cursor = this.#lineEnd;
        return undefined;
      case "up":
      case "down":
        this.#move(act === "up" ? -1 : 1);
        return undefined;
      case "delete":
        this.#delete(after(text, this.#cursor));
        return undefined;
      case "delete_word":
        this.#kill(this.#wordStart, this.#cursor);
        return undefined;
      case "delete_next_word":
        this.#kill(this.#cursor, this.#wordEnd);
        return undefined;
      case "delete_rest":
        this.#kill(this.#cursor, this.#lineEnd);
        return undefined;
      case "yank":
        this.#insert(this.#killed);
        return undefined;
      case "edit":
        return "edit";
      case "newline":
        this.#insert("\n");
        return undefined;
      case "complete":
        return "complete";
      case "redraw":
        return undefined;
    }
  }

  get #lineStart(): number {
    return this.#text.lastIndexOf("\n", this.#cursor - 1) + 1;
  }

  get #lineEnd(): number {
    const end = this.#text.indexOf("\n", this.#cursor);
    return end < 0 ? this.#text.length : end;
  }

  get #wordStart(): number {
    const head = this.#text.slice(0, this.#cursor);
    return head.length - (/\S*\s*$/.exec(head)?.[0].length ?? 0);
  }

  get #wordEnd(): number {
    const [found = ""] = /^\s*\S*/.exec(this.#text.slice(this.#cursor)) ?? [];
    return this.#cursor + found.length;
  }

  #set(text: string): void {
    this.#text = text;
    this.#cursor = text.length;
  }

  /** Deletes from one place to another, and keeps it for Ctrl-Y. */
  #kill(from: number, to: number): void {
    if (from === to) return;
    this.#killed = this.#text.slice(from, to);
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
    this.#cursor = from;
  }

  /** Begins a search, or looks for an older text. */
  #beginSearch(): undefined {
    const search = this.#search;
    if (search === undefined) {
      this.#search = { query: "", at: undefined, draft: this.#text };
    } else this.#find(search.query, (search.at ?? this.#history.length) - 1);
  }

  /** Takes a key of a search; `false` for one that ends it. */
  #searchFor(key: Key): boolean {
    const query = this.#search?.query ?? "";
    switch (key.type) {
      case "text":
      case "paste":
        this.#find(query + key.text, this.#search?.at);
        return true;
      case "backspace":
        this.#find(query.slice(0, before(query, query.length)), undefined);
        return true;
      case "interrupt":
      case "end":
        this.act("cancel");
        return true;
      default:
        this.#search = undefined;
        return false;
    }
  }

  /** Finds the newest text that has the query, from a place of the history on. */
  #find(query: string, from = this.#history.length - 1): void {
    const { at: last, draft = "" } = this.#search ?? {};
    const wanted = query.toLowerCase();
    for (let at = from; at >= 0 && query !== ""; at--) {
      const text = this.#history[at] ?? "";
      if (!text.toLowerCase().includes(wanted)) continue;
      this.#search = { query, at, draft };
      return this.#set(text);
    }
    // What was found before stays: there is no older one.
    const isSame = query === this.#search?.query;
    this.#search = { query, at: isSame ? last : undefined, draft };
  }

  #insert(text: string): void {
    this.replace(this.#cursor, text);
  }

  #delete(end: number): void {
    this.#text = this.#text.slice(0, this.#cursor) + this.#text.slice(end);
  }

  /** Goes to the line above or below, and beyond the first and last one into the history. */
  #move(step: -1 | 1): void {
    const start = this.#lineStart;
    const end = this.#lineEnd;
    const column = this.#cursor - start;
    if (step < 0 && start > 0) {
      const above = this.#text.lastIndexOf("\n", start - 2) + 1;
      this.#cursor = Math.min(above + column, start - 1);
    } else if (step > 0 && end < this.#text.length) {
      const below = this.#text.indexOf("\n", end + 1);
      const last = below < 0 ? this.#text.length : below;
      this.#cursor = Math.min(end + 1 + column, last);
    } else this.#recall(this.#at + step);
  }

  #recall(at: number): void {
    if (at < 0 || at > this.#history.length) return;
    if (this.#at === this.#history.length) this.#draft = this.#text;
    this.#at = at;
    this.#text = this.#history[at] ?? this.#draft;
    this.#cursor = this.#text.length;
  }
}
