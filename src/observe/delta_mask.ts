/**
 * Masks secrets that the model writes in several pieces. Lines with pieces of a block are held back
 * as long as their end may be the start of a secret. Pure.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import { begunAtEnd, MASK, mayBegin, secretSpans } from "../util/secrets.ts";

/** A line that the mask has not released yet. */
interface Held<Line> {
  readonly line: Line;
  /** The piece of a block in the line. */
  readonly piece?: Piece;
  /** The whole line with the piece masked, once that is known. */
  masked?: string;
}

/** A piece of a block. */
interface Piece {
  /** The original line. */
  readonly text: string;
  readonly wire: WireObject;
  readonly delta: Record<string, unknown>;
  readonly field: string;
  readonly block: string;
  /** Start in the text of its block; `end` is the position after it. */
  readonly start: number;
  readonly end: number;
}

/** Field with the text of a delta, by type of the delta. */
const FIELDS: Readonly<Record<string, string>> = {
  text_delta: "text",
  thinking_delta: "thinking",
  input_json_delta: "partial_json",
};

/** Lines queue up after a piece that is held back; at this number the pieces are released. */
const MAX_LINES = 1_000;

/** Keeps lines in order, and masks secrets that are split across several of them. */
export class DeltaMask<Line> {
  readonly #secrets: () => readonly string[];
  readonly #write: (line: Line, masked: string | undefined) => void;
  readonly #blocks = new Map<string, SecretText>();
  #held: Held<Line>[] = [];

  /**
   * @param secrets Returns the values to mask, in addition to texts that look like a key.
   * @param write Called with each line, in order, and with its masked text if it has a piece.
   */
  constructor(
    secrets: () => readonly string[],
    write: (line: Line, masked: string | undefined) => void,
  ) {
    this.#secrets = secrets;
    this.#write = write;
  }

  /**
   * Takes a line.
   *
   * @param text The line from the CLI; `undefined` for one that cannot have a piece.
   */
  push(line: Line, text: string | undefined): void {
    const wire = text === undefined ? undefined : streamEvent(text);
    const piece = wire === undefined
      ? undefined
      : this.#piece(wire, text ?? "");
    if (piece === undefined && this.#held.length === 0) {
      this.#write(line, undefined);
      return;
    }
    this.#held.push(piece === undefined ? { line } : { line, piece });
    if (text?.startsWith('{"type":"result"') || this.#held.length > MAX_LINES) {
      this.#endBlocks();
    }
    this.#release();
  }

  /** Ends the input: releases everything, masked as far as known. */
  end(): void {
    this.#endBlocks("", true);
    this.#release();
  }

  #piece(wire: WireObject, line: string): Piece | undefined {
    const { event, parent_tool_use_id: parent } = wire;
    if (!isWireObject(event)) return undefined;
    const { type, index, delta } = event;
    if (type !== "content_block_delta") {
      // A block ends with its stop; a truncated message ends when the next one starts.
      if (type === "content_block_stop") this.#endBlocks(`${parent} ${index} `);
      else if (typeof type === "string" && type.startsWith("message_")) {
        this.#endBlocks(`${parent} `);
      }
      return undefined;
    }
    if (!isWireObject(delta)) return undefined;
    const field = FIELDS[`${delta.type}`];
    const text = field === undefined ? undefined : delta[field];
    if (field === undefined || typeof text !== "string") return undefined;
    const block = `${parent} ${index} ${field}`;
    const whole = this.#blocks.get(block) ?? new SecretText(this.#secrets);
    this.#blocks.set(block, whole);
    const [start, end] = whole.push(text);
    return { text: line, wire, delta, field, block, start, end };
  }

  /** Ends the blocks whose keys start with `beginning`. */
  #endBlocks(beginning = "", isCut = false): void {
    for (const [name, text] of this.#blocks) {
      if (name.startsWith(beginning) && !text.isOver) text.end(isCut);
    }
  }

  /** Writes the lines whose text is known. */
  #release(): void {
    // Resolve lines behind another block, too, because the text of their block may be dropped
    // later.
    for (const held of this.#held) this.#resolve(held);
    let count = 0;
    for (const { line, piece, masked } of this.#held) {
      if (piece !== undefined && masked === undefined) break;
      this.#write(line, masked);
      count++;
    }
    this.#held = this.#held.slice(count);
    if (this.#held.length > 0) return;
    for (const [name, text] of this.#blocks) {
      if (text.isOver) this.#blocks.delete(name);
    }
  }

  #resolve(held: Held<Line>): void {
    const { piece, masked } = held;
    if (piece === undefined || masked !== undefined) return;
    const { block, start, end, text, wire, delta, field } = piece;
    const whole = this.#blocks.get(block);
    if (whole === undefined || whole.known < end) return;
    const free = whole.masked(start, end);
    if (free !== delta[field]) {
      delta[field] = free;
      held.masked = JSON.stringify(wire);
    } else held.masked = text;
  }
}

function streamEvent(line: string): WireObject | undefined {
  if (!line.startsWith('{"type":"stream_event"')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    // Not valid JSON: write the line as text, masked.
    return undefined;
  }
}

/** Number of released characters that are kept as context: they may show that a secret follows. */
const CONTEXT = 512;

/** Maximum number of characters that are held back. */
const MAX_HELD = 16 * 1024;

/** The text of one block. Positions count from its start. */
class SecretText {
  readonly #secrets: () => readonly string[];
  /** The end of the text, which is still needed. */
  #text = "";
  /** Position of the start of `#text`. */
  #from = 0;
  #known = 0;
  #spans: readonly (readonly [number, number])[] = [];
  #isOver = false;

  /** @param secrets Returns the secret values, in addition to texts that look like a key. */
  constructor(secrets: () => readonly string[]) {
    this.#secrets = secrets;
  }

  /** Position up to which all secrets are known. */
  get known(): number {
    return this.#known;
  }

  /** Whether the text has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes a piece; returns its start and end. */
  push(piece: string): readonly [start: number, end: number] {
    // A block with the same key in a later message.
    this.#isOver = false;
    this.#forget();
    const start = this.#from + this.#text.length;
    this.#text += piece;
    this.#look();
    return [start, start + piece.length];
  }

  /**
   * Ends the text, so that all secrets are known.
   *
   * @param isCut The text was truncated: treat a possible start of a secret as one.
   */
  end(isCut: boolean): void {
    this.#isOver = true;
    const end = this.#from + this.#text.length;
    this.#known = end;
    const begun = isCut ? begunAtEnd(this.#text, this.#secrets()) : 0;
    if (begun > 0) this.#spans = [...this.#spans, [end - begun, end]];
  }

  /** Returns a part of the text, with a mask at the start of each secret. */
  masked(start: number, end: number): string {
    let result = "";
    let at = start;
    for (const [from, to] of this.#spans) {
      if (to <= at || from >= end) continue;
      if (from >= start) result += this.#slice(at, from) + MASK;
      at = Math.min(to, end);
    }
    return result + this.#slice(at, end);
  }

  #slice(start: number, end: number): string {
    return this.#text.slice(start - this.#from, end - this.#from);
  }

  #look(): void {
    const secrets = this.#secrets();
    const spans = secretSpans(this.#text, secrets);
    this.#spans = spans.map(([start, end]) =>
      [start + this.#from, end + this.#from] as const
    );
    const held = mayBegin(this.#text, secrets, spans);
    const isTooLong = this.#text.length - held > MAX_HELD;
    this.#known = this.#from + (isTooLong ? this.#text.length : held);
  }

  /** Drops text that is neither held back nor needed as context. */
  #forget(): void {
    const known = this.#known - this.#from;
    if (known <= 2 * CONTEXT) return;
    // Do not cut within a word, because its rest could look like something else.
    const blank = this.#text.slice(0, known - CONTEXT).search(/\s\S*$/);
    const cut = blank === -1 && known > MAX_HELD ? known - CONTEXT : blank;
    if (cut <= 0) return;
    this.#text = this.#text.slice(cut);
    this.#from += cut;
  }
}
