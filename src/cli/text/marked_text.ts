/**
 * Formats text so that a person can judge it: characters that would be invisible, hidden after
 * blanks or mistaken for others are marked, and long lines are wrapped, never cut. Pure.
 *
 * Marks are written in ASCII between angle brackets: `<U+200B>`, `<80 blanks>`. If the text itself
 * contains something that looks like a mark, its bracket is marked in turn, so that marks can be
 * told from text even without colours.
 *
 * @module
 */

import { graphemesOf, type Span, styled, widthOf } from "./terminal.ts";
import { lookalikesIn, type TextKind } from "./lookalikes.ts";

/** A piece of a line. */
interface Token {
  readonly text: string;
  readonly width: number;
  /**
   * `plain` may be split between any two characters, each one column wide; `whole` may not be
   * split.
   */
  readonly kind: "plain" | "whole" | "blank" | "mark";
}

/**
 * Number of blanks between two words that need no mark: fewer in code than in prose with aligned
 * columns.
 */
const FEW_BLANKS: Readonly<Record<TextKind, number>> = { code: 3, prose: 15 };
/** A longer indentation is marked. */
const MOST_INDENTATION = 32;
/** More consecutive empty lines are marked. */
const FEW_EMPTY_LINES = 3;
/** Number of combining marks allowed on one character; no language needs more. */
const MOST_COMBINING = 2;
const TAB = "→   ";

/** Characters that a terminal does not show, or shows as blank. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{1d159}\u2400-\u243f]|(?! )\p{Zs}/u;
/** Combining marks that enclose or strike through a character. */
const COVERING = /[\p{Me}\u0334-\u0338\u20d2\u20d3\u20d8-\u20da\u20e5-\u20eb]/u;
const COMBINING = /\p{M}/u;
/** Text that could be mistaken for a mark of this module. */
const LIKE_A_MARK = /<(?=(?:\d+×)?U\+|\d+ (?:blanks|empty)|blank>|tab>)/iy;

function mark(text: string): Token {
  return { kind: "mark", text, width: text.length };
}

/** Returns the name of a character as written in a mark. */
function nameOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function markOf(char: string, count: number): Token {
  const code = char.codePointAt(0) ?? 0;
  // The pictures of control characters: ␀ ␁ … ␛ …
  const picture = code < 0x20
    ? String.fromCodePoint(0x2400 + code)
    : code === 0x7f
    ? "\u2421"
    : undefined;
  if (picture !== undefined && count === 1) {
    return { kind: "mark", text: picture, width: 1 };
  }
  return mark(count === 1 ? `<${nameOf(char)}>` : `<${count}×${nameOf(char)}>`);
}

function plain(text: string): Token {
  return { kind: "plain", text, width: text.length };
}

/** Returns tokens for blanks and tabs, depending on their position. */
function blankTokens(
  run: string,
  place: "first" | "middle" | "last",
  kind: TextKind,
): readonly Token[] {
  const count = run.length;
  const tabs = run.split("\t").length - 1;
  if (place === "first" && count + 3 * tabs <= MOST_INDENTATION) {
    return [...run].map((char) => ({
      kind: "blank",
      text: char === "\t" ? TAB : " ",
      width: char === "\t" ? TAB.length : 1,
    }));
  }
  if (place === "middle" && tabs === 0 && count <= FEW_BLANKS[kind]) {
    return [{ kind: "blank", text: run, width: count }];
  }
  if (count === 1) return [mark(tabs === 1 ? "<tab>" : "<blank>")];
  return [mark(`<${count} blanks>`)];
}

/** Collects tokens; a run of equal marked characters becomes one mark. */
class Tokens {
  readonly list: Token[] = [];
  #char = "";
  #count = 0;

  push(...tokens: readonly Token[]): void {
    this.#flush();
    this.list.push(...tokens);
  }

  unseen(char: string): void {
    if (char !== this.#char) this.#flush();
    this.#char = char;
    this.#count++;
  }

  end(): readonly Token[] {
    this.#flush();
    return this.list;
  }

  #flush(): void {
    if (this.#count > 0) this.list.push(markOf(this.#char, this.#count));
    this.#char = "";
    this.#count = 0;
  }
}

/** Takes a grapheme cluster: an emoji of several parts, or a letter with its accents. */
function takeCluster(
  cluster: string,
  isMarked: (at: number) => boolean,
  tokens: Tokens,
): void {
  if (/^\p{RGI_Emoji}$/v.test(cluster)) {
    tokens.push({ kind: "whole", text: cluster, width: widthOf(cluster) });
    return;
  }
  let kept = "";
  let combining = 0;
  const flush = (): void => {
    if (kept === "") return;
    tokens.push({ kind: "whole", text: kept, width: widthOf(kept) });
    kept = "";
  };
  let at = 0;
  for (const char of cluster) {
    const isCombining = COMBINING.test(char);
    const isTooMuch = isCombining &&
      (kept === "" || COVERING.test(char) || ++combining > MOST_COMBINING);
    if (UNSEEN.test(char) || isTooMuch || isMarked(at)) {
      flush();
      tokens.unseen(char);
    } else kept += char;
    at += char.length;
  }
  flush();
}

/** Splits a line into tokens. The line must not contain a line break. */
function tokensOf(line: string, kind: TextKind): readonly Token[] {
  const tokens = new Tokens();
  const alike = lookalikesIn(line, kind);
  // Matches ASCII, except a last character that may combine with the next; blanks; and the rest.
  const pattern = /([!-~]+(?!\P{ASCII}))|([ \t]+)|((?:[!-~]?\P{ASCII})+|[^])/gu;
  for (
    const { 0: piece, 1: ascii, 2: blanks, index } of line.matchAll(pattern)
  ) {
    if (ascii !== undefined) takeAscii(ascii, line, index, tokens);
    else if (blanks !== undefined) {
      const isLast = index + piece.length === line.length;
      const place = isLast ? "last" : index === 0 ? "first" : "middle";
      tokens.push(...blankTokens(blanks, place, kind));
    } else {
      for (const { segment, index: at } of graphemesOf(piece)) {
        takeCluster(
          segment,
          (inner) => alike.has(index + at + inner),
          tokens,
        );
      }
    }
  }
  return tokens.end();
}

function takeAscii(
  text: string,
  line: string,
  index: number,
  tokens: Tokens,
): void {
  let from = 0;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at + 1)) {
    LIKE_A_MARK.lastIndex = index + at;
    if (!LIKE_A_MARK.test(line)) continue;
    if (at > from) tokens.push(plain(text.slice(from, at)));
    tokens.push(mark("<U+003C>"));
    from = at + 1;
  }
  if (from < text.length) tokens.push(plain(text.slice(from)));
}

/** Returns one line with its marks, neither wrapped nor cut. */
export function markedText(line: string, kind: TextKind): string {
  return tokensOf(line, kind).map(({ text }) => text).join("");
}

function spanOf({ kind, text }: Token): Span {
  return kind === "mark" ? styled("mark", text) : text;
}

/** Arranges tokens in lines of the given width. */
function wrapTokens(
  tokens: readonly Token[],
  columns: number,
): readonly (readonly Span[])[] {
  const lines: (readonly Span[])[] = [];
  let line: Token[] = [];
  let used = 0;
  const breakLine = (): void => {
    // Break after a blank, unless that would leave most of the line empty.
    const blank = line.findLastIndex(({ kind }) => kind === "blank");
    const kept = line.slice(0, blank + 1);
    const keptWidth = widthOfTokens(kept);
    const isGood = blank >= 0 && keptWidth > columns * 0.6;
    lines.push((isGood ? kept : line).map(spanOf));
    line = isGood ? line.slice(blank + 1) : [];
    used = widthOfTokens(line);
  };
  for (const token of tokens) {
    let rest = token;
    while (used + rest.width > columns) {
      const room = columns - used;
      const mayBeSplit = rest.kind === "plain" ||
        rest.kind === "mark" && rest.width > columns;
      if (mayBeSplit && room > 0) {
        const { text } = rest;
        line.push({ ...rest, text: text.slice(0, room), width: room });
        rest = {
          ...rest,
          text: text.slice(room),
          width: rest.width - room,
        };
        used = columns;
      } else if (line.length === 0) break;
      breakLine();
    }
    line.push(rest);
    used += rest.width;
  }
  if (line.length > 0 || lines.length === 0) lines.push(line.map(spanOf));
  return lines;
}

function widthOfTokens(tokens: readonly Token[]): number {
  return tokens.reduce((sum, { width }) => sum + width, 0);
}

/** Returns one line, marked and wrapped to the given width. */
export function markedLine(
  line: string,
  kind: TextKind,
  columns: number,
): readonly (readonly Span[])[] {
  return wrapTokens(tokensOf(line, kind), Math.max(1, columns));
}

/** A line of a text. */
export interface TextLine {
  /** Number of the line in the text, starting at 1. */
  readonly number: number;
  /** The text to show. */
  readonly text: string;
  /** Number of empty lines that it replaces. */
  readonly emptyLines?: number;
}

/**
 * Returns the lines of a text; a long run of empty lines becomes one entry. A line break at the end
 * of the text does not start a line. Code keeps carriage returns before line breaks: a shell takes
 * them as part of the last word.
 */
export function textLines(text: string, kind: TextKind): readonly TextLine[] {
  const plain = kind === "code" ? text : text.replaceAll("\r\n", "\n");
  const lines = plain.replace(/\n$/, "").split("\n");
  const found: TextLine[] = [];
  for (let at = 0; at < lines.length;) {
    let end = at;
    while (end < lines.length && lines[end] === "") end++;
    const count = end - at;
    if (count > FEW_EMPTY_LINES) {
      found.push({ number: at + 1, text: "", emptyLines: count });
      at = end;
    } else {
      found.push({ number: at + 1, text: lines[at] ?? "" });
      at++;
    }
  }
  return found;
}

/** Returns a line of a text, or the mark for a run of empty lines, wrapped. */
export function markedTextLine(
  { text, emptyLines }: TextLine,
  kind: TextKind,
  columns: number,
): readonly (readonly Span[])[] {
  return emptyLines === undefined
    ? markedLine(text, kind, columns)
    : wrapTokens([mark(`<${emptyLines} empty lines>`)], Math.max(1, columns));
}
