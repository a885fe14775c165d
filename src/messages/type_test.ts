// Types are tested by compiling this; what runs is little.

import { assertEquals } from "@std/assert";
import type {
  AssistantText,
  BashInput,
  ClaudeEvent,
  ClaudeMessage,
  EventOf,
  Notice,
  Result,
  ToolUse,
  UnknownEvent,
} from "../decode/public.ts";
import { isEvent, isToolUse } from "../events/guards.ts";
import { readMessage } from "./mod.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;
type IsAny<T> = 0 extends 1 & T ? true : false;

function holds<_T extends true>(): void {}

Deno.test("ClaudeEvent is a union of known types and not any", () => {
  holds<Same<IsAny<ClaudeEvent>, false>>();
  holds<Same<IsAny<ClaudeMessage>, false>>();
  holds<Same<IsAny<ClaudeEvent["type"]>, false>>();
  holds<Same<string extends ClaudeEvent["type"] ? true : false, false>>();
  // No member is any, nor has a type that is any.
  holds<
    Same<
      { [T in ClaudeEvent["type"]]: IsAny<EventOf<T>> }[ClaudeEvent["type"]],
      false
    >
  >();
});

Deno.test("EventOf picks the event of a type", () => {
  holds<Same<EventOf<"result">, Result>>();
  holds<Same<EventOf<"tool_use">, ToolUse>>();
  holds<Same<EventOf<"result" | "tool_use">, Result | ToolUse>>();
  // @ts-expect-error There is no such event.
  holds<Same<EventOf<"invented">, never>>();
});

Deno.test("isEvent and isToolUse narrow", () => {
  function cost(event: ClaudeEvent): number | undefined {
    if (isEvent(event, "result")) {
      holds<Same<typeof event, Result>>();
      return event.totalCostUsd;
    }
    if (isEvent(event, "assistant_text", "tool_use")) {
      holds<Same<typeof event, AssistantText | ToolUse>>();
      return event.index;
    }
    return undefined;
  }
  function command(event: ClaudeEvent): string | undefined {
    if (isToolUse(event, "Bash")) {
      holds<Same<typeof event.name, "Bash">>();
      const input: BashInput = event.input;
      return input.command;
    }
    if (isToolUse(event, "mcp__db__query")) {
      holds<Same<typeof event, ToolUse>>();
      // @ts-expect-error Nothing is known of the input of other tools.
      const query: string = event.input.query;
      return query;
    }
    return undefined;
  }
  const event = readMessage({ type: "news" }) as ClaudeEvent;
  assertEquals([cost(event), command(event)], [undefined, undefined]);
});

Deno.test("a consumer that knows a few types compiles, and a typo does not", () => {
  function show(event: ClaudeEvent): string {
    switch (event.type) {
      case "assistant_text":
        return event.text;
      case "tool_use":
        return `[${event.name}]`;
      case "task_notification":
        return event.summary;
      case "unknown":
        return event.reason;
      // @ts-expect-error No event has this type.
      case "asistant_text":
        return "";
      default:
        return "";
    }
  }
  function typo(event: Result): unknown {
    // @ts-expect-error Unknown fields are in raw; an index signature would let this pass.
    return event.totalCostUSD;
  }
  assertEquals(show(readMessage({ type: "news" }) as ClaudeEvent), "type");
  assertEquals(typo({} as Result), undefined);
});

Deno.test("a switch over type can be exhaustive, in both views", () => {
  function known(event: ClaudeEvent): true {
    switch (event.type) {
      case "assistant_text":
      case "budget_threshold":
      case "configuration_mismatch":
      case "elicitation_request":
      case "events_dropped":
      case "file_change":
      case "permission_decision":
      case "permission_request":
      case "rate_limit_wait":
      case "result":
      case "session_restarted":
      case "todos_changed":
      case "stalled":
      case "stream_delta":
      case "system_init":
      case "thinking":
      case "tool_call":
      case "tool_input_delta":
      case "tool_result":
      case "tool_use":
      case "unknown":
      case "user_dialog_request":
      case "user_replay":
      case "user_text":
      case "warning":
        return true;
      default:
        // The messages that both views share, no more and no fewer.
        holds<Same<typeof event, Notice>>();
        return notice(event);
    }
  }
  function message(event: ClaudeMessage): true {
    switch (event.type) {
      case "assistant_message":
      case "elicitation_request":
      case "permission_decision":
      case "permission_request":
      case "result":
      case "stream_delta":
      case "system_init":
      case "unknown":
      case "user_dialog_request":
      case "user_message":
        return true;
      default:
        holds<Same<typeof event, Notice>>();
        return notice(event);
    }
  }
  function notice(event: Notice): true {
    if (event.type === "api_retry") return true;
    holds<Same<typeof event, Exclude<Notice, { type: "api_retry" }>>>();
    return true;
  }
  const event = readMessage({ type: "news" }) as UnknownEvent;
  assertEquals([known(event), message(event)], [true, true]);
});
