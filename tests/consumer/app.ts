// A small application: it reviews a change, and may read files but change nothing.

import {
  AsyncSession,
  readOnly,
  type SessionOptions,
} from "jsr:@claudestream/core";

/** What a review comes to. */
export interface Review {
  readonly verdict: "fine" | "to be changed" | "unknown";
  readonly text: string;
  readonly costUsd: number;
}

/** Reviews a change. `options` is where a test puts its stand-in. */
export async function review(
  change: string,
  options: SessionOptions = {},
): Promise<Review> {
  await using session = new AsyncSession({
    model: "sonnet",
    policy: readOnly(),
    turnTimeoutMs: 300_000,
    ...options,
  });
  const { text, costUsd } = await session.ask(
    `Review this change. Begin with FINE or CHANGE.\n\n${change}`,
  );
  const verdict = text.startsWith("FINE")
    ? "fine"
    : text.startsWith("CHANGE")
    ? "to be changed"
    : "unknown";
  return { verdict, text, costUsd };
}
