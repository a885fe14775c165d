/**
 * The object that `--json` prints of a failure. Pure.
 *
 * @module
 */

import { ClaudeStreamError, TurnError } from "../errors.ts";
import type { JsonSchema } from "../events/event_schema.ts";
import { describe } from "./describe.ts";
import { EXIT, exitCodeOf } from "./exit_code.ts";
import { type FailureCode, HINT_RULES } from "./hints.ts";

/** A failure, as the last line of stdout. */
export interface FailureObject {
  /** Tells it from events and answers. */
  readonly type: "error";
  /** The cause, as a word. */
  readonly code: FailureCode;
  /** What happened. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** The exit code. */
  readonly exitCode: number;
  /** The same thing may work later. Absent for failures of the command line's own. */
  readonly retryable?: boolean | undefined;
  /** The session, for `--resume`. */
  readonly sessionId?: string | undefined;
  /** HTTP status of the API's answer. */
  readonly apiStatus?: number | undefined;
  /** When the limit ends, in seconds since 1970. */
  readonly resetsAt?: number | undefined;
}

/** What `--json` prints of a failure. */
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
const number: JsonSchema = { type: "number" };

/** The JSON Schema of it. Fields may be added in any version; so may codes. */
export const FAILURE_SCHEMA: JsonSchema = {
  type: "object",
  properties: {
    type: { const: "error" },
    code: { enum: Object.keys(HINT_RULES) },
    message: text,
    hint: text,
    exitCode: { enum: Object.values(EXIT).filter((code) => code !== 0) },
    retryable: { type: "boolean" },
    sessionId: text,
    apiStatus: number,
    resetsAt: number,
  } satisfies { readonly [K in keyof Required<FailureObject>]: JsonSchema },
  required: ["type", "code", "message", "exitCode"],
};
