/**
 * Collects everything that a turn yields.
 *
 * @module
 */

import type { ClaudeEvent } from "../events/mod.ts";
import type { Result } from "../messages/result.ts";
import type { WireObject } from "../util/json.ts";

/** A tool call with its outcome. */
export interface CollectedToolCall {
  /** Id of the call. */
  readonly toolUseId: string;
  /** Name of the tool. */
  readonly name: string;
  /** Input from the model. */
  readonly input: WireObject;
  /** Text of its result; `undefined` if there is none. */
  readonly output: string | undefined;
  /** Whether the result is an error, a denial included. */
  readonly isError: boolean;
  /** Whether it was denied: by a policy, a hook, a person, or a rule of the CLI. */
  readonly isDenied: boolean;
  /** Id of the `Agent` call whose subagent made it, or `null`. */
  readonly parentToolUseId: string | null;
}

/** What {@linkcode collect} returns. */
export interface CollectedTurn {
  /** All events, in their order. */
  readonly events: readonly ClaudeEvent[];
  /** The answer, as `ask()` returns it. Without a result, the text so far. */
  readonly text: string;
  /** The calls of tools, in the order in which the model made them. */
  readonly toolCalls: readonly CollectedToolCall[];
  /** Files that were written or edited, without duplicates, in the order of their first change. */
  readonly filesChanged: readonly string[];
  /** The end of the turn; `undefined` if there was none. */
  readonly result: Result | undefined;
  /** Cost of the turn in US dollars; 0 without a result. */
  readonly costUsd: number;
}

/** An asynchronous source of events: a turn of an `AsyncSession`, or any stream of events. */
export type AsyncEvents = AsyncIterable<ClaudeEvent>;

/** A synchronous source of events: a turn of a `SyncSession`, or a list. */
export type SyncEvents = Iterable<ClaudeEvent>;

/**
 * Reads a turn to its end and returns everything it yielded.
 *
 * @param turn An unread turn in the flat view, or a list of events.
 * @returns The events, the answer, the tool calls and the result: directly for a turn of a
 *   `SyncSession` or a list, otherwise as a promise.
 * @throws What reading the turn throws, such as a `ProcessExitError`.
 *
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 * import { collect, MemoryClaude, step } from "@claudestream/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const claude = new MemoryClaude(step.conversation([[
 *   step.toolCall("Read", { file_path: "a.txt" }, { output: "alpha" }),
 *   step.text("It says alpha."),
 * ]]));
 * await using session = new AsyncSession({ spawn: claude.spawn });
 * const { text, toolCalls } = await collect(session.send("What does it say?"));
 * assertEquals(text, "It says alpha.");
 * assertEquals(toolCalls[0]?.output, "alpha");
 * ```
 */
export function collect(turn: SyncEvents): CollectedTurn;
/** The same for a turn of an `AsyncSession`. */
export function collect(turn: AsyncEvents): Promise<CollectedTurn>;
export function collect(
  turn: SyncEvents | AsyncEvents,
): CollectedTurn | Promise<CollectedTurn> {
  return Symbol.iterator in turn
    ? collected([...turn])
    : Array.fromAsync(turn).then(collected);
}

/** Summarizes the events of a turn. */
export function collected(events: readonly ClaudeEvent[]): CollectedTurn {
  const result = events.findLast((event) => event.type === "result");
  const denied = new Set([
    ...(result?.permissionDenials ?? []).map(({ toolUseId }) => toolUseId),
    ...events.flatMap((event) =>
      event.type === "permission_decision" && event.behavior === "deny"
        ? [event.toolUseId]
        : []
    ),
  ]);
  const results = new Map(
    events.flatMap((event) =>
      event.type === "tool_result" ? [[event.toolUseId, event]] : []
    ),
  );
  const toolCalls = events.flatMap((event): CollectedToolCall[] => {
    if (event.type !== "tool_use") return [];
    const { toolUseId, name, input, parentToolUseId } = event;
    const found = results.get(toolUseId);
    return [{
      toolUseId,
      name,
      input,
      output: found?.text,
      isError: found?.isError ?? false,
      isDenied: denied.has(toolUseId),
      parentToolUseId,
    }];
  });
  const changed = events.flatMap((event) =>
    event.type === "file_change" ? [event.path] : []
  );
  const said = events.flatMap((event) =>
    event.type === "assistant_text" && event.parentToolUseId === null
      ? [event.text]
      : []
  );
  return {
    events,
    text: result === undefined ? said.join("") : result.text,
    toolCalls,
    filesChanged: [...new Set(changed)],
    result,
    costUsd: result?.costUsd ?? 0,
  };
}
