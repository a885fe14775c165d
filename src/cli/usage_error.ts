/** The command line was written in a way that cannot be followed: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** What to do about it. */
  readonly hint?: string;

  constructor(message: string, hint?: string) {
    super(message);
    if (hint !== undefined) this.hint = hint;
  }
}

/** A flag that is not known. `explained()` says where something of that name is. */
export class UnknownFlagError extends UsageError {
  /** The flag as it was written, without a value. */
  readonly shown: string;
  /** Its name, if it may be a flag that people know from elsewhere. */
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
