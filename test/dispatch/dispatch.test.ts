import { describe, expect, test } from 'vitest';
import { StoreError } from '../../lib/stores/store.ts';
import { TICK_MS } from '../../lib/dispatch/slots.ts';
import { FIVE_MINUTES, type Fleet, fleet, NOON, play } from './fleet.ts';

const many = Array.from({ length: 6 }, (_, index) => `c${index}`);
const isoOf = (at: number) => new Date(at).toISOString();

describe('what is due', () => {
  test('is sent once per cluster and slot, spread within half a minute', async () => {
    const world = fleet(many);
    expect(await world.dispatch(NOON)).toMatchObject({ sent: 6, unsent: 0 });
    expect(world.queue.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
      many.map((name) => ({ clusters: [name], scheduledAt: isoOf(NOON), dispatched: true })),
    );
    const delays = world.queue.map(({ at }) => (at - NOON) / 1000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30);
    expect(new Set(delays).size).toBeGreaterThan(1);
    world.clock.advance(TICK_MS);
    expect(await world.dispatch(NOON + TICK_MS)).toMatchObject({ sent: 0 });
  });

  test('is sent by one of two that come with the same tick', async () => {
    const world = fleet(many);
    await world.dispatch(NOON);
    expect(await world.dispatch(NOON)).toMatchObject({ sent: 0 });
    expect(world.queue).toHaveLength(6);
    expect(world.log).toContainEqual({ what: 'repeated', cluster: 'plumbline', run: isoOf(NOON) });
  });

  test('is made up for by the next tick where one was lost', async () => {
    const world = fleet(['a']);
    await world.dispatch(NOON - TICK_MS);
    world.clock.advance(TICK_MS);
    expect(await world.dispatch(NOON + TICK_MS)).toMatchObject({ sent: 1 });
    expect(JSON.parse(world.queue[0]?.body ?? '')).toMatchObject({ scheduledAt: isoOf(NOON) });
  });

  test('is made up for after an outage of hours where the cluster is not due again for long', async () => {
    const world = fleet(['a', 'b'], { everyMs: 12 * 60 * TICK_MS });
    await world.dispatch(NOON - TICK_MS);
    world.clock.advance(5 * 60 * TICK_MS);
    expect(await world.dispatch(NOON + 5 * 60 * TICK_MS)).toMatchObject({ sent: 2 });
    const [first] = world.queue;
    expect(JSON.parse(first?.body ?? '')).toMatchObject({ scheduledAt: isoOf(NOON) });
    for (const message of world.take(Number.POSITIVE_INFINITY)) await world.verify(message);
    await play(world, 2);
    expect(world.beats()).toBeGreaterThan(0);
    expect(world.titles()).toEqual([]);
  });

  test('is spread at whatever second of the minute the schedule invokes', async () => {
    const world = fleet(many);
    world.clock.advance(45_000);
    await world.dispatch(NOON);
    expect(new Set(world.queue.map(({ at }) => at)).size).toBeGreaterThan(1);
  });

  test('what the queue does not take is sent again, and told in the end', async () => {
    const world = fleet(many);
    let calls = 0;
    const refusing = await world.dispatch(NOON, {
      send: async (batch) => {
        calls += 1;
        if (calls === 1) throw new Error('unreachable: no answer');
        return new Map([[batch.length - 1, 'InternalError']]);
      },
    });
    // Of six, one of the second try's is left for the third, which is refused again.
    expect([calls, refusing]).toMatchObject([3, { sent: 5, unsent: 1 }]);
    expect(world.log).toContainEqual({ what: 'unsent', cluster: 'c5', detail: 'InternalError' });
    expect(world.emitted.at(-1)).toMatchObject({ Ticks: 1, UnsentRuns: 1 });
  });

  test('is still verified while nothing can be remembered', async () => {
    const world = fleet(many);
    const store = {
      ...world.kept,
      read: () => Promise.reject(new StoreError('unreachable', 'no answer')),
    };
    expect(await world.dispatch(NOON, { store })).toMatchObject({ sent: 6, forgotten: 1 });
  });
});

describe('signals with an interval of their own', () => {
  test('are judged when they are due, and neither closed nor forgotten in between', async () => {
    const world = fleet(['a'], {
      signals: [{ name: 'often' }, { name: 'seldom', everyMs: 3 * FIVE_MINUTES, failAfter: 1 }],
    });
    world.silent.add('a/seldom');
    await play(world, 31);
    const judged = world.kept.recorded.map(({ ok, failing }) => [...ok, ...failing].length);
    // 12:05 to 12:30; quarters of an hour judge both.
    expect(judged).toEqual([1, 1, 2, 1, 1, 2]);
    expect(world.titles()).toEqual(['a: seldom failing (prometheus)']);
  });
});

describe('a cluster that is not verified', () => {
  test('is told once after three intervals, recorded as missed, and told when it is verified again', async () => {
    const world = fleet(['a', 'b']);
    const lose = (runs: Parameters<typeof world.verify>[0][]) =>
      runs.filter(({ body }) => !body.includes('"a"'));
    await play(world, 6);
    await play(world, 26, { fate: (runs) => lose([...runs]) });
    expect(world.told.map(({ message, at }) => [message.title, isoOf(at)])).toEqual([
      ['Plumbline: a not verified', isoOf(NOON + 4 * FIVE_MINUTES)],
    ]);
    expect(world.told[0]?.message).toMatchObject({
      clusters: ['a'],
      severity: 'critical',
      reason: 'opened',
      entries: [
        {
          name: 'a',
          findings: [
            {
              expectation: 'runs',
              observed: 'not verified since 2026-11-20 12:05:00Z, for 15m',
              expected: 'a run every 5m',
            },
          ],
        },
      ],
    });
    const missed = world.kept.recorded.filter(({ id }) => id.endsWith('+missed'));
    expect(missed.map(({ cluster, at, unknown }) => [cluster, isoOf(at), unknown])).toEqual(
      [2, 3, 4, 5].map((slot) => ['a', isoOf(NOON + slot * FIVE_MINUTES), ['canary']]),
    );
    expect(world.emitted.at(-1)).toMatchObject({ OverdueClusters: 1 });
    await play(world, 8);
    expect(world.titles().slice(1)).toEqual(['Plumbline: a verified again']);
    expect(world.told[1]?.message).toMatchObject({ reason: 'recovered', incidents: [{ isOver: true }] });
    expect(world.told[1]?.message.incidents[0]?.key).toBe(world.told[0]?.message.incidents[0]?.key);
  });

  test('leaves the signals alone that were not due when its runs were missed', async () => {
    const world = fleet(['a'], {
      signals: [{ name: 'often' }, { name: 'seldom', everyMs: 3 * FIVE_MINUTES }],
    });
    await play(world, 17);
    await play(world, 13, { fate: () => [] });
    const missed = world.kept.recorded.filter(({ id }) => id.endsWith('+missed'));
    expect(missed.map(({ at, unknown }) => [(at - NOON) / TICK_MS, unknown])).toEqual([
      [20, ['often']],
      [25, ['often']],
    ]);
    await play(world, 5, { fate: () => [] });
    expect(world.kept.recorded.at(-1)).toMatchObject({ unknown: ['often', 'seldom'] });
  });

  test('is told although it never was', async () => {
    const world = fleet(['a']);
    await play(world, 19, { fate: () => [] });
    expect(world.titles()).toEqual([]);
    await play(world, 1, { fate: () => [] });
    expect(world.titles()).toEqual(['Plumbline: a not verified']);
    expect(world.told[0]?.message.entries[0]?.findings[0]?.observed).toBe('not verified yet');
  });

  test('is not told where only its interval became shorter', async () => {
    const world = fleet(['a']);
    const hourly = world.scheduled.map((one) => ({ ...one, everyMs: 60 * TICK_MS }));
    for (let minute = 0; minute <= 32; minute += 1) {
      await world.dispatch(NOON + minute * TICK_MS, {}, hourly);
      for (const message of world.take(world.clock.now() + TICK_MS)) await world.verify(message);
      world.clock.advance(TICK_MS);
    }
    await play(world, 10);
    expect(world.titles()).toEqual([]);
    expect(world.emitted.filter((line) => 'OverdueClusters' in line)).toEqual([]);
  });

  test('is told by the first tick after an hour without any', async () => {
    const world = fleet(['a']);
    await play(world, 6);
    world.clock.advance(60 * TICK_MS);
    await play(world, 2);
    expect(world.titles()).toEqual(['Plumbline: a not verified', 'Plumbline: a verified again']);
  });

  test('is one message with the others', async () => {
    const world = fleet(many);
    await play(world, 6);
    await play(world, 15, { fate: () => [] });
    expect(world.titles()).toEqual(['Plumbline: 6 clusters not verified']);
  });
});

describe('the heartbeat', () => {
  test('is sent each tick in which all that was due is done', async () => {
    const world = fleet(many);
    await play(world, 6);
    const before = world.beats();
    await play(world, 5);
    expect(world.beats() - before).toBe(5);
    await play(world, 10, { fate: (runs) => runs.slice(1) });
    const stopped = world.beats();
    await play(world, 5, { fate: (runs) => runs.slice(1) });
    expect(world.beats()).toBe(stopped);
  });

  /** Whether each of so many ticks was one. */
  async function beating(world: Fleet, ticks: number, over?: Parameters<typeof world.dispatch>[1]) {
    const beats: boolean[] = [];
    for (let count = 0; count < ticks; count += 1) {
      const before = world.beats();
      const tick = world.clock.now() + TICK_MS - (world.clock.now() % TICK_MS);
      world.clock.advance(tick - world.clock.now());
      await world.dispatch(tick, over);
      for (const message of world.take(tick + TICK_MS)) await world.verify(message);
      beats.push(world.beats() > before);
    }
    return beats;
  }

  test('waits for a channel that does not take what it is owed, also while it is not tried', async () => {
    const world = fleet(['a'], { everyMs: 24 * 60 * TICK_MS, channels: ['chat', 'pager'] });
    world.silent.add('a');
    world.clock.advance(12 * 60 * TICK_MS - TICK_MS);
    world.down.add('pager');
    expect(await beating(world, 8)).toEqual([true, true, false, false, false, false, false, false]);
    world.down.clear();
    const [before, after] = [await beating(world, 2), await beating(world, 4)];
    expect([before, after]).toEqual([
      [false, true],
      [true, true, true, true],
    ]);
    expect(world.titles()).toHaveLength(2);
  });

  test('waits for the queue, and for what is remembered', async () => {
    const world = fleet(['a'], { everyMs: 10 * TICK_MS });
    await world.dispatch(NOON);
    for (const message of world.take(NOON + TICK_MS)) await world.verify(message);
    expect(await beating(world, 9)).toEqual(Array.from({ length: 9 }, () => true));
    expect(await beating(world, 1, { send: () => Promise.reject(new Error('no answer')) })).toEqual([false]);
    expect(await beating(world, 2)).toEqual([true, true]);
    const store = { ...world.kept, mutes: () => Promise.reject(new StoreError('denied', 'no')) };
    expect(await beating(world, 1, { store })).toEqual([false]);
    const lost = { ...world.kept, standings: () => Promise.reject(new StoreError('denied', 'no')) };
    expect(await beating(world, 1, { store: lost })).toEqual([false]);
    const keepConfig = () => Promise.reject(new StoreError('too-large', '500 KB'));
    expect(await beating(world, 1, { keepConfig })).toEqual([false]);
    expect(world.emitted.findLast((line) => 'Ticks' in line)).toMatchObject({ MemoryErrors: 1 });
    expect(await beating(world, 1)).toEqual([true]);
  });

  test('costs the tick none of its metrics where whoever listens takes too long', async () => {
    const world = fleet(['a']);
    await world.dispatch(NOON - TICK_MS);
    const before = world.emitted.length;
    let isCalled: () => void = () => {};
    const called = new Promise<void>((resolve) => (isCalled = resolve));
    void world.dispatch(NOON, {
      heartbeat: () => {
        isCalled();
        return new Promise(() => {});
      },
    });
    await called;
    expect(world.emitted.slice(before)).toMatchObject([{ Ticks: 1 }]);
  });

  test('waits for a new cluster from when it is first due, and no sooner', async () => {
    const world = fleet(['a'], { everyMs: 60 * TICK_MS });
    await world.dispatch(NOON + TICK_MS);
    world.clock.advance(TICK_MS);
    await play(world, 58, { fate: () => [] });
    expect(world.beats()).toBe(59);
    await play(world, 5, { fate: () => [] });
    expect(world.beats()).toBe(60);
  });
});

describe('what is wrong with the configuration', () => {
  const wrong = { verdict: 'failing', problems: ['plumbline.json:1:1: error: x'] } as const;
  const at = (minutes: number) => NOON + minutes * TICK_MS;

  test('is told once, with its problems, again where they are others, and when it is over', async () => {
    const world = fleet(['a']);
    for (const [minute, configuration] of [
      wrong,
      wrong,
      { ...wrong, problems: ['y'] },
      undefined,
    ].entries()) {
      await world.dispatch(at(minute), configuration ? { configuration } : {});
      world.clock.advance(TICK_MS);
    }
    expect(world.told.map(({ message }) => [message.reason, message.title])).toEqual([
      ['opened', 'Plumbline: the configuration is wrong'],
      ['found', 'Plumbline: the configuration is wrong'],
      ['recovered', 'Plumbline: the configuration can be used again'],
    ]);
    expect(world.told[0]?.message.entries[0]?.findings[0]?.observed).toBe(wrong.problems[0]);
  });

  test('that it cannot be read is told after the third tick, as a warning', async () => {
    const world = fleet(['a']);
    const configuration = { verdict: 'unknown', detail: 'denied: s3:GetObject' } as const;
    for (const minute of [0, 1, 2, 3]) {
      await world.dispatch(at(minute), { configuration });
      world.clock.advance(TICK_MS);
    }
    expect(world.told.map(({ message }) => [message.severity, message.title, message.blind])).toEqual([
      [
        'warning',
        'Plumbline: the configuration cannot be read',
        [expect.objectContaining({ detail: 'denied: s3:GetObject' })],
      ],
    ]);
  });
});

test('a cluster that left the configuration is closed by name and forgotten', async () => {
  const world = fleet(['a', 'b']);
  world.silent.add('a');
  await play(world, 9);
  expect(world.titles()).toEqual(['a: canary failing (prometheus)']);
  const left = world.scheduled.filter(({ cluster }) => cluster.name === 'b');
  await world.dispatch(NOON + 10 * TICK_MS, {}, left);
  expect(world.titles()[1]).toBe('a: canary no longer watched');
  expect(await world.kept.clusters()).toEqual([' plumbline', 'b']);
});
