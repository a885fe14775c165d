/**
 * The output to the process: lines, and prompts and messages that must wait. Pure.
 *
 * @module
 */

import type { Output } from "./output.ts";
import type { Prompt, PushOptions } from "./prompt.ts";
import type { WireObject } from "../messages/_define.ts";
import type { Reply } from "./pending.ts";

/** A prompt, and its line on the wire. */
export interface WrittenPrompt {
  /** The prompt from the caller. */
  readonly prompt: Prompt;
  /** Its line on the wire. */
  readonly line: string;
}

/** Lines to write to one process, some of which must wait. */
export class Outbox {
  /** Lines that wait until the start has ended; `undefined` after that. */
  #held: { readonly id: string; readonly line: string }[] | undefined = [];
  #waiting: WrittenPrompt | undefined;
  #hasWritten = false;

  /** Whether the process was ever sent anything, or will be when its start is over. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  /** Whether the start is over. */
  get isReleased(): boolean {
    return this.#held === undefined;
  }

  /** The prompt that waits for the turn before it to drain. */
  get waiting(): WrittenPrompt | undefined {
    return this.#waiting;
  }

  /**
   * Writes a line, or holds it until the start is over: who pays, the settings, the
   * permission mode and the shell commands of skills are settled before anything runs.
   */
  write(id: string, line: string): Output[] {
    this.#hasWritten = true;
    if (this.#held === undefined) return [{ do: "write", line }];
    this.#held.push({ id, line });
    return [];
  }

  /** The start is over. Returns the lines that were held. */
  release(): Output[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held.map(({ line }) => ({ do: "write", line }));
  }

  /** Takes back a prompt that is held. Returns whether it was. */
  drop(id: string): boolean {
    const at = this.#held?.findIndex((one) => one.id === id) ?? -1;
    if (at >= 0) this.#held?.splice(at, 1);
    return at >= 0;
  }

  /** Keeps a prompt until the turn before it has drained. */
  keep(prompt: WrittenPrompt): void {
    this.#waiting = prompt;
  }

  /** Returns the prompt that waits, and keeps it no longer. */
  takeWaiting(): WrittenPrompt | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}

/** A prompt. */
export function promptLine(
  { id, content, verbatim }: Prompt,
  { priority, query }: PushOptions = {},
): string {
  return JSON.stringify({
    type: "user",
    message: { role: "user", content },
    parent_tool_use_id: null,
    session_id: "",
    uuid: id,
    ...verbatim === true ? { client_composed: true } : {},
    ...priority === undefined ? {} : { priority },
    ...query === false ? { shouldQuery: false } : {},
  });
}

/** Returns the line of a control request. */
export function requestLine(
  id: string,
  subtype: string,
  payload: WireObject,
): string {
  return JSON.stringify({
    type: "control_request",
    request_id: id,
    request: { ...payload, subtype },
  });
}

/** Returns the line that tells the CLI that a request's answer is no longer needed. */
export function cancelLine(id: string): string {
  return JSON.stringify({ type: "control_cancel_request", request_id: id });
}

/** The answer to a question of the CLI. */
export function replyLine(id: string, reply: Reply): string {
  const { refusal, response } = reply;
  return JSON.stringify({
    type: "control_response",
    response: refusal === undefined
      ? { subtype: "success", request_id: id, response }
      : { subtype: "error", request_id: id, error: refusal },
  });
}
