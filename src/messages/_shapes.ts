/**
 * Other uses of a table of fields: to read without checking, to read strictly, and to
 * make the schema of the output.
 *
 * @module
 */

import * as v from "valibot";
import { isWireObject, valueAt, type WireObject } from "../util/json.ts";

/** Any schema. */
export type AnySchema = v.GenericSchema<unknown, unknown>;

/** A field in a table: see `wire()` and `wireOptional()`. */
export interface AnyField {
  /** Its name on the wire. */
  readonly wire: string;
  /** The parts of that name, if it is nested: it is split once, not for each message. */
  readonly path: readonly string[] | undefined;
  /** Reads its value. */
  readonly schema: AnySchema;
  /** It may be absent. */
  readonly optional: boolean;
}

/** A schema that accepts any input and outputs a `T`. */
export type Reads<T> = v.GenericSchema<unknown, T>;

/** A required field. */
export interface RequiredField<T> {
  readonly wire: string;
  readonly path: readonly string[] | undefined;
  readonly schema: Reads<T>;
  readonly optional: false;
}

/**
 * A field that may be absent. In messages, one that does not fit is left out too: `raw`
 * has it, and so a field that changed its type in a newer CLI does not spoil the message.
 */
export interface OptionalField<T> {
  readonly wire: string;
  readonly path: readonly string[] | undefined;
  readonly schema: Reads<T>;
  readonly optional: true;
}

function pathOf(name: string): readonly string[] | undefined {
  return name.includes(".") ? name.split(".") : undefined;
}

/** Declares a required field by its name on the wire. `message.id` is the field `id` of `message`. */
export function wire<T>(name: string, schema: Reads<T>): RequiredField<T> {
  return { wire: name, path: pathOf(name), schema, optional: false };
}

/** An optional field, by its name on the wire. */
export function wireOptional<T>(
  name: string,
  schema: Reads<T>,
): OptionalField<T> {
  return { wire: name, path: pathOf(name), schema, optional: true };
}

/** One entry for each key of `T`: a missing entry, or one of another type, does not compile. */
export type FieldsOf<T> = {
  readonly [K in keyof T]-?: Record<string, never> extends Pick<T, K>
    ? OptionalField<Exclude<T[K], undefined>>
    : RequiredField<T[K]>;
};

/** Fields by our names. */
export type Entries = readonly (readonly [name: string, field: AnyField])[];

const SHAPES = new WeakMap<object, Entries>();

/** Remembers the fields that a schema was made of. */
export function registerShape(schema: object, entries: Entries): void {
  SHAPES.set(schema, entries);
}

/** The fields that a schema was made of; `undefined` if it was not made of fields. */
export function shapeOf(schema: object): Entries | undefined {
  return SHAPES.get(schema);
}

const READ_AS = new WeakMap<object, AnySchema>();

/** Records what a schema reads if the schema itself does not show it, as a list that leaves out what does not fit. */
export function readsAs<S extends object>(schema: S, inner: AnySchema): S {
  READ_AS.set(schema, inner);
  return schema;
}

/** The schema that {@linkcode readsAs} named; `undefined` if there is none. */
export function readAs(schema: object): AnySchema | undefined {
  return READ_AS.get(schema);
}

/** The parts of a schema that contains others, as far as messages use them. */
export interface Holder {
  readonly type: string;
  readonly check?: (value: unknown) => boolean;
  readonly options?: readonly AnySchema[];
  readonly item?: AnySchema;
  readonly key?: v.GenericSchema<string, string>;
  readonly value?: AnySchema;
  readonly wrapped?: AnySchema;
  readonly default?: unknown;
}

/** The schema with each table of fields in it replaced. */
export function mapShapes(
  schema: AnySchema,
  replace: (entries: Entries) => AnySchema,
): AnySchema {
  const entries = shapeOf(schema);
  if (entries !== undefined) return replace(entries);
  const { type, item, value, wrapped } = schema as unknown as Holder;
  const inner = item ?? value ?? wrapped;
  if (inner === undefined) return schema;
  const mapped = mapShapes(inner, replace);
  if (mapped === inner) return schema;
  switch (type) {
    case "array":
      return v.array(mapped);
    case "record":
      return v.record(v.string(), mapped);
    case "nullable":
      return v.nullable(mapped);
    default:
      // Fail, instead of silently returning another schema than the one in use.
      throw new TypeError(`Cannot look into the schema: ${type}`);
  }
}

/** Gives a value our names without checking it; `undefined` if there is nothing to rename. */
type Copy = (value: unknown) => unknown;

function copyOf(schema: AnySchema): Copy | undefined {
  const entries = shapeOf(schema);
  if (entries !== undefined) {
    const fields = copier(entries);
    return (value) => isWireObject(value) ? fields(value, {}) : value;
  }
  const { type, item, value, wrapped, default: otherwise } =
    schema as unknown as Holder;
  if (type === "optional") return (given) => given ?? otherwise;
  const inner = item ?? value ?? wrapped;
  const copy = inner === undefined ? undefined : copyOf(inner);
  if (copy === undefined) return undefined;
  if (type === "array") {
    return (list) => Array.isArray(list) ? list.map(copy) : list;
  }
  if (type !== "record") return (value) => value === null ? null : copy(value);
  return (value) =>
    isWireObject(value)
      ? Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, copy(item)]),
      )
      : value;
}

/** Copies fields under our names to a target, unchecked. What is absent stays absent. */
export function copier(
  entries: Entries,
): <T extends object>(source: WireObject, target: T) => T {
  const fields = entries.map(([name, { wire, path, schema, optional }]) => ({
    name,
    wire,
    path,
    copy: copyOf(schema),
    // As with checked fields: null is not a value of an optional field.
    skipsNull: optional && schema.type !== "nullable",
  }));
  return (source, target) => {
    const given = target as Record<string, unknown>;
    for (const { name, wire, path, copy, skipsNull } of fields) {
      const value = valueAt(source, wire, path);
      const copied = copy === undefined ? value : copy(value);
      if (copied === undefined || (copied === null && skipsNull)) continue;
      given[name] = copied;
    }
    return target;
  };
}

/** The schema of the output of a table: our names, and nothing of the wire. */
export function outputOf(
  entries: Entries,
): v.ObjectSchema<v.ObjectEntries, undefined> {
  return v.object(
    Object.fromEntries(
      entries.map(([name, { schema, optional }]) => {
        const output = outputSchema(schema);
        return [name, optional ? v.optional(output) : output];
      }),
    ),
  );
}

/** The schema of another schema's output. */
export function outputSchema(schema: AnySchema): AnySchema {
  // A default fills it in, so it is always present in the event.
  return schema.type === "optional"
    ? outputSchema((schema as unknown as { wrapped: AnySchema }).wrapped)
    : mapShapes(schema, outputOf);
}
