/**
 * Holds a policy over every tool call. Pure.
 *
 * A policy is asked in a `PreToolUse` hook, which the CLI runs before each call: also
 * before those that it would not ask about, those of subagents, and in every
 * permission mode. On what it leaves undecided the hook has no opinion: the CLI's own
 * rules go on, and where they ask, the policy is not asked a second time.
 *
 * Seen with CLI 2.1.330: a hook's denial holds in mode `bypassPermissions`, against
 * `--allowedTools` and with `disableAllHooks`; its "ask" leads to `can_use_tool` in modes
 * `bypassPermissions` and `dontAsk` too; its "allow" skips `can_use_tool` but yields to
 * the deny rules of the settings, and does not answer `AskUserQuestion`. Only `--bare`
 * and `CLAUDE_CODE_SIMPLE` turn it off: see {@linkcode PolicyGate.wasPassedBy}.
 *
 * All hooks of a call run at the same time, on the input that the model gave. What a hook
 * of the settings, a plugin, a skill or an agent makes of it shows in `can_use_tool` only.
 * So where there may be such hooks, the policy's hook answers "ask", and the policy
 * decides on the input in the question: see {@linkcode PolicyGate.hasForeignHooks}. What
 * ran is compared with that once more: see {@linkcode PolicyGate.mayHaveRun}.
 *
 * @module
 */

import { StartupError } from "../errors.ts";
import type { ToolResult } from "../events/blocks.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { SystemInit } from "../messages/system/init.ts";
import { currentToolName, toolKind } from "../messages/builtin_tools.ts";
import { CONTENT } from "./content.ts";
import type { Decision, DenyDecision } from "./decision.ts";
import { decide, failureOf } from "./decide.ts";
import type { DenyRules } from "./deny_rules.ts";
import { byExplaining } from "./explain.ts";
import type { PermissionExplanation } from "./policy_types.ts";
import { guarded } from "./guarded.ts";
import { changedInput, isYes } from "./hook_reply.ts";
import { isAbsolute, plain } from "./paths.ts";
import type { Machine } from "./protected_paths.ts";
import type { Policy, PolicyContext } from "./policy_types.ts";
import { whenKnown } from "../util/maybe_promise.ts";

/** The tool by which a model gives an answer of a schema. */
const ANSWER_TOOL = "StructuredOutput";

/** What a policy said; a promise only where it takes time. */
export type Verdict = Decision | undefined | Promise<Decision | undefined>;

/** A call that nothing of ours stopped. */
interface Passed {
  /** Somebody said yes; else the CLI's own rules decide. */
  readonly isAllowed: boolean;
  /** What it runs with, as far as we know. */
  readonly input: WireObject;
  /** It is a subagent's: it may outlive the turn. */
  readonly isOfSubagent: boolean;
}

/** Asks a policy once for each call, in the hook or, without one, at the question. */
export class PolicyGate {
  readonly #policy: Policy;
  readonly #asksForOutput: boolean;
  readonly #failed: (error: unknown) => void;
  /** What the hook heard, for the question that may follow, by the call's id. */
  readonly #heard = new Map<
    string,
    {
      readonly decision: Decision | undefined;
      readonly input: string;
      readonly cwd: unknown;
    }
  >();
  /** Calls that may run now, by their ids. */
  readonly #passed = new Map<string, Passed>();
  /** Where the session began: a `cd` in a command must not move what a policy opens. */
  #cwd: string | undefined;
  #hookWorks = false;
  /** What the settings say; unknown until the CLI told them. */
  #settingsHaveHooks = true;
  /** A plugin, a skill or a slash command is in use, whose hooks nothing tells of. */
  #hasHiddenHooks = false;

  /**
   * @param asksForOutput Whether the CLI was given a schema for answers.
   * @param machine Where links are followed that may lead to what the CLI protects.
   * @param denies The rules of `disallowedTools`.
   * @param failed Hears what a policy threw, or what was wrong with its answer.
   */
  constructor(
    policy: Policy,
    asksForOutput: boolean,
    machine?: Machine,
    denies?: DenyRules,
    failed: (error: unknown) => void = () => {},
  ) {
    this.#failed = failed;
    this.#policy = guarded(policy, machine, denies);
    this.#asksForOutput = asksForOutput;
  }

  /**
   * Whether a call is no call but an answer of the schema that this session asked for.
   * It does nothing, so no policy decides on it.
   */
  isAnswer(input: WireObject): boolean {
    this.#hookWorks = true;
    return this.#asksForOutput && input.tool_name === ANSWER_TOOL;
  }

  /**
   * What the policy says of a call that is about to run, by the input of its hook.
   *
   * @param made The input that the caller's own hooks made of it.
   */
  beforeCall(
    input: WireObject,
    context: PolicyContext,
    made?: WireObject,
  ): Verdict {
    this.#hookWorks = true;
    const request = {
      ...requestOf(input),
      ...made === undefined ? {} : { input: made },
    };
    if (request.toolName === "Skill") this.#hasHiddenHooks = true;
    const verdict = this.#decide(request, context, input.cwd);
    return whenKnown(verdict, (decision) => {
      // Without an id nobody could tell whose decision it was.
      if (request.toolUseId !== "") {
        const { toolUseId } = request;
        this.#heard.set(toolUseId, {
          decision,
          input: keyOf(request),
          cwd: input.cwd,
        });
      }
      return decision;
    });
  }

  #decide(
    request: ToolRequest,
    context: PolicyContext,
    cwd: unknown,
  ): Verdict {
    const callCwd = typeof cwd === "string" ? cwd : undefined;
    const verdict = decide(
      this.#policy,
      request,
      this.#placed(context, callCwd),
    );
    return whenKnown(verdict, (decision) => {
      const failure = failureOf(decision);
      if (failure !== undefined) this.#failed(failure.error);
      return decision;
    });
  }

  /** A context with where the session began. */
  placed(context: PolicyContext): PolicyContext {
    return this.#placed(context, undefined);
  }

  #placed(context: PolicyContext, callCwd: string | undefined): PolicyContext {
    this.#cwd ??= context.cwd ?? callCwd;
    return {
      ...context,
      ...this.#cwd === undefined ? {} : { cwd: this.#cwd },
      ...callCwd === undefined ? {} : { callCwd },
    };
  }

  /** What the policy says of a call that the CLI asks about. */
  atQuestion(request: ToolRequest, context: PolicyContext): Verdict {
    const heard = this.#heard.get(request.toolUseId);
    this.#heard.delete(request.toolUseId);
    // Another hook may have changed the input since: that is another call.
    if (heard !== undefined && heard.input === keyOf(request)) {
      return heard.decision;
    }
    return this.#decide(request, context, heard?.cwd);
  }

  /** What the policy says of a call that a hook of the caller's changed. */
  ofChanged(
    input: WireObject,
    changed: WireObject,
    context: PolicyContext,
  ): Verdict {
    return this.#decide(
      { ...requestOf(input), input: changed },
      context,
      input.cwd,
    );
  }

  /** What the policy says of a call that the answer to its question changed. */
  ofAnswered(
    request: ToolRequest,
    input: WireObject,
    context: PolicyContext,
  ): Verdict {
    return this.#decide({ ...request, input }, context, undefined);
  }

  /** The policy's no to a call whose question is not answered; `undefined` if there is none. */
  heardDenial(toolUseId: string): DenyDecision | undefined {
    const decision = this.#heard.get(toolUseId)?.decision;
    return decision?.behavior === "deny" ? decision : undefined;
  }

  /** Whether the policy's hook was asked about a call, and has not heard of its end. */
  hasHeard(toolUseId: string): boolean {
    return this.#heard.has(toolUseId) || this.#passed.has(toolUseId);
  }

  /**
   * Whether hooks that are not ours may change the input of a call: hooks of the
   * settings, of a plugin, of a skill or slash command that was loaded, or of the agent
   * that calls: a subagent, or the one that the session itself runs as.
   */
  hasForeignHooks({ agent_id, agent_type }: WireObject): boolean {
    return this.#settingsHaveHooks || this.#hasHiddenHooks ||
      agent_id !== undefined || agent_type !== undefined;
  }

  /** A prompt was a slash command, which may have registered hooks with its text. */
  expandedPrompt(): void {
    this.#hasHiddenHooks = true;
  }

  /** Takes what the CLI says its settings are; `undefined` when it does not, or they changed. */
  learnSettings(effective: unknown): void {
    const hooks = isWireObject(effective) ? effective.hooks ?? {} : undefined;
    this.#settingsHaveHooks = !isWireObject(hooks) ||
      CHANGING_EVENTS.some((event) => hooks[event] !== undefined);
  }

  /** A turn begins. */
  began({ plugins = [] }: SystemInit): void {
    // The CLI brings some of its own, which are no files of anybody.
    if (plugins.some(({ path }) => path !== "builtin")) {
      this.#hasHiddenHooks = true;
    }
  }

  /** Takes down what goes to the CLI about a call: the answer of a hook, or to a question. */
  answered(
    { toolUseId, input, agentId }: ToolRequest,
    response: WireObject,
  ): void {
    const isOfSubagent = agentId !== undefined;
    const { behavior, updatedInput, hookSpecificOutput } = response;
    if (behavior === "deny") this.#passed.delete(toolUseId);
    else if (behavior === "allow") {
      const given = isWireObject(updatedInput) ? updatedInput : input;
      this.#passed.set(toolUseId, {
        isAllowed: true,
        input: given,
        isOfSubagent,
      });
    } else if (hookSpecificOutput === undefined || isYes(response)) {
      this.#passed.set(toolUseId, {
        isAllowed: isYes(response),
        input: changedInput(response) ?? input,
        isOfSubagent,
      });
    }
  }

  /**
   * Whether a call that has run was one that might, by the input of the hook that comes
   * after it. The policy is asked again only where another input ran than the one that
   * was decided on.
   */
  mayHaveRun(
    input: WireObject,
    context: PolicyContext,
  ): boolean | Promise<boolean> {
    const request = requestOf(input);
    const passed = this.#passed.get(request.toolUseId);
    this.#passed.delete(request.toolUseId);
    this.#heard.delete(request.toolUseId);
    if (this.#asksForOutput && request.toolName === ANSWER_TOOL) return true;
    if (
      passed !== undefined && isSameCall(passed.input, request, input.cwd)
    ) return true;
    return whenKnown(
      this.#decide(request, context, input.cwd),
      (decision) =>
        decision === undefined
          ? passed?.isAllowed !== true
          : decision.behavior === "allow",
    );
  }

  /** Who decides on a call, and why. Asks nobody but the policy. */
  explain(
    request: ToolRequest,
    context: PolicyContext,
  ): PermissionExplanation | Promise<PermissionExplanation> {
    const cwd = this.#cwd ?? context.cwd;
    return byExplaining(
      this.#policy,
      request,
      cwd === undefined ? context : { ...context, cwd },
    );
  }

  /**
   * Whether a tool ran and the hook was never called: the CLI runs without hooks, so
   * the policy holds nothing. An error may be the tool's own refusal of its input,
   * which comes before the hook. What the API runs itself, such as its web search, never
   * comes to a hook.
   */
  wasPassedBy({ isError, server, toolName }: ToolResult): boolean {
    return !this.#hookWorks && !isError && !server && toolName !== undefined;
  }

  /** Forgets what was heard: no question about it can follow any more. */
  forget(): void {
    this.#heard.clear();
    for (const [id, { isOfSubagent }] of this.#passed) {
      if (!isOfSubagent) this.#passed.delete(id);
    }
  }
}

/** Events at which a hook can change what a tool is called with. */
const CHANGING_EVENTS = ["PreToolUse", "PermissionRequest"] as const;

function keyOf({ toolName, input }: ToolRequest): string {
  return JSON.stringify([toolName, input]);
}

/**
 * Whether a call ran with what was decided on. The CLI makes the path that a tool goes by
 * absolute, and fills in what is off by default.
 */
function isSameCall(
  decided: WireObject,
  { toolName, input: ran }: ToolRequest,
  cwd: unknown,
): boolean {
  const [kind, pathKey] = CONTENT.get(currentToolName(toolName)) ?? [];
  const keys = new Set([...Object.keys(decided), ...Object.keys(ran)]);
  return [...keys].every((key) => {
    const [one, other] = [decided[key], ran[key]];
    if (JSON.stringify(one) === JSON.stringify(other)) return true;
    if (kind === "path" && key === pathKey) return isSamePath(one, other, cwd);
    return one === undefined && (other === false || other === null);
  });
}

/** Whether the CLI makes a path that was decided on the absolute one that it used. */
function isSamePath(decided: unknown, used: unknown, cwd: unknown): boolean {
  if (typeof decided !== "string" || typeof used !== "string") return false;
  const path = decided.trim().normalize("NFC");
  if (path.startsWith("~")) return false;
  if (isAbsolute(path)) return plain(path) === used;
  return typeof cwd === "string" && plain(`${cwd}/${path}`) === used;
}

/** The call that a `PreToolUse` hook is about. */
export function requestOf(input: WireObject): ToolRequest {
  const agentId = input.agent_id;
  const toolName = textOf(input.tool_name);
  return {
    toolName,
    kind: toolKind(toolName),
    input: isWireObject(input.tool_input) ? input.tool_input : {},
    toolUseId: textOf(input.tool_use_id),
    ...typeof agentId === "string" ? { agentId } : {},
  };
}

/** The shell command that a `PreSkillShellCommand` hook is about. */
export function skillRequestOf(input: WireObject): ToolRequest {
  const { command_name, command_source, invoked_by } = input;
  return {
    ...requestOf(input),
    skill: {
      name: textOf(command_name),
      ...typeof command_source === "string" ? { source: command_source } : {},
      invokedBy: textOf(invoked_by),
    },
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Why a session with a policy cannot go on: see {@linkcode PolicyGate.wasPassedBy}. */
export function hooksAreOff(): StartupError {
  return new StartupError(
    "hooks_off",
    "Cannot hold the policy: the CLI ran a tool without calling the policy's hook",
    {
      hint:
        'Look for "CLAUDE_CODE_SIMPLE" in the settings files of the CLI: it turns all hooks off',
    },
  );
}

/** Why a session with a policy cannot go on: see {@linkcode PolicyGate.mayHaveRun}. */
export function inputChanged({ tool_name }: WireObject): StartupError {
  return new StartupError(
    "input_changed",
    `Cannot hold the policy: a hook changed the input of "${
      textOf(tool_name)
    }" after the policy had decided, and the policy does not allow what ran`,
    {
      hint:
        "Look for the hooks PreToolUse and PermissionRequest in the settings, plugins, skills and agents of the CLI; the setting disableAllHooks turns them off, and the session's own stay",
    },
  );
}
