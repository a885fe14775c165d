/**
 * The states of a conversation and the moves between them, nothing else.
 *
 * @module
 */

import { StateError } from "../errors.ts";

/** Where a conversation is. */
export type ConversationState =
  /** No process yet. */
  | "new"
  /** A process, and no turn. */
  | "idle"
  /** A turn with a reader is running. */
  | "running"
  /** A turn whose reader left runs out; its result ends it. */
  | "draining"
  /** No more prompts; the process is on its way out. */
  | "closing"
  /** The process is gone. */
  | "ended";

/** Inputs that change the state. */
export type ConversationInput =
  | "start"
  | "send"
  | "leave"
  | "result"
  | "close"
  | "end";

/** Every legal move. What is not here is an error that names state and input. */
export const TRANSITIONS: {
  readonly [S in ConversationState]: {
    readonly [I in ConversationInput]?: ConversationState;
  };
} = {
  new: { start: "idle", close: "closing", end: "ended" },
  idle: {
    send: "running",
    // A turn that the CLI started by itself.
    result: "idle",
    close: "closing",
    end: "ended",
  },
  running: {
    leave: "draining",
    result: "idle",
    close: "closing",
    end: "ended",
  },
  draining: {
    // The prompt waits here for the end of the turn before it.
    send: "draining",
    result: "idle",
    close: "closing",
    end: "ended",
  },
  closing: {
    result: "closing",
    leave: "closing",
    close: "closing",
    end: "ended",
  },
  ended: { close: "ended", end: "ended" },
};

const WHY: { readonly [S in ConversationState]: string } = {
  new: "the session has not started",
  idle: "no turn is running",
  running:
    "a turn is running: read it to its end, leave its loop, or interrupt it",
  draining: "a turn is running and a prompt waits for its end",
  closing: "the session is closing",
  ended: "the session is closed",
};

/** The state after a move. */
export function next(
  state: ConversationState,
  input: ConversationInput,
): ConversationState {
  const to = TRANSITIONS[state][input];
  if (to !== undefined) return to;
  throw illegal(state, input);
}

/** The hint of what was cut off because its session was closed, which is mostly done so. */
export const CLOSED_HINT =
  'In a function that declares the session with "await using", write "return await …": without await the session is closed as the function returns';

/** The error of a move that is not in the table. */
export function illegal(
  state: ConversationState,
  input: ConversationInput,
): StateError {
  const code = state === "closing" || state === "ended"
    ? "session_closed"
    : "session_busy";
  return new StateError(
    code,
    state,
    input,
    `Cannot ${input}: ${WHY[state]}`,
    state === "closing" ? { hint: CLOSED_HINT } : {},
  );
}
