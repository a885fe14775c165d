/**
 * What is known of a running session, as text for people. Pure.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { SessionUsage } from "../../decode/usage.ts";
import type { McpServerStatus } from "../../control/mcp.ts";
import type { ContextUsage, PlanUsage } from "../../control/usage.ts";
import { oneLine } from "../text/one_line.ts";
import { formatCount, formatUsd, widthOf } from "../text/terminal.ts";

/** Figures of a session. */
export interface SessionFigures {
  readonly turnCount: number;
  readonly totalCostUsd: number;
  readonly usage: SessionUsage;
}

/** Returns turns, cost and tokens. */
export function costText(
  { turnCount, totalCostUsd, usage }: SessionFigures,
): string {
  const cached = usage.cacheReadInputTokens + usage.cacheCreationInputTokens;
  return `${
    [
      `${turnCount} ${turnCount === 1 ? "turn" : "turns"}`,
      formatUsd(totalCostUsd),
      `${formatCount(usage.inputTokens)} in`,
      ...cached === 0 ? [] : [`${formatCount(cached)} cached`],
      `${formatCount(usage.outputTokens)} out`,
    ].join(" · ")
  }\n`;
}

/** Returns what fills the context, the largest part first. */
export function contextText(usage: ContextUsage, columns: number): string {
  const { categories, totalTokens, maxTokens, percentage } = usage;
  const parts = categories.filter(({ tokens }) => tokens > 0)
    .toSorted((one, other) => other.tokens - one.tokens);
  return [
    `${formatCount(totalTokens)} of ${formatCount(maxTokens)} tokens (${
      Math.round(percentage)
    } %)`,
    ...parts.map(({ name, tokens }) =>
      `  ${formatCount(tokens).padStart(9)}  ${oneLine(name, columns - 14)}`
    ),
  ].join("\n") + "\n";
}

/** Returns how much of the plan is used. */
export function planText(usage: PlanUsage): string {
  const { rateLimits, subscriptionType } = usage;
  const windows = Object.entries(rateLimits ?? {});
  if (windows.length === 0) {
    return subscriptionType === null
      ? "There is no plan with limits: an API key pays for each token\n"
      : `${oneLine(subscriptionType, 40)}: claude names no limits\n`;
  }
  return windows.map(([name, { utilization, resetsAt }]) => {
    const used = utilization === null ? "?" : `${Math.round(utilization)} %`;
    const until = resetsAt === null ? "" : `  until ${oneLine(resetsAt, 40)}`;
    return `  ${used.padStart(5)}  ${oneLine(name, 40)}${until}\n`;
  }).join("");
}

/** Returns a line for each MCP server. */
export function mcpText(
  servers: readonly McpServerStatus[],
  columns: number,
): string {
  if (servers.length === 0) return "There are no MCP servers\n";
  return servers.map(({ name, status, error }) => {
    const why = error === undefined ? "" : `: ${error}`;
    return `  ${oneLine(`${name}  ${status}${why}`, columns - 3)}\n`;
  }).join("");
}

/** Lays words into lines of so many columns. */
export function wordsText(words: readonly string[], columns: number): string {
  const lines: string[] = [];
  for (const word of words) {
    const shown = oneLine(word, columns - 3);
    const last = lines.at(-1);
    if (
      last === undefined || widthOf(last) + 2 + widthOf(shown) >= columns
    ) lines.push(`  ${shown}`);
    else lines[lines.length - 1] = `${last}  ${shown}`;
  }
  return lines.map((line) => `${line}\n`).join("");
}
