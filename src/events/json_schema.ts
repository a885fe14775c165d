/**
 * The JSON Schema of the events, made of their schemas.
 *
 * @module
 */

import { isWireObject } from "../messages/_define.ts";
import type { ClaudeEvent } from "./mod.ts";
import { schemaOf } from "./schemas.ts";
import { EVENT_TYPES } from "./types.ts";

/** A JSON Schema. */
export type JsonSchema = { readonly [key: string]: unknown };

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/**
 * The JSON Schema of a line that `--json` prints: of every event, or of one.
 *
 * Fields may be added in any version; so may events, which an older schema refuses.
 */
export async function eventJsonSchema(
  type?: ClaudeEvent["type"],
): Promise<JsonSchema> {
  if (type !== undefined) {
    return { $schema: DIALECT, title: type, ...await definition(type) };
  }
  const definitions: Record<string, JsonSchema> = {};
  for (const type of EVENT_TYPES) definitions[type] = await definition(type);
  return {
    $schema: DIALECT,
    title: "claudestream event",
    oneOf: EVENT_TYPES.map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: definitions,
  };
}

async function definition(type: ClaudeEvent["type"]): Promise<JsonSchema> {
  // Only who asks for a schema pays for what makes it.
  const { toJsonSchema } = await import("@valibot/to-json-schema");
  const { $schema: _, ...schema } = toJsonSchema(schemaOf(type), {
    target: "draft-2020-12",
    overrideSchema({ valibotSchema }) {
      if (valibotSchema.type !== "custom") return undefined;
      const { check } = valibotSchema as unknown as { readonly check: unknown };
      return check === isWireObject ? { type: "object" } : {};
    },
  });
  return schema as JsonSchema;
}
