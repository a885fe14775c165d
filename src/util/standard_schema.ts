/**
 * Schemas of any library that follows the Standard Schema specification
 * (https://standardschema.dev): valibot, zod, arktype and others.
 *
 * @module
 */

/** Why a value does not fit a schema. */
export interface SchemaIssue {
  /** What was expected. */
  readonly message: string;
  /** Where: the keys from the outside in. */
  readonly path?:
    | readonly (PropertyKey | { readonly key: PropertyKey })[]
    | undefined;
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Makes JSON Schema of a schema, in the libraries that can do it by themselves. */
export interface JsonSchemaConverter {
  /** The JSON Schema of what goes in. Throws where there is none. */
  readonly input: (
    options: { readonly target: string },
  ) => Readonly<Record<string, unknown>>;
}

/** A schema of any library, by what it has under `~standard`. */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What the specification asks for. */
  readonly "~standard": {
    /** Version of the specification. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: string;
    /** Checks a value. */
    readonly validate: (
      value: unknown,
    ) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** For the compiler only. */
    readonly types?:
      | { readonly input: Input; readonly output: Output }
      | undefined;
    /** Only in libraries that can do it. */
    readonly jsonSchema?: JsonSchemaConverter | undefined;
  };
}

/** What a value is once a schema has taken it. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<
  Schema["~standard"]["types"]
>["output"];

/** Whether a value is one, of whatever library: a schema may be a function, as those of arktype are. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  const holds = typeof value === "object" || typeof value === "function";
  if (!holds || value === null) return false;
  const standard: unknown = Reflect.get(value, "~standard");
  return typeof standard === "object" && standard !== null &&
    typeof Reflect.get(standard, "validate") === "function";
}

/** The issues in one line: `a.b: expected a number; c: missing`. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  return issues.map(({ message, path }) => {
    const at = (path ?? []).map((part) =>
      String(typeof part === "object" ? part.key : part)
    ).join(".");
    return at === "" ? message : `${at}: ${message}`;
  }).join("; ");
}
