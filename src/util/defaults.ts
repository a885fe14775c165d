/** The options as they hold when the caller gives none. */
export const DEFAULTS = {
  maxLineBytes: 256 * 1024 * 1024,
  startTimeoutMs: 60_000,
  controlTimeoutMs: 60_000,
  closeTimeoutMs: 5_000,
} as const;
