/**
 * Builds the answers of the hooks that ask the policy. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import {
  type Decision,
  deny,
  isSameInput,
  type PolicyDecision,
} from "./decision.ts";

/** What the answer of the `PreToolUse` hook depends on, apart from the decision. */
export interface CallHookContext {
  /**
   * Whether the CLI asks questions at all. If not, it denies what it would ask about, and there is
   * no question whose answer could make it remember a rule. Default `true`.
   */
  readonly canAsk?: boolean;
  /**
   * Whether hooks outside this program may change the call or answer a question about it. Only the
   * question shows their changes. Default `false`.
   */
  readonly hasForeignHooks?: boolean;
  /** The input as changed by the caller's own hooks; absent if they did not change it. */
  readonly made?: WireObject | undefined;
}

/**
 * Returns the answer of the `PreToolUse` hook: "allow", "deny", "defer", "ask", which makes the CLI
 * ask, or no decision.
 */
export function hookReply(
  decision: PolicyDecision | undefined,
  context: CallHookContext = {},
): WireObject {
  if (decision === undefined) return {};
  if (decision.behavior === "deny") return denial(decision, context);
  // The CLI puts it above an "ask" or "allow" of another hook, and a "deny" above it.
  if (decision.behavior === "defer") return said("defer");
  const { canAsk = true, hasForeignHooks = false, made } = context;
  // The CLI uses the input of the hook that answered last, and after an "ask" it ignores the input
  // of an "allow".
  const input = decision.input ?? made;
  const { remember } = decision;
  if (hasForeignHooks) return said("ask", { updatedInput: made });
  if (remember !== undefined && canAsk) {
    // Only the answer to a question can change the rules, and only a question that the CLI asks on
    // its own suggests rules. With a changed input the CLI must not run the call on its own.
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
  // Only the answer to a question can end the turn like an interruption. But a foreign hook could
  // allow the call by answering that question.
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

/** Returns the answer of the `PreSkillShellCommand` hook, which cannot change the command. */
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

/** Whether an answer of a `PreToolUse` hook denies the call and ends the turn. */
export function isDenialThatStops(response: WireObject | undefined): boolean {
  const specific = response?.hookSpecificOutput;
  return response?.continue === false && isWireObject(specific) &&
    specific.permissionDecision === "deny";
}

/**
 * Returns the changed input in the answer of a hook; `undefined` if it does not change the input.
 */
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

/** Whether an answer of a hook allows a call. */
export function isYes(response: WireObject | undefined): boolean {
  const specific = response?.hookSpecificOutput;
  if (!isWireObject(specific)) return false;
  const { permissionDecision, decision } = specific;
  return permissionDecision === "allow" ||
    isWireObject(decision) && decision.behavior === "allow";
}
