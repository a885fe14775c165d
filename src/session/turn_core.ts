/**
 * The session's side of a turn, the same for async and blocking sessions: `Turn` and
 * `SyncTurn` are two ways to read it.
 *
 * @module
 */

import type {
  InterruptOptions,
  InterruptReceipt,
} from "../control/conversation.ts";
import type { TurnSink } from "../conversation/sinks.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { countFrame, Tally } from "../decode/tally.ts";
import { StateError } from "../errors.ts";
import { Feed } from "./feed.ts";
import type { Result } from "../messages/result.ts";
import type { TurnEnd } from "../protocol/mod.ts";
import { turnFailure } from "../protocol/turn_failure.ts";
import { Due, type Steps } from "../util/due.ts";

/** How many lines may wait for a reader before pieces of a block are joined. */
const JOIN_FROM = 1_000;

/** What a turn needs of its session. */
export interface TurnSession {
  /** Interrupts the turn. */
  interruptTurn(
    id: string,
    options?: InterruptOptions,
  ): Steps<InterruptReceipt>;
  /** The turn is over for its readers. */
  turnEnded(id: string): void;
}

/** What it needs of the conversation that it is of. */
type TurnConversation = Pick<
  Conversation,
  "stderrTail" | "leave" | "unattend"
>;

/** One turn, as its session and its conversation know it. */
export class TurnCore implements TurnSink {
  /** Id of the prompt. */
  readonly id: string;
  /** The final answer. */
  readonly text: Due<string> = new Due("turn");
  /** The end of the turn, also of one that failed. */
  readonly result: Due<Result> = new Due("turn");
  /** What came of it. */
  readonly feed: Feed;
  /** What that comes to. */
  readonly tally: Tally;
  readonly #conversation: TurnConversation;
  readonly #session: TurnSession;
  #usedBy: string | undefined;
  #end: TurnEnd | undefined;
  #failure: Error | undefined;
  #isAwaited = false;

  /** @param before The result before it, if the process had one. */
  constructor(
    id: string,
    conversation: TurnConversation,
    session: TurnSession,
    before?: Result,
  ) {
    this.id = id;
    const tally = new Tally(before === undefined ? {} : { after: before });
    this.tally = tally;
    this.#conversation = conversation;
    this.#session = session;
    this.feed = new Feed({
      joinFrom: JOIN_FROM,
      noted: (frame) => countFrame(frame, tally),
      canceled: () => {
        if (this.#end === undefined) conversation.leave(id);
      },
    });
  }

  /** How it ended, once it has. */
  get end(): TurnEnd | undefined {
    return this.#end;
  }

  /** Why there is no answer, if the turn ended with an error. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether its reader sees requests, or may still come: text alone shows none. */
  attended(): boolean {
    return this.#usedBy === undefined
      ? !this.#isAwaited
      : this.#usedBy !== "textStream";
  }

  settle(end: TurnEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (end.result === undefined) {
      this.result.fail(end.error);
      this.text.fail(end.error);
    } else {
      this.result.settle(end.result);
      this.#failure = turnFailure(end.result, {
        ...end.context,
        stderrTail: this.#conversation.stderrTail,
      });
      if (this.#failure === undefined) this.text.settle(end.result.text);
      else this.text.fail(this.#failure);
    }
    this.feed.end(end);
    this.#session.turnEnded(this.id);
  }

  /** Ends it for its readers at once, whatever still comes of it. */
  abort(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.settle({ error: reason });
    this.#conversation.leave(this.id);
  }

  /**
   * Somebody begins to read it.
   *
   * @throws {StateError} It is being read already (`already_used`).
   */
  claim(usedBy: string): void {
    if (this.#usedBy !== undefined) {
      throw new StateError(
        "already_used",
        this.#usedBy,
        usedBy,
        `Cannot read the turn with ${usedBy}: it is read with ${this.#usedBy} already`,
      );
    }
    this.#usedBy = usedBy;
    this.#unattend();
  }

  /** Somebody waits for its text or its result. Returns what is waited for. */
  awaited<T>(due: Due<T>): Due<T> {
    this.#isAwaited = true;
    this.#unattend();
    return due;
  }

  #unattend(): void {
    if (!this.attended() && this.#end === undefined) {
      this.#conversation.unattend();
    }
  }

  /** Interrupts it. Nothing happens after its end. */
  *interrupt(options?: InterruptOptions): Steps<InterruptReceipt> {
    return this.#end === undefined
      ? yield* this.#session.interruptTurn(this.id, options)
      : { stillQueued: [] };
  }
}
