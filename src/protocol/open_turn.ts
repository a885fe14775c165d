/**
 * The turn that the caller waits for. Pure.
 *
 * @module
 */

import type { Prompt } from "./prompt.ts";
import type { TurnEnd, TurnStop } from "./turn_failure.ts";

/** An interruption that waits for the begin of the turn. */
interface HeldInterrupt {
  /** Id of the request. */
  readonly id: string;
  /** The line to write. */
  readonly line: string;
}

/** The state of the turn that the caller waits for. */
export class OpenTurn {
  /** The prompt from the caller; its id is that of the turn. */
  readonly prompt: Prompt;
  /** Id of the prompt that was written last: a new one when the turn continues after a wait. */
  readonly promptId: string;
  /** Whether a tool was called. */
  ranTools: boolean;
  /** The end of the limit that it waited for, in seconds since 1970. */
  waitedFor: number | undefined;
  /** The end of a turn that waits for a limit; it stays the end if the turn does not continue. */
  resting: TurnEnd | undefined;
  /** Whether the CLI is at work on it, so that an interruption will be heard. */
  started = false;
  /** `error` of the last reply that had one. */
  assistantError: string | undefined;
  /** How often the API refused the account since the last call that it accepted. */
  refusals = 0;
  /** Why we interrupt it. */
  stop: TurnStop | undefined;
  #heldInterrupts: readonly HeldInterrupt[] = [];

  /** @param before The same turn before its wait, and the id of the prompt that continues it. */
  constructor(
    prompt: Prompt,
    before?: { readonly turn: OpenTurn; readonly promptId: string },
  ) {
    this.prompt = prompt;
    this.promptId = before?.promptId ?? prompt.id;
    this.ranTools = before?.turn.ranTools ?? false;
    this.waitedFor = before?.turn.waitedFor;
  }

  /** Keeps an interruption until the turn has begun. */
  holdInterrupt(id: string, line: string): void {
    this.#heldInterrupts = [...this.#heldInterrupts, { id, line }];
  }

  /** Forgets an interruption that is no longer wanted. Returns whether it was held. */
  dropInterrupt(id: string): boolean {
    const before = this.#heldInterrupts.length;
    this.#heldInterrupts = this.#heldInterrupts.filter((one) => one.id !== id);
    return this.#heldInterrupts.length < before;
  }

  /** Returns the lines of the interruptions that were held, and holds them no longer. */
  releaseInterrupts(): readonly string[] {
    const held = this.#heldInterrupts;
    this.#heldInterrupts = [];
    return held.map(({ line }) => line);
  }
}
