import { closest } from "../../closest.ts";
import { eventJsonSchema } from "../../events/json_schema.ts";
import type { ClaudeEvent } from "../../events/mod.ts";
import { EVENT_TYPES } from "../../events/types.ts";
import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { refusePrompt } from "../prompt.ts";
import { UsageError } from "../usage_error.ts";

/** `schema`: the JSON Schema of the events that `--json` prints. */
export async function schema(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { flags } = invocation;
  refusePrompt(
    invocation,
    "it takes none",
    "For one event alone: claudestream schema --type result",
  );
  const { type } = flags;
  if (type !== undefined && !isEventType(type)) throw unknownType(type);
  const text = JSON.stringify(await eventJsonSchema(type), undefined, 2);
  await output.stdout(`${text}\n`);
  return 0;
}

function isEventType(type: string): type is ClaudeEvent["type"] {
  return EVENT_TYPES.some((known) => known === type);
}

function unknownType(type: string): UsageError {
  const near = closest(type, EVENT_TYPES);
  return new UsageError(
    `Unknown event ${JSON.stringify(type)}${
      near === undefined ? "" : `, did you mean "${near}"?`
    }`,
    `There are: ${EVENT_TYPES.join(", ")}`,
  );
}
