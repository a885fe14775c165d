/**
 * Unanswered questions of the CLI. Each is answered by the host or by the caller; if no reader is
 * left or the time is up, it is denied.
 *
 * @module
 */

import { DeadlineError, StateError } from "../errors.ts";
import type { Question } from "../decode/line.ts";
import { stalled } from "../events/session.ts";
import {
  type AnsweringEvent,
  answeringEvent,
  eventTypeOf,
  type HandAnswer,
  handReply,
  isForPeople,
} from "../host/left_to_caller.ts";
import { asCall } from "../host/policy_hooks.ts";
import {
  type Answer,
  type AnswerContext,
  type DecidedReply,
  type Host,
  LEFT,
} from "../host/mod.ts";
import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import type { DenyDecision } from "../permissions/decision.ts";
import { isDenialThatStops } from "../permissions/hook_reply.ts";
import type { Protocol } from "../protocol/mod.ts";
import { thrownText } from "../util/faults.ts";
import { isEndless } from "../util/limits.ts";
import type { Clock } from "./link.ts";
import type { Whole } from "./parts.ts";

/** An unanswered question. */

interface OpenQuestion {
  readonly question: Question;
  readonly abort: AbortController;
  /** When the CLI asked. */
  readonly askedMs: number;
  /** Turn that the question belongs to; `undefined` for a turn that the CLI started itself. */
  turnId: string | undefined;
  /** Whether it was left to the caller as an event and is still unanswered. */
  left: boolean;
  /** Whether the caller answered it and the policy is deciding on the input of that answer. */
  isAnswered: boolean;
  /** Cancels the time limit. */
  stopTimer: () => void;
  /** Cancels the timer of the reminder. */
  stopReminder: () => void;
}

/** How long questions may wait, in milliseconds. */
export interface QuestionTimes {
  /** Time limit for an answer, if there is one. */
  readonly timeoutMs: number | undefined;
  /** Time after which an event reports that a question left to the caller is unanswered. */
  readonly warnMs: number | undefined;
}

/** The unanswered questions of one conversation. */
export class OpenQuestions {
  readonly #times: QuestionTimes;
  readonly #protocol: Protocol;
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #whole: Whole;
  readonly #open = new Map<string, OpenQuestion>();

  constructor(
    times: QuestionTimes,
    protocol: Protocol,
    host: Host,
    clock: Clock,
    whole: Whole,
  ) {
    this.#clock = clock;
    this.#times = times;
    this.#protocol = protocol;
    this.#host = host;
    this.#whole = whole;
  }

  /** Takes a question of the CLI. */
  ask(id: string, asked: Question): void {
    const question = asked.kind === "hook" ? asCall(asked) : asked;
    const abort = new AbortController();
    this.#open.set(id, {
      question,
      abort,
      askedMs: this.#clock.now(),
      turnId: this.#protocol.turns.owner,
      left: false,
      isAnswered: false,
      stopTimer: this.#limit(id, question),
      stopReminder: () => {},
    });
    const answer = this.#host.answer(question, this.#contextOf(abort));
    // Handle an immediate answer without a promise.
    if (answer instanceof Promise) {
      answer.then((answer) => this.#settle(id, answer));
    } else this.#settle(id, answer);
  }

  #contextOf({ signal }: AbortController): AnswerContext {
    const { cwd, id: sessionId } = this.#protocol.facts;
    return {
      signal,
      ...cwd === undefined ? {} : { cwd },
      ...sessionId === undefined ? {} : { sessionId },
    };
  }

  /**
   * Sends the host's answer, or a refusal if JSON cannot represent it, because the CLI waits for
   * one.
   */
  #answerForHost(id: string, reply: DecidedReply): void {
    try {
      this.#answer(id, reply);
    } catch (error) {
      const open = this.#open.get(id);
      if (open === undefined) throw error;
      const refusal = `Cannot write the answer: ${thrownText(error)}`;
      this.#answer(id, { refusal });
      this.#host.failed(open.question, error);
    }
  }

  /** Called when the CLI withdraws a question. */
  withdraw(id: string): void {
    this.#take(id)?.abort.abort(
      new DOMException("The request was withdrawn", "AbortError"),
    );
  }

  /** Denies a question when its time is up. Returns a function that cancels this. */
  #limit(id: string, question: Question): () => void {
    const { timeoutMs } = this.#times;
    if (timeoutMs === undefined || !this.#host.isTimed(question)) {
      return () => {};
    }
    return this.#clock.after(timeoutMs, () => {
      const abort = this.#open.get(id)?.abort;
      this.#answer(id, this.#host.late(question, timeoutMs));
      abort?.abort(
        new DeadlineError("answer", timeoutMs, this.#protocol.errorDetails),
      );
    });
  }

  #settle(id: string, answer: Answer): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    if (answer !== LEFT) {
      this.#answerForHost(id, answer);
    } else if (!this.#isAttended(open.question)) {
      this.#answer(id, this.#host.unattended(open.question));
    } else {
      open.left = true;
      // From now on the readers of the current turn can answer it.
      open.turnId = this.#protocol.turns.id;
      this.#hand(id, open);
    }
  }

  #isAttended(question: Question): boolean {
    return isForPeople(question) &&
      this.#whole.isAttended(eventTypeOf(question));
  }

  /** Passes a question to the caller as an event. */
  #hand(id: string, open: OpenQuestion): void {
    const { question, turnId, abort } = open;
    if (!isForPeople(question)) return;
    open.stopReminder = this.#remind(id, open, eventTypeOf(question));
    const event = answeringEvent(
      question.kind !== "permission" ? question : {
        ...question,
        request: this.#host.seen(question.request, this.#contextOf(abort)),
      },
      id,
      this.#protocol.facts.id,
      (answer) => this.respond(id, answer),
    );
    this.#whole.emit({ message: event, events: [event] }, turnId);
  }

  /**
   * Reports once that a question is waiting: a loop that ignores the event would wait for the CLI,
   * and the CLI for the loop. Nothing is ended, because people may take long to answer.
   */
  #remind(
    id: string,
    open: OpenQuestion,
    waitsFor: AnsweringEvent["type"],
  ): () => void {
    const { warnMs } = this.#times;
    if (warnMs === undefined || isEndless(warnMs)) return () => {};
    return this.#clock.after(warnMs, () => {
      const { id: sessionId } = this.#protocol.facts;
      const event = stalled({
        ...sessionId === undefined ? {} : { sessionId },
        idleMs: Math.round(this.#clock.now() - open.askedMs),
        lastEventType: waitsFor,
        waitsFor,
        requestId: id,
      });
      this.#whole.emit({ events: [event] }, open.turnId);
    });
  }

  /** Called when a reader leaves: denies the questions that no remaining reader can answer. */
  unattend(): void {
    for (const [id, { question, left }] of this.#open) {
      if (!left || this.#isAttended(question)) continue;
      this.#answer(id, this.#host.unattended(question));
    }
  }

  /** Answers a question that was left to the caller. */
  respond(requestId: string, answer: HandAnswer): void {
    const open = this.#open.get(requestId);
    if (open === undefined || open.isAnswered || !isForPeople(open.question)) {
      throw new StateError(
        "already_answered",
        this.#protocol.state,
        "respond",
        `Cannot answer the request "${requestId}": it was answered or withdrawn before, or there never was one`,
      );
    }
    const { question, abort } = open;
    const reply = handReply(question, answer);
    const denial = this.#host.denialOfAnswer(
      question,
      reply.response ?? {},
      this.#contextOf(abort),
    );
    const give = (denial: DenyDecision | undefined) =>
      this.#answer(
        requestId,
        denial === undefined
          ? { ...reply, by: "consumer" }
          : { ...handReply(question, denial), by: "policy" },
      );
    if (!(denial instanceof Promise)) return give(denial);
    open.isAnswered = true;
    open.left = false;
    open.stopReminder();
    denial.then(give);
  }

  /** Removes a question from the unanswered ones. */
  #take(id: string): OpenQuestion | undefined {
    const open = this.#open.get(id);
    if (open === undefined) return undefined;
    open.stopTimer();
    open.stopReminder();
    this.#open.delete(id);
    this.#whole.answered(open.question, open.askedMs);
    return open;
  }

  #answer(id: string, reply: DecidedReply): void {
    // Do this first, because it may fail; then the question stays open.
    const outputs = this.#protocol.answer(id, reply);
    const open = this.#take(id);
    if (open === undefined) return;
    this.#whole.perform(outputs);
    const { facts } = this.#protocol;
    if (
      open.question.kind === "hook" && isDenialThatStops(reply.response) &&
      isMet(BEHAVIORS.denialStops.since, facts.claudeVersion) === false
    ) this.#whole.interrupt();
    const event = this.#host.told(open.question, reply, facts.id);
    if (event !== undefined) {
      this.#whole.emit({ message: event, events: [event] }, open.turnId);
    }
  }
}
