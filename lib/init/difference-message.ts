import { counted } from '../counted.ts';
import { digest } from '../incidents/identity.ts';
import type { Message } from '../message.ts';
import type { Thing } from './things.ts';
import type { SeenAgain } from './unseen.ts';

/** So many of each kind are written out. */
const MOST_LISTED = 15;

/** What a channel was not told of before. */
interface Difference {
  readonly channel: string;
  readonly news: readonly Thing[];
  /** What could not be looked at before, by what was remembered of it. */
  readonly seenAgain: SeenAgain['places'];
}

/** What is new since people were told last, for information: nothing is broken. `now` is in milliseconds since the epoch. */
export function differenceMessage({ channel, news, seenAgain }: Difference, now: number): Message {
  const of = (kind: Thing['kind']) => news.filter((one) => one.kind === kind);
  const [unwatched, gone, unseen] = [of('unwatched'), of('gone'), of('unseen')];
  const part = (count: number, what: string, rest: string) =>
    count === 0 ? [] : [`${counted(count, what)} ${rest}`];
  const parts = [
    ...part(unwatched.length, 'thing', 'not watched'),
    ...part(gone.length, 'signal', 'of what is no longer there'),
    ...part(unseen.length, 'place', 'not looked at'),
    ...part(seenAgain.size, 'place', 'seen again'),
  ];
  const texts = (things: readonly Pick<Thing, 'text'>[]) => things.map(({ text }) => text);
  return {
    id: digest(['compared', news.map(({ keyFor }) => keyFor(channel)), [...seenAgain.keys()]]),
    clusters: [...new Set([...news, ...seenAgain.values()].map(({ where }) => where))],
    severity: 'warning',
    reason: 'compared',
    title: `Plumbline, for information: ${parts.join(', ')}`,
    checkedAt: new Date(now).toISOString(),
    story: [
      ...listed('Sends telemetry and is not watched:', texts(unwatched)),
      ...listed('Watched and no longer there:', texts(gone)),
      ...listed('Could not be looked at, so that nothing is told of what is there:', texts(unseen)),
      ...listed('Could not be looked at before, and is seen again:', texts([...seenAgain.values()])),
      ...(unwatched.length + gone.length > 0 ? ['What to write: plumbline init --compare'] : []),
    ],
    changes: [],
    entries: [],
    others: [],
    blind: [],
    over: [],
    ok: [],
    incidents: [],
  };
}

function listed(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MOST_LISTED;
  return [title, ...lines.slice(0, MOST_LISTED), ...(rest > 0 ? [`and ${rest} more`] : [])];
}
