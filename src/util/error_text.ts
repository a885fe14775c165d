/** Returns the text of any thrown value. Never throws, whatever its getters do. */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error
      ? `${thrown.message || thrown.name}`
      : String(thrown);
  } catch {
    // Some values cannot be converted to text, such as an object without a prototype.
    return "an unknown error";
  }
}
