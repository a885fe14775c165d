import type { Result } from "../../messages/result.ts";
import { formatCount, formatMs, formatUsd } from "./terminal.ts";

/** Formats time, cost and tokens of a turn on one line. Pure. */
export function footerText(result: Result): string {
  const { inputTokens, outputTokens } = result.usage;
  const cached = (result.usage.cacheReadInputTokens ?? 0) +
    (result.usage.cacheCreationInputTokens ?? 0);
  return [
    formatMs(result.durationMs),
    formatUsd(result.costUsd),
    `${formatCount(inputTokens)} in`,
    ...cached === 0 ? [] : [`${formatCount(cached)} cached`],
    `${formatCount(outputTokens)} out`,
  ].join(" · ");
}
