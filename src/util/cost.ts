/** A cost without the noise that sums of fractions have behind their fifteenth digit; prices end long before. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e10) / 1e10;
}
