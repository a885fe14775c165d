/**
 * What stands behind a session, whether it blocks or not: the driver, who replaces it
 * after a crash, who hears of what comes, and what a signal ends.
 *
 * @module
 */

import { Broadcast } from "./broadcast.ts";
import type { SessionSink, TurnControl, TurnSink } from "./drivers/sinks.ts";
import {
  attachFacts,
  type FactsSource,
  type SessionFacts,
} from "./facts_view.ts";
import type { SessionOptions } from "./options.ts";
import type { Prompt } from "./protocol/mod.ts";
import { Restarts } from "./restarts.ts";
import { onAbort, settledOptions } from "./session_common.ts";

/** What every driver can do. */
export interface SessionDriver extends FactsSource {
  /** Sends a prompt; what becomes of it goes to `sink`. */
  send(prompt: Prompt, sink: TurnSink): void;
  /** Ends the process. */
  close(): unknown;
}

/** Behind one session. `Info` is what a start gives. */
export class SessionCore<Driver extends SessionDriver, Info> {
  /** Everything the session says goes through here. */
  readonly broadcast: Broadcast = new Broadcast();
  readonly #session: SessionFacts;
  readonly #drive: (options: SessionOptions, sink: SessionSink) => Driver;
  readonly #restarts: Restarts;
  #driver: Driver;
  #info: Info | undefined;
  /** The last turn that was begun. */
  #turn: TurnControl | undefined;
  /** Takes back what listens to a turn's signal, by the turn. */
  readonly #releases = new Map<string, () => void>();

  /**
   * @param session The session itself, whose facts are read from here.
   * @param given Options that were checked.
   * @param drive Makes the driver of one process.
   */
  constructor(
    session: SessionFacts,
    given: SessionOptions,
    drive: (options: SessionOptions, sink: SessionSink) => Driver,
  ) {
    const { options, knownId } = settledOptions(given);
    this.#session = session;
    this.#drive = drive;
    this.#restarts = new Restarts(options);
    this.#driver = this.#replace(options, knownId);
    this.#closeOn(options.signal);
  }

  /** Drives the process of now. */
  get driver(): Driver {
    return this.#driver;
  }

  /** What the start of this process gave, which is made once. */
  info(make: () => Info): Info {
    return this.#info ??= make();
  }

  /** Sends the prompt of a turn, which `signal` ends. */
  send(
    prompt: Prompt,
    turn: TurnControl,
    signal: AbortSignal | undefined,
  ): void {
    this.#driver.send(prompt, turn.sink);
    this.#turn = turn;
    if (signal === undefined) return;
    const release = onAbort(signal, () => turn.abort(signal.reason));
    this.#releases.set(prompt.id, release);
  }

  /** A turn is over, and its signal of no more concern. */
  turnEnded(id: string): void {
    this.#releases.get(id)?.();
    this.#releases.delete(id);
  }

  #replace(options: SessionOptions, knownId: string | undefined): Driver {
    const { broadcast } = this;
    const driver = this.#drive(options, {
      attended: (type) => broadcast.attended(type),
      frame: (frame) => broadcast.frame(frame),
      handlerFailed: (failure) => broadcast.handlerFailed(failure),
      closed: (error) => {
        if (!this.#restart(error)) broadcast.closed(error);
      },
    });
    attachFacts(this.#session, driver, knownId);
    return driver;
  }

  /** Puts a new process in the place of one that died, where that is wanted and possible. */
  #restart(error: Error | undefined): boolean {
    const restart = this.#restarts.next(error, this.#session.id);
    if (restart === undefined) return false;
    const { options, event } = restart;
    this.#info = undefined;
    this.#driver = this.#replace(options, event.resumedFrom);
    this.broadcast.frame({ events: [event] });
    return true;
  }

  #closeOn(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const release = onAbort(signal, () => {
      this.#turn?.abort(signal.reason);
      this.#driver.close();
    });
    this.broadcast.on("close", release);
  }
}
