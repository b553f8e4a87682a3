import { describe, expect, test } from 'vitest';
import type { Comparison, Unseen } from '../../lib/init/compare.ts';
import { tellDifferences } from '../../lib/init/tell.ts';
import type { Message } from '../../lib/message.ts';
import { plainText } from '../../lib/notifiers/plain-text.ts';
import { slackPayload } from '../../lib/notifiers/slack-blocks.ts';
import type { Notifier } from '../../lib/notifiers/notifier.ts';
import { fakeClock } from '../support/ports.ts';
import { memoryStore } from '../support/memory-store.ts';

const gap: Unseen = {
  action: 'logs:DescribeLogGroups',
  resource: 'eu-west-1',
  reason: 'denied',
  detail: 'needed: logs:DescribeLogGroups',
  missing: 'which log groups there are',
  region: 'eu-west-1',
  role: null,
};
const EVERYWHERE = [{ region: 'eu-west-1', role: null }];

function difference(
  groups: readonly string[],
  unseen: readonly Unseen[] = [],
  looked: Comparison['looked'] = EVERYWHERE,
): Comparison {
  const unwatched = groups.map((what) => ({
    region: 'eu-west-1',
    role: null,
    plane: 'logs' as const,
    what,
    signal: {},
  }));
  return { unwatched, gone: [], unseen, looked };
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

describe('what could not be looked at', () => {
  const titles = (messages: readonly Message[]) =>
    messages.map(({ title }) => title.replace('Plumbline, for information: ', ''));

  test('is told once, and once when it is seen again; what it hides is taken to hold', async () => {
    const { week, messages, store } = channels();
    await week(difference(['/a']));
    for (let time = 0; time < 3; time += 1) await week(difference([], [gap]));
    expect(titles(messages)).toEqual(['1 thing not watched', '1 place not looked at']);
    expect(messages[1]).toMatchObject({
      clusters: ['eu-west-1'],
      story: [
        'Could not be looked at, so that nothing is told of what is there:',
        'not seen: which log groups there are (logs:DescribeLogGroups on eu-west-1): denied: needed: logs:DescribeLogGroups',
      ],
    });
    for (let time = 0; time < 2; time += 1) await week(difference(['/a']));
    expect(titles(messages).slice(2)).toEqual(['1 place seen again']);
    expect(messages[2]).toMatchObject({
      clusters: ['eu-west-1'],
      story: ['Could not be looked at before, and is seen again:', 'logs:DescribeLogGroups on eu-west-1'],
    });
    await week(difference([]));
    expect((await store.told()).told).toEqual([]);
  });

  test('is another thing for another role, and told again where it comes back', async () => {
    const { week, messages } = channels();
    const looked = [...EVERYWHERE, { region: 'eu-west-1', role: 'r' }];
    await week(difference([], [gap], looked));
    await week(difference([], [gap, { ...gap, role: 'r' }], looked));
    await week(difference([], [{ ...gap, role: 'r' }], looked));
    await week(difference([], [gap, { ...gap, role: 'r' }], looked));
    expect(titles(messages)).toEqual([
      '1 place not looked at',
      '1 place not looked at',
      '1 place seen again',
      '1 place not looked at',
    ]);
  });

  test('is not said to be seen again where it was not asked, for the list before it is refused', async () => {
    const { week, messages } = channels();
    const addons: Unseen = { ...gap, action: 'eks:ListAddons', resource: 'EKS cluster a' };
    const clusters: Unseen = { ...gap, action: 'eks:ListClusters' };
    await week(difference([], [addons]));
    await week(difference([], [clusters]));
    expect(titles(messages)).toEqual(['1 place not looked at', '1 place not looked at']);
    await week(difference([], [gap]));
    expect(titles(messages).slice(2)).toEqual(['1 place not looked at, 2 places seen again']);
  });

  test('that was remembered and is damaged stops nothing', async () => {
    const { week, messages, store } = channels();
    await store.writeTold(['["unseen",', '["unseen","a",1]', 'digest'], 0);
    await week(difference([]));
    expect(messages).toEqual([]);
    expect((await store.told()).told).toEqual([]);
  });

  test('is forgotten without a word where it left the configuration', async () => {
    const { week, messages, store } = channels();
    await week(difference([], [gap]));
    await week(difference([], [], [{ region: 'us-east-1', role: null }]));
    expect(messages).toHaveLength(1);
    expect((await store.told()).told).toEqual([]);
  });

  test('is told next time where a channel was down, when it is refused and when it is seen again', async () => {
    const { week, messages, down } = channels();
    down.add('sns');
    expect(await week(difference([], [gap]))).toBe(1);
    down.clear();
    expect(await week(difference([], [gap]))).toBe(0);
    down.add('sns');
    expect(await week(difference([]))).toBe(1);
    down.clear();
    expect(await week(difference([]))).toBe(0);
    expect(titles(messages)).toEqual(['1 place not looked at', '1 place seen again']);
  });
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
