/**
 * Faults and other special events in the middle of a scripted reply. Each function returns a
 * {@linkcode Fault} to put between the pieces of a block or between the blocks of a reply.
 *
 * @example A sentence that never ends
 * ```ts
 * import { block, fault, reply } from "@claudestream/core/testing";
 *
 * const scripted = reply.message([block.text(["Hello ", fault.cut()])]);
 * console.assert(scripted.kind === "message");
 * ```
 *
 * @module
 */

import type { ApiEvent, Fault } from "./script.ts";

/**
 * Breaks the connection. A client may lose data that arrives together with the end; CLI 2.1.330
 * sometimes does. If that matters, put a gate before it and open the gate when the client has seen
 * the rest.
 *
 * @returns The fault.
 */
export function cut(): Fault {
  return { fault: "cut" };
}

/**
 * Ends the stream cleanly here, without the remaining events.
 *
 * @returns The fault.
 */
export function end(): Fault {
  return { fault: "end" };
}

/**
 * Sends nothing more, and keeps the connection open until the client gives up.
 *
 * @returns The fault.
 */
export function silence(): Fault {
  return { fault: "silence" };
}

/**
 * Sends an `error` event and ends the stream. A request without streaming gets the HTTP status for
 * the type.
 *
 * @param errorType The type of the error, such as `overloaded_error`.
 * @param message The text of the error.
 * @returns The fault.
 */
export function error(
  errorType = "overloaded_error",
  message = "Overloaded",
): Fault {
  return { fault: "error", errorType, message };
}

/**
 * Sends an event of any form.
 *
 * @param event The event, with its `type`.
 * @returns The fault.
 */
export function event(event: ApiEvent): Fault {
  return { fault: "event", event };
}

/**
 * Writes text to the stream unchanged, for example half an event.
 *
 * @param text The text.
 * @returns The fault.
 */
export function raw(text: string): Fault {
  return { fault: "raw", text };
}
