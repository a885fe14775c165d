import { closest } from "../../util/closest.ts";
import { eventJsonSchema, type JsonSchema } from "../../events/event_schema.ts";
import { type ClaudeEvent, EVENT_TYPES } from "../../events/mod.ts";
import { CONTROL, CONTROL_SCHEMA } from "../output/control_lines.ts";
import { FAILURE_SCHEMA } from "../failure/failure.ts";
import { SCHEMA_VERSION } from "../output/json_line.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { refusePrompt } from "../input/prompt.ts";
import { UsageError } from "../failure/usage_error.ts";

/** `schema`: prints the JSON Schema of the events that `--json` prints. */
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
  const text = JSON.stringify(await lineSchema(type), undefined, 2);
  await output.stdout(`${text}\n`);
  return 0;
}

/** Lines that are not events, by their `type`. */
const OTHERS: Readonly<Record<string, JsonSchema>> = {
  [CONTROL]: CONTROL_SCHEMA,
  error: FAILURE_SCHEMA,
};

/** Returns the JSON Schema of a line that `--json` prints, or of the lines of one type. */
export async function lineSchema(
  type: string | undefined,
): Promise<JsonSchema> {
  const other = type === undefined || !Object.hasOwn(OTHERS, type)
    ? undefined
    : OTHERS[type];
  if (type !== undefined && other === undefined) {
    if (!isEventType(type)) throw unknownType(type);
    return withVersion(await eventJsonSchema(type));
  }
  const { $schema, title, oneOf, $defs } = await eventJsonSchema();
  if (other !== undefined) return { $schema, title: type, ...other };
  return {
    $schema,
    title,
    ...withVersion({}),
    oneOf: [
      ...oneOf as JsonSchema[],
      ...Object.keys(OTHERS).map((name) => ({ $ref: `#/$defs/${name}` })),
    ],
    $defs: { ...$defs as JsonSchema, ...OTHERS },
  };
}

/** The schema of an event, with what the command line adds to each line. */
function withVersion(schema: JsonSchema): JsonSchema {
  const { properties = {}, required = [] } = schema as {
    readonly properties?: JsonSchema;
    readonly required?: readonly string[];
  };
  return {
    ...schema,
    properties: { schemaVersion: { const: SCHEMA_VERSION }, ...properties },
    required: ["schemaVersion", ...required],
  };
}

function isEventType(type: string): type is ClaudeEvent["type"] {
  return EVENT_TYPES.some((known) => known === type);
}

function unknownType(type: string): UsageError {
  const types = [...EVENT_TYPES, ...Object.keys(OTHERS)];
  const near = closest(type, types);
  return new UsageError(
    `Unknown event ${JSON.stringify(type)}${
      near === undefined ? "" : `, did you mean "${near}"?`
    }`,
    `There are: ${types.join(", ")}`,
  );
}
