/**
 * Texts with variables: `{{name}}`. Pure.
 *
 * @module
 */

const VARIABLE = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

/** The variables in a text, each once, in their order. */
export function namesIn(text: string): readonly string[] {
  return [
    ...new Set([...text.matchAll(VARIABLE)].map(([, name = ""]) => name)),
  ];
}

/** A text with values in the places of its variables; what a value says is not looked at. */
export function filled(
  text: string,
  values: Readonly<Record<string, string>>,
): string {
  return text.replace(
    VARIABLE,
    (whole, name: string) =>
      Object.hasOwn(values, name) ? values[name] ?? whole : whole,
  );
}
