/**
 * Requests that wait for a reply: ours to the CLI, and the CLI's to us. Pure.
 *
 * @module
 */

import { requestHint } from "../capabilities/table.ts";
import {
  ControlError,
  DeadlineError,
  DOCTOR_HINT,
  type ErrorDetails,
} from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";

/** How the CLI says that it does not know a request; before 2.1.324 without a code. */
const UNSUPPORTED = /^Unsupported control request subtype\b/;

/** Outcome of a control request. */
export type Outcome =
  | { readonly ok: true; readonly response: WireObject }
  | { readonly ok: false; readonly error: unknown };

/** Our requests. Each is settled once, by a reply, a deadline or the end of the process. */
export class OwnRequests {
  readonly #open = new Map<
    string,
    { readonly subtype: string; readonly timeoutMs: number }
  >();
  readonly #details: () => ErrorDetails;
  readonly #version: () => string | undefined;

  /**
   * @param details What each error says besides, at the time it is made.
   * @param version Version of the CLI, once it is known.
   */
  constructor(
    details: () => ErrorDetails,
    version: () => string | undefined,
  ) {
    this.#details = details;
    this.#version = version;
  }

  /** A request is on its way. */
  add(id: string, subtype: string, timeoutMs: number): void {
    this.#open.set(id, { subtype, timeoutMs });
  }

  /** Takes a reply. Returns `undefined` if it does not match a pending request. */
  reply(
    response: WireObject,
  ): { readonly id: string; readonly outcome: Outcome } | undefined {
    const id = response.request_id;
    if (typeof id !== "string") return undefined;
    const request = this.#open.get(id);
    if (request === undefined) return undefined;
    this.#open.delete(id);
    if (response.subtype === "success") {
      const body = isWireObject(response.response) ? response.response : {};
      return { id, outcome: { ok: true, response: body } };
    }
    const reason = typeof response.error === "string"
      ? response.error
      : "no reason given";
    const code = typeof response.error_code === "string"
      ? response.error_code
      : undefined;
    const { subtype } = request;
    const hint = code === "unsupported_request" || UNSUPPORTED.test(reason)
      ? requestHint(subtype, this.#version())
      : undefined;
    const error = new ControlError(subtype, reason, code, {
      ...this.#details(),
      ...hint === undefined ? {} : { hint },
    });
    return { id, outcome: { ok: false, error } };
  }

  /** A deadline passed. Returns `undefined` if the reply came before. */
  expire(id: string): Outcome | undefined {
    const request = this.#open.get(id);
    if (request === undefined) return undefined;
    this.#open.delete(id);
    return {
      ok: false,
      error: new DeadlineError(request.subtype, request.timeoutMs, {
        ...this.#details(),
        ...request.subtype === "initialize" ? { hint: DOCTOR_HINT } : {},
      }),
    };
  }

  /** Stops waiting for a request. Returns `false` if it was already answered. */
  drop(id: string): boolean {
    return this.#open.delete(id);
  }

  /** The process is gone: returns all that still wait, and forgets them. */
  takeAll(): readonly string[] {
    const ids = [...this.#open.keys()];
    this.#open.clear();
    return ids;
  }
}

/** The answer to a question: the response in the CLI's format, or a refusal as text. */
export type Reply =
  | { readonly response: WireObject; readonly refusal?: undefined }
  | { readonly response?: undefined; readonly refusal: string };
