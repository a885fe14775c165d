/**
 * What every control request consists of: the payload that goes out, and how to read what
 * comes back. Pure, so that the caller decides how to wait for the answer.
 *
 * @module
 */

import * as v from "valibot";
import { ProtocolError } from "../errors.ts";
import { shown } from "../checks/kinds.ts";
import {
  isWireObject,
  type Reads,
  readShape,
  type WireObject,
} from "../messages/_define.ts";
import { readsAs } from "../messages/_shapes.ts";
import { isTimeLimit, TIME_EXPECTED } from "../util/limits.ts";

/** Options of every control request. */
export interface ControlOptions {
  /** How long the answer may take, in milliseconds. Default: the option `controlTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Withdraws the request when it aborts, and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A control request, ready to go out. */
export interface ControlCall<T> {
  /** Its name on the wire. */
  readonly subtype: string;
  /** Its fields on the wire. */
  readonly payload: WireObject;
  /** The schema of the answer; absent if the answer only confirms the request. */
  readonly answer?: Reads<unknown>;
  /** Reads the answer. */
  readonly read: (response: WireObject) => T;
}

/** Makes a request whose answer has fields. */
export function call<T>(
  subtype: string,
  payload: WireObject,
  answer: Reads<T>,
): ControlCall<T> {
  return {
    subtype,
    payload,
    answer,
    read(response) {
      const { output, issues } = readShape(answer, response);
      if (issues === undefined) return output;
      const [first] = issues;
      throw new ProtocolError(
        `Cannot read the answer to "${subtype}": ${first?.path}: ${first?.message}`,
        JSON.stringify(response),
        issues,
      );
    },
  };
}

/** The same request, with another function applied to its answer. */
export function reading<T, R>(
  call: ControlCall<T>,
  make: (answer: T) => R,
): ControlCall<R> {
  return { ...call, read: (response) => make(call.read(response)) };
}

/** Makes a request whose answer only confirms it. */
export function order(subtype: string, payload: WireObject): ControlCall<void> {
  return { subtype, payload, read: () => {} };
}

/**
 * Checks the options of a request.
 *
 * @throws {TypeError} They are of the wrong type.
 * @throws {RangeError} The time is not above 0.
 */
export function checkControlOptions(options: ControlOptions): void {
  const { timeoutMs, signal } = options;
  if (timeoutMs !== undefined) {
    if (typeof timeoutMs !== "number") {
      throw wrongType("timeoutMs", "a number", timeoutMs);
    }
    if (!isTimeLimit(timeoutMs)) {
      throw new RangeError(
        `Cannot wait for the answer: expected timeoutMs to be ${TIME_EXPECTED}, got ${timeoutMs}`,
      );
    }
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw wrongType("signal", "an AbortSignal", signal);
  }
}

// CLI 2.1.197 stops answering for good after a request of the wrong shape, so every
// argument is checked before a request goes out.

/**
 * A text that is not empty.
 *
 * @throws {TypeError} It is no text.
 * @throws {RangeError} It is empty.
 */
export function text(name: string, value: unknown): string {
  if (typeof value !== "string") throw wrongType(name, "a text", value);
  if (value === "") {
    throw new RangeError(
      `Cannot make the request: expected ${name} not to be empty`,
    );
  }
  return value;
}

/**
 * `true` or `false`.
 *
 * @throws {TypeError} It is neither.
 */
export function yesOrNo(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") {
    throw wrongType(name, "true or false", value);
  }
  return value;
}

/**
 * A whole number above 0.
 *
 * @throws {TypeError} It is no number.
 * @throws {RangeError} It is not whole, or not above 0.
 */
export function positive(name: string, value: unknown): number {
  if (typeof value !== "number") throw wrongType(name, "a number", value);
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new RangeError(
      `Cannot make the request: expected ${name} to be a whole number above 0, got ${value}`,
    );
  }
  return value;
}

/**
 * Checks that a value is one of the given words.
 *
 * @throws {TypeError} It is not a string.
 * @throws {RangeError} It is another word.
 */
export function word<T extends string>(
  name: string,
  value: unknown,
  words: readonly T[],
): T {
  if (typeof value !== "string") throw wrongType(name, "a text", value);
  const found = words.find((one) => one === value);
  if (found === undefined) {
    throw new RangeError(
      `Cannot make the request: expected ${name} to be one of ${
        words.join(", ")
      }, got ${shown(value)}`,
    );
  }
  return found;
}

/**
 * An object that can go over the wire.
 *
 * @throws {TypeError} It is no object, or JSON cannot say what is in it.
 */
export function object(name: string, value: unknown): WireObject {
  if (!isWireObject(value)) throw wrongType(name, "an object", value);
  try {
    JSON.stringify(value);
  } catch (cause) {
    throw new TypeError(
      `Cannot make the request: ${name} cannot be written as JSON`,
      { cause },
    );
  }
  return value;
}

function wrongType(name: string, expected: string, value: unknown): TypeError {
  const came = value === null
    ? "null"
    : Array.isArray(value)
    ? "a list"
    : typeof value;
  return new TypeError(
    `Cannot make the request: expected ${name} to be ${expected}, got ${came}`,
  );
}

/** A field that may be absent or `null`; both are read as `null`. */
export function orNull<T>(schema: Reads<T>): Reads<T | null> {
  return v.optional(v.nullable(schema), null) as Reads<T | null>;
}

/** A list without the items that do not fit: a newer CLI may have other ones. */
export function listOf<T>(item: Reads<T>): Reads<readonly T[]> {
  const list = v.pipe(
    v.array(v.unknown()),
    v.transform((values) =>
      values.flatMap((value) => {
        const read = v.safeParse(item, value);
        return read.success ? [read.output] : [];
      })
    ),
  );
  return readsAs(list, v.array(item)) as Reads<readonly T[]>;
}
