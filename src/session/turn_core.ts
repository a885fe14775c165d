/**
 * The session's side of a turn, shared by async and blocking sessions: `Turn` and `SyncTurn` are
 * two ways to read it.
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
import { neverSent } from "../protocol/end_error.ts";
import { turnFailure } from "../protocol/turn_failure.ts";
import { Due, type Steps } from "../util/due.ts";

/** Number of unread lines above which pieces of a block are joined. */
const JOIN_FROM = 1_000;

/** What a turn needs from its session. */
export interface TurnSession {
  /** Interrupts the turn. */
  interruptTurn(
    id: string,
    options?: InterruptOptions,
  ): Steps<InterruptReceipt>;
  /** Called when the turn has ended for its readers. */
  turnEnded(id: string): void;
}

/** What a turn needs from its conversation. */
type TurnConversation = Pick<
  Conversation,
  "stderrTail" | "leave" | "unattend"
>;

/** One turn, as seen by its session and its conversation. */
export class TurnCore implements TurnSink {
  /** Id of the prompt. */
  readonly id: string;
  /** The final answer. */
  readonly text: Due<string> = new Due("turn");
  /** The result of the turn, even of one that failed. */
  readonly result: Due<Result> = new Due("turn");
  /** Its frames. */
  readonly feed: Feed;
  readonly #session: TurnSession;
  /** Set once the prompt is handed over; in a pool it may have to wait. */
  #conversation: TurnConversation | undefined;
  #tally: Tally | undefined;
  #usedBy: string | undefined;
  #end: TurnEnd | undefined;
  #failure: Error | undefined;
  #isAwaited = false;

  constructor(id: string, session: TurnSession) {
    this.id = id;
    this.#session = session;
    this.feed = new Feed({
      joinFrom: JOIN_FROM,
      noted: (frame) => countFrame(frame, this.tally),
      canceled: () => {
        if (this.#end === undefined) this.#leave();
      },
    });
  }

  /**
   * Called when its prompt is about to be handed over.
   *
   * @param before The previous result of the process, if any.
   */
  begin(conversation: TurnConversation, before?: Result): void {
    this.#conversation = conversation;
    if (before !== undefined) this.#tally = new Tally({ after: before });
  }

  /** Totals of its events. */
  get tally(): Tally {
    return this.#tally ??= new Tally();
  }

  /** Called when its readers leave, or it is given up before its prompt was sent. */
  #leave(): void {
    if (this.#conversation === undefined) this.settle({ error: neverSent() });
    else this.#conversation.leave(this.id);
  }

  /** How it ended, once it has ended. */
  get end(): TurnEnd | undefined {
    return this.#end;
  }

  /** Why there is no answer, if the turn ended with an error. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Whether it has, or may still get, a reader that sees requests; readers of text alone do not see
   * them.
   */
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
        stderrTail: this.#conversation?.stderrTail ?? "",
      });
      if (this.#failure === undefined) this.text.settle(end.result.text);
      else this.text.fail(this.#failure);
    }
    this.feed.end(end);
    this.#session.turnEnded(this.id);
  }

  /** Ends it for its readers immediately, even if more events follow. */
  abort(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.settle({ error: reason });
    this.#conversation?.leave(this.id);
  }

  /**
   * Called when a reader starts to read it.
   *
   * @throws {StateError} It is already being read (`already_used`).
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

  /** Notes that a caller waits for its text or its result. Returns the value to wait for. */
  awaited<T>(due: Due<T>): Due<T> {
    this.#isAwaited = true;
    this.#unattend();
    return due;
  }

  #unattend(): void {
    if (!this.attended() && this.#end === undefined) {
      this.#conversation?.unattend();
    }
  }

  /** Interrupts it. Does nothing after its end. */
  *interrupt(options?: InterruptOptions): Steps<InterruptReceipt> {
    if (this.#end !== undefined) return { stillQueued: [] };
    if (this.#conversation !== undefined) {
      return yield* this.#session.interruptTurn(this.id, options);
    }
    this.#leave();
    return { stillQueued: [] };
  }
}
