/**
 * The options that the protocol itself follows: limits, budgets, who pays.
 *
 * @module
 */

/** When the CLI is not to retry: a status from 400 to 599, or `"auth"` for a refused sign-in. */
export type FailFast = number | "auth";

/**
 * Which account pays: the signed-in subscription, the owner of an API key, or whichever the CLI
 * finds.
 */
export type AuthMode = "subscription" | "api-key" | "any";

/** How a turn that failed by a rate limit continues after the limit. */
export interface WaitForReset {
  /** How long a turn may wait, all in all, in milliseconds. One that would have to wait longer fails at once. */
  readonly maxMs: number;
  /**
   * Sent in place of the prompt if the turn has already called tools, which would run
   * again otherwise. Ask for the work to be continued. Without it such a turn fails.
   */
  readonly message?: string;
}

/** How long a turn may be silent. */
export interface IdleLimits {
  /**
   * After how long without a line from the CLI a `Stalled` event says so, in
   * milliseconds, and after how long without an answer one says that a
   * `PermissionRequest` waits. Default half of `endMs`, or 120,000.
   */
  readonly warnMs?: number;
  /**
   * After how long the turn fails, in milliseconds. It is interrupted; if that does not
   * end it within `closeTimeoutMs`, the session ends with its process. Never by default.
   */
  readonly endMs?: number;
}

/**
 * A threshold that is reported when the session reaches it: US dollars of the session, turns that
 * ended, or tokens of all models together, whether sent, answered, or read from or written to the
 * cache.
 */
export type Threshold =
  | {
    /** US dollars, above 0. */
    readonly costUsd: number;
    readonly turns?: undefined;
    readonly tokens?: undefined;
  }
  | {
    /** Turns that ended, above 0. */
    readonly turns: number;
    readonly costUsd?: undefined;
    readonly tokens?: undefined;
  }
  | {
    /** Tokens, above 0. */
    readonly tokens: number;
    readonly costUsd?: undefined;
    readonly turns?: undefined;
  };

/** Which usage of a session to report. */
export interface BudgetOptions {
  /** Each yields one `BudgetThreshold`, right after the result that reaches it. */
  readonly thresholds?: readonly Threshold[];
  /**
   * Where to stop. The turn that reaches it is interrupted and fails with a
   * `BudgetExceededError`; so does every `send()` after it. In the middle of a turn the
   * CLI is asked for its count after results of tools, at most every five seconds, so
   * that a turn may go over by what it uses in between; `limits.maxBudgetUsd` is kept by
   * the CLI itself. No end by default.
   */
  readonly stopAt?: Threshold;
}
