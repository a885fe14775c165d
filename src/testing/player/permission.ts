/** Decides whether a tool may run: by the mode, by hooks, or by the host. */

import {
  awaitAnswers,
  callHooks,
  type HookVerdict,
  sendRequest,
} from "./host_requests.ts";
import { isObject } from "./version.ts";
import type { HostAnswer, SubScript } from "./output.ts";
import type { StartBackground } from "./plain_steps.ts";
import type { JsonObject, ScriptedToolCall, TurnScript } from "../scenario.ts";
import type { Stage } from "./wire.ts";

/** A call that has no result yet. */
export interface RunningCall {
  readonly call: ScriptedToolCall;
  readonly id: string;
  /** Id of the permission request that is open. */
  request: string | undefined;
  done: boolean;
}

/** What calls need from their turn. */
export interface ToolTurn {
  readonly stage: Stage;
  readonly startBackground: StartBackground;
  /** Calls without a result, for a possible interruption. */
  readonly running: Set<RunningCall>;
  readonly denials: JsonObject[];
  /** Counts a line of type `user`. */
  countUserLine(): void;
  /** Whether an answer has asked to end the turn. */
  stopped: boolean;
  /** Steps that replace the rest of the turn, set when a call with `refused` steps is refused. */
  instead: TurnScript | undefined;
}

/** Outcome of a permission request. */
export type Permission =
  | {
    readonly kind: "run";
    readonly input: JsonObject;
    readonly decision: JsonObject;
  }
  | {
    readonly kind: "refused";
    readonly message: string;
    readonly meta: JsonObject;
    readonly result?: string;
  };

/** Whether a call needs the permission of the user in the current mode. */
function needsPermission(stage: Stage, call: ScriptedToolCall): boolean {
  if (!call.asks) return false;
  if (call.request?.["requires_user_interaction"] === true) return true;
  if (["auto", "bypassPermissions"].includes(stage.permissionMode)) {
    return false;
  }
  if (stage.permissionMode === "acceptEdits") {
    if (call.name === "Write" || call.name === "Edit") return false;
  }
  return !stage.launch.allowedTools.includes(call.name);
}

/** Sends the permission request of a call, unless a hook must answer first. */
export function* openRequest(
  turn: ToolTurn,
  running: RunningCall,
): SubScript<void> {
  const { stage } = turn;
  const { call } = running;
  if (running.request !== undefined || !stage.launch.asksHost) return;
  if (stage.permissionMode === "dontAsk") return;
  if (stage.launch.disallowedTools.includes(call.name)) return;
  if (!needsPermission(stage, call)) return;
  if (stage.hooks.some(({ event }) => event === "PreToolUse")) return;
  yield* sendPermissionRequest(stage, running, call, call.input);
}

function* sendPermissionRequest(
  stage: Stage,
  running: RunningCall,
  call: ScriptedToolCall,
  input: JsonObject,
): SubScript<string> {
  // Set it before the request is sent, because an interruption may follow immediately.
  const request = stage.identifiers.uuid();
  running.request = request;
  const command = input["command"];
  const known = stage.toolNames.get(call.name);
  return yield* sendRequest(stage, {
    subtype: "can_use_tool",
    tool_name: call.name,
    ...(known && { mcp_server: { name: known.server, source: "sdk" } }),
    display_name: known?.tool ?? call.name,
    input,
    ...(typeof input["description"] === "string"
      ? { description: input["description"] }
      : {}),
    permission_suggestions: [{
      type: "addRules",
      rules: [{
        toolName: call.name,
        ...(typeof command === "string" ? { ruleContent: command } : {}),
      }],
      behavior: "allow",
      destination: "localSettings",
    }],
    ...(known && { server_policy_ask_only: true }),
    ...call.request,
    tool_use_id: running.id,
  }, request);
}

/** Determines whether a call may run, and with which input. */
export function* permissionOf(
  turn: ToolTurn,
  running: RunningCall,
  early: HostAnswer | undefined,
): SubScript<Permission> {
  const { stage } = turn;
  const { call, id } = running;
  let input = call.input;
  let verdict: HookVerdict | undefined;
  if (running.request === undefined) {
    const fields = { tool_name: call.name, tool_input: input, tool_use_id: id };
    verdict = yield* callHooks(stage, "PreToolUse", fields, call.name, id);
    input = verdict.updatedInput ?? input;
    if (verdict.decision === "deny") {
      const message = `PreToolUse:${call.name} hook error: ${verdict.reason}`;
      return refused(message, "permission-rule", {
        decision: "reject",
        source: "hook",
        reason_type: "hook",
      });
    }
  }
  const silent = stage.launch.disallowedTools.includes(call.name);
  const needed = verdict?.decision === "ask" ||
    (needsPermission(stage, call) && verdict?.decision !== "allow");
  if (running.request === undefined && !needed && !silent) {
    return run(input, {
      decision: "accept",
      source: "config",
      ...(stage.permissionMode === "bypassPermissions"
        ? { reason_type: "mode" }
        : {}),
    });
  }
  const asked = running.request !== undefined ||
    (stage.launch.asksHost && !silent && stage.permissionMode !== "dontAsk");
  if (!asked) {
    const message = `Permission to use ${call.name} was not given`;
    yield* stage.system("permission_denied", {
      tool_name: call.name,
      tool_use_id: id,
      message,
    });
    return refused(message, "user-rejected", {
      decision: "reject",
      source: "config",
    });
  }
  let answer = early;
  if (answer === undefined) {
    const reason = verdict?.decision === "ask"
      ? { decision_reason_type: "hook", decision_reason: verdict.reason }
      : {};
    const request = running.request ?? (yield* sendPermissionRequest(
      stage,
      running,
      { ...call, request: { ...reason, ...call.request } },
      input,
    ));
    answer = (yield* awaitAnswers([request])).get(request);
  }
  stage.lastAnswer = heardAnswer(answer);
  return yield* readPermission(turn, answer ?? { kind: "closed" }, input);
}

/** Returns an answer of the host in the form that `when` steps compare. */
function heardAnswer(answer: HostAnswer | undefined): string {
  switch (answer?.kind) {
    case "success":
      return JSON.stringify(answer.response) ?? "";
    case "error":
      return answer.error;
    default:
      return "";
  }
}

function* readPermission(
  turn: ToolTurn,
  answer: HostAnswer,
  input: JsonObject,
): SubScript<Permission> {
  const rejected = {
    decision: "reject",
    source: "config",
    reason_type: "other",
  };
  const failed = "Tool permission request failed: ";
  if (answer.kind === "closed") {
    const why = "AbortError: Tool permission stream closed";
    return refused(`${failed}${why}`, "permission-rule", rejected);
  }
  if (answer.kind === "error") {
    const why = `Error: ${answer.error}`;
    return refused(`${failed}${why}`, "permission-rule", rejected);
  }
  const response = isObject(answer.response) ? answer.response : {};
  const { behavior, message, updatedInput, interrupt } = response;
  if (behavior === "allow") {
    if (updatedInput === undefined || isObject(updatedInput)) {
      yield* applyUpdates(turn.stage, response["updatedPermissions"]);
      const decision = { decision: "accept", source: "user_temporary" };
      return run(updatedInput ?? input, decision);
    }
  } else if (behavior === "deny" && typeof message === "string") {
    if (interrupt === true) {
      turn.stopped = true;
      return {
        kind: "refused",
        message: REJECTED,
        meta: { non_execution_kind: "user-rejected" },
        result: "User rejected tool use",
      };
    }
    const decision = { decision: "reject", source: "user_reject" };
    return refused(message, "permission-rule", decision);
  }
  const invalid = "The permission result is invalid: neither allow nor deny";
  return refused(invalid, "permission-rule", rejected);
}

/** Replaces the host's message when a turn is interrupted. */
export const REJECTED = "The tool use was rejected by the user";

function* applyUpdates(
  stage: Stage,
  updates: JsonObject[string],
): SubScript<void> {
  for (const update of Array.isArray(updates) ? updates : []) {
    if (!isObject(update) || update["type"] !== "setMode") continue;
    const mode = update["mode"];
    if (typeof mode !== "string") continue;
    stage.permissionMode = mode;
    yield* stage.system("status", { status: null, permissionMode: mode });
  }
}

function run(input: JsonObject, decision: JsonObject): Permission {
  return { kind: "run", input, decision };
}

function refused(
  message: string,
  kind: string,
  decision: JsonObject,
): Permission {
  return {
    kind: "refused",
    message,
    meta: { non_execution_kind: kind, permission_decision: decision },
  };
}
