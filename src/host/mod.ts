/**
 * Answers what the CLI asks the host: permissions, hooks, tools, questions to people.
 * No I/O and no clock, the same for async and blocking sessions; what takes time is a
 * promise.
 *
 * @module
 */

import type { Question } from "../decode/line.ts";
import type { ToolResult } from "../events/blocks.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import type {
  DecidedBy,
  PermissionDecision,
  ToolRequest,
} from "../events/permissions.ts";
import { Hooks } from "../hooks/mod.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { SystemInit } from "../messages/system/init.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { auditEvent } from "../permissions/audit.ts";
import {
  type Decision,
  type DenyDecision,
  isSameInput,
} from "../permissions/decision.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import { lateDenial } from "../permissions/decide.ts";
import {
  type DenyRules,
  denyRules,
  ruleDenial,
} from "../permissions/deny_rules.ts";
import { Deferrals, deferredMissing } from "../permissions/deferrals.ts";
import { explainedRule } from "../permissions/guarded.ts";
import { PolicyGate } from "../permissions/gate.ts";
import { hooksAreOff } from "../permissions/unheld.ts";
import { hookReply } from "../permissions/hook_reply.ts";
import {
  type Machine,
  protectedNamesOf,
} from "../permissions/protected_paths.ts";
import type { StartupError } from "../errors.ts";
import { type Soon, whenKnown } from "../util/maybe_promise.ts";
import { dialogResponse, elicitationResponse } from "../questions/answers.ts";
import { isAskedOfPeople, Questions } from "../questions/mod.ts";
import { McpHost } from "../tools/host.ts";
import type { FailureListener } from "../util/faults.ts";
import {
  asksPolicy,
  guardSkillShell,
  PolicyHooks,
  type PolicyHooksPort,
} from "./policy_hooks.ts";
import {
  type DecisionReply,
  decisionReply,
  isForPeople,
  lateReply,
  unattendedReply,
} from "./left_to_caller.ts";

/** Leave it to the caller: it becomes an event. */
export const LEFT: unique symbol = Symbol("left to the caller");

/** An answer, or the mark that the question is left to the caller. */
export type Answer = DecidedReply | typeof LEFT;

/** An answer and, if it decides on a tool call, who decided. */
export type DecidedReply = DecisionReply & { readonly by?: DecidedBy };

/** What an answer may depend on. */
export interface AnswerContext {
  /** Aborts when the CLI no longer waits. */
  readonly signal: AbortSignal;
  /** Working directory of the session, absolute. */
  readonly cwd?: string;
  /** Id of the session. */
  readonly sessionId?: string;
}

/** What the host can do besides answering. */
export interface HostPort extends PolicyHooksPort {
  /** Hands an event to the readers of the turn and of the session. */
  emit(event: ClaudeEvent): void;
  /** Sends a message of an MCP server, other than a response, to the CLI. */
  notify(serverName: string, message: WireObject): void;
  /** A function of the caller failed. */
  readonly failed: FailureListener;
  /** Access to the machine that the CLI runs on. */
  readonly machine: Machine;
}

/** The option whose function answers a kind of question. */
const HANDLER_OF: Readonly<Record<Question["kind"], string>> = {
  permission: "policy",
  hook: "hooks",
  mcp: "mcpServers",
  elicitation: "onElicitation",
  dialog: "onDialog",
};

/** The host's side of one session. */
export class Host {
  readonly #options: SessionOptions;
  readonly #gate: PolicyGate | undefined;
  readonly #policyHooks: PolicyHooks | undefined;
  readonly #port: HostPort;
  readonly #mcp: McpHost;
  readonly #hooks: Hooks;
  readonly #questions: Questions;
  readonly #failed: FailureListener;
  readonly #denies: DenyRules;
  readonly #deferrals = new Deferrals();

  constructor(options: SessionOptions, port: HostPort) {
    this.#options = options;
    this.#port = port;
    this.#failed = port.failed;
    this.#mcp = new McpHost(options, port, options.clock);
    const { policy, disallowedTools } = options;
    this.#denies = denyRules(disallowedTools, port.machine);
    this.#gate = policy === undefined ? undefined : new PolicyGate(
      policy,
      options.outputSchema !== undefined,
      port.machine,
      this.#denies,
      (error) =>
        port.failed({
          handler: "policy",
          error,
          consequence: "the call was denied",
          isSilent: false,
        }),
    );
    this.#policyHooks = this.#gate === undefined
      ? undefined
      : new PolicyHooks(this.#gate, options, port);
    this.#hooks = new Hooks(options.hooks ?? {}, port.failed);
    this.#questions = new Questions(options, port.failed);
  }

  /** Returns the handshake fields that tell the CLI what the host can answer. */
  initializeFields(): WireObject {
    const own = this.#hooks.registration;
    const hooks = this.#policyHooks?.register(own) ?? own;
    const { names } = this.#mcp;
    return {
      ...Object.keys(hooks).length === 0 ? {} : { hooks },
      ...names.length === 0 ? {} : { sdkMcpServers: names },
    };
  }

  /**
   * Prepares what takes time before there is a process; `undefined` if nothing does.
   *
   * @throws {ConfigError} A tool or an MCP server cannot be used.
   */
  prepare(): Promise<void> | undefined {
    return this.#mcp.prepare();
  }

  /** The handshake was answered. What is said here comes before the first prompt. */
  started(response: WireObject): void {
    guardSkillShell(this.#options, response, this.#port);
    this.#policyHooks?.learnSettings();
  }

  /** The caller made a control request. */
  requested(subtype: string): void {
    this.#policyHooks?.requested(subtype);
  }

  /**
   * A turn begins. Returns why the session cannot continue, if it cannot.
   *
   * @param isRestarted Whether another process of this session came before.
   */
  began(init: SystemInit, isRestarted: boolean): StartupError | undefined {
    this.#gate?.began(init);
    this.#deferrals.began(init.claudeCodeVersion);
    // The process before has heard the decisions on deferred calls.
    const missing = this.#gate?.takeMissing() ?? [];
    if (missing.length > 0 && !isRestarted) return deferredMissing(missing);
    return this.#mcp.check(init);
  }

  /** Notes the calls in a message of the model. */
  observe(event: ClaudeEvent): void {
    this.#deferrals.observe(event);
  }

  /** A tool ran. Returns why the session cannot continue, if it cannot. */
  ran(result: ToolResult): StartupError | undefined {
    return this.#gate?.wasPassedBy(result) === true ? hooksAreOff() : undefined;
  }

  /** The session is over. */
  close(): void {
    this.#mcp.close();
  }

  /** Finds the answer to a question. Never throws or rejects. */
  answer(
    question: Question,
    context: AnswerContext,
  ): Answer | Promise<Answer> {
    switch (question.kind) {
      case "permission":
        return this.#answerPermission(question, context);
      case "hook":
        return this.#answerHook(question, context);
      case "mcp":
        return this.#mcp.answer(question, context);
      case "elicitation":
        return whenKnown(
          this.#questions.ofServer(question.request, context),
          (answer) =>
            answer === undefined
              ? LEFT
              : { response: elicitationResponse(answer) },
        );
      case "dialog": {
        const { request } = question;
        if (!this.#questions.showsDialogs(request.dialogKind)) {
          // The CLI drops an error and waits on, for another client or its own time
          // limit. A "cancelled" would count as the person's own.
          return { refusal: `No such dialog here: "${request.dialogKind}"` };
        }
        return whenKnown(
          this.#questions.ofDialog(request, context),
          (answer) =>
            answer === undefined ? LEFT : { response: dialogResponse(answer) },
        );
      }
      default:
        return question satisfies never;
    }
  }

  #answerPermission(
    question: Extract<Question, { kind: "permission" }>,
    context: AnswerContext,
  ): Soon<Answer> {
    const { request } = question;
    const verdict = this.#gate?.atQuestion(request, context);
    if (isAskedOfPeople(request)) {
      return whenKnown(
        verdict,
        (verdict) => this.#askPeople(question, verdict, context),
      );
    }
    return whenKnown(verdict, (decision) => {
      if (decision !== undefined) {
        return { ...decisionReply(question, decision), by: "policy" as const };
      }
      // Without a policy, permission requests are enabled only for questions to people. The CLI
      // would have denied all other calls itself.
      return this.#gate === undefined ? this.unattended(question) : LEFT;
    });
  }

  /** Answers questions and plans of the model, unless the policy denied them. */
  #askPeople(
    question: Extract<Question, { kind: "permission" }>,
    verdict: Decision | undefined,
    context: AnswerContext,
  ): Soon<Answer> {
    return whenKnown(
      this.#questions.ofTool(question.request, verdict, context),
      (decision): Answer => {
        if (decision === undefined) return LEFT;
        const by = decision === verdict ? "policy" : "consumer";
        return { ...decisionReply(question, decision), by };
      },
    );
  }

  #answerHook(
    question: Extract<Question, { kind: "hook" }>,
    context: AnswerContext,
  ): Answer | Promise<Answer> {
    const answer = this.#hookReply(question, context);
    const { input, toolUseId = "" } = question;
    if (input.hook_event_name !== "PreToolUse") return answer;
    return whenKnown(answer, (reply) => {
      if (reply.response === undefined) return reply;
      const { response } = reply;
      const checked = this.#deferrals.checked(input, toolUseId, response);
      return checked === response ? reply : { ...reply, response: checked };
    });
  }

  #hookReply(
    question: Extract<Question, { kind: "hook" }>,
    context: AnswerContext,
  ): Soon<DecidedReply> {
    const policy = this.#policyHooks;
    const answer = policy?.answer(question, context);
    if (answer !== undefined) return answer;
    const reply = this.#hooks.answer(question, context.signal) ??
      { refusal: `No such hook here: ${question.callbackId}` };
    return policy?.check(question, reply, context) ?? reply;
  }

  /** Returns the answer to a question left to the caller, if no one can give one. */
  unattended(question: Question): DecidedReply {
    return isForPeople(question)
      ? {
        ...unattendedReply(question, this.#options.policy),
        by: "unattended",
      }
      : { refusal: "Nobody is there to answer" };
  }

  /**
   * The denial of a yes to another input than the one that was asked about: the CLI holds
   * no deny rule against it, and the policy has not seen it. `undefined` if it may run.
   */
  denialOfAnswer(
    question: Question,
    { behavior, updatedInput: input }: WireObject,
    context: AnswerContext,
  ): Soon<DenyDecision | undefined> {
    if (
      question.kind !== "permission" || behavior !== "allow" ||
      !isWireObject(input) || isAskedOfPeople(question.request) ||
      isSameInput(input, question.request.input)
    ) return undefined;
    const { request } = question;
    const rule = this.#denies({ ...request, input }, context);
    if (rule !== undefined) return ruleDenial(request.toolName, rule);
    return whenKnown(
      this.#gate?.ofAnswered(request, input, context),
      (decision) => decision?.behavior === "deny" ? decision : undefined,
    );
  }

  /**
   * Returns the request for the event that a person answers, with the additional data that a policy
   * would see.
   */
  seen(request: ToolRequest, context: AnswerContext): ToolRequest {
    const names = protectedNamesOf(
      request,
      this.#gate?.placed(context) ?? context,
      this.#port.machine,
    );
    return names.length === 0 ? request : { ...request, protectedNames: names };
  }

  /** The answer to a question could not be written, so the CLI was refused one. */
  failed({ kind }: Question, error: unknown): void {
    this.#failed({
      handler: HANDLER_OF[kind],
      error,
      consequence: "the CLI was told that there is no answer",
      isSilent: false,
    });
  }

  /** Whether `permissionTimeoutMs` holds for a question. */
  isTimed(question: Question): boolean {
    return isForPeople(question) ||
      asksPolicy(question);
  }

  /** The answer to a question that timed out: never yes. */
  late(question: Question, timeoutMs: number): DecidedReply {
    return isForPeople(question)
      ? { ...lateReply(question, timeoutMs), by: "timeout" }
      : { response: hookReply(lateDenial(timeoutMs)), by: "timeout" };
  }

  /** Notes an answer. Returns the event of an answer that decides on a tool call. */
  told(
    question: Question,
    { response, by, remember }: DecidedReply,
    sessionId: string | undefined,
  ): PermissionDecision | undefined {
    if (response === undefined || by === undefined) return undefined;
    this.#policyHooks?.told(question, response);
    const policy = this.#options.policy?.name;
    return auditEvent(question, response, {
      by,
      policy,
      sessionId,
      remember,
    });
  }

  /** Explains who decides on a call, and why. Asks only the policy. */
  explain(
    request: ToolRequest,
    context: AnswerContext,
  ): PermissionExplanation | Promise<PermissionExplanation> {
    if (this.#gate !== undefined) return this.#gate.explain(request, context);
    const rule = this.#denies(request, context);
    return rule !== undefined ? explainedRule(request, rule) : {
      decision: undefined,
      by: [],
      reason: "There is no policy: the CLI's own rules decide",
    };
  }

  /** A turn ended: no more questions of its calls can follow. */
  turnEnded(): void {
    this.#deferrals.turnEnded();
    this.#policyHooks?.turnEnded();
  }
}
