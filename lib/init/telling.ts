import { instant } from '../instant.ts';
import { printable } from '../printable.ts';
import type { Gap } from './seen.ts';

const LONGEST_LIST = 500;
const LONGEST_CAUSE = 380;

/** What could not be seen: what is missing, and what to allow. One line for all that has the same cause. */
export function toldGaps(gaps: readonly Gap[]): readonly string[] {
  const byCause = Map.groupBy(gaps, ({ reason, detail }) => `${reason}: ${detail}`);
  return [...byCause].map(([cause, some]) => {
    const missing = some.map(({ action, resource, missing: what }) => `${what} (${action} on ${resource})`);
    // Each by itself: a long list must not cost the cause, which says what to do.
    return `not seen: ${printable(missing.join(', '), LONGEST_LIST)}: ${printable(cause, LONGEST_CAUSE)}`;
  });
}

/** What stands at the head of a written file: what it is, and what is not in it because it could not be seen. */
export function headerOf(regions: readonly string[], gaps: readonly Gap[], now: number): readonly string[] {
  const places = regions.length === 0 ? [] : [` in ${regions.join(', ')}`];
  return [
    `Written by plumbline init from what was alive${places.join('')} at ${instant(now)}. Every signal was ok then.`,
    'Bounds are modest: tighten them, name who is told under alerts.channels, and run: plumbline check',
    ...(gaps.length === 0 ? [] : ['', 'What could not be seen, and is therefore not in here:']),
    ...toldGaps(gaps),
  ];
}
