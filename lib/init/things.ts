import { digest } from '../incidents/identity.ts';
import { printable } from '../printable.ts';
import type { Comparison } from './compare.ts';

/** One difference, as people are told of it. */
export interface Thing {
  /** The same as long as it is the same. */
  readonly key: string;
  readonly kind: 'unwatched' | 'gone';
  /** One line. */
  readonly text: string;
  /** The cluster, or the region where no cluster is concerned. */
  readonly where: string;
}

/** All differences of a comparison. */
export function thingsOf({ unwatched, gone }: Comparison): readonly Thing[] {
  return [
    ...unwatched.map(({ region, role, plane, what }): Thing => {
      const place = [region, role, plane].filter((part) => part !== null).join(' ');
      const key = digest(['unwatched', region, role, plane, what]);
      return { key, kind: 'unwatched', text: printable(`${place}: ${what}`), where: region };
    }),
    ...gone.map(({ cluster, signal, plane, detail }): Thing => {
      const key = digest(['gone', cluster, signal, plane]);
      return {
        key,
        kind: 'gone',
        text: printable(`${cluster}: ${signal} (${plane}): ${detail}`),
        where: cluster,
      };
    }),
  ];
}
