/**
 * The lines that a batch writes. Pure.
 *
 * @module
 */

import type { Usage } from "../../messages/usage.ts";
import type { FailureObject } from "../failure/failure.ts";
import { versioned } from "../output/json_line.ts";
import type { BatchLine } from "./batch_input.ts";

/** What came of a line. */
export type Outcome =
  | {
    readonly status: "done";
    readonly text: string;
    readonly output?: unknown;
    readonly usage: Usage;
    readonly durationMs: number;
    readonly sessionId: string | undefined;
  }
  | { readonly status: "failed"; readonly error: FailureObject };

/** A line of the result. */
export type BatchRecord =
  & {
    readonly type: "batch_result";
    /** Number of the line in the input. */
    readonly line: number;
    readonly id?: string | number;
    /** The key of the line in the input. */
    readonly input: string;
    /** Cost of all attempts, in US dollars. */
    readonly costUsd: number;
    /** How often it was tried in the run that ended it. */
    readonly attempts: number;
  }
  & Outcome;

/** Money that was spent on a line without a result. */
export interface BatchCost {
  readonly type: "batch_cost";
  readonly line: number;
  readonly costUsd: number;
}

/** Returns the record of a line. */
export function recordOf(
  { line, id, key }: BatchLine,
  outcome: Outcome,
  costUsd: number,
  attempts: number,
): BatchRecord {
  return {
    type: "batch_result",
    line,
    ...id === undefined ? {} : { id },
    input: key,
    ...outcome,
    costUsd,
    attempts,
  };
}

/** Returns a record as a line of JSON. */
export function recordLine(record: BatchRecord | BatchCost): string {
  return `${JSON.stringify(versioned(record))}\n`;
}

/** Every line begins like this, so that a file of something else is never cut. */
const BEGINNING = recordLine({ type: "batch_cost", line: 0, costUsd: 0 })
  .replace(/_cost.*$/s, "_");

/** A line of a result file with its position. */
export interface WrittenLine {
  readonly record: BatchRecord | BatchCost;
  /** The line itself, with its line break. */
  readonly text: string;
  /** Offset of the first byte of the line in the file. */
  readonly at: number;
}

/** The contents of a file that a batch has written, maybe not to the end. */
export interface Written {
  readonly lines: readonly WrittenLine[];
  /** Length of the whole lines, in bytes. What follows is the half of one. */
  readonly size: number;
}

/** Reads what a batch has written; `undefined` if something else is in it. */
export function readWritten(bytes: Uint8Array): Written | undefined {
  const lines: WrittenLine[] = [];
  const decoder = new TextDecoder();
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, at);
    if (end === -1) break;
    const text = decoder.decode(bytes.subarray(at, end + 1));
    const record = parsed(text);
    if (record === undefined) return undefined;
    lines.push({ record, text, at });
    at = end + 1;
  }
  const half = decoder.decode(bytes.subarray(at));
  return half.startsWith(BEGINNING) || BEGINNING.startsWith(half) ||
      // A machine that lost its power leaves bytes without a content.
      /^\0+$/.test(half)
    ? { lines, size: at }
    : undefined;
}

function parsed(text: string): BatchRecord | BatchCost | undefined {
  if (!text.startsWith(BEGINNING)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
