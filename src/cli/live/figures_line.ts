/**
 * The figures of a session in one line, below what happens. Pure.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { SessionUsage } from "../../decode/usage.ts";
import { oneLine } from "../text/one_line.ts";
import { formatCount, formatUsd, styled, widthOf } from "../text/terminal.ts";
import type { Line } from "./live_region.ts";

/** Figures of a session. */
export interface LiveFigures {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly totalCostUsd: number;
  readonly usage: SessionUsage;
}

/** Characters of the id that are shown; commands take that many. */
const ID_LENGTH = 8;

/** Returns the line, and no line before anything is known; what does not fit is left out. */
export function figuresLines(
  { id, model, totalCostUsd, usage }: LiveFigures,
  columns: number,
): readonly Line[] {
  const tokens = usage.inputTokens + usage.outputTokens +
    usage.cacheReadInputTokens + usage.cacheCreationInputTokens;
  const parts = [
    ...model === undefined ? [] : [oneLine(model, 30)],
    ...totalCostUsd === 0 ? [] : [formatUsd(totalCostUsd)],
    ...tokens === 0 ? [] : [`${formatCount(tokens)} tokens`],
    ...id === undefined ? [] : [oneLine(id.slice(0, ID_LENGTH), 20)],
  ];
  while (parts.length > 0 && widthOf(parts.join(" · ")) >= columns) parts.pop();
  return parts.length === 0 ? [] : [[styled("dim", parts.join(" · "))]];
}
