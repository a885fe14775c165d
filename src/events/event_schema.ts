/**
 * The valibot schemas of the events, for who reads them as JSON: lines of `--json`, a
 * stream to a browser, a file. Pure.
 *
 * @module
 */

import * as v from "valibot";
import { closest } from "../util/closest.ts";
import { schemaOf } from "./schemas.ts";
import { EVENT_TYPES } from "./types.ts";
import type { ClaudeEvent } from "./mod.ts";

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
 * The valibot schema of one type of event as JSON. What it gives has no fields that this
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
/** The valibot schema of all events as JSON, told apart by `type`. */
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
