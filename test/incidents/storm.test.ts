import { describe, expect, test } from 'vitest';
import { composeStorm, stormsOf, turnOf } from '../../lib/incidents/storm.ts';
import type { Message } from '../../lib/message.ts';
import type { PlannedCluster } from '../../lib/plan.ts';
import type { Plane, StreamSignal } from '../../lib/signal.ts';
import { failing, report, unknown } from '../report/reports.ts';
import { signal } from '../support/world.ts';
import { lastTelling } from './lives.ts';

const ROLE = 'arn:aws:iam::111122223333:role/plumbline-reader';
const cluster = (name: string, over: Partial<StreamSignal> = {}): PlannedCluster => ({
  name,
  region: 'eu-west-1',
  signals: [{ judged: true, signal: signal({ plane: 'amp', address: `ws-${name}`, ...over }) }],
});
const bad = (plane: Plane = 'amp') => ({ ...failing, plane });
/** The cluster turns with its canary. */
const turn = (one: PlannedCluster, seen = bad()) => {
  const made = report({ [one.name]: [seen] }).clusters[0];
  return made ? turnOf(one, made, ['canary']) : [];
};
const names = (count: number, prefix = 'c') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('clusters that turn together', () => {
  const told = (turned: readonly PlannedCluster[], others: readonly PlannedCluster[]) =>
    stormsOf(
      turned.flatMap((one) => turn(one)),
      [...turned, ...others],
    ).map(({ place, clusters }) => [place, clusters.size]);

  test('are a storm from three on, where they are half of a region', () => {
    const all = names(6).map((name) => cluster(name));
    expect(told(all.slice(0, 3), all.slice(3))).toEqual([['region eu-west-1', 3]]);
    expect(told(all.slice(0, 2), [])).toEqual([]);
    expect(
      told(
        all.slice(0, 3),
        names(4, 'd').map((name) => cluster(name)),
      ),
    ).toEqual([]);
  });

  test('may share an account or a workspace rather than the region', () => {
    const elsewhere = names(20, 'd').map((name) => cluster(name));
    const account = names(3).map((name) => cluster(name, { role: ROLE }));
    expect(told(account, elsewhere)).toEqual([['account 111122223333', 3]]);
    const workspace = names(3).map((name) => cluster(name, { address: 'ws-central' }));
    expect(told(workspace, elsewhere)).toEqual([['amp ws-central', 3]]);
    const regional = names(3).map((name) =>
      cluster(name, { plane: 'cloudwatchPromql', address: 'eu-west-1' }),
    );
    expect(told(regional, [])).toEqual([['region eu-west-1', 3]]);
  });

  test('are none where they turn for different reasons', () => {
    const all = names(4).map((name) => cluster(name));
    const turns = all.flatMap((one, index) => turn(one, index < 2 ? bad() : unknown));
    expect(stormsOf(turns, all)).toEqual([]);
  });

  test('count once, however often they turned', () => {
    const all = names(2).map((name) => cluster(name));
    const turns = all.flatMap((one) => [...turn(one), ...turn(one)]);
    expect(stormsOf(turns, all)).toEqual([]);
  });

  test('are told in one story only', () => {
    const all = names(8).map((name) => cluster(name, { address: 'ws-central', role: ROLE }));
    const [storm, ...more] = stormsOf(
      all.flatMap((one) => turn(one)),
      all,
    );
    expect(storm?.clusters.size).toBe(8);
    expect(more).toEqual([]);
  });
});

test('the reason is what most of what turned shares, and the places are its own', () => {
  const signals = ['x', 'y', 'z'].map((name) => ({
    judged: true,
    signal: signal({ name, plane: 'amp', address: name === 'z' ? 'ws-shared' : 'ws-own' }),
  }));
  const one = { name: 'a', region: 'eu-west-1', signals };
  const made = report({
    a: [
      { ...failing, signal: 'x' },
      { ...failing, signal: 'y' },
      { ...unknown, signal: 'z' },
    ],
  }).clusters[0];
  if (!made) throw new Error('no cluster');
  expect(turnOf(one, made, ['x', 'y', 'z'])).toEqual([
    { cluster: 'a', because: 'amp fresh', places: ['amp ws-own', 'region eu-west-1'] },
  ]);
  expect(turnOf(one, made, ['z'])).toMatchObject([
    { because: 'amp denied', places: ['amp ws-shared', 'region eu-west-1'] },
  ]);
  expect(turnOf(one, made, [])).toEqual([]);
});

describe('the message of a storm', () => {
  const of = (name: string): Message => {
    const signals = [failing, { ...failing, signal: 'b' }];
    const made = lastTelling([signals, signals], { cluster: name });
    if (!made) throw new Error('nothing to tell');
    return made;
  };

  test('lists clusters, at most ten in full, with the earliest break and the strongest findings of each', () => {
    const made = composeStorm(names(12).map(of), {
      place: 'region eu-west-1',
      calm: ['fine'],
      working: ['cloudwatch'],
    });
    expect(made).toMatchObject({
      title: '12 clusters are failing (region eu-west-1)',
      severity: 'critical',
      reason: 'opened',
      clusters: names(12),
      others: ['c10', 'c11'],
      ok: ['fine'],
      story: [
        'Most of it is fresh on amp, the first since 2026-11-20 11:45:40Z.',
        'They share region eu-west-1 and turned together: look there before you look into one of them.',
        'Still arriving in all of them: cloudwatch.',
        'Not affected: fine.',
      ],
    });
    expect(made.entries).toHaveLength(10);
    expect(made.entries[0]).toMatchObject({
      name: 'c0',
      about: '2 signals: canary, b',
      findings: [{ expectation: 'fresh' }, { expectation: 'fresh' }],
      moreFindings: 0,
      question: 'max by (job) (timestamp(m))',
    });
  });

  test('has the same id whatever the order', () => {
    const [a, b, c] = names(3).map(of);
    if (!a || !b || !c) throw new Error('three were made');
    const options = { place: 'p', calm: [], working: [] };
    expect(composeStorm([a, b, c], options).id).toBe(composeStorm([c, a, b], options).id);
  });
});
