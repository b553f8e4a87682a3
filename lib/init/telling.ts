import { instant } from '../instant.ts';
import { printable } from '../printable.ts';
import type { Gap } from './seen.ts';

/** What could not be seen, in one line: what is missing, and what to allow. */
export function toldGap({ action, resource, reason, detail, missing }: Gap): string {
  return printable(`not seen: ${missing} (${action} on ${resource}): ${reason}: ${detail}`, 600);
}

/** What stands at the head of a written file: what it is, and what is not in it because it could not be seen. */
export function headerOf(regions: readonly string[], gaps: readonly Gap[], now: number): readonly string[] {
  const places = regions.length === 0 ? [] : [` in ${regions.join(', ')}`];
  return [
    `Written by plumbline init from what was alive${places.join('')} at ${instant(now)}. Every signal was ok then.`,
    'Bounds are modest: tighten them, name who is told under alerts.channels, and run: plumbline check',
    ...(gaps.length === 0 ? [] : ['', 'What could not be seen, and is therefore not in here:']),
    ...gaps.map(toldGap),
  ];
}
