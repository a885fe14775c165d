/**
 * One call of a tool: its input checked, its result in the words of MCP, within its time.
 *
 * @module
 */

import { DeadlineError } from "../errors.ts";
import { type Soon, soon, whenKnown } from "../util/maybe_promise.ts";
import {
  describeIssues,
  type StandardSchema,
} from "../util/standard_schema.ts";
import { isEndless } from "../util/time_limit.ts";
import {
  errorResult,
  resultOf,
  thrownText,
  type WireResult,
} from "./result.ts";

/** What a call needs of a tool. */
export interface CallableTool<Context> {
  readonly name: string;
  readonly input: StandardSchema;
  readonly run: (input: never, ctx: Context) => unknown;
  readonly timeoutMs?: number;
}

/** Checks the input and runs the tool. Never throws or rejects. */
export function runCall<Context extends { readonly signal: AbortSignal }>(
  tool: CallableTool<Context>,
  input: unknown,
  ctx: Context,
): Soon<WireResult> {
  const failed = (error: unknown) => errorResult(thrownText(error));
  try {
    const result = whenKnown(
      soon(tool.input["~standard"].validate(input)),
      (read): Soon<WireResult> => {
        if (read.issues !== undefined) {
          return errorResult(
            `Invalid input for the tool "${tool.name}": ${
              describeIssues(read.issues)
            }`,
          );
        }
        // The check may take a moment. A call that is no longer waited for must not have effects.
        if (ctx.signal.aborted) return abortedCall(ctx.signal);
        // The tool's own schema returned it, so it has the type that the tool wants.
        return whenKnown(
          soon(tool.run(read.value as never, ctx)),
          resultOf,
        );
      },
    );
    return result instanceof Promise ? result.catch(failed) : result;
  } catch (error) {
    return failed(error);
  }
}

/** The result, or an error once it is no longer waited for or its time is up. */
export function limitCall(
  { name, timeoutMs = Infinity }: {
    readonly name: string;
    readonly timeoutMs?: number;
  },
  result: Soon<WireResult>,
  own: AbortController,
  signal: AbortSignal,
  started: number,
): Soon<WireResult> {
  const passedMs = () => performance.now() - started;
  const expire = () => own.abort(new DeadlineError(name, timeoutMs));
  const inTime = (result: WireResult) => {
    // No timer runs while a tool blocks, so the limit is checked afterwards.
    if (passedMs() > timeoutMs) expire();
    return signal.aborted ? abortedCall(signal) : result;
  };
  if (!(result instanceof Promise)) return inTime(result);
  const timer = isEndless(timeoutMs)
    ? undefined
    : setTimeout(expire, Math.max(timeoutMs - passedMs(), 0));
  return Promise.race([result, whenAborted(signal)]).then(inTime)
    .finally(() => clearTimeout(timer));
}

/** The result of a call that is no longer waited for. */
export function abortedCall({ reason }: AbortSignal): WireResult {
  return errorResult(thrownText(reason));
}

/** Answers for a tool that does not listen to its signal. */
function whenAborted(signal: AbortSignal): Promise<WireResult> {
  const { promise, resolve } = Promise.withResolvers<WireResult>();
  if (signal.aborted) resolve(abortedCall(signal));
  signal.addEventListener("abort", () => resolve(abortedCall(signal)), {
    once: true,
  });
  return promise;
}
