/**
 * Checks flag values and converts them from text. Pure.
 *
 * @module
 */

import { closest } from "../../util/closest.ts";
import type { FlagSpec } from "./flag_spec.ts";
import { UsageError } from "../failure/usage_error.ts";

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Longest time that a timer can wait, in milliseconds; a longer one would fire immediately. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Converts the text of a flag to its value.
 *
 * @throws {UsageError} If the text is not a valid value.
 */
export function flagValue(
  spec: FlagSpec,
  text: string,
): string | number | true | readonly string[] {
  switch (spec.kind) {
    case "count":
      return countOf(spec, text);
    case "amount":
      return amountOf(spec, text);
    case "duration":
      return durationOf(spec, text);
    case "fields":
      return text === "" ? true : fieldsOf(spec, text);
    default:
      if (text.trim() === "") throw wrong(spec, text, "a text");
      checkChoice(spec, text);
      if (spec.name === "model") return modelOf(text);
      return text;
  }
}

function fieldsOf(spec: FlagSpec, text: string): readonly string[] {
  const fields = text.split(",").map((field) => field.trim());
  if (!fields.includes("")) return fields;
  throw wrong(spec, text, "names of fields with commas between them");
}

function countOf(spec: FlagSpec, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) {
    return value;
  }
  throw wrong(spec, text, "a whole number above 0");
}

function amountOf(spec: FlagSpec, text: string): number {
  const value = Number(text);
  if (/^(\d+\.?\d*|\.\d+)$/.test(text) && value > 0 && value < Infinity) {
    return value;
  }
  throw wrong(spec, text, "a number above 0");
}

function durationOf(spec: FlagSpec, text: string): number {
  const [, number = "", unit = "s"] =
    /^(\d+\.?\d*|\.\d+)(ms|s|m|h)?$/.exec(text) ?? [];
  const value = Math.round(Number(number) * (UNITS[unit] ?? 0));
  if (number === "" || value <= 0) {
    throw wrong(
      spec,
      text,
      "one number and its unit, ms, s, m or h, such as 90s, 5m or 500ms",
    );
  }
  if (value > LONGEST_MS) throw wrong(spec, text, "at most 24 days");
  return value;
}

/** Names that every `claude` takes; it takes full names and those of other providers as well. */
const MODELS: readonly string[] = [
  "default",
  "opus",
  "sonnet",
  "haiku",
  "opusplan",
];

/** A word that is nearly the name of a model is a slip; `=sonet` is taken as it is. */
function modelOf(text: string): string {
  if (text.startsWith("=") && text.length > 1) return text.slice(1);
  if (!/^[a-z]{4,}$/i.test(text) || MODELS.includes(text)) return text;
  const near = closest(text, MODELS);
  if (near === undefined) return text;
  throw new UsageError(
    `Cannot use ${JSON.stringify(text)} as --model: did you mean "${near}"?`,
    `A model of that very name: --model '=${text}'`,
  );
}

function checkChoice(spec: FlagSpec, text: string): void {
  const { values, also = [] } = spec;
  if (values === undefined || values.includes(text) || also.includes(text)) {
    return;
  }
  const near = closest(text, values);
  if (near === undefined) throw wrong(spec, text, oneOf(values));
  throw new UsageError(
    `Cannot use ${
      JSON.stringify(text)
    } as --${spec.name}: did you mean "${near}"?`,
  );
}

/** Returns the values as a text: `auto, always or never`. */
function oneOf(values: readonly string[]): string {
  const before = values.slice(0, -1).join(", ");
  return [...before === "" ? [] : [before], values.at(-1)].join(" or ");
}

function wrong(spec: FlagSpec, text: string, expected: string): UsageError {
  return new UsageError(
    `Cannot use ${
      JSON.stringify(text)
    } as --${spec.name}: expected ${expected}`,
  );
}
