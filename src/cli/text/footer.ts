import type { ChangedFile } from "../../decode/changes.ts";
import type { Stats } from "../../decode/stats.ts";
import type { Result } from "../../messages/result.ts";
import { formatCount, formatMs, formatUsd } from "./terminal.ts";

/** What knows the tools and files of a turn: the turn itself, or a tally of its events. */
export interface TurnTotals {
  stats(): Pick<Stats, "tools">;
  changes(): readonly Pick<ChangedFile, "path">[];
}

/** Formats time, cost, tokens, tools and changed files of a turn on one line. Pure. */
export function footerText(result: Result, totals?: TurnTotals): string {
  const { inputTokens, outputTokens } = result.usage;
  const cached = (result.usage.cacheReadInputTokens ?? 0) +
    (result.usage.cacheCreationInputTokens ?? 0);
  const calls = Object.values(totals?.stats().tools ?? {})
    .reduce((sum, tool) => sum + tool.calls, 0);
  const files = totals?.changes().length ?? 0;
  return [
    formatMs(result.durationMs),
    formatUsd(result.costUsd),
    `${formatCount(inputTokens)} in`,
    ...cached === 0 ? [] : [`${formatCount(cached)} cached`],
    `${formatCount(outputTokens)} out`,
    ...calls === 0 ? [] : [counted(calls, "tool")],
    ...files === 0 ? [] : [`${counted(files, "file")} changed`],
  ].join(" · ");
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}
