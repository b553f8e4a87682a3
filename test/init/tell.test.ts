import { expect, test } from 'vitest';
import type { Comparison } from '../../lib/init/compare.ts';
import { tellDifferences } from '../../lib/init/tell.ts';
import type { Gap } from '../../lib/init/seen.ts';
import type { Message } from '../../lib/message.ts';
import { plainText } from '../../lib/notifiers/plain-text.ts';
import { slackPayload } from '../../lib/notifiers/slack-blocks.ts';
import type { Notifier } from '../../lib/notifiers/notifier.ts';
import { fakeClock } from '../support/ports.ts';
import { memoryStore } from '../support/memory-store.ts';

const gap: Gap = {
  action: 'logs:DescribeLogGroups',
  resource: 'eu-west-1',
  reason: 'denied',
  detail: '',
  missing: '',
};

function difference(groups: readonly string[], unseen: readonly Gap[] = []): Comparison {
  const unwatched = groups.map((what) => ({
    region: 'eu-west-1',
    role: null,
    plane: 'logs' as const,
    what,
    signal: {},
  }));
  return { unwatched, gone: [], unseen };
}

/** Channels that remember what they took; one that is down takes nothing. */
function channels(only: Record<string, Notifier['only']> = { sns: undefined }) {
  const store = memoryStore();
  const clock = fakeClock();
  const down = new Set<string>();
  const told: string[] = [];
  const messages: Message[] = [];
  const undelivered: string[] = [];
  const notifiers = Object.entries(only).map(([key, limits]): Notifier => ({
    channel: 'sns',
    key,
    only: limits,
    send: async (message) => {
      if (down.has(key)) return { delivered: false, retry: true, reason: 'unreachable', detail: 'down' };
      messages.push(message);
      told.push(`${key}: ${message.story.filter((line) => line.includes('/')).join(', ')}`);
      return { delivered: true };
    },
  }));
  const sending = {
    clock,
    fetch,
    deadline: Number.POSITIVE_INFINITY,
    credentials: () => async () => ({ accessKeyId: '', secretAccessKey: '' }),
    resolve: async () => ({ value: '' }),
  };
  const week = (comparison: Comparison) =>
    tellDifferences(comparison, {
      store,
      notifiers,
      sending,
      onTold: () => {},
      onUndelivered: (channel, { reason }) => void undelivered.push(`${channel} ${reason}`),
    });
  return { week, told, down, messages, undelivered, store };
}

const LINE = (group: string) => `eu-west-1 logs: ${group}`;

test('what is new is told once, and again when it was gone meanwhile', async () => {
  const { week, told, store } = channels();
  await week(difference([]));
  expect((await store.told()).version).toBe(0);
  await week(difference(['/a', '/b']));
  await week(difference(['/a', '/b']));
  await week(difference(['/a', '/b', '/c']));
  await week(difference(['/a']));
  await week(difference(['/a', '/b']));
  expect(told).toEqual([`sns: ${LINE('/a')}, ${LINE('/b')}`, `sns: ${LINE('/c')}`, `sns: ${LINE('/b')}`]);
});

test('what could not be looked at is taken to hold, and not told again when it is seen again', async () => {
  const { week, told } = channels();
  await week(difference(['/a']));
  await week(difference([], [gap]));
  await week(difference(['/a']));
  expect(told).toHaveLength(1);
});

test('a channel that was down is told next time, and the others are not told twice', async () => {
  const { week, told, down, undelivered } = channels({ sns: undefined, chat: undefined });
  down.add('chat');
  expect(await week(difference(['/a']))).toBe(1);
  expect(undelivered).toEqual(['sns unreachable']);
  down.clear();
  expect(await week(difference(['/a', '/b']))).toBe(0);
  expect(told).toEqual([`sns: ${LINE('/a')}`, `sns: ${LINE('/b')}`, `chat: ${LINE('/a')}, ${LINE('/b')}`]);
});

test('a channel that is limited to clusters, signals or what is critical hears nothing of it', async () => {
  const { week, told } = channels({
    clusters: { clusters: ['prod'] },
    signals: { signals: ['a'] },
    critical: { severities: ['critical'] },
    both: { severities: ['critical', 'warning'] },
  });
  await week(difference(['/a']));
  expect(told).toEqual([`both: ${LINE('/a')}`]);
});

test('the message is for information, about no incident, and of a bounded length', async () => {
  const { week, messages } = channels();
  await week(difference(Array.from({ length: 400 }, (_, index) => `/group/${index}`)));
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({
    severity: 'warning',
    reason: 'compared',
    title: 'Plumbline, for information: 400 things not watched',
    clusters: ['eu-west-1'],
    incidents: [],
    entries: [],
  });
  expect(messages[0]?.story).toHaveLength(1 + 15 + 1 + 1);
  expect(messages[0]?.story.at(-2)).toBe('and 385 more');
  const [message] = messages;
  if (!message) throw new Error('nothing was told');
  const [title, status] = plainText(message, 10_000).split('\n');
  expect(title).toBe('Plumbline, for information: 400 things not watched');
  expect(status).toMatch(/^nothing is broken, checked 2027-/);
  expect(JSON.stringify(slackPayload(message))).not.toMatch(/failing|critical/i);
});
