/**
 * The processes of one session, one after another: the one of now, and what becomes of the
 * session when it dies (`recover`) or when an answer of another schema is asked for.
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
import type { Broadcast } from "./broadcast.ts";
import { recordedOn, recovered, Restarts, resumed } from "./restarts.ts";

/** What `ask()` wants of the process. */
export interface Asked {
  /** What the answer has to meet; by default that of the options. */
  readonly schema: WireObject | undefined;
}

/** Makes the conversation with one process. */
export type Converse = (
  options: SessionOptions,
  sink: SessionSink,
  inherited: Inherited | undefined,
) => Conversation;

/** The processes of one session. */
export class Succession {
  readonly #readers: Broadcast;
  readonly #converse: Converse;
  /** The options as they were given. */
  readonly #given: SessionOptions;
  /** The first prompt says whether there are partial messages. */
  readonly #leavesPartials: boolean;
  readonly #restarts: Restarts;
  readonly #changes = new LiveChanges();
  /** The options of the process of now. */
  #options: SessionOptions;
  #conversation: Conversation;
  #knownId: string | undefined;
  /** One that is told to end, as another comes in its place. */
  #leaving: Conversation | undefined;

  /**
   * Starts nothing.
   *
   * @param given Options that were checked.
   */
  constructor(given: SessionOptions, readers: Broadcast, converse: Converse) {
    const options = settledOptions(given);
    this.#readers = readers;
    this.#converse = converse;
    this.#given = this.#options = options;
    this.#leavesPartials = given.partials === undefined &&
      given.transport === undefined;
    this.#restarts = new Restarts(options);
    this.#knownId = knownIdOf(options);
    this.#conversation = this.#begin(options);
  }

  /** The conversation with the process of now. */
  get conversation(): Conversation {
    return this.#conversation;
  }

  /** Id of the session, if it is known before its first message. */
  get knownId(): string | undefined {
    return this.#knownId;
  }

  get #id(): string | undefined {
    return this.#conversation.protocol.facts.id ?? this.#knownId;
  }

  /** The CLI granted a request. */
  granted(call: LiveChange): void {
    this.#changes.note(call);
    const { mode } = call.payload;
    if (call.subtype === "set_permission_mode" && typeof mode === "string") {
      // The CLI says so itself, but only after its answer.
      this.#conversation.protocol.facts.changedMode = mode;
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
    // What cannot be sent now is refused by whoever sends it.
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
    // Before its first prompt a process has nothing that could be gone on with.
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

  /** Nobody reads the pieces of an answer that is asked for. */
  #firstPartials(asked: Asked | undefined): Pick<SessionOptions, "partials"> {
    return this.#leavesPartials ? { partials: asked === undefined } : {};
  }

  #begin(options: SessionOptions, inherited?: Inherited): Conversation {
    const conversation: Conversation = this.#converse(options, {
      readers: this.#readers,
      closed: (error) => {
        // The end of one that has a successor is not the end of the session.
        if (
          conversation !== this.#conversation || conversation === this.#leaving
        ) return;
        if (!this.#restart(error)) this.#readers.closed(error);
      },
    }, inherited);
    return conversation;
  }

  /** Puts a new process in the place of the one of now, which ends where it has not yet. */
  #succeed(options: SessionOptions, isLost = false): void {
    const { state, facts } = this.#conversation.protocol;
    const id = knownIdOf(options);
    const changes = this.#changes.again(facts.changedMode);
    const isFirst = this.#isFresh;
    this.#leaving = this.#conversation;
    const gone = this.#conversation.close();
    this.#options = state === "new" ? options : recordedOn(options);
    this.#knownId = id;
    this.#conversation = this.#begin(
      this.#options,
      isFirst ? undefined : { facts, id, changes, isLost, gone },
    );
    this.#leaving = undefined;
  }

  /** Puts a new process in the place of one that died, where that is wanted and possible. */
  #restart(error: Error | undefined): boolean {
    const attempt = this.#restarts.next(error);
    if (attempt === undefined) return false;
    const { facts, turns } = this.#conversation.protocol;
    const { hasPrompted } = turns;
    const id = this.#id;
    const { cwd, isWritten, wasReset } = facts;
    const options = recovered(
      this.#options,
      { id, cwd, isWritten, wasReset, hasPrompted },
      crypto.randomUUID(),
    );
    this.#succeed(options, true);
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

/** The options as they hold. */
function settledOptions(options: SessionOptions): SessionOptions {
  // With an id of our own the session is known before its first message. What runs
  // already has its own.
  const mayName = options.resume === undefined &&
    options.transport === undefined;
  const sessionId = options.sessionId ??
    (mayName ? crypto.randomUUID() : undefined);
  return {
    partials: true,
    ...options,
    ...sessionId === undefined ? {} : { sessionId },
  };
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The session of a process with these options, where it is known before its first message. */
function knownIdOf(
  { sessionId, fork, resume }: SessionOptions,
): string | undefined {
  if (sessionId !== undefined) return sessionId;
  // What is no whole id is the beginning of one, a title, or "last".
  return fork === true || !UUID.test(resume ?? "") ? undefined : resume;
}
