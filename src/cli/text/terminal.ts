/**
 * Makes text safe for a terminal, and styles it. Pure.
 *
 * @module
 */

import type { ColorChoice } from "../flags/flags.ts";

/** Input for the decision about colour. */
export interface ColorContext {
  /** The flag. */
  readonly choice: ColorChoice | undefined;
  /** Whether the stream goes to a terminal. */
  readonly isTerminal: boolean;
  /** Reads a variable. */
  readonly env: (name: string) => string | undefined;
}

/**
 * Whether a stream gets colour. Checks the flag, then `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb`, then
 * whether the stream is a terminal.
 */
export function wantsColor(context: ColorContext): boolean {
  const { choice = "auto", isTerminal, env } = context;
  if (choice !== "auto") return choice === "always";
  if ((env("NO_COLOR") ?? "") !== "") return false;
  const force = env("FORCE_COLOR") ?? "";
  if (force !== "") return force !== "0" && force !== "false";
  return isTerminal && env("TERM") !== "dumb";
}

/** Style of a piece of text. */
export type Style =
  | "plain"
  | "bold"
  | "dim"
  | "red"
  | "green"
  | "yellow"
  | "cyan"
  | "blue"
  | "magenta"
  | "italic"
  | "underline"
  | "strike"
  /** Marks a character that would be invisible or mistaken for another. */
  | "mark";

const CODES: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  plain: [0, 0],
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  blue: [34, 39],
  magenta: [35, 39],
  italic: [3, 23],
  underline: [4, 24],
  strike: [9, 29],
  mark: [7, 27],
};

/** Text with a style, or without one. The text is escaped when it is written. */
export type Span = string | {
  readonly style: Style;
  readonly text: string;
  /** Further styles, around the first one. */
  readonly within?: readonly Style[];
};

/** Returns text with a style, and with those around it. */
export function styled(
  style: Style,
  text: string,
  ...within: readonly Style[]
): Span {
  return within.length === 0 ? { style, text } : { style, text, within };
}

/** Renders spans for a stream: escaped, and in colour if requested. */
export function renderSpans(spans: readonly Span[], color: boolean): string {
  return spans.map((span) => {
    if (typeof span === "string") return escapeControls(span);
    const text = escapeControls(span.text);
    if (!color || text === "") return text;
    const codes = [...span.within ?? [], span.style]
      .filter((style) => style !== "plain").map((style) => CODES[style]);
    const on = codes.map(([code]) => `\x1b[${code}m`).join("");
    const off = codes.reverse().map(([, code]) => `\x1b[${code}m`).join("");
    return on + text + off;
  }).join("");
}

/**
 * Makes characters visible that a terminal would interpret: control characters except line breaks
 * and tabs, and characters that change the direction of text.
 */
export function escapeControls(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(
    /[\p{Cc}\p{Bidi_Control}]/gu,
    (char) => {
      if (char === "\n" || char === "\t") return char;
      const code = char.codePointAt(0) ?? 0;
      // The pictures of control characters: ␀ ␁ … ␛ …
      if (code < 0x20) return String.fromCodePoint(0x2400 + code);
      if (code === 0x7f) return "\u2421";
      return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
    },
  );
}

/**
 * Characters that take one column each, whatever stands beside them: ASCII, Latin letters, and what
 * the command line itself prints.
 */
const NARROW =
  /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u203b\u2190-\u2193\u2500-\u25a1\u25cf\u2713-\u2718\u2800-\u28ff]*$/;

/** No character takes more than two columns. */
let measureOther = (text: string): number => 2 * text.length;

/**
 * Sets what measures texts that are not made of narrow characters only. `exact_width.ts` calls it:
 * the library that does it takes longer to load than the rest of a short command.
 */
export function measureWith(measure: (text: string) => number): void {
  measureOther = measure;
}

/**
 * Returns the number of columns that a text takes; never too few. A module that lays out texts of
 * models, tools or people imports `exact_width.ts`, which makes it exact.
 */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : measureOther(text);
}

let segmenter: Intl.Segmenter | undefined;

/** Returns the characters of a text as a person sees them. */
export function graphemesOf(text: string): Intl.Segments {
  // Made on first use: that takes some milliseconds, and ASCII needs none.
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** Formats milliseconds for people: `40 ms`, `1.2 s`, `2 m 5 s`. */
export function formatMs(ms: number): string {
  if (ms < 100) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}

/** Formats dollars for people, with enough digits to show that an amount is not zero. */
export function formatUsd(usd: number): string {
  return `$${usd === 0 || usd >= 0.995 ? usd.toFixed(2) : usd.toFixed(4)}`;
}

/** Formats a number with commas: `12,345`. */
export function formatCount(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
