// Compiled by scripts/consumer.ts against our declarations, as a program in a browser.

import { type ClaudeEvent, type EventOf, isToolUse } from "./out/src/decode/public.js";

type IsAny<T> = 0 extends 1 & T ? true : false;

export const isAny: IsAny<ClaudeEvent> | IsAny<EventOf<"result">["usage"]> =
  false;

export function show(event: ClaudeEvent): string {
  if (isToolUse(event, "Bash")) return event.input.command satisfies string;
  switch (event.type) {
    case "result":
      return `${event.usage.outputTokens satisfies number}`;
    case "tool_result":
      return event.toolName ?? "";
    // @ts-expect-error -- There is no such event.
    case "nothing":
      return "";
    default:
      return event.type;
  }
}
