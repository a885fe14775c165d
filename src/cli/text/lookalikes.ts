/**
 * Finds the characters of a line that look like others and must be marked. Pure.
 *
 * Following UTS 39: letters of another script in a Latin word, words made only of look-alikes, and
 * characters whose compatibility form is a single ASCII character.
 *
 * @module
 */

/**
 * Kind of text. In `"code"` (commands, paths, addresses, rules) every character matters, so each
 * one that could be mistaken for an ASCII character is marked. `"prose"` (contents of files, plans)
 * may be in any language: only words that mix scripts are marked.
 */
export type TextKind = "code" | "prose";

/** Letters that look like Latin ones, from scripts in common use. */
const LOOKALIKE_LETTERS = new Set(
  // Cyrillic
  "аеорсухіјѕһԁԛԝѵӏпгктмнвьбАВЕКМНОРСТУХІЈЅԚԜӀҮүЗЬѴһҺԌԍԐԑеҽҿ" +
    // Greek
    "αονρτικυχωγησϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϒϜͿ" +
    // Armenian
    "օոսհցզգկյւքԱՕՍԼՏՄՈՌԿՀ",
);

/**
 * Scripts whose letters are always marked in code: most look like Latin letters, and the scripts
 * are rare.
 */
const RARE_SCRIPTS =
  /[\p{sc=Cherokee}\p{sc=Lisu}\p{sc=Coptic}\p{sc=Deseret}\p{sc=Osage}\p{sc=Vai}\p{sc=Tifinagh}\p{sc=Canadian_Aboriginal}\p{sc=Old_Italic}\p{sc=Gothic}\p{sc=Carian}\p{sc=Lycian}\p{sc=Lydian}\p{sc=Runic}\p{sc=Warang_Citi}\p{sc=Elbasan}\p{sc=Caucasian_Albanian}\p{sc=Glagolitic}\p{sc=Bamum}\p{sc=Miao}]/u;

/** Punctuation without a compatibility form that still looks like ASCII. */
const LOOKALIKE_PUNCTUATION =
  /[\u01c0-\u01c3\u02b9-\u02bf\u02c2-\u02c8\u02ca\u02cb\u02d0\u02d7\u02d8\u02dc\u02f4\u02f8\u0387\u055a\u055d\u0589\u05c0\u05c3\u05f3\u05f4\u0660\u066a-\u066d\u06d4\u0701-\u0704\u0964\u1361\u1400\u1427\u1680\u1735\u17d6\u1803\u1809\u2010-\u2013\u2018-\u201f\u2022-\u2024\u2027\u2032-\u2037\u2039\u203a\u2041\u2043\u2044\u2052\u2053\u205a\u205d\u205e\u2212\u2215-\u2219\u2223\u2236\u223c\u22c5\u23d0\u2571-\u2573\u2758-\u275e\u2768-\u2775\u2795\u27cb\u27cd\u27e8\u27e9\u2981\u29f5\u29f8\u29f9\u2cba\u2e17\u2e1d\u2e28\u2e29\u3001-\u3003\u3008\u3009\u3014\u3015\u30a0\u30fb\ua4fd\ua4fe\ua60e\ua6f3\ua714\ua789\ua78a\ua78c\ufd3e\ufd3f\ufe19]/u;

/** Accented Latin letters that are used in languages, as opposed to phonetic ones. */
const PLAIN_LATIN =
  /^[A-Za-z\u00e6\u00c6\u00f8\u00d8\u00df\u00f0\u00d0\u00fe\u00de\u0111\u0110\u0142\u0141\u0153\u0152\u014b\u014a\u0127\u0126\u0167\u0166]$/u;

const WORD = /[\p{L}\p{M}\p{Nd}\p{Nl}_]+/gu;

/** Returns the letter without its marks. */
function baseOf(char: string): string {
  return String.fromCodePoint(char.normalize("NFD").codePointAt(0) ?? 0);
}

function isSingleAscii(text: string): boolean {
  return text.length === 1 && text > " " && text < "\x7f";
}

/** Whether a character must be marked in code, whatever is around it. */
function isForeignInCode(char: string): boolean {
  if (LOOKALIKE_PUNCTUATION.test(char) || RARE_SCRIPTS.test(char)) return true;
  // Full width, mathematical letters, superscripts, the Greek question mark, the Kelvin sign.
  if (isSingleAscii(char.normalize("NFKC"))) return true;
  const base = baseOf(char);
  if (!/\p{sc=Latin}/u.test(base)) return false;
  // A mark below a letter is easy to miss: ẹ, ạ, ķ.
  const hasLowMark = /[\u0316-\u0333\u0339-\u033c\u0347-\u0349]/.test(
    char.normalize("NFD"),
  );
  return !PLAIN_LATIN.test(base) || hasLowMark;
}

/**
 * Returns the positions of a line, in UTF-16 code units, whose character looks like another one.
 */
export function lookalikesIn(line: string, kind: TextKind): Set<number> {
  const places = new Set<number>();
  // deno-lint-ignore no-control-regex
  if (/^[\x00-\x7f]*$/.test(line)) return places;
  for (const { 0: word, index } of line.matchAll(WORD)) {
    const letters = [...word.matchAll(/\p{L}/gu)];
    const alike = letters.filter(({ 0: letter }) =>
      LOOKALIKE_LETTERS.has(baseOf(letter))
    );
    const isMixed = letters.some(({ 0: letter }) =>
      /\p{sc=Latin}/u.test(letter)
    );
    // All letters could be read as Latin: "сору" is not an English word.
    const isDisguised = kind === "code" && alike.length === letters.length;
    if (!isMixed && !isDisguised) continue;
    for (const letter of alike) places.add(index + letter.index);
  }
  if (kind === "prose") return places;
  for (const { 0: char, index } of line.matchAll(/\P{ASCII}/gu)) {
    if (isForeignInCode(char)) places.add(index);
  }
  return places;
}
