/**
 * Reads what fits without asking valibot, which takes ten times as long and copies
 * arrays. It is never asked what is wrong: whatever is not plainly right goes to the
 * schema itself. That both accept the same is tested for every field.
 *
 * @module
 */

import {
  type AnySchema,
  type Entries,
  type Holder,
  shapeOf,
} from "./_shapes.ts";
import { isWireObject, type WireObject } from "../util/wire_object.ts";

/** What a {@linkcode Quick} gives where only the schema can say more. */
export const SLOW: unique symbol = Symbol("slow");

/** Reads a value as a schema does, or gives {@linkcode SLOW}. */
export type Quick = (value: unknown) => unknown;

/** A field of a table, made ready to be read. */
export interface QuickField {
  /** Our name of it. */
  readonly name: string;
  /** Its place on the wire, from the outside in. */
  readonly path: readonly string[];
  /** It may be absent. */
  readonly optional: boolean;
  /** Reads its value. */
  readonly quick: Quick;
}

/** Makes the fields of a table ready to be read. */
export function quickFields(entries: Entries): readonly QuickField[] {
  return entries.map(([name, { wire, schema, optional }]) => ({
    name,
    path: wire.split("."),
    optional,
    quick: quickOf(schema),
  }));
}

/** The value at a place on the wire. */
export function valueIn(source: WireObject, path: readonly string[]): unknown {
  let value: unknown = source[path[0] ?? ""];
  for (let depth = 1; depth < path.length; depth++) {
    if (!isWireObject(value)) return undefined;
    value = value[path[depth] ?? ""];
  }
  return value;
}

const slow: Quick = () => SLOW;

/** Reads what a schema reads, where it is of a kind that we know. */
export function quickOf(schema: AnySchema): Quick {
  const entries = shapeOf(schema);
  if (entries !== undefined) return quickShape(entries);
  // A pipe does more than its first schema, whose type it bears.
  if ("pipe" in schema) return slow;
  const holder = schema as unknown as Holder;
  switch (schema.type) {
    case "string":
      return (value) => typeof value === "string" ? value : SLOW;
    case "number":
      return (value) =>
        typeof value === "number" && !Number.isNaN(value) ? value : SLOW;
    case "boolean":
      return (value) => typeof value === "boolean" ? value : SLOW;
    case "unknown":
      return (value) => value;
    case "custom":
      return (value) => holder.check?.(value) === true ? value : SLOW;
    case "nullable": {
      const inner = quickOf(holder.wrapped as AnySchema);
      return (value) => value === null ? null : inner(value);
    }
    case "optional": {
      const inner = quickOf(holder.wrapped as AnySchema);
      const { default: otherwise } = holder;
      return (value) =>
        value !== undefined
          ? inner(value)
          : otherwise === null
          ? inner(null)
          : SLOW;
    }
    case "array":
      return quickArray(quickOf(holder.item as AnySchema));
    case "union": {
      const options = (holder.options ?? []).map(quickOf);
      return (value) => {
        for (const option of options) {
          const read = option(value);
          if (read !== SLOW) return read;
        }
        return SLOW;
      };
    }
    default:
      return slow;
  }
}

function quickArray(item: Quick): Quick {
  return (list) => {
    if (!Array.isArray(list)) return SLOW;
    let copy: unknown[] | undefined;
    for (let at = 0; at < list.length; at++) {
      const read = item(list[at]);
      if (read === SLOW) return SLOW;
      // Only what has other names here needs another list.
      if (read !== list[at]) copy ??= list.slice(0, at);
      copy?.push(read);
    }
    return copy ?? list;
  };
}

function quickShape(entries: Entries): Quick {
  // Made when it is needed: most messages of a program never come.
  let fields: readonly QuickField[] | undefined;
  return (value) => {
    if (!isWireObject(value)) return SLOW;
    const target: Record<string, unknown> = {};
    fields ??= quickFields(entries);
    for (const { name, path, optional, quick } of fields) {
      const inner = valueIn(value, path);
      if (inner === undefined && optional) continue;
      const read = quick(inner);
      if (read === SLOW) return SLOW;
      target[name] = read;
    }
    return target;
  };
}
