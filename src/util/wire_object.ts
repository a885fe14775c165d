/** A JSON object from the wire, with unknown fields. */
export type WireObject = { readonly [key: string]: unknown };

/** Whether a value is a JSON object: not null, not an array. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the value of a field by its name on the wire; a dot separates nested names. */
export function valueAt(source: WireObject, name: string): unknown {
  if (!name.includes(".")) return source[name];
  let value: unknown = source;
  for (const key of name.split(".")) {
    if (!isWireObject(value)) return undefined;
    value = value[key];
  }
  return value;
}
