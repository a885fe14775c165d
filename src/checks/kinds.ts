/**
 * Kinds of option values, and the errors for invalid ones. Pure.
 *
 * @module
 */

import { closest } from "../util/closest.ts";
import { ConfigError } from "../errors.ts";
import { isWireObject } from "../messages/_define.ts";
import { thrownText } from "../util/faults.ts";
import { jsonCopy } from "../util/json.ts";
import { maskSecrets } from "../util/secrets.ts";
import { isTimeLimit, TIME_EXPECTED } from "../util/limits.ts";
import { isUuid } from "../util/uuid.ts";

/** A condition for the value of an option. */
export interface Kind {
  /** Description of a valid value, for the error. */
  readonly expected: string;
  /** Whether this is one. */
  readonly fits: (value: unknown) => boolean;
  /** Checks what is inside a value that fits. Its errors name the part, such as `agents.a.model`. */
  readonly look?: (option: string, value: unknown) => void;
  /** Parts of the value, if it is a composite. Tests insert texts and times there. */
  readonly parts?: Parts;
  /**
   * The option is a closed list, a number or a rule, so that errors show a wrong value. Any
   * other option may hold a secret: its errors say only what kind of value it is.
   */
  readonly isPublic?: boolean;
}

/** The kinds inside a kind. */
export type Parts =
  /** An object of these fields, some of which are required. */
  | { readonly fields: Fields; readonly needed: readonly string[] }
  /** A list. */
  | { readonly items: Kind }
  /** An object whose names are the caller's. */
  | { readonly named: Kind }
  /** One of several. */
  | { readonly either: readonly Kind[] };

/** The kinds of fields, by their names. */
export type Fields = Readonly<Record<string, Kind>>;

/** A text. */
export const TEXT: Kind = {
  expected: "a text that is not empty",
  fits: isText,
};
/** A text, also an empty one. */
export const STRING: Kind = {
  expected: "a text",
  fits: (value) => typeof value === "string",
};
/** Texts, none of them empty. */
export const TEXTS: Kind = listOf(TEXT, "a list of texts");
/** A switch. */
export const YES_OR_NO: Kind = {
  expected: "true or false",
  fits: (value) => typeof value === "boolean",
  isPublic: true,
};
/** A switch, or a text that says more. */
export const YES_OR_TEXT: Kind = anyOf(
  "true, false, or a text that is not empty",
  [YES_OR_NO, TEXT],
);
/** Anything: the value is the caller's own. */
export const ANYTHING: Kind = { expected: "anything", fits: () => true };
/** An object. */
export const OBJECT: Kind = {
  expected: "an object",
  fits: (value) => isWireObject(value) && !(value instanceof URL),
};
/** An object that only the CLI understands. */
export const JSON_OBJECT: Kind = asJson(OBJECT);
/** An id of a session or a message. */
export const UUID: Kind = {
  expected: "a UUID",
  fits: (value) => typeof value === "string" && isUuid(value),
};
/** A function. */
export const FUNCTION: Kind = {
  expected: "a function",
  fits: (value) => typeof value === "function",
};
/** A count. */
export const POSITIVE: Kind = {
  expected: "a whole number above 0",
  fits: isPositive,
  isPublic: true,
};
/** A time limit in milliseconds: one kind for all of them. */
export const TIME: Kind = {
  expected: TIME_EXPECTED,
  fits: isTimeLimit,
  isPublic: true,
};
/** An `AbortSignal`. */
export const SIGNAL: Kind = {
  expected: "the signal of an AbortController",
  fits: (value) => value instanceof AbortSignal,
};
/** An amount. `Infinity` is no limit. */
export const AMOUNT: Kind = {
  expected: "a number above 0",
  fits: (value) => typeof value === "number" && value > 0,
  isPublic: true,
};

/** One of the given values. */
export function oneOf(...values: readonly unknown[]): Kind {
  return {
    expected: `one of ${values.join(", ")}`,
    fits: (value) => values.includes(value),
    isPublic: true,
  };
}

/** A kind that the CLI gets as JSON, so that JSON must be able to hold the value. */
export function asJson(kind: Kind): Kind {
  return {
    ...kind,
    look: (option, value) => {
      try {
        jsonCopy(value, `Cannot use the option ${option}`);
      } catch (cause) {
        throw new ConfigError(option, thrownText(cause), { cause });
      }
      kind.look?.(option, value);
    },
  };
}

/** A kind without fields that the official SDK has. The error says what to do instead. */
export function without(
  names: readonly string[],
  instead: string,
  kind: Kind,
): Kind {
  return {
    ...kind,
    look: (option, value) => {
      const name = names.find((name) => name in (value as object));
      if (name === undefined) return kind.look?.(option, value);
      const at = `${option}.${name}`;
      throw new ConfigError(at, `Unknown option "${at}": ${instead}`);
    },
  };
}

/** Either of these kinds. */
export function anyOf(
  expected: string,
  either: readonly Kind[],
  isPublic = false,
): Kind {
  return {
    expected,
    fits: (value) => either.some(({ fits }) => fits(value)),
    look: (option, value) =>
      either.find(({ fits }) => fits(value))?.look?.(option, value),
    parts: { either },
    isPublic,
  };
}

/** A list whose items must all be valid; the error is about the whole list. */
export function listOf(
  items: Kind,
  expected: string,
  isPublic = false,
): Kind {
  const { fits, look } = items;
  return {
    expected,
    fits: (value) => Array.isArray(value) && value.every(fits),
    ...look === undefined ? {} : {
      look: (option, value) =>
        (value as readonly unknown[]).forEach((item) => look(option, item)),
    },
    parts: { items },
    isPublic,
  };
}

/** A list of which the error names the item: `plugins.0`. */
export function eachOf(items: Kind): Kind {
  return {
    expected: "a list",
    fits: Array.isArray,
    look: (option, value) =>
      (value as readonly unknown[]).forEach((item, index) =>
        checkThere(`${option}.${index}`, item, items)
      ),
    parts: { items },
  };
}

/** An object with names that the caller chooses. */
export function namedOf(named: Kind): Kind {
  return {
    ...OBJECT,
    look: (option, value) => {
      for (const [name, item] of Object.entries(value as object)) {
        if (!isText(name)) {
          throw wrong(option, "names that are not empty", name);
        }
        checkThere(`${option}.${name}`, item, named);
      }
    },
    parts: { named },
  };
}

/**
 * An object of these fields. A name that it does not have is an error, because a name that is
 * misspelled would be a limit that does not hold. `fields<T>` is complete by type.
 *
 * @param needed The fields that must be there.
 * @param others Whether fields that are near to none of these pass, and what to say of them.
 */
export function fields<T>(
  kinds: { readonly [K in keyof T]-?: Kind },
  needed: readonly (string & keyof T)[] = [],
  { pass = false, say = "" }: { pass?: boolean; say?: string } = {},
): Kind {
  const all: Fields = kinds;
  const expected = `an object with ${Object.keys(all).join(", ")}${say}`;
  return {
    ...OBJECT,
    expected,
    look: (option, value) => {
      for (const [name, field] of Object.entries(value as object)) {
        const kind = Object.hasOwn(all, name) ? all[name] : undefined;
        if (kind !== undefined) check(`${option}.${name}`, field, kind);
        else if (!pass || closest(name, Object.keys(all)) !== undefined) {
          throw unknown(option, name, all, expected);
        }
      }
      for (const name of needed) {
        if (Reflect.get(value as object, name) !== undefined) continue;
        throw wrong(`${option}.${name}`, kinds[name].expected, undefined);
      }
    },
    parts: { fields: all, needed },
  };
}

function unknown(
  option: string,
  name: string,
  kinds: Fields,
  expected: string,
): ConfigError {
  const at = `${option}.${name}`;
  const near = closest(name, Object.keys(kinds));
  return new ConfigError(
    at,
    `Unknown option "${at}", ${
      near === undefined
        ? `expected ${expected}`
        : `did you mean "${option}.${near}"?`
    }`,
  );
}

/** Whether it is a text that says something, and that a program can be given. */
export function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes("\0");
}

/** Whether it is a whole number above 0. */
export function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** @throws {ConfigError} The value is neither `undefined` nor of this kind. */
export function check(option: string, value: unknown, kind: Kind): void {
  if (value !== undefined) checkThere(option, value, kind);
}

function checkThere(option: string, value: unknown, kind: Kind): void {
  if (!kind.fits(value)) {
    throw wrong(option, kind.expected, value, kind.isPublic);
  }
  kind.look?.(option, value);
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

/** A wrong value as a program would write it. What looks like a key is masked. */
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

/** Matches a text that may be shown: a short word that cannot be a key. */
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

/** Describes the type of a value without revealing its contents. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return "a text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
