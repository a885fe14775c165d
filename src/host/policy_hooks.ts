/**
 * The hooks that enforce a policy: their registration with the CLI, and their answers. No I/O and
 * no clock.
 *
 * @module
 */

import { hasHook } from "../verification/needs.ts";
import { ControlError, StartupError } from "../errors.ts";
import type { Question } from "../decode/line.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { allow, type DenyDecision } from "../permissions/decision.ts";
import type { PolicyGate } from "../permissions/gate.ts";
import { requestOf, skillRequestOf } from "../permissions/hook_request.ts";
import { unheld } from "../permissions/unheld.ts";
import { changedInput, hookReply, isYes } from "../permissions/hook_reply.ts";
import type { PolicyContext } from "../permissions/policy_types.ts";
import type { Outcome, Reply } from "../protocol/pending.ts";
import { type Soon, whenKnown } from "../util/maybe_promise.ts";
import { type DecisionReply, wishOf } from "./left_to_caller.ts";

/** A hook that the CLI calls. */
export type HookQuestion = Extract<Question, { readonly kind: "hook" }>;

/** What these hooks can do besides answering. */
export interface PolicyHooksPort {
  /** Makes a control request. */
  request(
    subtype: string,
    payload: WireObject,
    settle: (outcome: Outcome) => void,
  ): void;
  /** The session cannot continue. */
  fail(error: Error): void;
}

/** Ids of the hooks; the caller's own have others. */
const IDS = {
  /** Asks the policy about a call. */
  call: "claudestream:policy",
  /** Asks the policy about a shell command of a skill or slash command. */
  skill: "claudestream:skill",
  /** Is told which calls ran. */
  ran: "claudestream:ran",
  /** Hears of settings that changed. */
  settings: "claudestream:settings",
  /** Hears of slash commands. */
  expansion: "claudestream:expansion",
} as const;

/**
 * How long the CLI waits for the policy, in seconds: 23 days, as people are slow and the
 * CLI's own limit is ten minutes. More than 2^31 ms would be no time at all.
 */
const HOOK_TIMEOUT_S = 2_000_000;

/** Whether a question comes from the hook that asks the policy about a call. */
export function asksPolicy(question: Question): boolean {
  return question.kind === "hook" && question.callbackId === IDS.call;
}

/**
 * Converts a hook's question for the policy: a shell command of a skill is treated like any other
 * call.
 */
export function asCall(question: HookQuestion): Question {
  if (question.callbackId !== IDS.skill) return question;
  const { input, raw } = question;
  return {
    kind: "permission",
    inHook: true,
    request: skillRequestOf(input),
    raw,
  };
}

/** Returns how a session handles shell commands of skills. */
function skillShellOf(
  { skillShell, policy }: SessionOptions,
): NonNullable<SessionOptions["skillShell"]> {
  return skillShell ?? (policy === undefined ? "cli" : "policy");
}

/** Makes sure, once the handshake is answered, that no shell command of a skill runs unasked. */
export function guardSkillShell(
  options: SessionOptions,
  { claude_code_version: version }: WireObject,
  port: PolicyHooksPort,
): void {
  const wanted = skillShellOf(options);
  const isAsked = typeof version === "string" &&
    hasHook("PreSkillShellCommand", version);
  if (wanted === "cli" || wanted === "policy" && isAsked) return;
  const settings = { disableSkillShellExecution: true };
  port.request("apply_flag_settings", { settings }, (outcome) => {
    // Any other failure means that the session has ended, which has its own error.
    if (!outcome.ok && outcome.error instanceof ControlError) {
      port.fail(skillShellIsOn(outcome.error));
    }
  });
}

/** The hooks of one session with a policy. */
export class PolicyHooks {
  readonly #gate: PolicyGate;
  readonly #options: SessionOptions;
  readonly #port: PolicyHooksPort;
  readonly #own = new OwnHooks();
  /** How often the settings were asked for: only the last answer is about those of now. */
  #settingsAsked = 0;

  constructor(
    gate: PolicyGate,
    options: SessionOptions,
    port: PolicyHooksPort,
  ) {
    this.#gate = gate;
    this.#options = options;
    this.#port = port;
  }

  /** Adds them to the hooks of the handshake, after the caller's own. */
  register(
    hooks: Readonly<Record<string, readonly WireObject[]>>,
  ): Readonly<Record<string, readonly WireObject[]>> {
    // A hook whose answer fails blocks the call; without this the call would run.
    const guard = { timeout: HOOK_TIMEOUT_S, onFailure: "block" };
    const added: readonly (readonly [string, WireObject])[] = [
      ["PreToolUse", { hookCallbackIds: [IDS.call], ...guard }],
      ...skillShellOf(this.#options) === "policy"
        ? [
          ["PreSkillShellCommand", {
            hookCallbackIds: [IDS.skill],
            ...guard,
          }] as const,
        ]
        : [],
      ["PostToolUse", { hookCallbackIds: [IDS.ran] }],
      ["PostToolUseFailure", { hookCallbackIds: [IDS.ran] }],
      ["ConfigChange", { hookCallbackIds: [IDS.settings] }],
      ["UserPromptExpansion", { hookCallbackIds: [IDS.expansion] }],
    ];
    const all: Record<string, readonly WireObject[]> = { ...hooks };
    for (const [event, entry] of added) {
      all[event] = [...all[event] ?? [], entry];
    }
    return all;
  }

  /** Asks which hooks the settings hold. Until the answer arrives, assume that every setting may be on. */
  learnSettings(): void {
    this.#gate.learnSettings(undefined);
    const asked = ++this.#settingsAsked;
    this.#port.request("get_settings", {}, (outcome) => {
      if (!outcome.ok || asked !== this.#settingsAsked) return;
      this.#gate.learnSettings(outcome.response.effective);
    });
  }

  /** The caller made a control request. If it changes settings, no hook reports that. */
  requested(subtype: string): void {
    if (subtype === "apply_flag_settings") this.learnSettings();
  }

  /** The answer of one of these hooks; `undefined` for a hook of the caller. */
  answer(
    question: HookQuestion,
    context: PolicyContext,
  ): Soon<Reply & { readonly by?: "policy" }> | undefined {
    switch (question.callbackId) {
      case IDS.call:
        return this.#ask(question, context);
      case IDS.ran:
        return this.#compare(question, context);
      case IDS.settings:
        this.learnSettings();
        return { response: {} };
      case IDS.expansion:
        this.#gate.expandedPrompt();
        return { response: {} };
      default:
        return undefined;
    }
  }

  /** Asks the policy, once the caller's own hooks have made of the call what they want. */
  #ask(
    { input, toolUseId = "" }: HookQuestion,
    context: PolicyContext,
  ): Soon<DecisionReply & { readonly by?: "policy" }> {
    const gate = this.#gate;
    if (gate.isAnswer(input)) return { response: hookReply(allow()) };
    const hasPrompts = this.#options.prompts !== "none";
    return whenKnown(
      this.#own.made(toolUseId),
      (made) =>
        whenKnown(gate.beforeCall(input, context, made), (decision) => ({
          response: hookReply(decision, {
            canAsk: hasPrompts && input.permission_mode !== "dontAsk",
            // Even in mode "dontAsk", the "ask" of a hook leads to a question.
            hasForeignHooks: hasPrompts && gate.hasForeignHooks(input),
            made,
          }),
          by: "policy" as const,
          ...wishOf(decision),
        })),
    );
  }

  /** Ends the session if something else ran than what was decided on. */
  #compare({ input }: HookQuestion, context: PolicyContext): Soon<Reply> {
    return whenKnown(this.#gate.faultOfRun(input, context), (fault) => {
      if (fault !== undefined) {
        this.#port.fail(unheld(requestOf(input).toolName, fault));
      }
      return { response: {} };
    });
  }

  /** Lets no answer of a caller's hook bypass the policy. */
  check(
    { input, toolUseId = "" }: HookQuestion,
    reply: Soon<Reply>,
    context: PolicyContext,
  ): Soon<Reply> {
    const event = input.hook_event_name;
    if (event === "PreToolUse" && !this.#gate.hasHeard(toolUseId)) {
      this.#own.follow(toolUseId, reply, context.signal);
      return reply;
    }
    if (event !== "PreToolUse" && event !== "PermissionRequest") return reply;
    return whenKnown(reply, (reply) => {
      const { response } = reply;
      const denied = this.#gate.heardDenial(toolUseId);
      // The policy's no may wait for the same question, as only its answer can interrupt.
      if (
        event === "PermissionRequest" && denied !== undefined && isYes(response)
      ) return refused(event, denied);
      const made = changedInput(response);
      // Without a change the policy has had its say.
      if (made === undefined || response === undefined) return reply;
      const call = { ...input, tool_use_id: toolUseId };
      return whenKnown(
        this.#gate.ofChanged(call, made, context),
        (decision) => {
          if (decision?.behavior === "deny") return refused(event, decision);
          this.#gate.answered(requestOf(call), response);
          return reply;
        },
      );
    });
  }

  /** Notes an answer that decides on a call. */
  told(question: Question, response: WireObject): void {
    if (question.kind === "permission" && question.inHook !== true) {
      this.#gate.answered(question.request, response);
    } else if (question.kind === "hook") {
      this.#gate.answered(requestOf(question.input), response);
    }
  }

  /** A turn ended: no more questions of its calls can follow. */
  turnEnded(): void {
    this.#gate.forget();
    this.#own.forget();
  }
}

/** A denial of the policy, as the answer of a caller's hook. */
function refused(
  event: "PreToolUse" | "PermissionRequest",
  { message, interrupt }: DenyDecision,
): Reply {
  const said = event === "PreToolUse"
    ? { permissionDecision: "deny", permissionDecisionReason: message }
    : {
      decision: {
        behavior: "deny",
        message,
        ...interrupt === true ? { interrupt } : {},
      },
    };
  return {
    response: { hookSpecificOutput: { hookEventName: event, ...said } },
  };
}

/**
 * Returns the error if skill commands cannot be disabled, because they would run without asking.
 */
function skillShellIsOn(cause: ControlError): StartupError {
  return new StartupError(
    "handshake",
    "Cannot hold the policy: the CLI does not turn the shell commands of skills off",
    {
      cause,
      hint:
        'Update the CLI, or say skillShell: "cli" to let it run them unasked',
    },
  );
}

/** One call. */
interface OwnCall {
  /** Hooks that have not answered. */
  readonly pending: Set<Promise<void>>;
  /** The input that the last one to answer made. */
  made: WireObject | undefined;
}

/** Follows the calls of one session. */
class OwnHooks {
  readonly #calls = new Map<string, OwnCall>();

  /** Follows a hook of a call until it answers, or the CLI no longer waits for it. */
  follow(toolUseId: string, reply: Soon<Reply>, signal: AbortSignal): void {
    const call = this.#calls.get(toolUseId) ??
      { pending: new Set(), made: undefined };
    this.#calls.set(toolUseId, call);
    const take = ({ response }: Reply) => {
      call.made = changedInput(response) ?? call.made;
    };
    if (!(reply instanceof Promise)) {
      take(reply);
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    reply.then((reply) => {
      if (!signal.aborted) take(reply);
      resolve();
    });
    call.pending.add(promise);
  }

  /** The input that the hooks of a call made; `undefined` when they left it as it was. */
  made(toolUseId: string): Soon<WireObject | undefined> {
    const call = this.#calls.get(toolUseId);
    this.#calls.delete(toolUseId);
    if (call === undefined || call.pending.size === 0) return call?.made;
    return Promise.all(call.pending).then(() => call.made);
  }

  /** Forgets calls whose policy was never asked. */
  forget(): void {
    this.#calls.clear();
  }
}
