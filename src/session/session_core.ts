/**
 * What stands behind a session, whether it blocks or not: the driver, who replaces it
 * after a crash, who hears of what comes, and what a signal ends.
 *
 * @module
 */

import { Broadcast } from "./broadcast.ts";
import type { Inherited } from "../conversation/inherited.ts";
import type {
  SessionSink,
  TurnControl,
  TurnSink,
} from "../conversation/sinks.ts";
import {
  attachFacts,
  type FactsSource,
  type SessionFacts,
} from "./facts_view.ts";
import { ConfigError, StateError } from "../errors.ts";
import { sessionRestarted } from "../events/session.ts";
import { type LiveChange, LiveChanges } from "../conversation/live_changes.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { Prompt } from "../protocol/mod.ts";
import { Restarts } from "./restarts.ts";
import { recordedOn, recovered, resumed } from "./resumed.ts";
import { knownIdOf, onAbort, settledOptions } from "./session_common.ts";

/** What every driver can do. */
export interface SessionDriver extends FactsSource {
  /** Sends a prompt; what becomes of it goes to `sink`. */
  send(prompt: Prompt, sink: TurnSink): void;
  /** Nobody reads the turn any more. */
  leave(turnId: string): void;
  /** Ends the process. */
  close(): unknown;
  /** Ends it, or begins to as soon as the function returns that is being called. */
  closeSoon(): void;
}

/** What `ask()` wants of the process. */
export interface Asked {
  /** What the answer has to meet; by default that of the options. */
  readonly schema: WireObject | undefined;
}

/** Makes the driver of one process. */
type Drive<Driver> = (
  options: SessionOptions,
  sink: SessionSink,
  inherited: Inherited | undefined,
) => Driver;

/** Behind one session. `Info` is what a start gives. */
export class SessionCore<Driver extends SessionDriver, Info> {
  /** Everything the session says goes through here. */
  readonly broadcast: Broadcast = new Broadcast();
  readonly #session: SessionFacts;
  readonly #drive: Drive<Driver>;
  /** The options as they were given. */
  readonly #given: SessionOptions;
  /** The first prompt says whether there are partial messages. */
  readonly #leavesPartials: boolean;
  readonly #restarts: Restarts;
  readonly #changes = new LiveChanges();
  /** The options of the process of now. */
  #options: SessionOptions;
  #driver: Driver;
  /** One that is told to end, as another comes in its place. */
  #leaving: Driver | undefined;
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
    drive: Drive<Driver>,
  ) {
    given.signal?.throwIfAborted();
    const { options, knownId } = settledOptions(given);
    this.#session = session;
    this.#drive = drive;
    this.#given = this.#options = options;
    this.#leavesPartials = given.partials === undefined &&
      given.transport === undefined;
    this.#restarts = new Restarts(options);
    this.#driver = this.#replace(options, knownId);
    this.#closeOn(options.signal);
  }

  /** Drives the process of now. */
  get driver(): Driver {
    return this.#driver;
  }

  /** Whether the options ask for answers of a JSON Schema. */
  get asksForOutput(): boolean {
    return this.#given.outputSchema !== undefined;
  }

  /** What the start of this process gave, which is made once. */
  info(make: () => Info): Info {
    return this.#info ??= make();
  }

  /**
   * Sends the prompt of a turn, which `signal` ends.
   *
   * @param asked Set for `ask()`, which waits for the answer and reads no events.
   */
  send(
    prompt: Prompt,
    turn: TurnControl,
    signal: AbortSignal | undefined,
    asked: Asked | undefined,
  ): void {
    this.#hold(asked);
    this.#driver.send(prompt, turn.sink);
    this.#turn = turn;
    // A function that looked on while it was sent may have aborted all of it.
    const { signal: whole } = this.#given;
    if (whole?.aborted === true) {
      turn.abort(whole.reason);
      this.#driver.closeSoon();
    }
    if (signal === undefined) return;
    const release = onAbort(signal, () => turn.abort(signal.reason));
    this.#releases.set(prompt.id, release);
  }

  /** Takes back a prompt that waits for the turn before it. Says whether it did wait. */
  withdraw(turnId: string): boolean {
    if (!this.#driver.protocol.isWaiting(turnId)) return false;
    this.#driver.leave(turnId);
    return true;
  }

  /** A turn is over, and its signal of no more concern. */
  turnEnded(id: string): void {
    this.#releases.get(id)?.();
    this.#releases.delete(id);
  }

  /** The CLI granted a request. */
  granted(call: LiveChange): void {
    this.#changes.note(call);
    const { mode } = call.payload;
    if (call.subtype === "set_permission_mode" && typeof mode === "string") {
      // The CLI says so itself, but only after its answer.
      this.#driver.protocol.facts.changedMode = mode;
    }
  }

  /**
   * Sees to it that the process holds answers to this JSON Schema, by default to that of
   * the options. The CLI takes one only when it starts: where it is another than before,
   * a new process goes on with the session. What the options leave to the first prompt is
   * settled here, too.
   *
   * @throws {ConfigError} The session is not written to disk, so none can.
   * @throws {StateError} Tasks run in the background, which would end.
   */
  #hold(asked: Asked | undefined): void {
    const outputSchema = asked?.schema ?? this.#given.outputSchema;
    const { outputSchema: held, ...others } = this.#options;
    const { protocol, isClosing } = this.#driver;
    const { state, facts } = protocol;
    const rest = {
      ...others,
      ...this.#isFresh ? this.#firstPartials(asked) : {},
    };
    if (isSame(outputSchema, held) && rest.partials === others.partials) return;
    // What cannot be sent now is refused by whoever sends it.
    if (
      isClosing || protocol.hasWaiting || state === "running" ||
      state === "closing" || state === "ended"
    ) return;
    const { transport } = rest;
    if (
      state !== "new" && transport !== undefined &&
      typeof transport !== "function"
    ) throw cannotReplace("transport", "give a function that makes transports");
    const options = {
      ...rest,
      ...outputSchema === undefined ? {} : { outputSchema },
    };
    // Before its first prompt a process has nothing that could be gone on with.
    if (!protocol.hasPrompted && state !== "draining") {
      this.#succeed(options);
      return;
    }
    const isLeft = state === "draining" && rest.onBreak !== "drain";
    if (protocol.isBusy && !isLeft) throw cannotSwitch(state);
    const { id } = this.#session;
    if (options.persist === false || id === undefined) {
      throw cannotReplace("persist", "leave out persist: false");
    }
    const { cwd } = facts;
    this.#succeed(resumed(options, id, cwd));
  }

  /** Whether the session never had a process. */
  get #isFresh(): boolean {
    const { state, facts } = this.#driver.protocol;
    return state === "new" && facts.restartCount === 0;
  }

  /** Nobody reads the pieces of an answer that is asked for. */
  #firstPartials(asked: Asked | undefined): Pick<SessionOptions, "partials"> {
    return this.#leavesPartials ? { partials: asked === undefined } : {};
  }

  #replace(
    options: SessionOptions,
    knownId: string | undefined,
    inherited?: Inherited,
  ): Driver {
    const { broadcast } = this;
    const driver: Driver = this.#drive(options, {
      attended: (type) => broadcast.attended(type),
      frame: (frame) => broadcast.frame(frame),
      hold: () => broadcast.hold(),
      release: () => broadcast.release(),
      handlerFailed: (failure) => broadcast.handlerFailed(failure),
      closed: (error) => {
        // The end of one that has a successor is not the end of the session.
        if (driver !== this.#driver || driver === this.#leaving) return;
        if (!this.#restart(error)) broadcast.closed(error);
      },
    }, inherited);
    attachFacts(this.#session, driver, knownId);
    return driver;
  }

  /** Puts a new process in the place of the one of now, which ends where it has not yet. */
  #succeed(options: SessionOptions): void {
    const { facts } = this.#driver.protocol;
    const id = knownIdOf(options);
    const changes = this.#changes.again(facts.changedMode);
    const { state } = this.#driver.protocol;
    const isFirst = this.#isFresh;
    this.#leaving = this.#driver;
    const gone = this.#driver.close();
    this.#info = undefined;
    this.#options = state === "new" ? options : recordedOn(options);
    this.#driver = this.#replace(
      this.#options,
      id,
      isFirst ? undefined : { facts, id, changes, gone },
    );
    this.#leaving = undefined;
  }

  /** Puts a new process in the place of one that died, where that is wanted and possible. */
  #restart(error: Error | undefined): boolean {
    const attempt = this.#restarts.next(error);
    if (attempt === undefined) return false;
    const { facts, hasPrompted } = this.#driver.protocol;
    const { id } = this.#session;
    const { cwd, isWritten, wasReset } = facts;
    this.#succeed(recovered(
      this.#options,
      { id, cwd, isWritten, wasReset, hasPrompted },
      crypto.randomUUID(),
    ));
    const event = sessionRestarted(
      attempt,
      error?.message ?? "",
      isWritten ? id : undefined,
      this.#session.id,
    );
    this.broadcast.frame({ events: [event] });
    return true;
  }

  #closeOn(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const release = onAbort(signal, () => {
      this.#turn?.abort(signal.reason);
      this.#driver.closeSoon();
    });
    this.broadcast.on("close", release);
  }
}

function isSame(a: WireObject | undefined, b: WireObject | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function cannotReplace(option: string, instead: string): ConfigError {
  return new ConfigError(
    option,
    `Cannot change the schema of the answers: the CLI takes one only when it starts, and with this ${option} the session cannot go on in another process; ${instead}, or use a session of its own`,
  );
}

function cannotSwitch(state: string): StateError {
  return new StateError(
    "session_busy",
    state,
    "ask",
    "Cannot change the schema of the answers while tasks run in the background: the CLI takes one only when it starts; wait for their end, or stop them with session.tasks.stop()",
  );
}
