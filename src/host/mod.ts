/**
 * Answers what the CLI asks the host: permissions, hooks, tools, questions to people.
 * No I/O and no clock, the same for every driver; what takes time comes as a promise.
 *
 * @module
 */

import type { Question } from "../events/line.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options.ts";
import { type Decision, permissionReply } from "../permissions/decision.ts";
import { unattendedDenial } from "../permissions/decide.ts";
import { hookReply, PolicyGate, type Verdict } from "../permissions/gate.ts";
import type { Reply } from "../protocol/pending.ts";

/** Leave it to the caller: it becomes an event. */
export const LEFT: unique symbol = Symbol("left to the caller");

/** An answer, or that there is none here. */
export type Answer = Reply | typeof LEFT;

/** What an answer may depend on. */
export interface AnswerContext {
  /** Aborts when the CLI no longer waits. */
  readonly signal: AbortSignal;
  /** Working directory of the session, absolute. */
  readonly cwd?: string;
}

/** Id of the hook that asks the policy; the caller's own hooks have others. */
const POLICY_HOOK = "claudestream:policy";

/** The host's side of one session. */
export class Host {
  readonly #options: SessionOptions;
  readonly #gate: PolicyGate | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { policy } = options;
    this.#gate = policy === undefined ? undefined : new PolicyGate(policy);
  }

  /** What the handshake tells the CLI of what the host can answer. */
  initializeFields(): WireObject {
    const hooks: Record<string, WireObject[]> = {};
    if (this.#gate !== undefined) {
      // A hook whose answer fails blocks the call; without this the call would run.
      hooks.PreToolUse = [{
        hookCallbackIds: [POLICY_HOOK],
        onFailure: "block",
      }];
    }
    return Object.keys(hooks).length === 0 ? {} : { hooks };
  }

  /** Finds the answer to a question. Never throws or rejects. */
  answer(
    question: Question,
    context: AnswerContext,
  ): Answer | Promise<Answer> {
    switch (question.kind) {
      case "permission":
        return whenKnown(
          this.#gate?.atQuestion(question.request, context),
          (decision) =>
            decision === undefined
              ? LEFT
              : this.permissionAnswer(question, decision),
        );
      case "hook":
        return this.#answerHook(question, context);
      case "mcp":
        return { refusal: `No such server here: ${question.serverName}` };
      case "elicitation":
      case "dialog":
        return {
          refusal: `Unsupported control request subtype: ${question.kind}`,
        };
      default:
        return question satisfies never;
    }
  }

  #answerHook(
    question: Extract<Question, { kind: "hook" }>,
    context: AnswerContext,
  ): Answer | Promise<Answer> {
    if (question.callbackId === POLICY_HOOK && this.#gate !== undefined) {
      return whenKnown(
        this.#gate.beforeCall(question.input, context),
        (decision) => ({ response: hookReply(decision) }),
      );
    }
    return { refusal: `No such hook here: ${question.callbackId}` };
  }

  /** The answer to a permission request with this decision. */
  permissionAnswer(
    question: Extract<Question, { kind: "permission" }>,
    decision: Decision,
  ): Reply {
    return { response: permissionReply(decision, question.request) };
  }

  /** The answer to a question that was left to the caller, where there is nobody to give one. */
  unattended(question: Question): Reply {
    if (question.kind !== "permission") {
      return { refusal: "Nobody is there to answer" };
    }
    const { policy } = this.#options;
    return this.permissionAnswer(
      question,
      unattendedDenial(question.request, policy),
    );
  }

  /** A turn ended: no question of its calls can follow any more. */
  turnEnded(): void {
    this.#gate?.forget();
  }
}

/** Goes on with a value at once, or when it is there. */
function whenKnown(
  verdict: Verdict,
  next: (decision: Decision | undefined) => Answer,
): Answer | Promise<Answer> {
  return verdict instanceof Promise ? verdict.then(next) : next(verdict);
}
