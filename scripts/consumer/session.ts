// Compiled by scripts/consumer.ts against our declarations, as a program that uses us.

import {
  allowAll,
  AsyncSession,
  type ClaudeEvent,
  TurnError,
} from "./out/mod.js";

type IsAny<T> = 0 extends 1 & T ? true : false;

/** A union that names what is not declared is `any`, and says nothing about it. */
const isAny: IsAny<ClaudeEvent> | IsAny<ClaudeEvent["type"]> = false;

export async function show(): Promise<string> {
  await using session = new AsyncSession({
    model: "sonnet",
    policy: allowAll(),
  });
  try {
    for await (const event of session.send("hi")) {
      // @ts-expect-error -- There is no such field.
      if (event.nothing === isAny) continue;
      switch (event.type) {
        case "assistant_text":
          return event.text satisfies string;
        case "result":
          return (event.totalCostUsd satisfies number).toFixed(4);
        case "unknown":
          return event.reason;
      }
    }
  } catch (error) {
    if (error instanceof TurnError) return error.result.subtype;
  }
  return "";
}
