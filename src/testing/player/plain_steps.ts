/** Plays the steps that are not part of a message. */

import { awaitAnswers, sendRequest } from "./host_requests.ts";
import type { Script, SubScript } from "./output.ts";
import type {
  BackgroundStep,
  JsonObject,
  PlainStep,
  RequestStep,
} from "../scenario.ts";
import type { Stage } from "./wire.ts";

/** Starts the script of a background task beside the conversation. */
export type StartBackground = (step: BackgroundStep, script: Script) => void;

/** Plays steps one after the other. */
export function* playPlain(
  stage: Stage,
  steps: readonly PlainStep[],
  startBackground: StartBackground,
): SubScript<void> {
  for (const step of steps) {
    yield* playOne(stage, step, startBackground);
  }
}

function* playOne(
  stage: Stage,
  step: PlainStep,
  startBackground: StartBackground,
): SubScript<void> {
  switch (step.do) {
    case "when":
      yield* playPlain(
        stage,
        stage.isHeard(step) ? step.then : step.otherwise ?? [],
        startBackground,
      );
      return;
    case "api_retry":
      yield* stage.system("api_retry", {
        attempt: step.attempt ?? 1,
        max_retries: step.maxRetries ?? 10,
        retry_delay_ms: step.delayMs ?? 500,
        error_status: step.status === undefined ? 529 : step.status,
        error: step.error ?? "overloaded",
      });
      return;
    case "rate_limit":
      yield* stage.line({
        type: "rate_limit_event",
        rate_limit_info: { ...RATE_LIMIT, ...step.info },
        ...stage.ids(),
      });
      return;
    case "line": {
      const ids = step.bare ? {} : stage.ids();
      const padding = step.paddingBytes === undefined
        ? {}
        : { padding: "x".repeat(step.paddingBytes) };
      yield* stage.line({ ...ids, ...step.line, ...padding });
      return;
    }
    case "write":
      yield { do: "bytes", bytes: new TextEncoder().encode(step.text) };
      return;
    case "write_bytes":
      yield { do: "bytes", bytes: fromBase64(step.base64) };
      return;
    case "stderr":
      yield {
        do: "stderr",
        text: step.text,
        bytes: step.bytes ?? new TextEncoder().encode(step.text).length,
      };
      return;
    case "request":
      yield* playRequest(stage, step, startBackground);
      return;
    case "cancel": {
      const id = step.id ?? [...stage.openRequests].at(-1);
      if (id === undefined) return;
      stage.openRequests.delete(id);
      yield* stage.line({ type: "control_cancel_request", request_id: id });
      return;
    }
    case "chunks":
      stage.chunkBytes = step.bytes > 0 ? step.bytes : undefined;
      return;
    case "spoil":
      stage.spoiler.arm(step);
      return;
    case "pause": {
      stage.clock.advance(step.ms);
      const key = `pause ${stage.identifiers.count("pause")}`;
      yield { do: "pause", ms: step.ms, key };
      yield { do: "wait", keys: [key] };
      return;
    }
    case "gate": {
      const key = `gate ${stage.identifiers.count("gate")}`;
      yield { do: "gate", name: step.name, key };
      yield { do: "wait", keys: [key] };
      return;
    }
    case "await_prompt": {
      if (stage.queue.length > 0) return;
      const key = `prompt ${stage.identifiers.count("prompt")}`;
      stage.promptKey = key;
      yield { do: "wait", keys: [key] };
      return;
    }
    case "silence":
      if (step.deaf) stage.deaf = true;
      yield { do: "wait", keys: [] };
      return;
    case "ignore":
      stage.ignored.add(step.what);
      return;
    case "usage":
      stage.nextUsage = step.usage;
      return;
    case "background":
      yield* playBackground(stage, step, startBackground);
      return;
    default:
      // The environment carries out the remaining steps unchanged.
      yield step;
  }
}

function* playRequest(
  stage: Stage,
  step: RequestStep,
  startBackground: StartBackground,
): SubScript<void> {
  const id = yield* sendRequest(stage, step.request, step.id);
  if (step.wait === false) return;
  const answer = (yield* awaitAnswers([id])).get(id);
  if (answer?.kind === "success") {
    stage.lastAnswer = JSON.stringify(answer.response) ?? "";
    yield* playPlain(stage, step.onSuccess ?? [], startBackground);
  } else {
    stage.lastAnswer = answer?.kind === "error" ? answer.error : "";
    yield* playPlain(stage, step.onError ?? [], startBackground);
  }
}

/** Writes the lines at the start of a task; the rest runs in parallel to the conversation. */
function* playBackground(
  stage: Stage,
  step: BackgroundStep,
  startBackground: StartBackground,
): SubScript<void> {
  const taskId = step.taskId ?? `task-${stage.identifiers.count("task")}`;
  const task: JsonObject = {
    task_id: taskId,
    run_id: `run-${taskId}`,
    task_type: "local_agent",
    subagent_type: "general-purpose",
    description: step.description,
  };
  const toolUseId = stage.lastToolUseId;
  stage.tasks.set(taskId, task);
  yield* tasksChanged(stage);
  yield* stage.system("task_started", {
    task_id: taskId,
    run_id: `run-${taskId}`,
    tool_use_id: toolUseId,
    description: step.description,
    subagent_type: "general-purpose",
    is_backgrounded: true,
    spawn_depth: 1,
    task_type: "local_agent",
    prompt: step.description,
  });
  startBackground(step, runTask());

  function* runTask(): Script {
    yield* playPlain(stage, step.steps, startBackground);
    const status = step.status ?? "completed";
    stage.tasks.delete(taskId);
    yield* stage.system("task_updated", {
      task_id: taskId,
      run_id: `run-${taskId}`,
      patch: { status, end_time: stage.clock.now },
    });
    yield* stage.system("task_notification", {
      task_id: taskId,
      run_id: `run-${taskId}`,
      tool_use_id: toolUseId,
      status,
      output_file: "",
      summary: step.description,
      usage: { total_tokens: 120, tool_uses: 0, duration_ms: 100 },
    });
    yield* tasksChanged(stage);
  }
}

/** Returns a line with all running tasks. */
export function tasksChanged(stage: Stage): ReturnType<Stage["system"]> {
  return stage.system("background_tasks_changed", {
    tasks: [...stage.tasks.values()],
  });
}

const RATE_LIMIT: JsonObject = {
  status: "allowed_warning",
  resetsAt: 1795400000,
  rateLimitType: "five_hour",
  utilization: 0.91,
  overageStatus: "rejected",
  overageDisabledReason: "org_level_disabled",
  isUsingOverage: false,
  surpassedThreshold: 0.9,
};

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
