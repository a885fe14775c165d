/**
 * The options that answer questions to people. Pure.
 *
 * @module
 */

import type { Elicitation, UserDialog } from "../events/dialogs.ts";
import type { Decision } from "../permissions/decision.ts";
import type { DialogAnswer, ElicitationAnswer } from "./answers.ts";
import type {
  PlanRequest,
  UserAnswers,
  UserQuestions,
} from "./asking_tools.ts";

/** What a function that answers a question knows besides the question. */
export interface QuestionContext {
  /** Aborts when the answer is no longer wanted: the turn ended, or its time is up. */
  readonly signal: AbortSignal;
}

/** Returns an answer, at once or as a promise, or `undefined` to leave the question open. */
export type Answers<Q, A> = (
  question: Q,
  context: QuestionContext,
) => A | undefined | Promise<A | undefined>;

/** Functions that answer questions to people. */
export interface QuestionOptions {
  /**
   * Answers what the model asks a person with the tool `AskUserQuestion`, which is on
   * offer only with this or a policy. What it throws, or an answer that leaves a
   * question open, denies the call: the model never sees an empty answer. What it
   * leaves (`undefined`) becomes a `PermissionRequest` event.
   */
  readonly onQuestion?: Answers<UserQuestions, UserAnswers>;
  /**
   * Approves or denies a plan (the tool `ExitPlanMode`): `allow()`, or `deny(…)` with
   * what to think of instead. It is asked also if a policy allows the call, and not
   * if one denies it.
   */
  readonly onPlan?: Answers<PlanRequest, Decision>;
  /**
   * Answers what an MCP server asks a person. What it throws declines. What it leaves,
   * or without it all, becomes an `ElicitationRequest` event, and is declined if
   * no events are read.
   */
  readonly onElicitation?: Answers<Elicitation, ElicitationAnswer>;
  /**
   * Shows dialogs of the CLI itself, of the kinds in `dialogKinds`. What it throws cancels
   * the dialog. What it leaves, or without it all, becomes a `UserDialogRequest` event,
   * and is cancelled if no events are read.
   */
  readonly onDialog?: Answers<UserDialog, DialogAnswer>;
  /** Kinds of dialogs that can be shown. The CLI asks for no others. Default none. */
  readonly dialogKinds?: readonly string[];
  /**
   * How long a question may wait for a person or a policy, in milliseconds. After that
   * a tool call is denied, an elicitation declined and a dialog cancelled. No limit by
   * default.
   */
  readonly permissionTimeoutMs?: number;
}
