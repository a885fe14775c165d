/**
 * The options that answer questions to people. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { Elicitation } from "../events/elicitation_request.ts";
import type { UserDialog } from "../events/user_dialog_request.ts";
import type { Decision } from "../permissions/decision.ts";
import { wrong } from "../process/kinds.ts";
import type { DialogAnswer, ElicitationAnswer } from "./answers.ts";
import type { UserAnswers, UserQuestions } from "./ask_user.ts";
import type { PlanRequest } from "./plan.ts";

/** What a function that answers a question may know besides the question. */
export interface QuestionContext {
  /** Aborts when the answer is not wanted any more: the turn ended, or its time is up. */
  readonly signal: AbortSignal;
}

/** Gives an answer, at once or as a promise, or `undefined` to leave it to somebody else. */
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
   * what to think of instead. It is asked also where a policy allows the call, and not
   * where one denies it.
   */
  readonly onPlan?: Answers<PlanRequest, Decision>;
  /**
   * Answers what an MCP server asks a person. What it throws declines. What it leaves,
   * or without it all, becomes an `ElicitationRequest` event, and is declined where
   * nobody reads events.
   */
  readonly onElicitation?: Answers<Elicitation, ElicitationAnswer>;
  /**
   * Shows the CLI's own dialogs, of the kinds in `dialogKinds`. What it throws cancels
   * the dialog. What it leaves, or without it all, becomes a `UserDialogRequest` event,
   * and is cancelled where nobody reads events.
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

/** The longest time that a timer can be set to. */
const LONGEST_MS = 2 ** 31 - 1;

const HANDLERS = [
  "onQuestion",
  "onPlan",
  "onElicitation",
  "onDialog",
] as const;

/**
 * Checks the options that answer questions to people.
 *
 * @throws {ConfigError} One is no function, or could never be called.
 */
export function checkQuestions(
  options: QuestionOptions,
): void {
  for (const name of HANDLERS) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== "function") {
      throw wrong(name, "a function", value);
    }
  }
  const { dialogKinds, permissionTimeoutMs } = options;
  if (
    dialogKinds !== undefined &&
    !(Array.isArray(dialogKinds) &&
      dialogKinds.every((kind) => typeof kind === "string" && kind !== ""))
  ) {
    throw wrong("dialogKinds", "a list of texts", dialogKinds);
  }
  if (options.onDialog !== undefined && (dialogKinds ?? []).length === 0) {
    throw new ConfigError(
      "onDialog",
      "Cannot show dialogs of no kind: give dialogKinds as well",
    );
  }
  if (
    permissionTimeoutMs !== undefined &&
    !(typeof permissionTimeoutMs === "number" && permissionTimeoutMs > 0 &&
      permissionTimeoutMs <= LONGEST_MS)
  ) {
    throw wrong(
      "permissionTimeoutMs",
      `a number above 0 and up to ${LONGEST_MS}`,
      permissionTimeoutMs,
    );
  }
}
