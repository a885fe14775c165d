/**
 * A queue of unread frames. Pure.
 *
 * @module
 */

import { eventsDropped } from "../events/session.ts";
import { canJoin, JoinedFrames } from "./join_deltas.ts";
import type { Frame } from "../events/mod.ts";

/** How far back a piece looks for one that it can be joined with. */
const LOOK_BACK = 4;

/** A frame in the queue. */
interface Waiting {
  content: Frame | JoinedFrames;
  /** Whether it is a piece, which can be joined with others. */
  readonly isPiece: boolean;
  /** In the place of how many events it stands that were dropped; 0 for a frame. */
  dropped: number;
}

/** Placeholder for a frame that was taken. */
const TAKEN: Waiting = { content: { events: [] }, isPiece: false, dropped: 0 };

/**
 * A queue that never makes the session wait. From `joinFrom` frames on, pieces of the
 * same block become one; from `limit` on, frames are dropped: first the pieces, then
 * the oldest whole ones, each with an `EventsDropped` in its place.
 */
export class FrameQueue {
  readonly #joinFrom: number;
  readonly #limit: number;
  #waiting: Waiting[] = [];
  /** Index of the first frame, because removing from the front of a long list is slow. */
  #head = 0;
  /** How many of the frames are pieces. */
  #pieces = 0;
  #size = 0;

  /**
   * @param joinFrom Number of frames above which pieces are joined.
   * @param limit Number of frames above which frames are dropped. Default: no limit.
   */
  constructor(joinFrom: number, limit: number = Infinity) {
    this.#joinFrom = joinFrom;
    this.#limit = limit;
  }

  /** How many frames wait. */
  get size(): number {
    return this.#size;
  }

  /** Adds a frame. */
  push(frame: Frame): void {
    const piece = frame.isPiece === true;
    if (piece && this.#size >= this.#joinFrom && this.#join(frame)) return;
    if (this.#size >= this.#limit) {
      if (this.#pieces > 0) this.#dropPieces();
      else if (piece) {
        // Do not drop a whole message to make room for a piece.
        this.#drop(this.#waiting, frame.events.length);
        return;
      } else this.#dropOldest();
    }
    this.#waiting.push({ content: frame, isPiece: piece, dropped: 0 });
    this.#size++;
    if (piece) this.#pieces++;
  }

  #join(frame: Frame): boolean {
    const end = this.#waiting.length;
    const start = Math.max(this.#head, end - LOOK_BACK);
    for (let at = end - 1; at >= start; at--) {
      const waiting = this.#waiting[at];
      // Never past something whole: that would change the order that matters.
      if (waiting?.isPiece !== true) return false;
      const { content } = waiting;
      if (content instanceof JoinedFrames) {
        if (!content.takes(frame)) continue;
        content.add(frame);
      } else {
        if (!canJoin(content, frame)) continue;
        const joined = new JoinedFrames(content);
        joined.add(frame);
        waiting.content = joined;
      }
      return true;
    }
    return false;
  }

  #drop(list: Waiting[], count: number): void {
    const last = list.at(-1);
    if (last !== undefined && last.dropped > 0) last.dropped += count;
    else list.push({ content: { events: [] }, isPiece: false, dropped: count });
  }

  #dropPieces(): void {
    const kept: Waiting[] = [];
    for (const waiting of this.#waiting.slice(this.#head)) {
      if (waiting.dropped > 0) this.#drop(kept, waiting.dropped);
      else if (!waiting.isPiece) kept.push(waiting);
      else {
        this.#drop(kept, eventCount(waiting.content));
        this.#size--;
      }
    }
    this.#waiting = kept;
    this.#head = 0;
    this.#pieces = 0;
  }

  #dropOldest(): void {
    let dropped = 0;
    for (;;) {
      const waiting = this.#waiting[this.#head];
      if (waiting === undefined) break;
      this.#head++;
      if (waiting.dropped > 0) {
        dropped += waiting.dropped;
        continue;
      }
      dropped += eventCount(waiting.content);
      this.#size--;
      break;
    }
    const next = this.#waiting[this.#head];
    if (next !== undefined && next.dropped > 0) next.dropped += dropped;
    else {
      this.#head--;
      this.#waiting[this.#head] = {
        content: { events: [] },
        isPiece: false,
        dropped,
      };
    }
    if (this.#head >= 256) this.#compact();
  }

  /** Takes the oldest frame; `undefined` if the queue is empty. */
  take(): Frame | undefined {
    const waiting = this.#waiting[this.#head];
    if (waiting === undefined) return undefined;
    // Or the list would keep it: little for one session, much for a hundred.
    this.#waiting[this.#head] = TAKEN;
    this.#head++;
    if (this.#head >= 256) this.#compact();
    if (waiting.dropped > 0) {
      return { events: [eventsDropped(waiting.dropped)] };
    }
    this.#size--;
    if (waiting.isPiece) this.#pieces--;
    const { content } = waiting;
    return content instanceof JoinedFrames ? content.frame() : content;
  }

  #compact(): void {
    if (this.#head * 2 < this.#waiting.length) return;
    this.#waiting.splice(0, this.#head);
    this.#head = 0;
  }
}

function eventCount(content: Frame | JoinedFrames): number {
  return content instanceof JoinedFrames
    ? content.eventCount
    : content.events.length;
}
