/**
 * Answers to what MCP servers and the CLI ask a person. Pure.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";

/** An answer to an elicitation. Made by {@linkcode elicit}. */
export type ElicitationAnswer =
  | {
    /** The person answered. */
    readonly action: "accept";
    /** The values of the fields. */
    readonly content?: WireObject;
  }
  | {
    /** The person said no, or closed the question. */
    readonly action: "decline" | "cancel";
  };

/** Makes answers to elicitations. */
export interface ElicitationAnswers {
  /** Answers, with the values of the fields. The server sees them as they are. */
  accept(content?: WireObject): ElicitationAnswer;
  /** Does not want to answer. */
  decline(): ElicitationAnswer;
  /** Neither answers nor declines, such as by closing the window. */
  cancel(): ElicitationAnswer;
}

/**
 * Makes answers to elicitations.
 *
 * @example
 * ```ts
 * import { elicit } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(elicit.accept({ name: "Ann" }), {
 *   action: "accept",
 *   content: { name: "Ann" },
 * });
 * ```
 */
export const elicit: ElicitationAnswers = {
  accept: (content) => ({
    action: "accept",
    ...content === undefined ? {} : { content },
  }),
  decline: () => ({ action: "decline" }),
  cancel: () => ({ action: "cancel" }),
};

/** An answer to a dialog. Made by {@linkcode dialog}. */
export type DialogAnswer =
  | {
    /** The person is done with it. */
    readonly behavior: "completed";
    /** What came of it; its shape depends on the kind. */
    readonly result: unknown;
  }
  | {
    /** The person closed it. */
    readonly behavior: "cancelled";
  };

/** Makes answers to dialogs. */
export interface DialogAnswers {
  /** What came of it; its shape depends on the kind. */
  complete(result?: unknown): DialogAnswer;
  /** The dialog was closed without an answer; the CLI does what it does then. */
  cancel(): DialogAnswer;
}

/**
 * Makes answers to dialogs.
 *
 * @example
 * ```ts
 * import { dialog } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dialog.cancel(), { behavior: "cancelled" });
 * ```
 */
export const dialog: DialogAnswers = {
  complete: (result) => ({ behavior: "completed", result }),
  cancel: () => ({ behavior: "cancelled" }),
};

/** Why a value is no {@linkcode ElicitationAnswer}; `undefined` if it is one. */
export function elicitationIssue(value: unknown): string | undefined {
  if (!isWireObject(value)) {
    return "expected elicit.accept(…), elicit.decline() or elicit.cancel()";
  }
  const { action, content } = value;
  if (action === "accept") {
    if (content === undefined) return undefined;
    if (!isWireObject(content)) return `expected "content" to be an object`;
    const key = Object.keys(content).find((key) => !isFieldValue(content[key]));
    return key === undefined
      ? undefined
      : `expected "content.${key}" to be a text, a number, a boolean or a list of texts`;
  }
  return action === "decline" || action === "cancel"
    ? undefined
    : `expected "action" to be one of accept, decline, cancel`;
}

/** What MCP has as the value of a field; the CLI refuses any other. `undefined` is not written. */
function isFieldValue(value: unknown): boolean {
  return value === undefined || typeof value === "string" ||
    typeof value === "boolean" || Number.isFinite(value) ||
    Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Why a value is no {@linkcode DialogAnswer}; `undefined` if it is one. */
export function dialogIssue(value: unknown): string | undefined {
  if (!isWireObject(value)) {
    return "expected dialog.complete(…) or dialog.cancel()";
  }
  if (!isJson(value.result)) {
    return `expected "result" to be something that JSON can hold`;
  }
  return value.behavior === "completed" || value.behavior === "cancelled"
    ? undefined
    : `expected "behavior" to be "completed" or "cancelled"`;
}

/** Found only when it is written, the question would be gone and never answered. */
function isJson(value: unknown): boolean {
  try {
    return value === undefined || JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

/** The response to an elicitation, as the CLI takes it. */
export function elicitationResponse(answer: ElicitationAnswer): WireObject {
  return answer.action !== "accept" || answer.content === undefined
    ? { action: answer.action }
    : { action: "accept", content: answer.content };
}

/** The response to a dialog, as the CLI takes it. */
export function dialogResponse(answer: DialogAnswer): WireObject {
  return answer.behavior === "completed"
    // A result that is not there would be an answer of the wrong shape.
    ? { behavior: "completed", result: answer.result ?? null }
    : { behavior: "cancelled" };
}
