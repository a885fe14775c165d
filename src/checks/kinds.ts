/**
 * What the value of an option can be, and the errors of one that cannot. Pure.
 *
 * @module
 */

import { closest } from "../util/closest.ts";
import { ConfigError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import { maskSecrets } from "../util/secrets.ts";
import { isTimeLimit, TIME_EXPECTED } from "../util/time_limit.ts";

/** What the value of an option has to be. */
export interface Kind {
  /** In words, for the error. */
  readonly expected: string;
  /** Whether this is one. */
  readonly fits: (value: unknown) => boolean;
  /**
   * The option is a closed list, a number or a rule, so that errors show a wrong value. Any
   * other option may hold a secret: its errors say only what kind of value it is.
   */
  readonly isPublic?: boolean;
}

const UUID_SHAPE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A text. */
export const TEXT: Kind = {
  expected: "a text that is not empty",
  fits: isText,
};
/** Texts. */
export const TEXTS: Kind = {
  expected: "a list of texts",
  fits: isTextList,
};
/** A switch. */
export const YES_OR_NO: Kind = {
  expected: "true or false",
  fits: (value) => typeof value === "boolean",
  isPublic: true,
};
/** A switch, or more about it. */
export const YES_OR_TEXT: Kind = {
  expected: "true, false, or a text that is not empty",
  fits: (value) => typeof value === "boolean" || isText(value),
};
/** Fields that are checked elsewhere, or by the CLI. */
export const OBJECT: Kind = {
  expected: "an object",
  fits: (value) => isWireObject(value) && !(value instanceof URL),
};
/** A file or folder. */
export const PLACE: Kind = {
  expected: "a path or a file: URL",
  fits: (value) => value instanceof URL || isText(value),
};
/** An id of the CLI's. */
export const UUID: Kind = {
  expected: "a UUID",
  fits: (value) => typeof value === "string" && UUID_SHAPE.test(value),
};
/** A function of the caller's. */
export const FUNCTION: Kind = {
  expected: "a function",
  fits: (value) => typeof value === "function",
};
/** How many. */
export const POSITIVE: Kind = {
  expected: "a whole number above 0",
  fits: isPositive,
  isPublic: true,
};
/** How long: one kind for all time limits. */
export const TIME: Kind = {
  expected: TIME_EXPECTED,
  fits: isTimeLimit,
  isPublic: true,
};
/** What ends something from outside. */
export const SIGNAL: Kind = {
  expected: "the signal of an AbortController",
  fits: (value) => value instanceof AbortSignal,
};
/** How much: `Infinity` is no limit. */
export const AMOUNT: Kind = {
  expected: "a number above 0",
  fits: (value) => typeof value === "number" && value > 0,
  isPublic: true,
};

/** One of some words. */
export function oneOf(...values: readonly unknown[]): Kind {
  return {
    expected: `one of ${values.join(", ")}`,
    fits: (value) => values.includes(value),
    isPublic: true,
  };
}

/** Whether it is a text that says something, and that a program can be given. */
export function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes("\0");
}

/** Whether it is a list of such texts. */
export function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

/** Whether it is a whole number above 0. */
export function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** @throws {ConfigError} It is there and of another kind. */
export function check(option: string, value: unknown, kind: Kind): void {
  if (value === undefined || kind.fits(value)) return;
  throw wrong(option, kind.expected, value, kind.isPublic);
}

/**
 * Checks an option that is an object of fields: one that is misspelled would be a limit
 * that does not hold.
 *
 * @param more What to add to the words for what was expected.
 * @throws {ConfigError} It is none, or has a field that is unknown or of another kind.
 */
export function checkFields(
  option: string,
  value: unknown,
  kinds: Readonly<Record<string, Kind>>,
  more = "",
): void {
  if (value === undefined) return;
  const names = Object.keys(kinds);
  const expected = `an object with ${names.join(", ")}${more}`;
  if (!OBJECT.fits(value)) throw wrong(option, expected, value);
  for (const [name, field] of Object.entries(value as object)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    const at = `${option}.${name}`;
    if (kind === undefined) {
      const near = closest(name, names);
      throw new ConfigError(
        at,
        `Unknown option "${at}", ${
          near === undefined
            ? `expected ${expected}`
            : `did you mean "${option}.${near}"?`
        }`,
      );
    }
    check(at, field, kind);
  }
}

/**
 * The error for a value that cannot be.
 *
 * @param isPublic The value is shown: see {@linkcode Kind.isPublic}.
 */
export function wrong(
  option: string,
  expected: string,
  came: unknown,
  isPublic = false,
): ConfigError {
  const got = isPublic ? shownWhole(came) : shown(came);
  return new ConfigError(
    option,
    `Cannot use the option ${option}: expected ${expected}, got ${got}`,
  );
}

/** The most characters of a value in an error. */
const MAX_SHOWN_LENGTH = 200;

/** A wrong value as it would be written in a program; what looks like a key is masked. */
function shownWhole(value: unknown): string {
  if (typeof value !== "string" && !Array.isArray(value)) return shown(value);
  let text: string;
  try {
    text = maskSecrets(JSON.stringify(value));
  } catch (error) {
    // JSON cannot hold it: a bigint in it, or a circle.
    if (!(error instanceof TypeError)) throw error;
    return shown(value);
  }
  return text.length <= MAX_SHOWN_LENGTH ? text : shown(value);
}

/** A text that may be shown: a short word, and no key. */
const WORD = /^[A-Za-z]+(?:[ _.-][A-Za-z]+)*$/;

const MAX_WORD_LENGTH = 24;

/**
 * A wrong value in an error, which ends up in logs: what it is, without a text that may
 * be secret. Any option may hold one that was meant for another.
 */
export function shown(value: unknown): string {
  if (typeof value === "string") return shownText(value);
  if (Array.isArray(value)) {
    const kinds = [...new Set(value.map((item) => kindOf(item)))].join(" or ");
    return value.length === 0
      ? "an empty list"
      : `a list of ${value.length}: ${kinds}`;
  }
  if (typeof value === "function") return "a function";
  if (value instanceof URL) return `a URL (${value.protocol})`;
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value).slice(0, 20).map(([name, field]) =>
    `${name.slice(0, 40)}: ${kindOf(field)}`
  );
  return fields.length === 0
    ? "an empty object"
    : `an object with ${fields.join(", ")}`;
}

function shownText(text: string): string {
  if (text === "") return "an empty text";
  return text.length <= MAX_WORD_LENGTH && WORD.test(text)
    ? `"${text}"`
    : `a text of ${text.length} characters`;
}

/** What a value is, in words that give none of it away. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return "a text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
