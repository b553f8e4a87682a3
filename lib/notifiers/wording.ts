import { instant } from '../instant.ts';
import type { Message, Over, Reason } from '../message.ts';

const news: Readonly<Record<Reason, string>> = {
  opened: 'new incident',
  found: 'new findings',
  blind: 'not observable',
  reminder: 'reminder',
  recovered: 'recovered',
  sighted: 'observable again',
  unwatched: 'no longer watched',
  compared: 'nothing is broken',
  test: 'only a test',
};

const isGood: ReadonlySet<Reason> = new Set(['recovered', 'sighted', 'unwatched']);

/** How bad, why it is told, and when: `critical, new, checked 2026-11-20 12:00:00Z`. */
export function status({ severity, reason, checkedAt }: Message): string {
  const word = news[reason];
  const what =
    reason === 'test' || reason === 'compared'
      ? word
      : isGood.has(reason)
        ? `${word} (was ${severity})`
        : `${severity}, ${word}`;
  return `${what}, checked ${instant(checkedAt)}`;
}

/** What is over, as the beginning of a sentence. */
export const overWord: Readonly<Record<Over['what'], string>> = {
  recovered: 'Recovered',
  sighted: 'Observed again',
  unwatched: 'No longer watched',
};

/** The message with `count` of its entries written out and the others named. */
export function shortened(message: Message, count: number): Message {
  return {
    ...message,
    entries: message.entries.slice(0, count),
    others: [...message.entries.slice(count).map(({ name }) => name), ...message.others],
  };
}

/** What the names beyond the entries are called. */
export function othersWord({ entries, clusters }: Message): string {
  const what = clusters.length > 1 ? 'failing clusters' : 'failing';
  return entries.length === 0 ? `${what.charAt(0).toUpperCase()}${what.slice(1)}` : `Also ${what}`;
}
