/**
 * Questions that are left to the caller: their events, the caller's answers, and the answers if no
 * one can give one. Pure.
 *
 * @module
 */

import {
  type ElicitationRequest,
  elicitationRequest,
  type UserDialogRequest,
  userDialogRequest,
} from "../events/dialogs.ts";
import type { Question } from "../decode/line.ts";
import {
  type AllowOptions,
  type PermissionRequest,
  permissionRequest,
} from "../events/permissions.ts";
import {
  allow,
  type Decision,
  decisionIssue,
  deny,
  permissionReply,
  plainAnswer,
  type PolicyDecision,
} from "../permissions/decision.ts";
import { lateDenial, unattendedDenial } from "../permissions/decide.ts";
import { skillReply } from "../permissions/hook_reply.ts";
import type { Policy } from "../permissions/policy_types.ts";
import type { Reply } from "../protocol/pending.ts";
import {
  dialog,
  type DialogAnswer,
  dialogIssue,
  dialogResponse,
  elicit,
  type ElicitationAnswer,
  elicitationIssue,
  elicitationResponse,
} from "../questions/answers.ts";
import { ASK_USER_QUESTION } from "../questions/asking_tools.ts";
import { meant, NOBODY_ANSWERS } from "../questions/mod.ts";

/** An event that answers. */
export type AnsweringEvent =
  | PermissionRequest
  | ElicitationRequest
  | UserDialogRequest;

/** An answer by hand: to a tool call, an MCP server, or a dialog. */
export type HandAnswer = Decision | ElicitationAnswer | DialogAnswer;

/** A question that a caller can answer. */
export type PeopleQuestion = Extract<
  Question,
  { readonly kind: "permission" | "elicitation" | "dialog" }
>;

/** Whether a caller can answer a question. */
export function isForPeople(question: Question): question is PeopleQuestion {
  return question.kind === "permission" || question.kind === "elicitation" ||
    question.kind === "dialog";
}

/** The type of the event that a question becomes. */
export function eventTypeOf(question: PeopleQuestion): AnsweringEvent["type"] {
  switch (question.kind) {
    case "permission":
      return "permission_request";
    case "elicitation":
      return "elicitation_request";
    case "dialog":
      return "user_dialog_request";
  }
}

/** Makes the event of a question that can be read. */
export function answeringEvent(
  question: PeopleQuestion,
  id: string,
  sessionId: string | undefined,
  respond: (answer: HandAnswer) => void,
): AnsweringEvent {
  const { raw } = question;
  switch (question.kind) {
    case "permission":
      return permissionRequest(raw, id, question.request, sessionId, {
        allow: (options) => respond(allow(options)),
        deny: (message, options) => respond(deny(message, options)),
      });
    case "elicitation":
      return elicitationRequest(
        raw,
        id,
        question.request,
        sessionId,
        (answer) => respond(answer as ElicitationAnswer),
      );
    case "dialog":
      return userDialogRequest(
        raw,
        id,
        question.request,
        sessionId,
        (answer) => respond(answer as DialogAnswer),
      );
  }
}

/**
 * The reply to a question with an answer by hand.
 *
 * @throws {TypeError} It is no answer to such a question.
 */
export function handReply(
  question: PeopleQuestion,
  given: unknown,
): DecisionReply {
  const answer = question.kind === "permission" ? plainAnswer(given) : given;
  const issue = issueOf(question, answer);
  if (issue !== undefined) {
    throw new TypeError(`Cannot answer the request: ${issue}`);
  }
  switch (question.kind) {
    case "permission":
      return decisionReply(question, answer as Decision);
    case "elicitation":
      return { response: elicitationResponse(answer as ElicitationAnswer) };
    case "dialog":
      return { response: dialogResponse(answer as DialogAnswer) };
  }
}

function issueOf(
  question: PeopleQuestion,
  answer: unknown,
): string | undefined {
  switch (question.kind) {
    case "permission":
      return decisionIssue(answer);
    case "elicitation":
      return elicitationIssue(answer);
    case "dialog":
      return dialogIssue(answer);
  }
}

/**
 * A reply, and how long it should be remembered, which may differ from what the CLI is asked to
 * remember.
 */
export type DecisionReply = Reply & Pick<AllowOptions, "remember">;

/** The reply to a permission request. */
export function decisionReply(
  { request, inHook }: Extract<Question, { readonly kind: "permission" }>,
  decision: Decision,
): DecisionReply {
  const wish = wishOf(decision);
  if (inHook === true) {
    return { response: skillReply(decision, request), ...wish };
  }
  // Allowing the call without answers would tell the model that no one answered.
  const said = meant(request, decision) ??
    deny("The questions were allowed, but not answered");
  return { response: permissionReply(said, request), ...wish };
}

/** Returns how long a decision should be remembered. */
export function wishOf(
  decision: PolicyDecision | undefined,
): Pick<AllowOptions, "remember"> {
  return decision?.behavior === "allow" && decision.remember !== undefined
    ? { remember: decision.remember }
    : {};
}

/** Returns the reply if no one can answer. */
export function unattendedReply(
  question: PeopleQuestion,
  policy: Policy | undefined,
): Reply {
  switch (question.kind) {
    case "permission":
      return decisionReply(
        question,
        question.request.toolName === ASK_USER_QUESTION
          ? deny(NOBODY_ANSWERS)
          : unattendedDenial(question.request, policy),
      );
    case "elicitation":
      return handReply(question, elicit.decline());
    case "dialog":
      return handReply(question, dialog.cancel());
  }
}

/** The reply when the time for an answer is up. */
export function lateReply(question: PeopleQuestion, timeoutMs: number): Reply {
  switch (question.kind) {
    case "permission":
      return decisionReply(question, lateDenial(timeoutMs));
    case "elicitation":
      return handReply(question, elicit.decline());
    case "dialog":
      return handReply(question, dialog.cancel());
  }
}
