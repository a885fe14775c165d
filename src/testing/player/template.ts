/** Fills placeholders in scripted texts. */

import type { JsonObject } from "../scenario.ts";
import type { Stage } from "./wire.ts";

/** Fills in `{prompt}`, `{prompts}`, `{turn}`, `{answer}`, `{session}`. */
export function fillText(template: string, stage: Stage): string {
  return template.replaceAll(
    /\{(prompt|prompts|turn|answer|session)\}/g,
    (_, name: string) => {
      switch (name) {
        case "prompt":
          return stage.prompts.at(-1) ?? "";
        case "prompts":
          return stage.prompts.join("\n");
        case "turn":
          return String(stage.turns);
        case "answer":
          return stage.lastAnswer;
        default:
          return stage.launch.sessionId;
      }
    },
  );
}

/** Fills in `{input}` and `{input.key}`. */
export function fillInput(template: string, input: JsonObject): string {
  return template.replaceAll(
    /\{input(?:\.(\w+))?\}/g,
    (_, key: string | undefined) => {
      const value = key === undefined ? input : input[key];
      return typeof value === "string" ? value : JSON.stringify(value) ?? "";
    },
  );
}
