/**
 * How a turn ended. Pure.
 *
 * @module
 */

import { type ErrorDetails, ProtocolError } from "../errors.ts";
import type { Frame } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { Result } from "../messages/result.ts";
import type { TurnContext } from "./turn_failure.ts";

/** How a turn ended. */
export type TurnEnd =
  | {
    readonly result: Result;
    readonly context: TurnContext;
    readonly error?: undefined;
  }
  | { readonly result?: undefined; readonly error: unknown };

/** Reads the end of a turn from its result; a result of another shape is an error. */
export function turnEnd(
  raw: WireObject,
  { events: [event] }: Frame,
  context: TurnContext,
  details: Pick<ErrorDetails, "sessionId" | "stderrTail">,
): TurnEnd {
  if (event?.type === "result") return { result: event, context };
  const issues = event?.type === "unknown" ? event.issues : undefined;
  const first = issues?.[0];
  return {
    error: new ProtocolError(
      `Cannot read the result of the turn: ${first?.path}: ${first?.message}`,
      JSON.stringify(raw),
      issues,
      details,
    ),
  };
}
