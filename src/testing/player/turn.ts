/** Plays one turn, from `system/init` to the result. */

import { callHooks } from "./host_requests.ts";
import { Message } from "./message.ts";
import type { Script, SubScript } from "./output.ts";
import type { RunningCall } from "./permission.ts";
import { playPlain, type StartBackground } from "./plain_steps.ts";
import type {
  ApiErrorStep,
  JsonObject,
  RefusalStep,
  ResultStep,
  TurnScript,
} from "../scenario.ts";
import type { Prompt } from "./prompt.ts";
import { fillText } from "./template.ts";
import { playToolCalls } from "./tools.ts";
import {
  apiErrorLine,
  blockedLine,
  killedLine,
  rejectedLine,
} from "./turn_lines.ts";
import type { Stage } from "./wire.ts";

/** What a turn needs from the player. */
export interface TurnSurroundings {
  readonly startBackground: StartBackground;
  /** Returns prompts that arrived in the meantime and may join the turn. */
  takeQueued(): readonly Prompt[];
}

const REFUSED = "API Error: the safeguards of the model flagged this message.";

/** Plays one turn. */
export class TurnPlayer {
  readonly running: Set<RunningCall> = new Set();
  readonly denials: JsonObject[] = [];
  readonly stage: Stage;
  readonly startBackground: StartBackground;
  stopped = false;
  instead: TurnScript | undefined;
  readonly #surroundings: TurnSurroundings;
  readonly #steps: TurnScript;
  readonly #origin: JsonObject | undefined;
  readonly #startedAt: number;
  readonly #begun: string[] = [];
  #prompts: readonly Prompt[];
  #folded: readonly Prompt[] = [];
  #firstFields: JsonObject = {};
  #message: Message | undefined;
  #stopReason: string | null = null;
  #text = "";
  #userLines = 0;

  constructor(
    stage: Stage,
    surroundings: TurnSurroundings,
    prompts: readonly Prompt[],
    steps: TurnScript,
    origin: JsonObject | undefined,
  ) {
    this.stage = stage;
    this.#surroundings = surroundings;
    this.startBackground = surroundings.startBackground;
    this.#prompts = prompts;
    this.#steps = steps;
    this.#origin = prompts.some((prompt) => prompt.isSynthetic)
      ? { kind: "unclassified" }
      : origin;
    this.#startedAt = stage.clock.now;
  }

  countUserLine(): void {
    this.#userLines++;
  }

  /** Plays the turn without an interruption. */
  *play(): Script {
    const { stage } = this;
    const uuids = this.#uuids();
    const text = this.#prompts.map((prompt) => prompt.text).join("\n");
    if (this.#prompts.length > 0) stage.promptId = stage.identifiers.uuid();
    const verdict = this.#prompts.length === 0
      ? undefined
      : yield* callHooks(stage, "UserPromptSubmit", { prompt: text });
    yield* stage.init(uuids);
    yield* this.#replay();
    if (verdict?.decision === "deny") {
      yield* this.#blocked(verdict.reason, text);
      return;
    }
    if (this.#prompts.length > 0 && !this.#prompts.some((p) => p.asksModel)) {
      yield* this.#result({ subtype: "success", result: "" });
      return;
    }
    this.#firstFields = this.#uuidFields(uuids.at(-1));
    const steps = [...this.#steps];
    for (;;) {
      const step = steps.shift();
      if (step === undefined) break;
      switch (step.do) {
        case "text": {
          const message = yield* this.#begin();
          const filled = step.template ? fillText(step.text, stage) : step.text;
          yield* message.text(step, filled);
          this.#text = Array.isArray(step.deltas)
            ? step.deltas.join("").repeat(step.repeat ?? 1)
            : filled.repeat(step.repeat ?? 1);
          break;
        }
        case "thinking":
          yield* (yield* this.#begin()).thinking(step);
          break;
        case "redacted_thinking":
          yield* (yield* this.#begin()).redacted(step);
          break;
        case "tool_calls": {
          const message = yield* this.#begin();
          this.#stopReason = "tool_use";
          this.#text = "";
          yield* playToolCalls(this, message, step);
          this.#message = undefined;
          if (this.stopped) {
            yield* this.#abortResult("aborted_tools", "tool_use");
            return;
          }
          if (stage.script.fold !== false) yield* this.#fold();
          if (this.instead !== undefined) {
            steps.splice(0, Infinity, ...this.instead);
          }
          this.instead = undefined;
          break;
        }
        case "result":
          yield* this.#end();
          yield* this.#scriptedResult(step);
          return;
        case "when":
          steps.unshift(
            ...(stage.isHeard(step) ? step.then : step.otherwise ?? []),
          );
          break;
        case "broken_stream":
          yield* (yield* this.#begin()).break(step.text);
          this.#message = undefined;
          break;
        case "refusal":
          yield* this.#refusal(step);
          return;
        case "api_error":
          yield* this.#apiError(step);
          return;
        case "no_result":
          yield* this.#end();
          return;
        default:
          yield* playPlain(stage, [step], this.startBackground);
      }
    }
    yield* this.#end();
    // A model without text after its tools still ends its turn; a truncated reply needs a result
    // step.
    this.#stopReason = "end_turn";
    yield* callHooks(stage, "Stop", {
      stop_hook_active: false,
      last_assistant_message: this.#text,
      background_tasks: [...stage.tasks.values()],
      session_crons: [],
    });
    yield* this.#result(this.#success());
  }

  /** Plays the end of a turn that is aborted in the middle of {@linkcode play}. */
  *abort(): Script {
    const { stage } = this;
    if (this.running.size > 0) {
      for (const { call, id, request } of this.running) {
        if (request !== undefined) {
          this.denials.push({
            tool_name: call.name,
            tool_use_id: id,
            tool_input: call.input,
          });
        }
        this.countUserLine();
        yield* rejectedLine(stage, id);
      }
      yield* this.#interrupted("[Request interrupted by user for tool use]");
      yield* this.#abortResult("aborted_tools", "tool_use");
      return;
    }
    const interruption = () =>
      this.#interrupted("[Request interrupted by user]");
    if (this.#message === undefined) yield* interruption();
    else yield* this.#message.abort(interruption);
    yield* this.#abortResult("aborted_streaming", null);
  }

  /** Plays the end of a turn after SIGTERM. */
  *terminate(): Script {
    for (const { id, request } of this.running) {
      if (request !== undefined) continue;
      yield* killedLine(this.stage, id);
    }
  }

  /** Writes the `command_lifecycle` lines after the result. */
  *close(state: "completed" | "cancelled"): Script {
    for (const prompt of this.#prompts) {
      if (this.#folded.includes(prompt) || prompt.uuid === undefined) continue;
      yield* this.stage.lifecycle(prompt.uuid, state);
    }
  }

  *#interrupted(text: string): SubScript<void> {
    this.countUserLine();
    yield* this.stage.user([{ type: "text", text }], {});
  }

  *#begin(): SubScript<Message> {
    if (this.#message === undefined) {
      const first = this.#firstFields;
      this.#firstFields = {};
      const message = new Message(this.stage, first, this.startBackground);
      this.#message = message;
      this.#begun.push(message.id);
      yield* message.start();
    }
    return this.#message;
  }

  /** Ends the open message, if there is one. */
  *#end(): SubScript<void> {
    if (this.#message === undefined) return;
    this.#stopReason = "end_turn";
    yield* this.#message.delta("end_turn");
    yield* this.#message.stop();
    this.#message = undefined;
  }

  /** Takes waiting prompts into this turn, as the real CLI does. */
  *#fold(): SubScript<void> {
    const taken = this.#surroundings.takeQueued();
    if (taken.length === 0) return;
    this.#folded = [...this.#folded, ...taken];
    this.#prompts = [...this.#prompts, ...taken];
    for (const { uuid, text } of taken) {
      this.stage.prompts.push(text);
      if (uuid !== undefined) yield* this.stage.lifecycle(uuid, "started");
    }
  }

  *#replay(): SubScript<void> {
    if (!this.stage.launch.replaysPrompts) return;
    for (const { content, uuid, isSynthetic } of this.#prompts) {
      if (isSynthetic) continue;
      yield* this.stage.user(content, { isReplay: true }, uuid);
    }
  }

  *#blocked(reason: string, prompt: string): SubScript<void> {
    const content =
      `UserPromptSubmit operation blocked by hook:\n${reason}\n\n` +
      `Original prompt: ${prompt}`;
    yield* blockedLine(this.stage, content, reason);
    yield* this.#result({ subtype: "success", result: content });
  }

  *#apiError(step: ApiErrorStep): SubScript<void> {
    const { stage } = this;
    this.#message = undefined;
    const details = {
      api_error_status: step.status,
      api_error_type: step.errorType ?? "api_error",
    };
    yield* apiErrorLine(stage, step, { ...details, ...this.#firstFields });
    yield* this.#result({
      subtype: "success",
      is_error: true,
      terminal_reason: step.terminalReason ?? "api_error",
      ...details,
      result: step.text,
      stop_reason: step.stopReason ?? "stop_sequence",
      num_turns: 1 + this.#userLines,
    });
  }

  /** As in the transcript 08-refusal. */
  *#refusal({ text }: RefusalStep): SubScript<void> {
    const { stage } = this;
    yield* stage.system("model_refusal_no_fallback", {
      original_model: stage.model,
      request_id: stage.identifiers.next("req_"),
      api_refusal_category: null,
      api_refusal_explanation: null,
      refused_user_message_uuid: this.#uuids().at(-1) ?? null,
      content: "",
    });
    yield* this.#apiError({
      do: "api_error",
      status: null,
      error: "invalid_request",
      text: text ?? REFUSED,
      stopReason: "refusal",
    });
  }

  *#scriptedResult(step: ResultStep): SubScript<void> {
    const subtype = step.subtype ?? "success";
    if (subtype === "success") {
      yield* this.#result({ ...this.#success(), ...step.fields });
      return;
    }
    yield* this.#result({
      subtype,
      is_error: true,
      stop_reason: this.#stopReason,
      num_turns: 1 + this.#userLines,
      errors: [],
      ...step.fields,
    });
  }

  *#abortResult(reason: string, stopReason: string | null): SubScript<void> {
    yield* this.#result({
      subtype: "error_during_execution",
      is_error: true,
      stop_reason: stopReason,
      terminal_reason: reason,
      num_turns: 1 + this.#userLines,
      errors: [
        "[ede_diagnostic] result_type=user last_content_type=n/a " +
        `stop_reason=${stopReason}`,
      ],
    });
  }

  #success(): JsonObject {
    return {
      subtype: "success",
      is_error: false,
      api_error_status: null,
      terminal_reason: "completed",
      result: this.#text,
      stop_reason: this.#stopReason,
      num_turns: 1 + this.#userLines,
      ttft_ms: 12,
      ttft_stream_ms: 11,
      time_to_request_ms: 10,
      first_content_frame_ms: 12,
    };
  }

  *#result(fields: JsonObject): SubScript<void> {
    const { stage } = this;
    for (const { uuid } of this.#folded) {
      if (uuid !== undefined) yield* stage.lifecycle(uuid, "completed");
    }
    const own = this.#prompts.filter((p) => !this.#folded.includes(p));
    const asked = fields["ttft_ms"] !== undefined && this.#uuids().length > 0;
    yield* stage.result(
      {
        permission_denials: this.denials,
        ...(this.#origin === undefined ? {} : { origin: this.#origin }),
        ...(stage.launch.partialMessages && this.#begun.length > 0
          ? { begun_message_ids: this.#begun }
          : {}),
        ...this.#uuidFields(own.findLast((p) => p.uuid)?.uuid),
        ...(asked
          ? {
            request_sent_wall_ms: stage.clock.now,
            first_request_input_tokens: 100,
            first_request_cache_read_input_tokens: 0,
          }
          : {}),
        ...fields,
      },
      this.#startedAt,
      fields["terminal_reason"] !== "aborted_streaming",
    );
  }

  #uuids(): readonly string[] {
    return this.#prompts.flatMap(({ uuid }) => uuid === undefined ? [] : uuid);
  }

  #uuidFields(last: string | undefined): JsonObject {
    if (last === undefined) return {};
    return { user_message_uuid: last, user_message_uuids: this.#uuids() };
  }
}
