/**
 * Builds the object that `--json` prints for a failure. Pure.
 *
 * @module
 */

import { ClaudeStreamError, TurnError } from "../../errors.ts";
import type { JsonSchema } from "../../events/event_schema.ts";
import { describe } from "./describe.ts";
import { EXIT, exitCodeOf } from "./exit_code.ts";
import { SCHEMA_VERSION } from "../output/json_line.ts";
import { type FailureCode, HINT_RULES } from "./hints.ts";

/** A failure, as the last line of stdout. */
export interface FailureObject {
  /** Distinguishes a failure from events and answers. */
  readonly type: "error";
  /** Code of the cause. */
  readonly code: FailureCode;
  /** What happened. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** Exit code of the command. */
  readonly exitCode: number;
  /** Whether a retry may succeed. Absent for failures of the command line itself. */
  readonly retryable?: boolean | undefined;
  /** Session id, for `--resume`. */
  readonly sessionId?: string | undefined;
  /** HTTP status of the API response. */
  readonly apiStatus?: number | undefined;
  /** When the limit is lifted, in seconds since 1970. */
  readonly resetsAt?: number | undefined;
}

/** Returns the object that `--json` prints for a failure. */
export function failureObject(error: unknown): FailureObject {
  const { code, message, hint } = describe(error);
  const known = error instanceof ClaudeStreamError ? error : undefined;
  const turn = error instanceof TurnError ? error : undefined;
  return {
    type: "error",
    code,
    message: message.trimEnd(),
    hint,
    exitCode: exitCodeOf(error),
    retryable: known?.retryable,
    sessionId: known?.sessionId,
    apiStatus: turn?.apiStatus,
    resetsAt: turn?.resetsAt,
  };
}

const text: JsonSchema = { type: "string" };
const version: JsonSchema = { const: SCHEMA_VERSION };
const number: JsonSchema = { type: "number" };

/** JSON Schema of {@linkcode FailureObject}. Any version may add fields and codes. */
export const FAILURE_SCHEMA: JsonSchema = {
  type: "object",
  properties: {
    schemaVersion: version,
    type: { const: "error" },
    code: { enum: Object.keys(HINT_RULES) },
    message: text,
    hint: text,
    exitCode: { enum: Object.values(EXIT).filter((code) => code !== 0) },
    retryable: { type: "boolean" },
    sessionId: text,
    apiStatus: number,
    resetsAt: number,
  } satisfies
    & { readonly [K in keyof Required<FailureObject>]: JsonSchema }
    & { readonly schemaVersion: JsonSchema },
  required: ["schemaVersion", "type", "code", "message", "exitCode"],
};
