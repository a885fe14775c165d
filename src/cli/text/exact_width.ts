/**
 * Makes `widthOf` exact for all characters, when it is imported. Apart from `terminal.ts` because
 * loading the library takes 20 ms: it compiles the pattern of all emoji.
 *
 * @module
 */

import stringWidth from "string-width";
import { measureWith } from "./terminal.ts";

measureWith(stringWidth);

/** The width by the library alone, for comparison. */
export const exactWidthOf: (text: string) => number = stringWidth;
