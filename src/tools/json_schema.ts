/**
 * The JSON Schema of a tool's input, as the model sees it. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import { objectSchemaOf } from "../structured/object_schema.ts";
import type { StandardSchema } from "../util/standard_schema.ts";

/**
 * The JSON Schema of a tool's input, in the dialect that the API reads.
 *
 * @param name Name of the tool.
 * @throws {ConfigError} There is none, or its root is no object.
 */
export function inputJsonSchema(
  name: string,
  input: StandardSchema,
  given: WireObject | undefined,
): WireObject {
  return objectSchemaOf(input, given, {
    target: "draft-2020-12",
    byHand: "inputSchema",
    unusable: (why, cause) =>
      new ConfigError(
        "tools",
        `Cannot use the input of the tool "${name}": ${why}`,
        { cause },
      ),
  });
}
