/**
 * The answer of `ask` in the form that its flags want. Pure.
 *
 * @module
 */

import type { Result } from "../../messages/result.ts";
import { outputGiven } from "../../structured/output.ts";
import { codeBlocks } from "../text/code_blocks.ts";
import { NoCodeError } from "../failure/exit_code.ts";
import type { Flags } from "../flags/flags.ts";
import { jsonLine, picked } from "./json_line.ts";

/** The fields of the object that `ask --json` prints. */
export const ANSWER_FIELDS = [
  "text",
  "output",
  "result",
  "costUsd",
  "totalCostUsd",
  "usage",
  "durationMs",
  "sessionId",
] as const;

/** Whether an answer is text for people, not JSON or code. */
export function isProse(flags: Flags): boolean {
  return flags.json === undefined && flags.schema === undefined &&
    flags.extract !== true && flags.extractLast !== true;
}

/** What the session knows of the answer beside its result. */
export interface AnswerFacts {
  readonly costUsd: number;
  readonly sessionId: string | undefined;
}

/**
 * Returns what is printed of an answer; an empty text for one that says nothing.
 *
 * @throws {StructuredOutputError} `--schema` wants an object, and there is none.
 * @throws {NoCodeError} `-x` wants code, and there is none.
 */
export function answerText(
  result: Result,
  flags: Flags,
  facts: AnswerFacts,
): string {
  const { text } = result;
  const output = flags.schema === undefined
    ? result.structuredOutput
    : outputGiven(text, result);
  if (flags.json !== undefined) {
    const { totalCostUsd, usage, durationMs } = result;
    const answer = {
      text,
      ...output === undefined ? {} : { output },
      result,
      ...facts,
      totalCostUsd,
      usage,
      durationMs,
    };
    return jsonLine(picked(answer, flags.json));
  }
  if (flags.schema !== undefined) return `${JSON.stringify(output)}\n`;
  if (flags.extract === true || flags.extractLast === true) {
    const code = codeBlocks(text).at(flags.extract === true ? 0 : -1);
    if (code === undefined) throw new NoCodeError(text);
    return code;
  }
  const body = text.replace(/\n+$/, "");
  return body === "" ? "" : `${body}\n`;
}
