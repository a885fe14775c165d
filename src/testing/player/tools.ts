/** Plays the calls at the end of a message, and their results. */

import { callHooks, mcpToolName, sendMcp } from "./host_requests.ts";
import type { Message } from "./message.ts";
import { isObject } from "./version.ts";
import type { HostAnswer, SubScript } from "./output.ts";
import {
  openRequest,
  permissionOf,
  type RunningCall,
  type ToolTurn,
} from "./permission.ts";
import { playPlain } from "./plain_steps.ts";
import type {
  JsonObject,
  ScriptedToolCall,
  ToolCallsStep,
} from "../scenario.ts";
import { fillInput } from "./template.ts";
import type { Stage } from "./wire.ts";

/** Plays tool calls, from their blocks to the last result. */
export function* playToolCalls(
  turn: ToolTurn,
  message: Message,
  step: ToolCallsStep,
): SubScript<void> {
  const { stage } = turn;
  const calls = step.calls.map((call): RunningCall => ({
    call,
    id: call.id ?? stage.identifiers.next("toolu_"),
    request: undefined,
    done: false,
  }));
  const [first, ...others] = calls;
  if (first === undefined) return;
  yield* message.toolUse(first.call, first.id);
  turn.running.add(first);
  // As recorded: the first of several asks before the next block is written,
  // while a single one asks between message_delta and message_stop.
  if (others.length > 0) yield* openRequest(turn, first);
  for (const other of others) {
    yield* message.toolUse(other.call, other.id);
    turn.running.add(other);
    if (step.overlap) yield* openRequest(turn, other);
  }
  yield* message.delta("tool_use");
  if (others.length === 0) yield* openRequest(turn, first);
  yield* message.stop();
  if (step.overlap) {
    yield* playOverlapping(turn, calls);
  } else {
    for (const running of calls) {
      yield* openRequest(turn, running);
      yield* finishCall(turn, running, undefined);
      if (turn.stopped) return;
    }
  }
}

/** Finishes the calls in the order in which the host answers. */
function* playOverlapping(
  turn: ToolTurn,
  calls: readonly RunningCall[],
): SubScript<void> {
  const open = new Map<string, RunningCall>();
  for (const running of calls) {
    if (running.request === undefined) {
      yield* finishCall(turn, running, undefined);
    } else open.set(running.request, running);
  }
  while (open.size > 0 && !turn.stopped) {
    const { key, value } = yield { do: "wait", keys: [...open.keys()] };
    const running = open.get(key);
    open.delete(key);
    if (running !== undefined) {
      yield* finishCall(turn, running, value ?? { kind: "closed" });
    }
  }
}

/** Waits for the permission if needed, runs the tool, and writes the result. */
function* finishCall(
  turn: ToolTurn,
  running: RunningCall,
  early: HostAnswer | undefined,
): SubScript<void> {
  const { stage } = turn;
  const { call, id } = running;
  const permission = yield* permissionOf(turn, running, early);
  running.request = undefined;
  if (permission.kind === "refused") {
    turn.instead ??= call.refused;
    turn.denials.push({
      tool_name: call.name,
      tool_use_id: id,
      tool_input: call.input,
    });
    const result = permission.result ?? `Error: ${permission.message}`;
    yield* toolResult(turn, running, permission.message, true, {
      tool_use_result: result,
      tool_result_meta: [{ id, ...permission.meta }],
    });
    return;
  }
  stage.lastToolUseId = id;
  stage.lastToolInput = JSON.stringify(permission.input);
  yield* playPlain(stage, call.running ?? [], turn.startBackground);
  const outcome = yield* runCall(stage, call, id, permission.input);
  const fields = {
    tool_name: call.name,
    tool_input: permission.input,
    tool_use_id: id,
  };
  if (outcome.isError) {
    const error = String(outcome.content);
    yield* callHooks(
      stage,
      "PostToolUseFailure",
      {
        ...fields,
        error,
        is_interrupt: false,
        duration_ms: 1,
      },
      call.name,
      id,
    );
  } else {
    yield* callHooks(
      stage,
      "PostToolUse",
      {
        ...fields,
        tool_response: outcome.result,
        duration_ms: 1,
      },
      call.name,
      id,
    );
  }
  yield* toolResult(turn, running, outcome.content, outcome.isError, {
    tool_use_result: outcome.result,
    tool_result_meta: [{ id, permission_decision: permission.decision }],
  });
}

/** Result of a tool. */
interface Outcome {
  readonly content: string | readonly JsonObject[];
  readonly isError: boolean;
  readonly result: ScriptedToolCall["result"];
}

function* runCall(
  stage: Stage,
  call: ScriptedToolCall,
  id: string,
  input: JsonObject,
): SubScript<Outcome> {
  const known = stage.toolNames.get(call.name);
  if (known !== undefined && call.output === undefined) {
    const answer = yield* sendMcp(stage, known.server, {
      method: "tools/call",
      params: {
        name: known.tool,
        arguments: input,
        _meta: { "claudecode/toolUseId": id, progressToken: 2 },
      },
      id: 1 + stage.identifiers.count("mcp call"),
    });
    return readMcpOutcome(answer);
  }
  // A wrong name is an error as with the real CLI, not an empty success.
  if (call.output === undefined && isOfHost(stage, call.name)) {
    const error = `Error: No such tool available: ${call.name}`;
    return {
      content: `<tool_use_error>${error}</tool_use_error>`,
      isError: true,
      result: error,
    };
  }
  if (call.output === undefined && call.name === "AskUserQuestion") {
    return answered(input);
  }
  const output = call.output ?? "";
  const content = call.template && typeof output === "string"
    ? fillInput(output, input)
    : output;
  if (call.isError) {
    const result = call.result ?? `Error: ${content}`;
    return { content, isError: true, result };
  }
  return {
    content,
    isError: false,
    result: call.result ?? (typeof content !== "string" ? content : {
      stdout: content,
      stderr: "",
      interrupted: false,
      isImage: false,
      noOutputExpected: content === "",
    }),
  };
}

/** Result of the tool that asks a person, in the words of CLI 2.1.330. */
function answered(input: JsonObject): Outcome {
  const { questions, answers } = input;
  const given = isObject(answers) ? Object.entries(answers) : [];
  const list = given.map(([question, answer]) => {
    const text = Array.isArray(answer) ? answer.join(", ") : String(answer);
    return `"${question}"="${text}"`;
  });
  return {
    content: list.length === 0
      ? "The user did not answer the questions."
      : `Your questions have been answered: ${
        list.join(", ")
      }. You can now continue with these answers in mind.`,
    isError: false,
    result: { questions: questions ?? [], answers: Object.fromEntries(given) },
  };
}

/** Whether the name is one of a server in the host, which has listed its tools. */
function isOfHost(stage: Stage, name: string): boolean {
  return [...stage.toolNames.values()].some(({ server }) =>
    name.startsWith(mcpToolName(server, ""))
  );
}

function readMcpOutcome(answer: JsonObject | string): Outcome {
  if (typeof answer === "string") {
    return { content: answer, isError: true, result: `Error: ${answer}` };
  }
  const { error, result } = answer;
  if (isObject(error)) {
    const text = String(error["message"] ?? "");
    return { content: text, isError: true, result: `Error: ${text}` };
  }
  if (!isObject(result)) return { content: "", isError: false, result: "" };
  const structured = result["structuredContent"];
  const list = result["content"];
  const blocks = Array.isArray(list) ? list.filter(isObject) : [];
  if (result["isError"] === true) {
    const text = blocks.map((block) => block["text"] ?? "").join("\n");
    return { content: text, isError: true, result: `Error: ${text}` };
  }
  if (structured !== undefined) {
    const content = JSON.stringify(structured);
    const both = { content, structuredContent: structured };
    return { content, isError: false, result: both };
  }
  return { content: blocks, isError: false, result: blocks };
}

function* toolResult(
  turn: ToolTurn,
  running: RunningCall,
  content: string | readonly JsonObject[],
  isError: boolean,
  fields: JsonObject,
): SubScript<void> {
  running.done = true;
  turn.running.delete(running);
  turn.countUserLine();
  turn.stage.lastToolResult = typeof content === "string"
    ? content
    : content.map((block) => block["text"] ?? "").join("\n");
  const block = {
    tool_use_id: running.id,
    type: "tool_result",
    content,
    // Successful results of MCP tools do not have this field.
    ...(isError || !turn.stage.toolNames.has(running.call.name)
      ? { is_error: isError }
      : {}),
  };
  yield* turn.stage.user([block], fields);
  if (turn.stopped) {
    turn.countUserLine();
    const text = "[Request interrupted by user for tool use]";
    yield* turn.stage.user([{ type: "text", text }], {});
  }
}
