/**
 * The successive processes of one session: the current one, and its replacement when it dies
 * (`recover`) or when an answer for another schema is requested.
 *
 * @module
 */

import type { Conversation } from "../conversation/conversation.ts";
import type { Inherited } from "../conversation/inherited.ts";
import { type LiveChange, LiveChanges } from "../conversation/live_changes.ts";
import type { SessionSink } from "../conversation/sinks.ts";
import { ConfigError, StateError } from "../errors.ts";
import { sessionRestarted } from "../events/session.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { holderOptions } from "../stores/store_options.ts";
import type { Due } from "../util/due.ts";
import type { Broadcast } from "./broadcast.ts";
import { recordedOn, recovered, Restarts, resumed } from "./restarts.ts";
import { isUuid } from "../util/uuid.ts";

/** What `ask()` requires of the process. */
export interface Asked {
  /** JSON Schema of the answer; by default that of the options. */
  readonly schema: WireObject | undefined;
}

/** Creates the conversation with one process. */
export type Converse = (
  options: SessionOptions,
  sink: SessionSink,
  inherited: Inherited | undefined,
) => Conversation;

/** The processes of one session. */
export class Succession {
  readonly #readers: Broadcast;
  readonly #converse: Converse;
  /** The options as given. */
  readonly #given: SessionOptions;
  /** Whether the first prompt decides about partial messages. */
  readonly #leavesPartials: boolean;
  readonly #restarts: Restarts;
  readonly #changes = new LiveChanges();
  /** Options of the current process. */
  #options: SessionOptions;
  #conversation: Conversation;
  #knownId: string | undefined;
  /** A process that is ending because another one replaces it. */
  #leaving: Conversation | undefined;
  /** The session was closed meanwhile, by a function that it called. */
  #isCloseDue = false;
  #gone: Due<void> | undefined;

  /**
   * Does not start a process.
   *
   * @param given Options that were already checked.
   * @param isLasting Whether the session outlives each of its processes, as in a pool.
   */
  constructor(
    given: SessionOptions,
    readers: Broadcast,
    converse: Converse,
    isLasting: boolean,
  ) {
    const options = settledOptions(given);
    this.#readers = readers;
    this.#converse = converse;
    this.#given = this.#options = options;
    this.#leavesPartials = given.partials === undefined &&
      given.transport === undefined;
    this.#restarts = new Restarts(options, isLasting);
    this.#knownId = knownIdOf(options);
    this.#conversation = this.#begin(options);
  }

  /** The conversation with the current process. */
  get conversation(): Conversation {
    return this.#conversation;
  }

  /** Id of the session, if it is known before its first message. */
  get knownId(): string | undefined {
    return this.#knownId;
  }

  /** Settled when all processes before the current one have ended. */
  get gone(): Due<void> | undefined {
    return this.#gone;
  }

  /** Whether the process could be ended now without cutting anything off. */
  get isParkable(): boolean {
    const { protocol, isClosing } = this.#conversation;
    return protocol.state === "idle" && !isClosing && !protocol.isBusy &&
      !protocol.isSilenceNormal && !protocol.mayFollowUp;
  }

  /**
   * Ends the process, if nothing is cut off by that, and leaves the session ready to continue in
   * another one. Returns when it has ended.
   */
  park(): Due<void> | undefined {
    if (!this.isParkable) return undefined;
    this.#succeed(this.#recovered());
    return this.#gone;
  }

  /** Options of a process that continues after the current one. */
  #recovered(): SessionOptions {
    const { facts, turns } = this.#conversation.protocol;
    const { cwd, isWritten, wasReset } = facts;
    const { hasPrompted } = turns;
    return recovered(
      this.#options,
      { id: this.#id, cwd, isWritten, wasReset, hasPrompted },
      crypto.randomUUID(),
    );
  }

  /** Ends the process of now, and with it the session. */
  close(): Due<void> {
    if (this.#leaving !== undefined) this.#isCloseDue = true;
    return this.#conversation.close();
  }

  get #id(): string | undefined {
    return this.#conversation.protocol.facts.id ?? this.#knownId;
  }

  /** Called when the CLI has accepted a request. */
  granted(call: LiveChange): void {
    this.#changes.note(call);
    const { mode } = call.payload;
    if (call.subtype === "set_permission_mode" && typeof mode === "string") {
      // The CLI also reports the mode itself, but only after its answer.
      this.#conversation.protocol.facts.changedMode = mode;
    }
  }

  /**
   * Makes sure that the process requires answers to match this JSON Schema, by default that of the
   * options. The CLI accepts a schema only at its start: if it differs from the current one, a new
   * process continues the session. Options that depend on the first prompt are also decided here.
   *
   * @throws {ConfigError} The session is not written to disk, so no new process can continue it.
   * @throws {StateError} Background tasks are running, which would be ended.
   */
  hold(asked: Asked | undefined): void {
    const outputSchema = asked?.schema ?? this.#given.outputSchema;
    const { outputSchema: held, ...others } = this.#options;
    const { protocol, isClosing } = this.#conversation;
    const { state, facts } = protocol;
    const rest = {
      ...others,
      ...this.#isFresh ? this.#firstPartials(asked) : {},
    };
    if (isSame(outputSchema, held) && rest.partials === others.partials) return;
    // If the prompt cannot be sent now, sending it will report that.
    if (
      isClosing || protocol.turns.hasWaiting || state === "running" ||
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
    // Before its first prompt a process has no session to continue.
    if (!protocol.turns.hasPrompted && state !== "draining") {
      this.#succeed(options);
      return;
    }
    const isLeft = state === "draining" && rest.onBreak !== "drain";
    if (protocol.isBusy && !isLeft) throw cannotSwitch(state);
    const id = this.#id;
    if (options.persist === false || id === undefined) {
      throw cannotReplace("persist", "leave out persist: false");
    }
    const { cwd } = facts;
    this.#succeed(resumed(options, id, cwd));
  }

  /** Whether the session never had a process. */
  get #isFresh(): boolean {
    const { state, facts } = this.#conversation.protocol;
    return state === "new" && facts.restartCount === 0;
  }

  /** Disables partial messages for `ask()`, which does not read pieces of the answer. */
  #firstPartials(asked: Asked | undefined): Pick<SessionOptions, "partials"> {
    return this.#leavesPartials ? { partials: asked === undefined } : {};
  }

  #begin(options: SessionOptions, inherited?: Inherited): Conversation {
    const conversation: Conversation = this.#converse(options, {
      readers: this.#readers,
      closed: (error) => {
        // The end of a process with a successor is not the end of the session.
        if (
          conversation !== this.#conversation || conversation === this.#leaving
        ) return;
        if (!this.#restart(error)) this.#readers.closed(error);
      },
    }, inherited);
    return conversation;
  }

  /** Replaces the current process by a new one, and ends it if it is still running. */
  #succeed(options: SessionOptions, isLost = false): void {
    const { state, facts } = this.#conversation.protocol;
    const id = knownIdOf(options);
    const changes = this.#changes.again(facts.changedMode);
    const isFirst = this.#isFresh;
    this.#leaving = this.#conversation;
    const gone = this.#conversation.close();
    this.#gone = gone;
    this.#options = state === "new" ? options : recordedOn(options);
    this.#knownId = id;
    this.#conversation = this.#begin(
      this.#options,
      isFirst ? undefined : { facts, id, changes, isLost, gone },
    );
    this.#leaving = undefined;
    if (this.#isCloseDue) this.#conversation.close();
  }

  /** Replaces a process that died by a new one, if that is wanted and possible. */
  #restart(error: Error | undefined): boolean {
    const attempt = this.#restarts.next(error);
    if (attempt === undefined) return false;
    const { isWritten } = this.#conversation.protocol.facts;
    const id = this.#id;
    this.#succeed(this.#recovered(), true);
    const event = sessionRestarted(
      attempt,
      error?.message ?? "",
      isWritten ? id : undefined,
      this.#id,
    );
    this.#readers.frame({ events: [event] });
    return true;
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

/** Returns the options with decisions filled in. */
function settledOptions(options: SessionOptions): SessionOptions {
  // With a generated id the session is known before its first message. A running session already
  // has an id.
  const mayName = options.resume === undefined &&
    options.transport === undefined;
  const sessionId = options.sessionId ??
    (mayName ? crypto.randomUUID() : undefined);
  const { sessionStore } = options;
  return {
    partials: true,
    ...options,
    ...sessionId === undefined ? {} : { sessionId },
    // One identity for all processes of the session: a successor may find a lease that was left.
    ...sessionStore === undefined
      ? {}
      : { sessionStore: holderOptions(sessionStore) },
  };
}

/**
 * Returns the session id of a process with these options, if it is known before its first message.
 */
function knownIdOf(
  { sessionId, fork, resume }: SessionOptions,
): string | undefined {
  if (sessionId !== undefined) return sessionId;
  // Anything but a whole id is the start of one, a title, or "last".
  return fork === true || !isUuid(resume ?? "") ? undefined : resume;
}
