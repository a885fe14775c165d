/**
 * What is reported of a call while it runs. Pure.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import { isRpcId } from "./rpc.ts";

/** What became of a call, for the function that watches. */
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

/** What a server may use of the session it serves. */
export interface ServerPort {
  /** The session's `toolContext`. */
  readonly context: unknown;
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
