/**
 * Decodes the input from a terminal into keys. Pure.
 *
 * @module
 */

/** A key or other input from a terminal in raw mode. */
export type Key =
  /** A character was typed. */
  | { readonly type: "text"; readonly text: string }
  /** Text was pasted; it never counts as an answer. */
  | { readonly type: "paste"; readonly text: string }
  /** One of those that the reader was made for. */
  | { readonly type: "sequence"; readonly text: string }
  | {
    readonly type:
      | "enter"
      | "backspace"
      /** Ctrl-U. */
      | "clear"
      /** Ctrl-C. */
      | "interrupt"
      /** Ctrl-D. */
      | "end"
      /** Ctrl-Z. */
      | "suspend"
      /** Page down, or the arrow down. */
      | "down"
      /** The terminal's answer to {@linkcode STATUS_QUERY}. */
      | "status"
      | "other";
  };

/**
 * Asks the terminal for its status. The terminal processes output and sends input in order, so
 * input that arrives before the answer was typed before the terminal drew the output that precedes
 * the query.
 */
export const STATUS_QUERY = "\x1b[5n";
/** Makes the terminal enclose pasted text in marks, to distinguish it from typed text. */
export const PASTE_MARKS_ON = "\x1b[?2004h";
/** The opposite of {@linkcode PASTE_MARKS_ON}. */
export const PASTE_MARKS_OFF = "\x1b[?2004l";

const PASTE_BEGIN = "\x1b[200~";
const PASTE_END = "\x1b[201~";

const CONTROLS: Readonly<Record<string, Key>> = {
  "\x03": { type: "interrupt" },
  "\x04": { type: "end" },
  "\b": { type: "backspace" },
  "\n": { type: "enter" },
  "\r": { type: "enter" },
  "\x15": { type: "clear" },
  "\x1a": { type: "suspend" },
  "\x7f": { type: "backspace" },
};

const SEQUENCES: Readonly<Record<string, Key>> = {
  "\x1b[0n": { type: "status" },
  "\x1b[3n": { type: "status" },
  "\x1b[B": { type: "down" },
  "\x1bOB": { type: "down" },
  "\x1b[6~": { type: "down" },
};

// deno-lint-ignore no-control-regex
const SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O\x00-\x1f])/uy;
// deno-lint-ignore no-control-regex
const UNFINISHED = /^\x1b(?:\[[0-?]*[ -/]*|O)?$/;
/** Longest escape sequence; text that only looks like the start of one must not swallow keys. */
const LONGEST_SEQUENCE = 64;

/** Splits terminal input, which arrives in pieces of any length, into keys. */
export class KeyReader {
  #rest = "";
  readonly #wanted: ReadonlySet<string>;

  /** @param wanted What is returned as a `sequence`: control characters and sequences. */
  constructor(wanted: ReadonlySet<string> = new Set()) {
    this.#wanted = wanted;
  }

  /** Returns the keys that a piece completes. */
  take(piece: string): readonly Key[] {
    const text = this.#rest + piece;
    const keys: Key[] = [];
    let at = 0;
    while (at < text.length) {
      if (text.startsWith(PASTE_BEGIN, at)) {
        const end = text.indexOf(PASTE_END, at);
        // Ctrl-C must always work; a paste cannot contain one.
        const broken = text.indexOf("\x03", at);
        if (end < 0 && broken < 0) break;
        const stop = end < 0 ? broken : end;
        keys.push({
          type: "paste",
          text: text.slice(at + PASTE_BEGIN.length, stop),
        });
        at = end < 0 ? stop : end + PASTE_END.length;
        continue;
      }
      // Alt-Enter, which no other pattern takes for one key.
      const pair = text.slice(at, at + 2);
      if (pair[0] === "\x1b" && this.#wanted.has(pair)) {
        keys.push({ type: "sequence", text: pair });
        at += pair.length;
        continue;
      }
      if (text[at] === "\x1b") {
        SEQUENCE.lastIndex = at;
        const [sequence] = SEQUENCE.exec(text) ?? [];
        if (sequence !== undefined) {
          keys.push(
            this.#wanted.has(sequence)
              ? { type: "sequence", text: sequence }
              : SEQUENCES[sequence] ?? { type: "other" },
          );
          at += sequence.length;
          continue;
        }
        const tail = text.slice(at);
        if (tail.length <= LONGEST_SEQUENCE && UNFINISHED.test(tail)) break;
        // Another key arrived in the middle of the sequence.
        keys.push({ type: "other" });
        at += UNFINISHED_HEAD.exec(tail)?.[0].length ?? 1;
        continue;
      }
      const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
      keys.push(
        this.#wanted.has(char)
          ? { type: "sequence", text: char }
          : CONTROLS[char] ??
            (char < " " ? { type: "other" } : { type: "text", text: char }),
      );
      at += char.length;
    }
    this.#rest = text.slice(at);
    return keys;
  }
}

// deno-lint-ignore no-control-regex
const UNFINISHED_HEAD = /^\x1b(?:\[[0-?]*[ -/]*|O)?/;

/** Returns the typed text, edited as by the terminal's own line editor. */
export function typedText(keys: readonly Key[]): string {
  let text = "";
  for (const key of keys) {
    if (key.type === "text") text += key.text;
    else if (key.type === "paste") text += key.text.replaceAll("\r", "\n");
    else if (key.type === "enter") text += "\n";
    else if (key.type === "backspace") text = text.replace(/[^\n]$/u, "");
    else if (key.type === "clear") text = text.replace(/[^\n]*$/, "");
  }
  return text;
}
