/**
 * Ties the interface of a message to its schema and to its names on the wire,
 * so that the three cannot drift apart.
 *
 * @module
 */

import * as v from "valibot";
import {
  type AnyField,
  type AnySchema,
  copier,
  type Entries,
  type FieldsOf,
  type Holder,
  mapShapes,
  type OptionalField,
  outputOf,
  type Reads,
  registerShape,
  type RequiredField,
  wire,
  wireOptional,
} from "./_shapes.ts";
import { isWireObject, valueAt, type WireObject } from "../util/json.ts";

export { isWireObject, type WireObject };
export {
  type FieldsOf,
  type OptionalField,
  type Reads,
  type RequiredField,
  wire,
  wireOptional,
} from "./_shapes.ts";

/**
 * How much of what the CLI writes is checked:
 *
 * - `"lenient"`: all of it. What does not fit becomes an `UnknownEvent`; an optional field
 *   that does not fit is left out. Nothing fails.
 * - `"strict"`: all of it, and what does not fit is a `ProtocolError`. What is new is not
 *   an error: unknown types, subtypes, fields and kinds of blocks are delivered as always.
 * - `"off"`: fields are copied under our names as they are. It saves time, but then nothing
 *   guarantees that the types are right. Only what the session itself acts upon is still
 *   checked: requests, results, `system_init` and a few more.
 */
export type Validation = "lenient" | "strict" | "off";

/** One reason why a message does not have the shape that its type promises. */
export interface FieldIssue {
  /** Its path in names of the wire, joined with dots: `message.content.0.type`. */
  readonly path: string;
  /** What was expected and what came. */
  readonly message: string;
}

/** What all events have in common. */
export interface EventBase<T extends string> {
  /** Tells the events apart; unique for each member of the union. */
  readonly type: T;
  /** The session it belongs to. Absent on lines that carry none. */
  readonly sessionId?: string;
  /** Id of this one message, a UUID. Absent on lines that carry none. */
  readonly uuid?: string;
  /**
   * The parsed wire object that the event was made from. It cannot be enumerated, so
   * `JSON.stringify`, spread and comparisons leave it out.
   */
  readonly raw: unknown;
}

/** What the events with content of a conversation have in common. */
export interface ContentBase<T extends string> extends EventBase<T> {
  /** The call of the tool `Agent` whose subagent this is from, or `null` for the main agent. */
  readonly parentToolUseId: string | null;
  /** The subagent that this is from. Not sent by CLI 2.1.197. */
  readonly agentId?: string;
  /** Kind of that subagent, such as `"general-purpose"`. */
  readonly subagentType?: string;
  /** The API's id of the message that this is a part of; deltas and blocks share it. */
  readonly messageId?: string;
}

/**
 * An event without its data. `raw` is an own property that cannot be enumerated, so that
 * an event equals a literal with the same data for `assertEquals` and for Node's
 * `deepStrictEqual`. A getter on a prototype would cost 30 ns instead of 200 ns, but both
 * functions compare prototypes.
 */
export function newEvent(raw: unknown): { readonly raw: unknown } {
  return hidden({}, "raw", raw);
}

/**
 * Shared, because making one for each property takes a third longer. Without a prototype,
 * because six names are looked up in it, and a longer chain takes a fifth longer.
 */
const HIDDEN: PropertyDescriptor = Object.setPrototypeOf(
  { value: undefined, enumerable: false },
  null,
);

/** Gives an object a property that no enumeration, copy or comparison sees. */
export function hidden<T extends object, K extends string, V>(
  target: T,
  key: K,
  value: V,
): T & { readonly [P in K]: V } {
  HIDDEN.value = value;
  Object.defineProperty(target, key, HIDDEN);
  // Otherwise the last value would stay in memory.
  HIDDEN.value = undefined;
  return target as T & { readonly [P in K]: V };
}

/** An event under construction. */
export type Draft<E> = { -readonly [K in keyof E]: E[K] };

/** Makes an event of its data and its wire object. The data object itself becomes the event. */
export function makeEvent<E extends EventBase<string>>(
  raw: unknown,
  data: Omit<E, "raw">,
): E {
  return hidden(data, "raw", raw) as unknown as E;
}

function issuesOf(
  field: AnyField,
  issues: readonly v.BaseIssue<unknown>[],
): FieldIssue[] {
  return issues.map((issue) => {
    const inner = v.getDotPath(issue);
    return {
      path: inner === null ? field.wire : `${field.wire}.${inner}`,
      message: issue.message,
    };
  });
}

/** Returns the type of the values that a schema takes as they are, if it takes all of that type. */
export function plainType(
  schema: AnySchema,
): "string" | "number" | "boolean" | undefined {
  // A pipe has the type of its first schema, and checks more than that.
  if ("pipe" in schema) return undefined;
  switch (schema.type) {
    case "string":
    case "number":
    case "boolean":
      return schema.type;
    default:
      return undefined;
  }
}

/**
 * Returns a function that says of a value whether a schema surely returns it unchanged;
 * `undefined` if no value can be told without the schema. A list counts as unchanged, although
 * the schema returns a copy of it.
 */
export function acceptance(
  schema: AnySchema,
): ((value: unknown) => boolean) | undefined {
  if ("pipe" in schema) return undefined;
  const { type, check, item, options, wrapped } = schema as unknown as Holder;
  switch (type) {
    case "string":
    case "number":
    case "boolean":
      return (value) => typeof value === type && value === value;
    case "unknown":
      return () => true;
    case "custom":
      return check;
    case "array":
      return item?.type === "unknown" ? Array.isArray : undefined;
    case "nullable":
    case "optional": {
      // The default of an optional schema is left to it.
      const inner = wrapped && acceptance(wrapped);
      return inner &&
        (type === "nullable"
          ? (value) => value === null || inner(value)
          : (value) => value !== undefined && inner(value));
    }
    case "union": {
      const known = options?.map(acceptance).filter((it) => it !== undefined);
      return known && ((value) => known.some((takes) => takes(value)));
    }
    default:
      return undefined;
  }
}

/** One field of a plan. */
interface Step {
  readonly name: string;
  readonly field: AnyField;
  /** The value itself is read if its type is this; most values are of such a type. */
  readonly plain: "string" | "number" | "boolean" | undefined;
  /** Says whether the value itself is read, for other schemas that change nothing. */
  readonly fits: ((value: unknown) => boolean) | undefined;
  /** How to read an object with fields of its own. */
  readonly inner: (() => Plan) | undefined;
}

/**
 * How to read a table of fields, made once on first use. Most values are recognized without
 * their schema, which saves a fifth of the time of a line of a reply. All others are left to the
 * schema, which alone says what does not fit.
 */
interface Plan {
  readonly steps: readonly Step[];
  /** Whether an optional field that does not fit is reported, too. */
  readonly isStrict: boolean;
}

/** Plans of the schemas of objects. */
const PLANS = new WeakMap<object, () => Plan>();

/** Returns a function that makes the plan of a table on its first call. */
function planner(entries: Entries, isStrict: boolean): () => Plan {
  let plan: Plan | undefined;
  return () =>
    plan ??= {
      isStrict,
      steps: entries.map(([name, field]) => ({
        name,
        field,
        plain: plainType(field.schema),
        fits: acceptance(field.schema),
        inner: PLANS.get(field.schema),
      })),
    };
}

/**
 * Copies the known fields of `source` to `target` under our names. Returns what did not fit;
 * with a strict plan also of optional fields.
 */
function readFields(
  { steps, isStrict }: Plan,
  source: WireObject,
  target: Record<string, unknown>,
): FieldIssue[] | undefined {
  let issues: FieldIssue[] | undefined;
  for (const { name, field, plain, fits, inner } of steps) {
    const value = field.path === undefined
      ? source[field.wire]
      : valueAt(source, field.wire, field.path);
    if (value === undefined && field.optional) continue;
    // NaN is a number that is not itself, and fits no schema.
    if (typeof value === plain && value === value) {
      target[name] = value;
      continue;
    }
    if (fits?.(value) === true) {
      target[name] = value;
      continue;
    }
    if (inner !== undefined && isWireObject(value)) {
      const object = {};
      if (readFields(inner(), value, object) === undefined) {
        target[name] = object;
        continue;
      }
    }
    const read = v.safeParse(field.schema, value);
    if (read.success) target[name] = read.output;
    else if (field.optional && (value === null || !isStrict)) continue;
    else issues = [...issues ?? [], ...issuesOf(field, read.issues)];
  }
  return issues;
}

/** A schema for an object within a message: wire names in, our names out, without other keys. */
export function shape<T extends object>(fields: FieldsOf<T>): Reads<T> {
  return objectOf<T>(Object.entries<AnyField>(fields), false);
}

/**
 * As {@linkcode shape}, for what a decision is based on: an optional field that does not match
 * makes the whole object invalid, because leaving it out may change the decision.
 */
export function strictShape<T extends object>(
  fields: FieldsOf<T>,
): Reads<T> {
  return objectOf<T>(Object.entries<AnyField>(fields), true);
}

function objectOf<T>(entries: Entries, strict: boolean): Reads<T> {
  const plan = planner(entries, strict);
  const schema = v.pipe(
    v.custom<WireObject>(isWireObject, "Invalid type: Expected Object"),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const target: Record<string, unknown> = {};
      const issues = readFields(plan(), dataset.value, target);
      if (issues === undefined) return target as T;
      for (const { path, message } of issues) {
        addIssue({
          message,
          path: [{
            type: "object",
            origin: "value",
            input: dataset.value,
            key: path,
            value: undefined,
          }],
        });
      }
      return NEVER;
    }),
  ) as unknown as Reads<T>;
  registerShape(schema, entries);
  PLANS.set(schema, plan);
  return schema;
}

/** The same fields, with every mismatch reported, at any depth. */
function strictly(entries: Entries): Entries {
  return entries.map(([name, field]) => [name, {
    ...field,
    schema: mapShapes(
      field.schema,
      (inner) => objectOf<unknown>(strictly(inner), true),
    ),
  }]);
}

/** Reads a value by a schema, or says what did not fit. */
export function readShape<T>(
  schema: Reads<T>,
  value: unknown,
):
  | { readonly output: T; readonly issues?: undefined }
  | { readonly output?: undefined; readonly issues: readonly FieldIssue[] } {
  const read = v.safeParse(schema, value);
  if (read.success) return { output: read.output };
  return {
    issues: read.issues.map((issue) => ({
      path: v.getDotPath(issue) ?? "",
      message: issue.message,
    })),
  };
}

/** A schema for each key of `T`; for an optional key, `v.optional(…)`. */
export type SchemasOf<T> = {
  readonly [K in keyof T]-?: Record<string, never> extends Pick<T, K>
    ? v.OptionalSchema<Reads<Exclude<T[K], undefined>>, undefined>
    : Reads<T[K]>;
};

/** The outcome of reading a message. */
export type Reading<E> =
  | { readonly event: E; readonly issues?: undefined }
  | { readonly event?: undefined; readonly issues: readonly FieldIssue[] };

/** A message that the CLI writes: how to recognize it, and how to read it. */
export interface MessageKind<E extends EventBase<string>> {
  /** The `type` of our event. */
  readonly type: E["type"];
  /** The wire's `type`. */
  readonly wireType: string;
  /** The wire's `subtype`, if the type is `system`. */
  readonly wireSubtype: string | undefined;
  /** Its fields, with those that all messages have. */
  readonly entries: Entries;
  /** Reads a wire object of this type. With `"off"` there are never issues. */
  readonly read: (raw: WireObject, validation?: Validation) => Reading<E>;
  /** The schema of our event. {@linkcode read} does not need it. */
  readonly output: () => AnySchema;
}

/** Fields that no message has to list: they are the same everywhere. */
type CommonKey = "type" | "raw" | "sessionId" | "uuid";

/** The common fields that exist on the wire. */
export const COMMON: Entries = [
  ["sessionId", wireOptional("session_id", v.string())],
  ["uuid", wireOptional("uuid", v.string())],
];

/**
 * Defines a message of the wire.
 *
 * @param type Our `type`.
 * @param on The wire's `type`, with `/subtype` if it has one.
 * @param fields An entry for each field, except those of {@linkcode EventBase} and those
 * in `Derived`, which are added when the message is unfolded.
 * @param derived Schemas of those in `Derived`.
 */
export function defineMessage<
  E extends EventBase<string>,
  Derived extends keyof E = never,
>(
  type: E["type"],
  on: string,
  fields: FieldsOf<Omit<E, CommonKey | Derived>>,
  ...derived: [Derived] extends [never] ? [] : [SchemasOf<Pick<E, Derived>>]
): MessageKind<E> {
  const [wireType = on, wireSubtype] = on.split("/");
  const entries = [...COMMON, ...Object.entries<AnyField>(fields)];
  // Made on first use: most are never needed.
  const lenient = planner(entries, false);
  let strict: (() => Plan) | undefined;
  let copy: ReturnType<typeof copier> | undefined;
  return {
    type,
    wireType,
    wireSubtype,
    entries,
    read(raw, validation) {
      const event = newEvent(raw) as unknown as Record<string, unknown>;
      event.type = type;
      let issues: FieldIssue[] | undefined;
      if (validation === "off") (copy ??= copier(entries))(raw, event);
      else if (validation === "strict") {
        strict ??= planner(strictly(entries), true);
        issues = readFields(strict(), raw, event);
      } else issues = readFields(lenient(), raw, event);
      return issues === undefined
        ? { event: event as unknown as E }
        : { issues };
    },
    output: () =>
      v.object({
        type: v.literal(type),
        ...outputOf(entries).entries,
        ...derived[0],
      }),
  };
}

/** The three fields of {@linkcode ContentBase} that are next to the message on the wire. */
export const contentFields: {
  readonly parentToolUseId: RequiredField<string | null>;
  readonly agentId: OptionalField<string>;
  readonly subagentType: OptionalField<string>;
} = {
  // Absent on the wire also means the main agent.
  parentToolUseId: wire(
    "parent_tool_use_id",
    v.optional(v.nullable(v.string()), null) as Reads<string | null>,
  ),
  agentId: wireOptional("agent_id", v.string()),
  subagentType: wireOptional("subagent_type", v.string()),
};
