import { expect, test } from 'vitest';
import { sinceOnly } from '../../lib/since.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import { verifyCluster } from '../../lib/verify.ts';
import { answerQuery } from '../../rehearsal/prometheus-api.ts';
import { type Storage, type StoredSeries, storedSeries } from '../../rehearsal/storage.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';

const MINUTE_MS = 60_000;
const NOW = 1_800_000_000_000;

interface Target {
  readonly job?: string;
  readonly instance?: string;
  /** By the age of the scrape in minutes. */
  readonly up?: (age: number) => boolean;
  readonly seconds?: (age: number) => number;
  readonly everySeconds?: number;
  readonly from?: number;
  readonly until?: number;
  readonly prefix?: string;
}

/** What the scrapes of targets write, from an hour ago until now unless they say otherwise (minutes ago). */
function scrapes(targets: readonly Target[]): Storage {
  return { series: targets.flatMap(scraped) };
}

function scraped(target: Target, index: number): StoredSeries[] {
  const { job = 'shop', instance = `10.0.0.${index}:80`, prefix = '' } = target;
  const { up = () => true, seconds = () => 0.1, everySeconds = 15, from = 60, until = 0 } = target;
  const series = (name: string, value: (age: number) => number) => {
    const samples = [];
    for (let age = from; age >= until; age -= everySeconds / 60) {
      samples.push({ at: NOW - age * MINUTE_MS, value: value(age), stale: false });
    }
    return storedSeries(new Map(Object.entries({ __name__: `${prefix}${name}`, job, instance })), samples);
  };
  return [
    series('up', (age) => Number(up(age))),
    series('scrape_duration_seconds', (age) => (up(age) ? seconds(age) : 10)),
  ];
}

const many = (count: number, target: Target = {}): Target[] => Array.from({ length: count }, () => target);

async function told(storage: Storage, over: Partial<StreamSignal> = {}, since?: number): Promise<string[]> {
  const ports = testPorts({
    clock: fakeClock(NOW),
    fetch: async (_url, init) => {
      const { status, body } = answerQuery(new URLSearchParams(init?.body as string), storage, NOW);
      return new Response(body, { status });
    },
  });
  const of = signal({
    metric: 'scrape_duration_seconds',
    targets: {
      up: 0.9,
      timeout: undefined,
      over: 10 * MINUTE_MS,
    },
    ...over,
  });
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const cluster = { name: 'c', region: 'eu-west-1', signals: [{ signal: of, judged: true }] };
  const [asked = cluster] = since === undefined ? [] : sinceOnly([cluster], since, NOW);
  const { signals } = await verifyCluster(asked, { ...ports, onDefect });
  return signals.flatMap(({ verdict, findings, unavailable }) => [
    verdict,
    ...findings.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
    ...unavailable.map(({ expectation, reason }) => `${expectation}: ${reason}`),
  ]);
}

const timely = { targets: { up: undefined, timeout: 10_000, over: 10 * MINUTE_MS } };

test('targets that answer are ok', async () => {
  expect(await told(scrapes(many(10)))).toEqual(['ok']);
  expect(await told(scrapes(many(10)), timely)).toEqual(['ok']);
});

test('targets that are down are told by job, and by name', async () => {
  const down = { job: 'billing', up: (age: number) => age > 20 };
  expect(await told(scrapes([...many(10), ...many(8, { job: 'billing' }), down, down]))).toEqual([
    'failing',
    'targets.up job=billing: 80% up; down: instance=10.0.0.18:80, instance=10.0.0.19:80',
  ]);
  expect(await told(scrapes([...many(18, { job: 'billing' }), down, down]))).toEqual(['ok']);
});

test('more than can be named are counted', async () => {
  expect(await told(scrapes(many(5, { up: () => false })))).toEqual([
    'failing',
    expect.stringMatching(
      /^targets\.up job=shop: 0% up; down: (instance=10\.0\.0\.\d:80(, )?){3} and 2 more$/,
    ),
  ]);
});

test('a single failed scrape is nothing, a target that fails most of them is down', async () => {
  expect(await told(scrapes([{ up: (age) => age > 0.2 }]))).toEqual(['ok']);
  expect(await told(scrapes([{ up: (age) => Math.round(age * 4) % 3 === 0 }]))).toEqual([
    'failing',
    'targets.up job=shop: 0% up; down: instance=10.0.0.0:80',
  ]);
});

test('a rollout does not cry wolf, at any moment of it', async () => {
  for (let ago = 0; ago <= 15; ago += 0.5) {
    const old = many(3, { until: ago, up: (age) => age > ago + 0.5 });
    const fresh = many(3, { from: ago + 1, up: (age) => age < ago - 1 });
    expect([ago, ...(await told(scrapes([...old, ...fresh])))]).toEqual([ago, 'ok']);
  }
});

test('a new pod that never comes up is told', async () => {
  const stuck = { from: 7, up: () => false };
  expect(await told(scrapes([...many(4), stuck]))).toEqual([
    'failing',
    'targets.up job=shop: 80% up; down: instance=10.0.0.4:80',
  ]);
});

test('jobs that are scraped every five minutes: one failed scrape is nothing, a down target is told', async () => {
  const slow = { freshMs: 12 * MINUTE_MS, targets: { up: 0.9, timeout: undefined, over: 24 * MINUTE_MS } };
  const target = (up: (age: number) => boolean): Target => ({ everySeconds: 300, from: 58, up });
  for (let shift = 0; shift < 5; shift += 1) {
    expect(await told(scrapes([target((age) => Math.abs(age - 8 - shift) > 2.5)]), slow)).toEqual(['ok']);
  }
  expect(await told(scrapes([target((age) => age > 15)]), slow)).toEqual([
    'failing',
    'targets.up job=shop: 0% up; down: instance=10.0.0.0:80',
  ]);
});

test('scrapes that take about as long as they may are told; a slow one now and then is not', async () => {
  const slow = { seconds: () => 9.5 };
  expect(await told(scrapes([...many(3), slow]), timely)).toEqual([
    'failing',
    'targets.timeout job=shop: the slowest takes 9.5s; slow: instance=10.0.0.3:80',
  ]);
  expect(await told(scrapes([{ seconds: (age) => (Math.round(age) % 3 === 0 ? 9.9 : 1) }]), timely)).toEqual([
    'ok',
  ]);
  expect(await told(scrapes([{ seconds: () => 8.9 }]), timely)).toEqual(['ok']);
});

test('groups are those of the signal', async () => {
  const down = { job: 'a', instance: 'x', up: () => false };
  expect(await told(scrapes([down, { job: 'b', instance: 'y' }]), { by: ['instance'] })).toEqual([
    'failing',
    'targets.up instance=x: 0% up; down: instance=x',
  ]);
});

test('a prefix of the signal’s metric is that of the others', async () => {
  const prefixed = scrapes(many(3, { prefix: 'adot_', up: () => false }));
  expect(await told(prefixed, { metric: 'adot_scrape_duration_seconds' })).toMatchObject([
    'failing',
    expect.stringMatching(/^targets\.up job=shop: 0% up/),
  ]);
});

test('where nothing is called up, that is told, and not where all targets are new', async () => {
  const app = { series: scrapes(many(2, { prefix: 'adot_' })).series };
  expect(await told(app, { metric: 'adot_up' })).toEqual([
    'failing',
    'targets.up all series: no series is called up, with this match',
  ]);
});

test('while all targets are new it is not known how they fare, so that no gate passes before', async () => {
  expect(await told(scrapes(many(2, { from: 2, up: () => false })))).toEqual([
    'unknown',
    'targets.up: not-listed-yet',
  ]);
  const down = scrapes(many(2, { everySeconds: 60, up: () => false }));
  expect(await told(down, {}, NOW - 30_000)).toEqual(['unknown', 'targets.up: not-listed-yet']);
  expect((await told(down, {}, NOW - 3 * MINUTE_MS))[0]).toBe('failing');
});

test('silence is told by fresh alone', async () => {
  expect(await told(scrapes(many(2, { until: 20 })))).toEqual([
    'failing',
    expect.stringMatching(/^fresh all series: newest sample 20m old$/),
  ]);
});

test('under --since only scrapes after it count', async () => {
  const mended = scrapes(many(2, { up: (age) => age < 3 }));
  expect((await told(mended))[0]).toBe('failing');
  expect(await told(mended, {}, NOW - 2 * MINUTE_MS)).toEqual(['ok']);
  const broken = scrapes(many(2, { up: (age) => age > 3 }));
  expect(await told(broken)).toEqual(['ok']);
  expect((await told(broken, {}, NOW - 2 * MINUTE_MS))[0]).toBe('failing');
});
