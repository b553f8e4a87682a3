/**
 * A measured number for people: six significant digits, more where it would read like the bound that it is told beside,
 * and what is no finite number as Prometheus writes it.
 */
export function formatNumber(value: number, bound?: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const short = Number(value.toPrecision(6));
  return String(short === bound ? value : short);
}

/** What servers add up differs in the last digits from run to run, by the order in which they do. */
const DIGITS = 1e-9;

/** Whether a number that was calculated is smaller than a bound by more than its last digits. */
export function isBelow(value: number, bound: number): boolean {
  return value < bound - Math.abs(bound) * DIGITS;
}

/** Whether a number that was calculated is larger than a bound by more than its last digits. */
export function isAbove(value: number, bound: number): boolean {
  return value > bound + Math.abs(bound) * DIGITS;
}
