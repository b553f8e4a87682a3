import { instant } from '../instant.ts';
import type { Drift } from './shape.ts';

/** `45 to 55 live series`, `50 live series` */
export function liveSeriesText({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${from === to ? count(from) : `${count(from)} to ${count(to)}`} live series`;
}

/** What was expected, and since when it is: what is usual, or how it was before it slid away bit by bit. */
export function againstText({ against }: Pick<Drift, 'against'>, expected: string): string {
  return against === 'usual' ? `usually ${expected}` : `${expected}, as it was a week ago, before it slid`;
}

/** How a gain ends by itself: `; usual from 2026-11-21 12:00:00Z on`; nothing of a loss. */
export function untilText({ normalAt }: Pick<Drift, 'normalAt'>): string {
  return normalAt === undefined ? '' : `; usual from ${instant(normalAt)} on`;
}

/** `82% more`, `less than 1% fewer`; nothing where there was nothing before. */
export function shareText(before: number, now: number): string {
  if (before === 0 || before === now) return '';
  const percent = Math.round((Math.abs(now - before) / before) * 100);
  return `, ${percent === 0 ? 'less than 1' : percent}% ${now > before ? 'more' : 'fewer'}`;
}

/** `98%`; what is some but rounds to none or all says so. */
export function percentText(share: number): string {
  const percent = Math.round(share * 100);
  if (percent === 0 && share > 0) return 'less than 1%';
  return percent === 100 && share < 1 ? 'more than 99%' : `${percent}%`;
}

function count(series: number): string {
  return String(Math.round(series * 10) / 10);
}
