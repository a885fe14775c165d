/**
 * Verifies before the first prompt that the options and settings are in force.
 *
 * @module
 */

import type { ClaudeEvent } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SystemInit } from "../messages/system/init.ts";
import type { Outcome } from "./pending.ts";

/** Verifies the start of one process. See `src/verification/`. */
export interface Verifier {
  /** Id for the request for the settings, if they are asked for. */
  readonly settingsId: string | undefined;
  /** UUID of the message that makes the CLI list its tools and servers, if it is sent. */
  readonly probeId: string | undefined;
  /** Whether all answers are there that the first prompt waits for. */
  readonly isDone: boolean;
  /** Why the start fails, if it does. */
  readonly error: Error | undefined;
  /** Takes the answer to the handshake. */
  shakeHands(response: WireObject): void;
  /** Takes an answer. Returns whether it was asked for here. */
  takeReply(id: string, outcome: Outcome): boolean;
  /** Takes a message of the probe, which belongs to no turn. Returns whether it is one. */
  takesMessage(raw: WireObject): boolean;
  /** Compares a `system/init`. Only the first one counts. */
  compareInit(
    init: SystemInit,
    facts: { readonly changedMode: string | undefined },
  ): void;
  /** Returns the differences that were not told yet. */
  takeFound(sessionId: string | undefined): readonly ClaudeEvent[];
}
