/**
 * Turns a scripted reply into the response of an HTTP server.
 *
 * @module
 */

import type { ApiRequest, RequestOutcome } from "./api_request.ts";
import { statusOf } from "./reply.ts";
import type { FailureReply, MessageReply, Reply } from "./script.ts";
import { encodeEvent, type Identity, isCut, messageEvents } from "./sse.ts";
import { wholeMessage } from "./whole_message.ts";

export type { Identity };

/** Tracks whether the client still waits for the answer to a request. */
export class Gone {
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal;
  /** Rejects when the client no longer waits. May be ignored without an unhandled rejection. */
  readonly promise: Promise<never>;

  /**
   * Does not use `Request.signal`, which in Deno also aborts after a successful answer and prints
   * that on stderr. A client that disconnects before the first byte is therefore noticed only when
   * that byte is sent.
   *
   * @param closing Aborts when the server is closed.
   */
  constructor(closing: AbortSignal) {
    this.#signal = AbortSignal.any([closing, this.#controller.signal]);
    this.promise = new Promise((_, reject) => {
      const leave = (): void =>
        reject(new Error("Cannot go on: the client is gone"));
      if (this.#signal.aborted) leave();
      else this.#signal.addEventListener("abort", leave, { once: true });
    });
    this.promise.catch(() => {});
  }

  /** Whether the client no longer waits. */
  get happened(): boolean {
    return this.#signal.aborted;
  }

  /** Notes that the client no longer waits. */
  declare(): void {
    this.#controller.abort();
  }
}

/** The state of the answer to one request. */
export interface Answering {
  /** The request. */
  readonly request: ApiRequest;
  /** Ids and model. */
  readonly identity: Identity;
  /** Whether the client is gone. */
  readonly gone: Gone;
  /** Records how the answer ended; only the first call counts. */
  readonly settle: (outcome: RequestOutcome) => void;
}

/**
 * Makes the response to a request of the Messages API.
 *
 * @param reply The scripted reply.
 * @param answering The request and what belongs to it.
 * @returns The response.
 * @throws {Error} If the client disconnects before the first byte.
 */
export async function respond(
  reply: Reply,
  answering: Answering,
): Promise<Response> {
  if (reply.before !== undefined) {
    await Promise.race([reply.before.pass(), answering.gone.promise]);
  }
  if (reply.kind === "failure") return failureResponse(reply, answering);
  return answering.request.stream
    ? streamedResponse(reply, answering)
    : await wholeResponse(reply, answering);
}

/**
 * Creates the response to a request that the script does not cover.
 *
 * @param request The request.
 * @param countedTokens What `count_tokens` reports.
 * @returns The response.
 */
export function usualAnswer(
  request: ApiRequest,
  countedTokens: number,
): Response {
  if (request.kind === "count_tokens") {
    return Response.json({ input_tokens: countedTokens });
  }
  // The CLI requests "/" only to check that the server is reachable.
  if (request.path === "/") return new Response(null, { status: 200 });
  return Response.json({
    type: "error",
    error: { type: "not_found_error", message: `Not found: "${request.path}"` },
  }, { status: 404 });
}

function failureResponse(
  reply: FailureReply,
  { identity, settle }: Answering,
): Response {
  settle("failed");
  return new Response(reply.body, {
    status: reply.status,
    headers: headersOf(identity, "application/json", reply.headers),
  });
}

function streamedResponse(
  reply: MessageReply,
  answering: Answering,
): Response {
  const { identity, gone, settle } = answering;
  const encoder = new TextEncoder();
  const events = messageEvents(reply, identity, gone.promise);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller): Promise<void> {
      try {
        const next = await events.next();
        if (next.done) {
          settle(next.value);
          controller.close();
        } else {
          controller.enqueue(encoder.encode(encodeEvent(next.value)));
        }
      } catch {
        // This happens only if the client is gone, and then there is no stream to write to.
        settle("abandoned");
      }
    },
    cancel(): void {
      settle("abandoned");
      gone.declare();
    },
  });
  const headers = headersOf(identity, "text/event-stream", reply.headers);
  if (isCut(reply)) breakAtEnd(headers);
  return new Response(body, { headers });
}

async function wholeResponse(
  reply: MessageReply,
  answering: Answering,
): Promise<Response> {
  const { identity, gone, settle } = answering;
  const headers = headersOf(identity, "application/json", reply.headers);
  const whole = await wholeMessage(
    messageEvents(reply, identity, gone.promise),
  );
  settle(whole.outcome);
  switch (whole.outcome) {
    case "sent":
      return new Response(JSON.stringify(whole.message), { headers });
    case "failed":
      return new Response(JSON.stringify(whole.event), {
        status: statusOf(whole.errorType),
        headers,
      });
    case "cut":
      breakAtEnd(headers);
      return new Response(new Blob(["{"]).stream(), { headers });
  }
}

/**
 * Makes the connection break at the end of the body, by announcing a longer body. An error of the
 * body's stream would have the same effect, but Deno prints it on stderr.
 */
function breakAtEnd(headers: Headers): void {
  headers.set("content-length", "1000000000000");
}

function headersOf(
  identity: Identity,
  contentType: string,
  own: Readonly<Record<string, string>>,
): Headers {
  const headers = new Headers({
    "content-type": contentType,
    "cache-control": "no-cache",
    "request-id": identity.requestId,
  });
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return headers;
}
