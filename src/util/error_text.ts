/** The text of whatever was thrown. Never throws, whatever its getters do. */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error
      ? `${thrown.message || thrown.name}`
      : String(thrown);
  } catch {
    // Not everything has a text: an object without a prototype has none.
    return "an unknown error";
  }
}
