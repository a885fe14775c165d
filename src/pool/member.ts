/**
 * One session of a pool.
 *
 * @module
 */

import type { SessionEventMap } from "../session/broadcast.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { Admission, Pass, Work } from "../session/admission.ts";
import { AsyncSession } from "../session/async_session.ts";
import { Promising } from "../session/promising.ts";
import { Session } from "../session/session.ts";
import { stateOf } from "../session/facts_view.ts";
import type { Due } from "../util/due.ts";
import { Seat, type SeatProcess } from "./seat.ts";

/** What a member needs from its pool. */
export interface MemberOwner {
  /** Its work begins, or waits. */
  enter(member: Member, work: Work, operation: string): Pass;
  /** It may have become idle, or lost its process. */
  changed(member: Member): void;
  /** It was told to close, or closed by itself; its last process ends then. */
  closing(member: Member, closed: Due<void>): void;
}

/** Events after which a session may be idle that was not before, or have lost its process. */
const TELLING: readonly (keyof SessionEventMap)[] = [
  "result",
  "background_tasks_changed",
  "task_updated",
  "task_notification",
  "hook_response",
  "session_restarted",
];

/** One session of a pool, with its place in the line. */
export class Member implements Admission, SeatProcess {
  /** Its place in the line. */
  readonly seat: Seat;
  /** The session for callers. */
  readonly face: AsyncSession;
  /** The options that it was opened with. */
  readonly options: SessionOptions;
  readonly #session: Session<"async">;
  readonly #owner: MemberOwner;
  /** The caller's name for it; `undefined` while it is a spare, or has no name. */
  key: string | undefined;

  /**
   * Does not start a process.
   *
   * @param options Options that were already checked.
   */
  constructor(options: SessionOptions, owner: MemberOwner, isCounted = true) {
    this.#owner = owner;
    this.options = options;
    this.seat = new Seat(this, isCounted);
    this.#session = new Session<"async">(options, new Promising(), this);
    this.face = new AsyncSession(this.#session as unknown as SessionOptions);
    const { broadcast } = this.#session;
    for (const type of TELLING) {
      broadcast.on(type, () => owner.changed(this));
    }
    // Its signal can close it, too.
    broadcast.on(
      "close",
      () => owner.closing(this, this.#session.conversation.close()),
    );
  }

  get hasProcess(): boolean {
    const state = stateOf(this.#session.conversation);
    return state === "idle" || state === "running" || state === "closing";
  }

  get isParkable(): boolean {
    return this.#session.isParkable;
  }

  get gone(): Due<void> | undefined {
    return this.#session.gone;
  }

  /** What its turns cost, in US dollars, without what a resumed session had cost before. */
  get spentUsd(): number {
    return this.#session.conversation.protocol.facts.spentUsd;
  }

  park(): Due<void> | undefined {
    return this.#session.park();
  }

  enter(work: Work, operation: string): Pass {
    return this.#owner.enter(this, work, operation);
  }

  closing(closed: Due<void>): void {
    this.#owner.closing(this, closed);
  }
}
