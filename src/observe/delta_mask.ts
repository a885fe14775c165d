/**
 * Masks a secret that the model writes in several pieces: the lines of the wire that hold
 * pieces of a block are kept back for as long as what they end with may be the beginning
 * of a secret. Pure.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import { SecretText } from "./secret_text.ts";

/** A line that a mask has not let go yet. */
interface Held<Line> {
  readonly line: Line;
  /** What it has of a block. */
  readonly piece?: Piece;
  /** The whole line with that masked, once this is known. */
  masked?: string;
}

/** A piece of a block. */
interface Piece {
  /** The line as it came. */
  readonly text: string;
  readonly wire: WireObject;
  readonly delta: Record<string, unknown>;
  readonly field: string;
  readonly block: string;
  /** Where it begins in the text of its block, and where it ends. */
  readonly start: number;
  readonly end: number;
}

/** The field of a delta that has its text, by its type. */
const FIELDS: Readonly<Record<string, string>> = {
  text_delta: "text",
  thinking_delta: "thinking",
  input_json_delta: "partial_json",
};

/** Lines wait behind a piece that is kept back; with so many the pieces are let go. */
const MAX_LINES = 1_000;

/** Keeps lines in order, and masks what is split over several of them. */
export class DeltaMask<Line> {
  readonly #secrets: () => readonly string[];
  readonly #write: (line: Line, masked: string | undefined) => void;
  readonly #blocks = new Map<string, SecretText>();
  #held: Held<Line>[] = [];

  /**
   * @param secrets Gives the values to mask, besides what looks like a key.
   * @param write Takes each line, in order; with the text in its place where it has a piece.
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

  /** No more comes: lets go of everything, masked as far as it is known. */
  end(): void {
    this.#endBlocks("", true);
    this.#release();
  }

  #piece(wire: WireObject, line: string): Piece | undefined {
    const { event, parent_tool_use_id: parent } = wire;
    if (!isWireObject(event)) return undefined;
    const { type, index, delta } = event;
    if (type !== "content_block_delta") {
      // A block ends with its stop; a message that is cut short ends with the next one.
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

  /** The blocks whose names begin so have ended. */
  #endBlocks(beginning = "", isCut = false): void {
    for (const [name, text] of this.#blocks) {
      if (name.startsWith(beginning) && !text.isOver) text.end(isCut);
    }
  }

  /** Writes what is known by now. */
  #release(): void {
    // Also of lines that wait behind another block: its text may be forgotten later.
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
    // Not whole: it is written as it is, masked.
    return undefined;
  }
}
