/** The command line is invalid: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** What to do about it. */
  readonly hint?: string;

  constructor(message: string, hint?: string) {
    super(message);
    if (hint !== undefined) this.hint = hint;
  }
}

/** An unknown flag. `explained()` adds its counterpart in this program. */
export class UnknownFlagError extends UsageError {
  /** The flag as it was written, without a value. */
  readonly shown: string;
  /** Its name, if it may be a flag of another program. */
  readonly flag: string | undefined;

  constructor(
    shown: string,
    flag: string | undefined,
    message: string,
    hint: string,
  ) {
    super(message, hint);
    this.shown = shown;
    this.flag = flag;
  }
}
