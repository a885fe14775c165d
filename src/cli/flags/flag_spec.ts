/**
 * What a flag is, and the commands that share flags.
 *
 * @module
 */

import type { CommandName } from "./command_names.ts";

/** Kind of value that a flag takes. */
export type FlagKind =
  /** No value. */
  | "switch"
  /** A non-empty text. */
  | "text"
  /** A text; the flag may be repeated. */
  | "list"
  /** Nothing, or with `=` names of fields. */
  | "fields"
  /** A whole number above 0. */
  | "count"
  /** A number above 0. */
  | "amount"
  /** A time: `90s`, `5m`, `500ms`; a plain number is seconds. */
  | "duration";

/** One flag. */
export interface FlagSpec {
  /** Name without dashes. */
  readonly name: string;
  /** One-letter name. */
  readonly alias?: string;
  /** Names that users of other programs may expect; not in the help. */
  readonly synonyms?: readonly string[];
  /** Kind of value that it takes. */
  readonly kind: FlagKind;
  /** The values there are, if there are few. */
  readonly values?: readonly string[];
  /** Other spellings of some of them. */
  readonly also?: readonly string[];
  /** Its value if the flag is given without one. */
  readonly alone?: string;
  /** Whether `--no-…` exists, too. */
  readonly negatable?: boolean;
  /** Name of its value in the help. */
  readonly value?: string;
  /** One line of help. */
  readonly help: string;
  /** Commands that accept the flag; absent if all do. */
  readonly commands?: readonly CommandName[];
}

/** The value of `--resume` that lets a person choose. */
export const CHOOSE = "?";

/** A flag for each field. */
export type FlagTable<T> = { readonly [K in keyof T]-?: FlagSpec };

/** Commands that begin a session. */
export const SESSIONS = [
  "send",
  "stream",
  "events",
  "ask",
  "repl",
  "record",
  "agent",
] as const;

/** Commands that send one prompt. */
export const PROMPTS = [
  "send",
  "stream",
  "events",
  "ask",
  "record",
  "agent",
] as const;

/** Normalizes the spelling of a name: `--max-turns` and `maxTurns` become the same. */
export function plainName(name: string): string {
  return name.length === 1 ? name : name.replaceAll(/[-_]/g, "").toLowerCase();
}
