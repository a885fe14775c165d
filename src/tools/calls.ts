/**
 * The calls of tools: each with its input checked, its result in the words of MCP, within its
 * time; what is reported of it while it runs; how many run at once. Pure.
 *
 * @module
 */

import { DeadlineError } from "../errors.ts";
import { type Soon, soon, whenKnown } from "../util/maybe_promise.ts";
import {
  describeIssues,
  type StandardSchema,
} from "../util/standard_schema.ts";
import { isEndless } from "../util/limits.ts";
import {
  errorResult,
  resultOf,
  thrownText,
  type WireResult,
} from "./result.ts";
import type { WireObject } from "../messages/_define.ts";
import { isRpcId } from "./rpc.ts";

/** The time of calls: the clock of the session, or of the machine. */
export interface CallClock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls a function after a time, in milliseconds. Returns a function that cancels it. */
  after(timeoutMs: number, call: () => void): () => void;
}

/** The clock of the machine, for a tool without a session that has another. */
export const MACHINE_CLOCK: CallClock = {
  now: () => performance.now(),
  after(timeoutMs, call) {
    const timer = setTimeout(call, timeoutMs);
    return () => clearTimeout(timer);
  },
};

/** What a call needs from a tool. */
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
  clock: CallClock,
): Soon<WireResult> {
  const passedMs = () => clock.now() - started;
  const expire = () => own.abort(new DeadlineError(name, timeoutMs));
  const inTime = (result: WireResult) => {
    // No timer runs while a tool blocks, so the limit is checked afterwards.
    if (passedMs() > timeoutMs) expire();
    return signal.aborted ? abortedCall(signal) : result;
  };
  if (!(result instanceof Promise)) return inTime(result);
  const stop = isEndless(timeoutMs)
    ? () => {}
    : clock.after(Math.max(timeoutMs - passedMs(), 0), expire);
  return Promise.race([result, whenAborted(signal)]).then(inTime)
    .finally(stop);
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

/** Progress and outcome of a call, for observers. */
export type CallReport =
  | { readonly phase: "start" }
  | {
    readonly phase: "progress";
    readonly progress?: number;
    readonly message?: string;
  }
  | {
    readonly phase: "end";
    readonly durationMs: number;
    readonly isError: boolean;
    readonly message?: string;
  };

/** A call, as the function that watches knows it. */
export interface CallFacts {
  readonly tool: string;
  readonly toolUseId: string | undefined;
  readonly input: WireObject;
  /** The request as it came. */
  readonly raw: WireObject;
}

/** What a server can use of its session. */
export interface ServerPort {
  /** The session's `toolContext`. */
  readonly context: unknown;
  /** The time of calls. */
  readonly clock: CallClock;
  /** Sends a notification to the CLI. */
  notify(message: WireObject): void;
  /** Reports what becomes of a call. */
  report(call: CallFacts, report: CallReport): void;
}

/** Reports the progress of a call, until it is over. */
export class Progress {
  readonly #port: ServerPort;
  readonly #call: CallFacts;
  readonly #token: unknown;
  #isOver = false;
  #told = 0;

  constructor(port: ServerPort, call: CallFacts, token: unknown) {
    this.#port = port;
    this.#call = call;
    this.#token = token;
  }

  tell(at: number | string, message?: string): void {
    if (this.#isOver) return;
    const fraction = typeof at === "number" ? at : undefined;
    const text = typeof at === "string" ? at : message;
    this.#told++;
    this.#port.report(this.#call, {
      phase: "progress",
      ...fraction === undefined ? {} : { progress: fraction },
      ...text === undefined ? {} : { message: text },
    });
    if (!isRpcId(this.#token)) return;
    this.#port.notify({
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: {
        progressToken: this.#token,
        // Without a fraction the number only has to grow.
        ...fraction === undefined
          ? { progress: this.#told }
          : { progress: fraction, total: 1 },
        ...text === undefined ? {} : { message: text },
      },
    });
  }

  end(): void {
    this.#isOver = true;
  }
}

/** Gives out places, in the order in which they were asked for. */
export class Limiter {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param places How many may run at once. */
  constructor(places: number) {
    this.#free = places;
  }

  /** Waits for a place. Returns `false`, and no place, once the signal aborts. */
  take(signal: AbortSignal): Soon<boolean> {
    if (signal.aborted) return false;
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const leave = () => {
      this.#waiting.splice(this.#waiting.indexOf(enter), 1);
      resolve(false);
    };
    const enter = () => {
      signal.removeEventListener("abort", leave);
      resolve(true);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting.push(enter);
    return promise;
  }

  /** Returns a place. */
  free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
