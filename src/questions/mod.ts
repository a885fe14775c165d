/**
 * Asks the caller's functions the questions that are meant for people. No I/O and no clock.
 *
 * @module
 */

import type { Elicitation, UserDialog } from "../events/dialogs.ts";
import type { ToolRequest } from "../events/permissions.ts";
import {
  type FailureListener,
  thrownText,
  wrongAnswer,
} from "../util/faults.ts";
import { soon } from "../util/maybe_promise.ts";
import { type Decision, decisionIssue, deny } from "../permissions/decision.ts";
import {
  type DialogAnswer,
  dialogIssue,
  type ElicitationAnswer,
  elicitationIssue,
} from "./answers.ts";
import {
  answerQuestions,
  ASK_USER_QUESTION,
  EXIT_PLAN_MODE,
  hasAnswers,
  planOf,
  type UserAnswers,
  userQuestions,
} from "./asking_tools.ts";
import type { QuestionContext, QuestionOptions } from "./options.ts";

/** An answer, or `undefined` if the question is left open; a promise only if it takes time. */
export type Found<A> = A | undefined | Promise<A | undefined>;

/** Whether a call is a question to a person, and not only about permission. */
export function isAskedOfPeople({ toolName }: ToolRequest): boolean {
  return toolName === ASK_USER_QUESTION || toolName === EXIT_PLAN_MODE;
}

/** Message to the model if no one can be asked. */
export const NOBODY_ANSWERS =
  `Nobody is there to answer. The host can answer "${ASK_USER_QUESTION}" with the option onQuestion`;

/** Interprets a decision: allowing questions without answers has no meaning. */
export function meant(
  request: ToolRequest,
  decision: Decision | undefined,
): Decision | undefined {
  return request.toolName === ASK_USER_QUESTION &&
      decision?.behavior === "allow" && !hasAnswers(decision.input)
    ? undefined
    : decision;
}

/** The functions of one session that answer questions to people. */
export class Questions {
  readonly #options: QuestionOptions;
  readonly #failed: FailureListener;

  /** @param failed Hears of functions that throw or answer in a wrong shape. */
  constructor(options: QuestionOptions, failed: FailureListener) {
    this.#options = options;
    this.#failed = failed;
  }

  /**
   * Answers questions and plans. The verdict of the policy stands if it is a denial, or if
   * no function of the caller answers.
   */
  ofTool(
    request: ToolRequest,
    verdict: Decision | undefined,
    context: QuestionContext,
  ): Found<Decision> {
    const decision = meant(request, verdict);
    if (decision?.behavior === "deny") return decision;
    const { onQuestion, onPlan } = this.#options;
    const questions = userQuestions(request);
    if (questions !== undefined && onQuestion !== undefined) {
      if (decision !== undefined) return decision;
      return this.#ask<UserAnswers, Decision>("onQuestion", {
        run: () => onQuestion(questions, context),
        read: (answers) => answerQuestions(request, answers),
        instead: (error) => deny(`Nobody answered: ${thrownText(error)}`),
      }, context);
    }
    const plan = planOf(request);
    if (plan !== undefined && onPlan !== undefined) {
      return this.#ask<Decision, Decision>("onPlan", {
        run: () => onPlan(plan, context),
        read: (answer) => {
          const issue = decisionIssue(answer);
          if (issue === undefined) return answer;
          throw wrongAnswer("onPlan", issue);
        },
        instead: (error) =>
          deny(`Nobody approved the plan: ${thrownText(error)}`),
      }, context);
    }
    return decision;
  }

  /** Answers what an MCP server asks. */
  ofServer(
    request: Elicitation,
    context: QuestionContext,
  ): Found<ElicitationAnswer> {
    const { onElicitation } = this.#options;
    if (onElicitation === undefined) return undefined;
    return this.#ask<ElicitationAnswer, ElicitationAnswer>("onElicitation", {
      run: () => onElicitation(request, context),
      read: (answer) => {
        const issue = elicitationIssue(answer);
        if (issue === undefined) return answer;
        throw wrongAnswer("onElicitation", issue);
      },
      instead: () => ({ action: "decline" }),
    }, context);
  }

  /** Answers a dialog of the CLI. */
  ofDialog(request: UserDialog, context: QuestionContext): Found<DialogAnswer> {
    const { onDialog } = this.#options;
    if (onDialog === undefined) return undefined;
    return this.#ask<DialogAnswer, DialogAnswer>("onDialog", {
      run: () => onDialog(request, context),
      read: (answer) => {
        const issue = dialogIssue(answer);
        if (issue === undefined) return answer;
        throw wrongAnswer("onDialog", issue);
      },
      instead: () => ({ behavior: "cancelled" }),
    }, context);
  }

  /** Whether dialogs of a kind were declared at the start. */
  showsDialogs(kind: string): boolean {
    return this.#options.dialogKinds?.includes(kind) ?? false;
  }

  /** Runs a function; what it throws or wrongly answers becomes the answer `instead`. */
  #ask<G, A>(
    handler: string,
    { run, read, instead }: {
      readonly run: () => G | undefined | Promise<G | undefined>;
      readonly read: (given: G) => A;
      readonly instead: (error: unknown) => A;
    },
    { signal }: QuestionContext,
  ): Found<A> {
    const take = (given: G | undefined): A | undefined => {
      if (given === undefined) return undefined;
      const answer = read(given);
      // An answer that JSON cannot hold must be found while another one can still be given.
      JSON.stringify(answer);
      return answer;
    };
    const failed = (error: unknown): A => {
      // A function that gives up because its answer is no longer wanted has not failed.
      if (!signal.aborted) {
        this.#failed({
          handler,
          error,
          consequence: "answered no",
          isSilent: false,
        });
      }
      return instead(error);
    };
    try {
      const given = soon(run());
      return given instanceof Promise
        ? given.then(take).catch(failed)
        : take(given);
    } catch (error) {
      return failed(error);
    }
  }
}
