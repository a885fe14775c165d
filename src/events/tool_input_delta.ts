import { type ContentBase, type Draft, newEvent } from "../messages/_define.ts";
import type { StreamDelta } from "../messages/stream_event.ts";
import { PartialJson } from "../util/partial_json.ts";

/**
 * The input of a tool call while the model writes it; needs partial messages. Comes
 * behind the {@linkcode StreamDelta} with the same piece. The call itself follows as
 * `ToolUse`.
 */
export interface ToolInputDelta extends ContentBase<"tool_input_delta"> {
  /** Id of the call. */
  readonly toolUseId: string;
  /** Name of the tool. */
  readonly name: string;
  /** Which block of the reply, from 0. */
  readonly index: number;
  /** The next piece of the input, as JSON. */
  readonly partialJson: string;
  /**
   * The input as far as it is written: a string may be cut, what has no value yet is
   * missing. `undefined` as long as there is nothing to read. Worked out when it is
   * asked for, each time for all of the input; not enumerable, as it would make a log
   * of the events grow with the square of the input.
   */
  readonly snapshot: unknown;
}

/** A call whose input is being written. */
export class OpenToolInput {
  readonly #json = new PartialJson();
  readonly #toolUseId: string;
  readonly #name: string;
  readonly #index: number;

  constructor(toolUseId: string, name: string, index: number) {
    this.#toolUseId = toolUseId;
    this.#name = name;
    this.#index = index;
  }

  /** The event of the next piece. */
  take(delta: StreamDelta, partialJson: string): ToolInputDelta {
    this.#json.push(partialJson);
    const event = newEvent(delta.raw) as unknown as Draft<ToolInputDelta>;
    event.type = "tool_input_delta";
    event.parentToolUseId = delta.parentToolUseId;
    if (delta.sessionId !== undefined) event.sessionId = delta.sessionId;
    if (delta.uuid !== undefined) event.uuid = delta.uuid;
    if (delta.messageId !== undefined) event.messageId = delta.messageId;
    event.toolUseId = this.#toolUseId;
    event.name = this.#name;
    event.index = this.#index;
    event.partialJson = partialJson;
    return Object.defineProperty(event, "snapshot", {
      get: this.#json.snapshot(),
      enumerable: false,
    });
  }
}
