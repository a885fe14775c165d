/**
 * The text of the main agent, each character once. Pure.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";
import type { ClaudeEvent } from "../events/mod.ts";

/**
 * Called when text that was shown is taken back: `text` is the end of all that was
 * shown so far, and no longer counts. What it returns is put into the stream at that
 * place; what comes after continues from where `text` began.
 */
export type OnRetract = (text: string) => string | void;

/** The note in a stream of text, which cannot take text back. */
export function retractionNote(text: string): string {
  const what = text.length === 1
    ? "last character is"
    : `last ${text.length} characters are`;
  return `\n[The ${what} taken back: the reply broke off and came again]\n`;
}

/** A block of the reply that is being written. */
interface ShownBlock {
  text: string;
  /** The whole block came: it counts. */
  isWhole: boolean;
  /** The line that it came whole in. */
  uuid?: string | undefined;
}

/**
 * Finds in each event the text that was not there before it.
 *
 * A reply whose stream breaks comes again, under another id and perhaps in other
 * words. Nothing is held back for that: what was shown of the broken one is compared
 * with what comes, and only what differs is taken back. The same holds for a reply that
 * was refused and that another model's takes the place of.
 *
 * What is answered without a reply, such as a slash command, comes with the result.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_08-stream-cut.ndjson. CLI 2.1.197
 * ends a broken stream without a word; there the next reply shows it.
 */
export class TextPieces {
  readonly #onRetract: OnRetract;
  /** Id of the reply that is being written. */
  #messageId: string | undefined;
  readonly #blocks = new Map<number, ShownBlock>();
  /** Text of broken replies that is shown still, and that no reply repeated yet. */
  #orphan = "";
  /** The reply that is being written is the one that comes for the orphan. */
  #isReplacing = false;
  /** For each turn without a result, whether any text of it was returned. */
  #turns: boolean[] = [];

  /** @param onRetract What to do about text that is taken back. By default {@linkcode retractionNote}. */
  constructor(onRetract: OnRetract = retractionNote) {
    this.#onRetract = onRetract;
  }

  /** The new text in an event; empty if it has none. */
  take(event: ClaudeEvent): string {
    const piece = this.#take(event);
    if (piece !== "") this.#turns.splice(-1, 1, true);
    return piece;
  }

  #take(event: ClaudeEvent): string {
    switch (event.type) {
      case "system_init":
        this.#turns.push(false);
        return "";
      case "stream_delta":
        if (event.parentToolUseId !== null) return "";
        switch (event.eventType) {
          case "message_start":
            return this.#begin(event.messageId);
          case "content_block_delta":
            return event.deltaType !== "text_delta" || event.text === undefined
              ? ""
              : this.#follow(event.messageId) +
                this.#show(event.index ?? 0, event.text);
          case "message_stop":
            this.#stop(event.abandonedFrom);
            return "";
          default:
            return "";
        }
      case "assistant_text":
        // The text of an error is not an answer.
        if (event.parentToolUseId !== null || event.error !== undefined) {
          return "";
        }
        this.#supersede(event.supersedes);
        return this.#follow(event.messageId) +
          this.#complete(event.index, event.text, event.uuid);
      case "thinking":
      case "tool_use":
        return event.parentToolUseId === null
          ? this.#follow(event.messageId)
          : "";
      case "model_refusal_fallback":
        this.#supersede(event.retractedMessageUuids);
        return "";
      case "result": {
        const note = this.#retract(this.#orphan);
        this.#reset(undefined);
        return note + this.#answer(event);
      }
      default:
        return "";
    }
  }

  #follow(messageId: string | undefined): string {
    return messageId === this.#messageId ? "" : this.#begin(messageId);
  }

  /** Starts another reply: an open block of the previous one was broken off. */
  #begin(messageId: string | undefined): string {
    this.#abandon([...this.#blocks.values()].filter((it) => !it.isWhole));
    // The reply that came for a broken one is over: the rest will never come.
    const note = this.#isReplacing ? this.#retract(this.#orphan) : "";
    this.#reset(messageId);
    return note;
  }

  #reset(messageId: string | undefined): void {
    this.#messageId = messageId;
    this.#blocks.clear();
    this.#isReplacing = this.#orphan !== "";
  }

  #stop(abandonedFrom: number | undefined): void {
    if (abandonedFrom !== undefined) {
      const blocks = [...this.#blocks].sort(([a], [b]) => a - b)
        .filter(([index]) => index >= abandonedFrom);
      this.#abandon(blocks.map(([, block]) => block));
      for (const [index] of blocks) this.#blocks.delete(index);
      // The next reply replaces it, even if it was itself a replacement.
      this.#isReplacing = false;
    }
    // A block whose line is missing still ended as it should.
    for (const block of this.#blocks.values()) block.isWhole = true;
  }

  /** What the result has that was not given before. */
  #answer({ isError, structuredOutput, text }: Result): string {
    const wasGiven = this.#turns.shift() ?? false;
    if (isError) return "";
    return wasGiven && structuredOutput === undefined ? "" : text;
  }

  /** Lines that another reply takes the place of. */
  #supersede(uuids: readonly string[] = []): void {
    const blocks = [...this.#blocks].filter(([, { uuid }]) =>
      uuid !== undefined && uuids.includes(uuid)
    );
    this.#abandon(blocks.map(([, block]) => block));
    for (const [index] of blocks) this.#blocks.delete(index);
  }

  #abandon(blocks: readonly ShownBlock[]): void {
    const text = blocks.map((block) => block.text).join("");
    if (text === "") return;
    this.#orphan = text + this.#orphan;
    this.#isReplacing = false;
  }

  #show(index: number, text: string): string {
    const block = this.#blocks.get(index);
    if (block === undefined) this.#blocks.set(index, { text, isWhole: false });
    else block.text += text;
    const orphan = this.#orphan;
    if (orphan === "") return text;
    const common = commonLength(orphan, text);
    this.#orphan = orphan.slice(common);
    if (common === text.length) return "";
    return this.#retract(this.#orphan) + text.slice(common);
  }

  /** A block came whole: what its deltas did not show is new. */
  #complete(index: number, text: string, uuid: string | undefined): string {
    const block = this.#blocks.get(index);
    let piece: string;
    if (block === undefined || block.isWhole) {
      this.#blocks.delete(index);
      piece = this.#show(index, text);
    } else {
      const common = commonLength(block.text, text);
      const wrong = block.text.slice(common);
      const note = wrong === "" ? "" : this.#retract(wrong + this.#orphan);
      block.text = text.slice(0, common);
      piece = note + this.#show(index, text.slice(common));
    }
    const whole = this.#blocks.get(index);
    if (whole !== undefined) {
      whole.isWhole = true;
      whole.uuid = uuid;
    }
    return piece;
  }

  #retract(text: string): string {
    this.#orphan = "";
    this.#isReplacing = false;
    return text === "" ? "" : this.#onRetract(text) ?? "";
  }
}

/** How many characters two texts have in common from their start. Never ends inside of one. */
function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) {
    length++;
  }
  if (length === a.length || length === b.length) return length;
  const last = a.charCodeAt(length - 1);
  return last >= 0xd800 && last < 0xdc00 ? length - 1 : length;
}
