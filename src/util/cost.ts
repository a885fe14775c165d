/** Rounds a cost to remove the floating-point noise of sums; prices have far fewer digits. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e10) / 1e10;
}
