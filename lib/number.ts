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
