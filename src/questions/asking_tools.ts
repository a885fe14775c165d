/**
 * The tools with which the model asks a person: `AskUserQuestion`, and `ExitPlanMode` with a plan
 * that needs approval. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { allow, type AllowDecision } from "../permissions/decision.ts";
import type { AskedQuestion } from "../messages/builtin_inputs.ts";

/** The questions that the model asks together, one to four. */
export interface UserQuestions {
  /** The questions. */
  readonly questions: readonly AskedQuestion[];
  /** Id of the call. */
  readonly toolUseId: string;
  /** The subagent that asks. Absent for the main agent. */
  readonly agentId?: string;
}

/**
 * The answers by the text of the question: the label of a choice, a text that the
 * person wrote, or for a question with `multiSelect` several of them.
 */
export type UserAnswers = Readonly<Record<string, string | readonly string[]>>;

/** The tool that asks a person. */
export const ASK_USER_QUESTION = "AskUserQuestion";

function textAt(source: WireObject, key: string): Record<string, string> {
  const value = source[key];
  return typeof value === "string" ? { [key]: value } : {};
}

function readQuestion(raw: WireObject): AskedQuestion | undefined {
  const { question, options } = raw;
  if (typeof question !== "string") return undefined;
  const choices = Array.isArray(options) ? options.filter(isWireObject) : [];
  return {
    question,
    ...textAt(raw, "header"),
    options: choices.flatMap((choice) =>
      typeof choice.label === "string"
        ? [{
          label: choice.label,
          ...textAt(choice, "description"),
          ...textAt(choice, "preview"),
        }]
        : []
    ),
    multiSelect: raw.multiSelect === true,
  };
}

/**
 * The questions of a call of `AskUserQuestion`; `undefined` for any other call, and
 * if they cannot be read.
 *
 * @param request A `PermissionRequest` event, or what a policy is asked about.
 */
export function userQuestions(request: ToolRequest): UserQuestions | undefined {
  const { toolName, toolUseId, input, agentId } = request;
  if (toolName !== ASK_USER_QUESTION) return undefined;
  const list = Array.isArray(input.questions) ? input.questions : [];
  const questions = list.map((item) =>
    isWireObject(item) ? readQuestion(item) : undefined
  );
  if (
    questions.length === 0 ||
    !questions.every((question) => question !== undefined)
  ) return undefined;
  return {
    questions,
    toolUseId,
    ...agentId === undefined ? {} : { agentId },
  };
}

function answerText(
  question: AskedQuestion,
  answer: unknown,
): { readonly text: string } | { readonly issue: string } {
  const name = `"${question.question}"`;
  const several = Array.isArray(answer);
  const parts: unknown[] = several ? answer : [answer];
  if (
    parts.length === 0 ||
    !parts.every((part) => typeof part === "string" && part.trim() !== "")
  ) return { issue: `no answer to ${name}` };
  if (parts.length > 1 && question.multiSelect !== true) {
    return { issue: `more than one answer to ${name}` };
  }
  return { text: parts.join(", ") };
}

/** Puts answers into the input of the call, or says why they do not fit. */
function answeredInput(
  request: ToolRequest,
  answers: unknown,
): { readonly input: WireObject } | { readonly issue: string } {
  const asked = userQuestions(request);
  if (asked === undefined) return { issue: "there are no questions to answer" };
  if (!isWireObject(answers)) {
    return { issue: "expected an object with an answer for each question" };
  }
  const written: Record<string, string> = {};
  for (const question of asked.questions) {
    const read = answerText(question, answers[question.question]);
    if ("issue" in read) return read;
    written[question.question] = read.text;
  }
  for (const key of Object.keys(answers)) {
    if (!Object.hasOwn(written, key)) {
      return { issue: `nobody asked "${key}"` };
    }
  }
  return { input: { ...request.input, answers: written } };
}

/**
 * The decision that answers the questions of a `PermissionRequest` event or of a
 * policy's request.
 *
 * @throws {TypeError} One has no answer, or more than it can have.
 *
 * @example
 * ```ts
 * import { answerQuestions, type AsyncSession } from "@claudestream/core";
 *
 * async function talk(session: AsyncSession): Promise<void> {
 *   for await (const event of session.send("Paint the shed")) {
 *     if (event.type !== "permission_request") continue;
 *     if (event.toolName === "AskUserQuestion") {
 *       event.allow(answerQuestions(event, { "Which colour?": "Red" }));
 *     } else event.deny();
 *   }
 * }
 * ```
 */
export function answerQuestions(
  request: ToolRequest,
  answers: UserAnswers,
): AllowDecision {
  const read = answeredInput(request, answers);
  if ("issue" in read) {
    throw new TypeError(`Cannot answer the questions: ${read.issue}`);
  }
  return allow({ input: read.input });
}

/** Whether an allowance with this input answers a person's questions. */
export function hasAnswers(input: WireObject | undefined): boolean {
  const answers = input?.answers;
  return isWireObject(answers) && Object.keys(answers).length > 0;
}

/** The tool that submits a plan. */
export const EXIT_PLAN_MODE = "ExitPlanMode";

/**
 * A plan of the model. Allowing it ends the permission mode `plan`; a denial's message
 * is what the model should think of instead.
 */
export interface PlanRequest {
  /** The plan in Markdown. Absent if the model wrote none to its file. */
  readonly plan?: string;
  /** The file that the plan is in. */
  readonly planFilePath?: string;
  /** Id of the call. */
  readonly toolUseId: string;
  /** The subagent whose plan it is. Absent for the main agent. */
  readonly agentId?: string;
}

/** The plan of a call of `ExitPlanMode`; `undefined` for any other call. */
export function planOf(request: ToolRequest): PlanRequest | undefined {
  if (request.toolName !== EXIT_PLAN_MODE) return undefined;
  const { plan, planFilePath } = request.input;
  return {
    ...typeof plan === "string" ? { plan } : {},
    ...typeof planFilePath === "string" ? { planFilePath } : {},
    toolUseId: request.toolUseId,
    ...request.agentId === undefined ? {} : { agentId: request.agentId },
  };
}
