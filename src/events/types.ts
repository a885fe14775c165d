/**
 * The `type` of every event. Pure, and without the schemas, which few need.
 *
 * @module
 */

import { KINDS, type Message } from "../messages/mod.ts";
import type { ClaudeEvent } from "./mod.ts";

/** The `type` of an event that is no message of the wire. */
export type DerivedType = Exclude<ClaudeEvent["type"], Message["type"]>;

/** Typed by the union: the compiler names what is missing. */
const DERIVED: { readonly [T in DerivedType]: true } = {
  assistant_text: true,
  thinking: true,
  tool_use: true,
  tool_result: true,
  user_text: true,
  user_replay: true,
  file_change: true,
  session_restarted: true,
  tool_input_delta: true,
  tool_call: true,
  permission_decision: true,
  budget_threshold: true,
  rate_limit_wait: true,
  stalled: true,
  configuration_mismatch: true,
  warning: true,
  events_dropped: true,
  permission_request: true,
  elicitation_request: true,
  user_dialog_request: true,
  unknown: true,
};

/** The messages that the flat view takes apart. */
const UNFOLDED: ReadonlySet<string> = new Set<Message["type"]>([
  "assistant_message",
  "user_message",
]);

/** The `type` of every event of the flat view, in the order of the alphabet. */
export const EVENT_TYPES: readonly ClaudeEvent["type"][] = [
  ...Object.keys(DERIVED) as DerivedType[],
  ...(Object.keys(KINDS) as Message["type"][])
    .filter((type) => !UNFOLDED.has(type)) as ClaudeEvent["type"][],
].sort();
