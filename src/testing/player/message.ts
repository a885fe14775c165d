/** Plays the blocks of one message of the model. */

import type { SubScript } from "./output.ts";
import { playPlain, type StartBackground } from "./plain_steps.ts";
import type {
  DeltaOptions,
  JsonObject,
  RedactedThinkingStep,
  ScriptedToolCall,
  TextStep,
  ThinkingStep,
} from "../scenario.ts";
import { priceOf, type Spent, spentBy, startUsage } from "./usage.ts";
import type { Stage } from "./wire.ts";

/** A block that is being written. */
interface OpenBlock {
  readonly type: "text" | "thinking";
  text: string;
}

/** One message, whose blocks are written as deltas and as `assistant` lines. */
export class Message {
  readonly id: string;
  readonly #stage: Stage;
  readonly #startBackground: StartBackground;
  readonly #requestId: string;
  readonly #spent: Spent;
  /** Fields for the first `assistant` line of a turn. */
  #firstFields: JsonObject;
  #index = 0;
  #open: OpenBlock | undefined;

  constructor(
    stage: Stage,
    firstFields: JsonObject,
    startBackground: StartBackground,
  ) {
    this.#stage = stage;
    this.#startBackground = startBackground;
    this.#firstFields = firstFields;
    this.id = stage.identifiers.next("msg_");
    this.#requestId = stage.identifiers.next("req_");
    this.#spent = spentBy(apiModel(stage), stage.nextUsage);
    stage.nextUsage = undefined;
  }

  /** Writes what comes before the first block. */
  *start(): SubScript<void> {
    if (!this.#stage.launch.partialMessages) return;
    yield* this.#stage.system("status", { status: "requesting" });
    yield* this.#event({
      type: "message_start",
      message: { ...this.#body(), content: [] },
    }, { ttft_ms: 10, thinking_display: "updates" });
  }

  *text(step: TextStep, text: string): SubScript<void> {
    const block: OpenBlock = { type: "text", text: "" };
    yield* this.#blockStart({ type: "text", text: "" });
    this.#open = block;
    yield* this.#deltas(text, step, (delta) => {
      block.text += delta;
      return this.#event({
        type: "content_block_delta",
        index: this.#index,
        delta: { type: "text_delta", text: delta },
      });
    });
    yield* this.#finish({ type: "text", text: block.text });
  }

  *thinking(step: ThinkingStep): SubScript<void> {
    const signature = step.signature ?? "c2lnbmF0dXJl";
    const block: OpenBlock = { type: "thinking", text: "" };
    const display = { thinking_display: "updates" };
    yield* this.#blockStart(
      { type: "thinking", thinking: "", signature: "" },
      display,
    );
    this.#open = block;
    let tokens = 0;
    const stage = this.#stage;
    const event = this.#event.bind(this);
    const index = this.#index;
    yield* this.#deltas(step.text, step, function* (thinking) {
      block.text += thinking;
      const delta = Math.max(1, Math.floor(thinking.length / 4));
      tokens += delta;
      yield* stage.system("thinking_tokens", {
        estimated_tokens: tokens,
        estimated_tokens_delta: delta,
      });
      yield* event({
        type: "content_block_delta",
        index,
        delta: { type: "thinking_delta", thinking },
      }, display);
    });
    yield* this.#event({
      type: "content_block_delta",
      index,
      delta: { type: "signature_delta", signature },
    });
    yield* this.#finish(
      { type: "thinking", thinking: block.text, signature },
      { thinking_duration_ms: 1, ...display },
    );
  }

  *redacted(step: RedactedThinkingStep): SubScript<void> {
    const block = { type: "redacted_thinking", data: step.data };
    yield* this.#blockStart(block);
    yield* this.#finish(block);
  }

  *toolUse(call: ScriptedToolCall, id: string): SubScript<void> {
    const block = { type: "tool_use", id, name: call.name };
    yield* this.#blockStart({ ...block, input: {} });
    yield* this.#deltas(
      JSON.stringify(call.input),
      call.deltas === undefined ? {} : { deltas: call.deltas },
      (partial_json) =>
        this.#event({
          type: "content_block_delta",
          index: this.#index,
          delta: { type: "input_json_delta", partial_json },
        }),
    );
    const known = this.#stage.toolNames.get(call.name);
    yield* this.#finish(
      { ...block, input: call.input },
      known === undefined ? {} : {
        tool_use_meta: [{
          id,
          display_name: known.tool,
          server_display_name: known.server,
          tool_name: known.tool,
        }],
      },
    );
  }

  /** Breaks the stream off: the message is discarded, and the CLI requests it again. */
  *break(text: string): SubScript<void> {
    const index = this.#index;
    yield* this.#blockStart({ type: "text", text: "" });
    yield* this.#event({
      type: "content_block_delta",
      index,
      delta: { type: "text_delta", text },
    });
    yield* this.#event({ type: "content_block_stop", index });
    yield* this.#event({ type: "message_stop" }, {
      abandoned_blocks: { api_message_id: this.id, from_block_index: index },
    });
    yield* this.#stage.system("api_retry", {
      attempt: 1,
      max_retries: 10,
      retry_delay_ms: 500,
      error_status: null,
      error: "unknown",
    });
  }

  /** Writes the final stop reason and usage; from here on the message counts in the cost. */
  *delta(stopReason: string): SubScript<void> {
    this.#stage.spend(this.#spent);
    yield* this.#event({
      type: "message_delta",
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: this.#spent.outputTokens },
    });
  }

  *stop(): SubScript<void> {
    yield* this.#event({ type: "message_stop" });
  }

  /** Aborts the message: the text so far becomes a partial block. */
  *abort(interruption: () => SubScript<void>): SubScript<void> {
    const block = this.#open;
    const written = block?.text ?? "";
    if (block?.type === "text" && written !== "") {
      yield* this.#assistant({ type: "text", text: written }, {
        aborted: true,
      });
    }
    const { inputTokens, model } = this.#spent;
    const outputTokens = Math.ceil(written.length / 3);
    this.#stage.spend({
      ...this.#spent,
      outputTokens,
      costUsd: priceOf(model, inputTokens, outputTokens),
    });
    yield* interruption();
    if (block !== undefined) {
      yield* this.#event({ type: "content_block_stop", index: this.#index });
    }
    yield* this.#event({
      type: "message_delta",
      context_management: null,
      delta: {
        container: null,
        stop_details: null,
        stop_reason: null,
        stop_sequence: null,
      },
      usage: {
        output_tokens_details: { thinking_tokens: 0 },
        ...startUsage(this.#spent),
        iterations: [],
        server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
        fallback_credit: null,
      },
    });
    yield* this.#event({ type: "message_stop" }, {
      abandoned_blocks: {
        api_message_id: this.id,
        from_block_index: block === undefined ? this.#index : this.#index + 1,
      },
    });
  }

  /** Returns the fields of every `message` object, except its content. */
  #body(): JsonObject {
    return {
      id: this.id,
      type: "message",
      role: "assistant",
      model: this.#spent.model,
      stop_reason: null,
      stop_sequence: null,
      usage: startUsage(this.#spent),
    };
  }

  *#blockStart(block: JsonObject, fields: JsonObject = {}): SubScript<void> {
    yield* this.#event({
      type: "content_block_start",
      index: this.#index,
      content_block: block,
    }, fields);
  }

  *#finish(block: JsonObject, fields: JsonObject = {}): SubScript<void> {
    this.#open = undefined;
    yield* this.#assistant(block, fields);
    yield* this.#event({ type: "content_block_stop", index: this.#index });
    this.#index++;
  }

  *#assistant(block: JsonObject, fields: JsonObject): SubScript<void> {
    const first = this.#firstFields;
    this.#firstFields = {};
    yield* this.#stage.line({
      type: "assistant",
      message: {
        ...this.#body(),
        content: [block],
        context_management: null,
      },
      parent_tool_use_id: null,
      session_id: this.#stage.launch.sessionId,
      uuid: this.#stage.identifiers.uuid(),
      timestamp: this.#stage.clock.stamp(),
      request_id: this.#requestId,
      ...fields,
      ...first,
    });
  }

  *#event(event: JsonObject, fields: JsonObject = {}): SubScript<void> {
    if (!this.#stage.launch.partialMessages) return;
    yield* this.#stage.line({
      type: "stream_event",
      event,
      session_id: this.#stage.launch.sessionId,
      parent_tool_use_id: null,
      uuid: this.#stage.identifiers.uuid(),
      ...fields,
      api_message_id: this.id,
    });
  }

  /** Plays the deltas of a text with the pauses and steps between them. */
  *#deltas(
    text: string,
    options: DeltaOptions,
    write: (delta: string) => SubScript<void>,
  ): SubScript<void> {
    const pieces = cut(text, options.deltas ?? 1);
    let count = 0;
    for (let round = 0; round < (options.repeat ?? 1); round++) {
      for (const piece of pieces) {
        if (options.pauseMs !== undefined && count > 0) {
          const pause = { do: "pause", ms: options.pauseMs } as const;
          yield* playPlain(this.#stage, [pause], this.#startBackground);
        }
        yield* write(piece);
        count++;
        if (options.during?.after === count) {
          const { steps } = options.during;
          yield* playPlain(this.#stage, steps, this.#startBackground);
        }
      }
    }
  }
}

/** Splits a text into the given number of pieces, or uses the given pieces. */
function cut(
  text: string,
  deltas: number | readonly string[],
): readonly string[] {
  if (typeof deltas !== "number") return deltas;
  const length = Math.max(1, Math.ceil(text.length / deltas));
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += length) {
    pieces.push(text.slice(start, start + length));
  }
  return pieces.length === 0 ? [""] : pieces;
}

/** Returns the name of the model in API messages, without the suffix for its context size. */
function apiModel(stage: Stage): string {
  return stage.model.replace(/\[.*\]$/, "");
}
