/**
 * What the hooks that ask the policy answer. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { type Decision, deny, isSameInput } from "./decision.ts";

/** What the answer of the `PreToolUse` hook depends on besides the decision. */
export interface CallHookContext {
  /**
   * Whether the CLI asks at all: where it does not, it denies what it would ask about,
   * and there is no question whose answer could have it remember. Default `true`.
   */
  readonly canAsk?: boolean;
  /**
   * Whether hooks that are not ours may change the call, or answer a question about it.
   * What they make of it shows only in the question. Default `false`.
   */
  readonly hasForeignHooks?: boolean;
  /** The input that the caller's own hooks made; absent when they left it as it was. */
  readonly made?: WireObject | undefined;
}

/** The answer of the `PreToolUse` hook: yes, no, "ask", which brings the question, or no opinion. */
export function hookReply(
  decision: Decision | undefined,
  context: CallHookContext = {},
): WireObject {
  if (decision === undefined) return {};
  if (decision.behavior === "deny") return denial(decision, context);
  const { canAsk = true, hasForeignHooks = false, made } = context;
  // The CLI takes the input of the hook that answered last, and after "ask" none of an "allow".
  const input = decision.input ?? made;
  const { remember } = decision;
  if (hasForeignHooks && canAsk) return said("ask", { updatedInput: made });
  if (remember !== undefined && canAsk) {
    // Only the answer to a question can change the rules, and only a question that the
    // CLI comes to by itself brings rules to take over. With another input it must not
    // come to run the call by itself.
    return input === undefined ? {} : said("ask", { updatedInput: made });
  }
  return said("allow", { updatedInput: input });
}

function denial(
  { message, interrupt }: Extract<Decision, { behavior: "deny" }>,
  { canAsk = true, hasForeignHooks = false }: CallHookContext,
): WireObject {
  const no = said("deny", { permissionDecisionReason: message });
  if (interrupt !== true) return no;
  // Only the answer to a question ends the turn as an interruption does. A hook of
  // somebody else could answer that question with yes.
  return hasForeignHooks || !canAsk
    ? { ...no, continue: false, stopReason: message }
    : said("ask");
}

function said(permissionDecision: string, rest: WireObject = {}): WireObject {
  const fields = Object.entries(rest).filter(([, value]) =>
    value !== undefined
  );
  return {
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision,
      ...Object.fromEntries(fields),
    },
  };
}

/** The answer of the `PreSkillShellCommand` hook. It cannot change the command. */
export function skillReply(
  decision: Decision,
  request: ToolRequest,
): WireObject {
  const { input } = decision as { readonly input?: WireObject };
  const meant = input === undefined || isSameInput(input, request.input)
    ? decision
    : deny("A shell command of a skill cannot be changed, only allowed");
  return {
    hookSpecificOutput: {
      hookEventName: "PreSkillShellCommand",
      permissionDecision: meant.behavior,
      ...meant.behavior === "deny"
        ? { permissionDecisionReason: meant.message }
        : {},
    },
  };
}

/** Whether an answer of a `PreToolUse` hook denies the call and ends the turn with it. */
export function isDenialThatStops(response: WireObject | undefined): boolean {
  const specific = response?.hookSpecificOutput;
  return response?.continue === false && isWireObject(specific) &&
    specific.permissionDecision === "deny";
}

/** The input that an answer of a hook gives a call; `undefined` when it leaves it as it was. */
export function changedInput(
  response: WireObject | undefined,
): WireObject | undefined {
  const specific = response?.hookSpecificOutput;
  if (!isWireObject(specific)) return undefined;
  const { updatedInput, decision } = specific;
  if (isWireObject(updatedInput)) return updatedInput;
  return isWireObject(decision) && isWireObject(decision.updatedInput)
    ? decision.updatedInput
    : undefined;
}

/** Whether an answer of a hook lets a call run. */
export function isYes(response: WireObject | undefined): boolean {
  const specific = response?.hookSpecificOutput;
  if (!isWireObject(specific)) return false;
  const { permissionDecision, decision } = specific;
  return permissionDecision === "allow" ||
    isWireObject(decision) && decision.behavior === "allow";
}
