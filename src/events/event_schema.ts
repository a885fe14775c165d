/**
 * The schemas of the events as JSON, with valibot and as JSON Schema: for lines of
 * `--json`, a stream to a browser, a file. Pure.
 *
 * @module
 */

import * as v from "valibot";
import { closest } from "../util/closest.ts";
import { schemaOf } from "./schemas.ts";
import { type ClaudeEvent, EVENT_TYPES } from "./mod.ts";
import { isWireObject } from "../messages/_define.ts";

/** An event after `JSON.parse(JSON.stringify(event))`: without `raw` and without methods. */
export type EventData<T extends ClaudeEvent["type"] = ClaudeEvent["type"]> = {
  readonly [One in T]: {
    readonly [
      K in keyof Extract<ClaudeEvent, { readonly type: One }> as K extends "raw"
        ? never
        : Extract<ClaudeEvent, { readonly type: One }>[K] extends (
          ...args: never
        ) => unknown ? never
        : K
    ]: Extract<ClaudeEvent, { readonly type: One }>[K];
  };
}[T];

/**
 * The valibot schema of one type of event as JSON. Its output has no fields that this
 * version does not know.
 *
 * @throws {TypeError} There is no such event.
 *
 * @example
 * ```ts
 * import { eventSchema } from "@claudestream/core/events";
 * import * as v from "valibot";
 *
 * function costOf(line: string): number | undefined {
 *   const read = v.safeParse(eventSchema("result"), JSON.parse(line));
 *   return read.success ? read.output.costUsd : undefined;
 * }
 * ```
 */
export function eventSchema<T extends ClaudeEvent["type"]>(
  type: T,
): v.GenericSchema<unknown, EventData<T>>;
/** The valibot schema of all events as JSON, a variant on `type`. */
export function eventSchema(): v.GenericSchema<unknown, EventData>;
export function eventSchema(
  type?: ClaudeEvent["type"],
): v.GenericSchema<unknown, unknown> {
  if (type === undefined) {
    return v.variant("type", EVENT_TYPES.map(schemaOf) as never);
  }
  if (EVENT_TYPES.includes(type)) return schemaOf(type);
  const near = closest(String(type), EVENT_TYPES);
  throw new TypeError(
    `There is no event "${type}"${
      near === undefined ? "" : `, did you mean "${near}"?`
    }`,
  );
}

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
  // Loaded only when a schema is asked for.
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
