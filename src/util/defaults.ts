/** Default values of the options. */
export const DEFAULTS = {
  maxLineBytes: 256 * 1024 * 1024,
  startTimeoutMs: 60_000,
  controlTimeoutMs: 60_000,
  closeTimeoutMs: 5_000,
} as const;
