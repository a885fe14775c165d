/** A function of the caller's that the CLI waited for failed. */
export interface HandlerFailure {
  /** Which: the name of a hook event such as `PostToolUse`, or of an option such as `onQuestion`. */
  readonly handler: string;
  /** What it threw, or what was wrong with its answer. */
  readonly error: unknown;
  /** What the CLI was told instead, in words. */
  readonly consequence: string;
  /** Nobody sees it otherwise: what it was about happens as if there were no such function. */
  readonly isSilent: boolean;
}

/** Hears of a {@linkcode HandlerFailure}. */
export type FailureListener = (failure: HandlerFailure) => void;

/** The error of an answer that has the wrong shape. */
export function wrongAnswer(handler: string, issue: string): TypeError {
  return new TypeError(`Cannot use the answer of ${handler}: ${issue}`);
}
