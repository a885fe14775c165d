// Stand-in types for `@std/cli/prompt-secret`; see scripts/setup.ts.

export type PromptSecretOptions = {
  /** Shown instead of each character. Default: "*". */
  mask?: string;
  /** Whether the line is wiped after the input. Default: false. */
  clear?: boolean;
};

/** `null` where stdin is not a terminal. */
export function promptSecret(
  message?: string,
  options?: PromptSecretOptions,
): string | null;
