/**
 * Measures how long tool calls waited for an answer, which does not count as their own time. Pure:
 * the time is an argument.
 *
 * @module
 */

import type { Question } from "../decode/line.ts";
import type { ToolUse } from "../events/blocks.ts";
import { serverPrefix } from "../tools/names.ts";

/** A call that has no result yet. */
interface OpenCall {
  readonly name: string;
  /** When the call arrived. */
  readonly atMs: number;
  /** Waiting time that was already subtracted, in milliseconds. */
  waitedMs: number;
}

/** A finished wait of one call. */
export interface CallWait {
  readonly toolUseId: string;
  /** Duration of the wait, in milliseconds. */
  readonly waitedMs: number;
}

/** The waits of one conversation. */
export class CallWaits {
  readonly #calls = new Map<string, OpenCall>();

  /** Takes a call of a tool. */
  called({ toolUseId, name, server }: ToolUse, nowMs: number): void {
    if (server) return;
    this.#calls.set(toolUseId, { name, atMs: nowMs, waitedMs: 0 });
  }

  /** Takes the result of a call. */
  ended(toolUseId: string): void {
    this.#calls.delete(toolUseId);
  }

  /**
   * Takes a question that was answered or withdrawn. Returns the waits of the calls that it held
   * up.
   */
  answered(
    question: Question,
    askedMs: number,
    nowMs: number,
  ): readonly CallWait[] {
    switch (question.kind) {
      case "permission":
        return this.#allowed(question.request.toolUseId, askedMs, nowMs);
      case "hook": {
        const { hook_event_name: event, tool_use_id: id } = question.input;
        // Only PreToolUse comes before the tool runs and names its call.
        return event === "PreToolUse" && typeof id === "string"
          ? this.#allowed(id, askedMs, nowMs)
          : [];
      }
      case "dialog": {
        const { toolUseId: id } = question.request;
        return id === undefined ? [] : [wait(id, nowMs - askedMs)];
      }
      case "elicitation": {
        const { serverName: server } = question.request;
        // A form does not name its call.
        return [...this.#calls]
          .filter(([, { name }]) => name.startsWith(serverPrefix(server)))
          .map(([id]) => wait(id, nowMs - askedMs));
      }
      case "mcp":
        return [];
    }
  }

  /**
   * Takes the decision about a call: all time until then counts as waiting. Calls of one reply wait
   * for one another, so the second also waits for the answer to the first.
   */
  #allowed(
    toolUseId: string | undefined,
    askedMs: number,
    nowMs: number,
  ): readonly CallWait[] {
    if (toolUseId === undefined) return [];
    const call = this.#calls.get(toolUseId);
    if (call === undefined) return [wait(toolUseId, nowMs - askedMs)];
    const waitedMs = nowMs - call.atMs - call.waitedMs;
    call.waitedMs += waitedMs;
    return [wait(toolUseId, waitedMs)];
  }
}

function wait(toolUseId: string, waitedMs: number): CallWait {
  return { toolUseId, waitedMs };
}
