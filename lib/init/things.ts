import { digest } from '../incidents/identity.ts';
import { printable } from '../printable.ts';
import type { Comparison } from './compare.ts';
import { toldGaps } from './telling.ts';
import { unseenKey } from './unseen.ts';

/** One difference, as people are told of it. */
export interface Thing {
  /** What is remembered once a channel was told: the same as long as it is the same. */
  readonly keyFor: (channel: string) => string;
  readonly kind: 'unwatched' | 'gone' | 'unseen';
  /** One line. */
  readonly text: string;
  /** The cluster, or the region where no cluster is concerned. */
  readonly where: string;
}

/** All differences of a comparison. */
export function thingsOf({ unwatched, gone, unseen }: Comparison): readonly Thing[] {
  return [
    ...unwatched.map(({ region, role, plane, what }): Thing => {
      const place = [region, role, plane].filter((part) => part !== null).join(' ');
      const key = digest(['unwatched', region, role, plane, what]);
      return { keyFor: keyedBy(key), kind: 'unwatched', text: printable(`${place}: ${what}`), where: region };
    }),
    ...gone.map(({ cluster, signal, plane, detail }): Thing => {
      const key = digest(['gone', cluster, signal, plane]);
      return {
        keyFor: keyedBy(key),
        kind: 'gone',
        text: printable(`${cluster}: ${signal} (${plane}): ${detail}`),
        where: cluster,
      };
    }),
    ...unseen.map((one): Thing => {
      const keyFor = (channel: string) => unseenKey(channel, one);
      return { keyFor, kind: 'unseen', text: toldGaps([one]).join(), where: one.region };
    }),
  ];
}

function keyedBy(key: string): Thing['keyFor'] {
  return (channel) => digest([channel, key]);
}
