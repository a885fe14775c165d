/**
 * Types for schemas of any library that follows the Standard Schema specification
 * (https://standardschema.dev): valibot, zod, arktype and others.
 *
 * @module
 */

/** A reason why a value does not match a schema. */
export interface SchemaIssue {
  /** What was expected. */
  readonly message: string;
  /** Path of the fault: keys from the outermost to the innermost. */
  readonly path?:
    | readonly (PropertyKey | { readonly key: PropertyKey })[]
    | undefined;
}

/** Result of validating a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Converts a schema to JSON Schema, in libraries that support that. */
export interface JsonSchemaConverter {
  /** Returns the JSON Schema of the input type. Throws if there is none. */
  readonly input: (
    options: { readonly target: string },
  ) => Readonly<Record<string, unknown>>;
}

/** A schema of any library, identified by its property `~standard`. */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** Properties required by the specification. */
  readonly "~standard": {
    /** Version of the specification. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: string;
    /** Checks a value. */
    readonly validate: (
      value: unknown,
    ) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** Types, for the compiler only. */
    readonly types?:
      | { readonly input: Input; readonly output: Output }
      | undefined;
    /** Converter, in libraries that have one. */
    readonly jsonSchema?: JsonSchemaConverter | undefined;
  };
}

/** Output type of a schema. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<
  Schema["~standard"]["types"]
>["output"];

/** Whether a value is a Standard Schema. It may be a function, as in arktype. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  const holds = typeof value === "object" || typeof value === "function";
  if (!holds || value === null) return false;
  const standard: unknown = Reflect.get(value, "~standard");
  return typeof standard === "object" && standard !== null &&
    typeof Reflect.get(standard, "validate") === "function";
}

/** Formats issues on one line: `a.b: expected a number; c: missing`. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  return issues.map(({ message, path }) => {
    const at = (path ?? []).map((part) =>
      String(typeof part === "object" ? part.key : part)
    ).join(".");
    return at === "" ? message : `${at}: ${message}`;
  }).join("; ");
}
