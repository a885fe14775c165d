/**
 * Prompts that say nothing. Pure.
 *
 * @module
 */

/**
 * What nobody can read: white space of all kinds, control characters, what Unicode says to
 * leave out where it cannot be shown (zero width, tags, fillers), and the empty pattern of
 * braille.
 */
const NOTHING =
  /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]*$/u;

/** Whether a text has nothing in it that could be read: empty, or blanks of any kind. */
export function isBlank(text: string): boolean {
  return NOTHING.test(text);
}
