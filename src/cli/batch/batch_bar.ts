/**
 * The line that shows how far a batch is. Pure.
 *
 * @module
 */

import { formatCount, formatMs, formatUsd } from "../text/terminal.ts";

/** How far a batch is. */
export interface BatchProgress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly costUsd: number;
  /** Lines with a result at the start of this run. */
  readonly before: number;
  /** Time of this run, in milliseconds. */
  readonly elapsedMs: number;
  /** Until when nothing starts, in milliseconds since 1970. */
  readonly pausedUntil?: number | undefined;
}

const LONGEST_BAR = 24;

/** Returns the bar with numbers, for a terminal of this width. */
export function barText(progress: BatchProgress, columns: number): string {
  const { total, done, failed, running, costUsd, pausedUntil } = progress;
  const ended = done + failed;
  const facts = [
    `${formatCount(ended)}/${formatCount(total)}`,
    ...failed === 0 ? [] : [`${formatCount(failed)} failed`],
    ...pausedUntil === undefined
      ? [`${running} running`]
      : [`waiting until ${clockTime(pausedUntil)}`],
    ...rateText(progress),
    formatUsd(costUsd),
    ...remainingText(progress),
  ];
  // What matters least goes first where the window is narrow.
  const room = columns - 1;
  while (facts.length > 1 && facts.join(" · ").length > room) facts.pop();
  const text = facts.join(" · ").slice(0, room);
  const width = Math.min(LONGEST_BAR, room - text.length - 1);
  if (width < 4) return text;
  const filled = Math.floor(width * ended / total);
  return `${"█".repeat(filled)}${"░".repeat(width - filled)} ${text}`;
}

/** Returns what is said at the end. */
export function summaryText(
  { done, failed, total, costUsd, elapsedMs }: BatchProgress,
): string {
  const open = total - done - failed;
  return [
    `${formatCount(done)} done`,
    ...failed === 0 ? [] : [`${formatCount(failed)} failed`],
    ...open === 0 ? [] : [`${formatCount(open)} to do`],
    formatUsd(costUsd),
    formatMs(elapsedMs),
  ].join(" · ");
}

function perMs({ done, failed, before, elapsedMs }: BatchProgress): number {
  return elapsedMs === 0 ? 0 : (done + failed - before) / elapsedMs;
}

function rateText(progress: BatchProgress): string[] {
  const perMinute = perMs(progress) * 60_000;
  if (perMinute === 0) return [];
  return [`${perMinute.toFixed(perMinute < 10 ? 1 : 0)}/min`];
}

function remainingText(progress: BatchProgress): string[] {
  const rate = perMs(progress);
  const open = progress.total - progress.done - progress.failed;
  if (rate === 0 || open === 0) return [];
  return [`${durationText(open / rate)} left`];
}

/** `45 s`, `12 m`, `3 h 5 m`: no more digits than a guess has. */
function durationText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 60_000) return `${Math.ceil(ms / 1000)} s`;
  if (minutes < 60) return `${minutes} m`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

function clockTime(ms: number): string {
  const date = new Date(ms);
  const two = (number: number) => `${number}`.padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}
