import "../text/exact_width.ts";
import { conduct } from "../conductor.ts";
import { EXIT } from "../failure/exit_code.ts";
import type { ModelInfo } from "../../control/initialize.ts";
import { checkFields, jsonList } from "../output/json_line.ts";
import { oneLine } from "../text/one_line.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { refusePrompt } from "../input/prompt.ts";
import { widthOf } from "../text/terminal.ts";

const FIELDS = [
  "value",
  "resolvedModel",
  "displayName",
  "description",
  "supportsEffort",
  "supportedEffortLevels",
  "supportsAdaptiveThinking",
  "supportsThinkingOff",
  "supportsFastMode",
  "supportsAutoMode",
] as const satisfies readonly (keyof ModelInfo)[];

/** `models`: the models that this `claude` and its account offer, for `--model`. */
export async function models(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { flags } = invocation;
  refusePrompt(
    invocation,
    "it takes none",
    "To send one with a model: claudestream send PROMPT --model NAME",
  );
  checkFields(flags.json, FIELDS);
  return await conduct({ output, flags }, async ({ session }) => {
    const found = await session.models();
    if (found.length === 0) {
      await output.stderr("claudestream: claude names no models\n");
    }
    if (flags.json !== undefined) {
      await output.stdout(jsonList(found, flags.json));
      return EXIT.done;
    }
    const width = Math.max(...found.map(({ value }) => widthOf(value)));
    const columns = output.terminals.stdout ? output.columns : 200;
    for (const { value, displayName, description } of found) {
      const name = oneLine(value, columns);
      const about = [displayName, description].filter((text) => text)
        .join(": ");
      const rest = oneLine(about, Math.max(8, columns - width - 2));
      await output.stdout(
        `${name}${" ".repeat(width - widthOf(value))}  ${rest}\n`,
      );
    }
    return EXIT.done;
  });
}
