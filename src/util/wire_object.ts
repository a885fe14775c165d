/** A JSON object as it came over the wire: nothing is known about its fields. */
export type WireObject = { readonly [key: string]: unknown };

/** Whether a value is a JSON object: not null, not an array. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a field by its name on the wire; a dot goes one object deeper. */
export function valueAt(source: WireObject, name: string): unknown {
  if (!name.includes(".")) return source[name];
  let value: unknown = source;
  for (const key of name.split(".")) {
    if (!isWireObject(value)) return undefined;
    value = value[key];
  }
  return value;
}
