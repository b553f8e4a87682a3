import { counted } from '../counted.ts';
import { digest } from '../incidents/identity.ts';
import type { Message } from '../message.ts';
import type { Thing } from './things.ts';

/** So many of each kind are written out. */
const MOST_LISTED = 15;

/** What is new since people were told last, for information: nothing is broken. `now` is in milliseconds since the epoch. */
export function differenceMessage(things: readonly Thing[], now: number): Message {
  const of = (kind: Thing['kind']) => things.filter((one) => one.kind === kind);
  const [unwatched, gone] = [of('unwatched'), of('gone')];
  const parts = [
    ...(unwatched.length === 0 ? [] : [`${counted(unwatched.length, 'thing')} not watched`]),
    ...(gone.length === 0 ? [] : [`${counted(gone.length, 'signal')} of what is no longer there`]),
  ];
  return {
    id: digest(['compared', things.map(({ key }) => key)]),
    clusters: [...new Set(things.map(({ where }) => where))],
    severity: 'warning',
    reason: 'compared',
    title: `Plumbline, for information: ${parts.join(', ')}`,
    checkedAt: new Date(now).toISOString(),
    story: [
      ...listed('Sends telemetry and is not watched:', unwatched),
      ...listed('Watched and no longer there:', gone),
      'What to write: plumbline init --compare',
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

function listed(title: string, things: readonly Thing[]): string[] {
  if (things.length === 0) return [];
  const rest = things.length - MOST_LISTED;
  return [
    title,
    ...things.slice(0, MOST_LISTED).map(({ text }) => text),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}
