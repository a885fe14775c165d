/**
 * Recognizes blank prompts. Pure.
 *
 * @module
 */

/**
 * Matches invisible text: white space of all kinds, control characters, default-ignorable code
 * points of Unicode (zero width, tags, fillers), and the empty braille pattern.
 */
const NOTHING =
  /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]*$/u;

/** Whether a text has no visible characters: it is empty, or has only blanks of any kind. */
export function isBlank(text: string): boolean {
  return NOTHING.test(text);
}
