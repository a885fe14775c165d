/**
 * Prompts and messages from the caller.
 *
 * @module
 */

/** A prompt on its way out. */
export interface Prompt {
  /** A UUID that this process has not seen; the turn is known by it. */
  readonly id: string;
  /** A text, or blocks of the API. */
  readonly content: string | readonly unknown[];
  /** Whether it is taken as it is written: no `@file` and no slash command in it. */
  readonly verbatim?: boolean | undefined;
  /** How long its turn may take, in milliseconds, in place of the session's limit. */
  readonly timeoutMs?: number | undefined;
  /** When its turn ends: at its result, or when no background task is running. */
  readonly until?: Until | undefined;
}

/**
 * When a turn ends: with `"turn"`, at its own result; with `"tasks"`, when no background task is
 * running and the turn about the last one has ended.
 */
export type Until = "turn" | "tasks";

/** How a message is pushed. */
export interface PushOptions {
  /**
   * When the CLI takes the message: `"now"` ends the running turn at its next safe point and starts
   * a separate turn for the message; `"next"` and `"later"` wait.
   */
  readonly priority?: "now" | "next" | "later";
  /** Takes the message as it is written, in place of the session's `verbatim`. */
  readonly verbatim?: boolean;
  /** `false` adds it to the conversation without asking the model. Default `true`. */
  readonly query?: boolean;
}
