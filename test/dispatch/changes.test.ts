import { describe, expect, test } from 'vitest';
import { TICK_MS } from '../../lib/dispatch/slots.ts';
import { type Fleet, fleet, NOON, type Queued } from './fleet.ts';

const HOUR_MS = 60 * TICK_MS;
const DAY_MS = 24 * HOUR_MS;
const isoOf = (at: number) => new Date(at).toISOString();
/** Midnight after `NOON`: every interval of the tests has a slot there. */
const MIDNIGHT = NOON + DAY_MS / 2;

const missedOf = ({ kept }: Fleet) =>
  kept.recorded.filter(({ id }) => id.endsWith('+missed')).map(({ at }) => isoOf(at));

/** Plays ticks of one cluster until a moment, with the interval that it has then; how many of them were heartbeats. */
async function until(world: Fleet, end: number, everyMs: number, fate = (runs: readonly Queued[]) => runs) {
  const before = world.beats();
  let ticks = 0;
  const clusters = world.scheduled.map((one) => ({ ...one, everyMs }));
  for (let tick = world.clock.now() + TICK_MS; tick <= end; tick += TICK_MS) {
    tick = Math.floor(tick / TICK_MS) * TICK_MS;
    world.clock.advance(tick - world.clock.now());
    ticks += 1;
    await world.dispatch(tick, {}, clusters);
    for (const message of fate(world.take(tick + TICK_MS))) await world.verify(message, 'verify', everyMs);
  }
  return { ticks, beats: world.beats() - before };
}

/** A cluster that was verified at midnight, and whose interval changes some minutes later. */
async function verifiedAtMidnight(everyMs: number, minutes: number) {
  const world = fleet(['a'], { everyMs });
  world.clock.advance(MIDNIGHT - 5 * TICK_MS - world.clock.now());
  await until(world, MIDNIGHT + minutes * TICK_MS, everyMs);
  return world;
}

describe('an interval that changed', () => {
  test.each([
    ['a day', 'six hours', DAY_MS, 6 * HOUR_MS, 13 * 60],
    ['a day', 'five minutes', DAY_MS, 5 * TICK_MS, 13 * 60 + 2],
    ['ten minutes', 'six', 10 * TICK_MS, 6 * TICK_MS, 7],
    ['five minutes', 'one', 5 * TICK_MS, TICK_MS, 3],
    ['five minutes', 'a day', 5 * TICK_MS, DAY_MS, 8],
    ['an hour', 'two', HOUR_MS, 2 * HOUR_MS, 61],
  ])('from %s to %s makes no run a missed one, and stops no heartbeat', async (_a, _b, from, to, minutes) => {
    const world = await verifiedAtMidnight(from, minutes);
    const { ticks, beats } = await until(world, MIDNIGHT + minutes * TICK_MS + 2 * to, to);
    expect(missedOf(world)).toEqual([]);
    // The tick that sends the first run of the new interval waits for it, and so may the next.
    expect(ticks - beats).toBeLessThanOrEqual(2);
    expect(world.titles()).toEqual([]);
  });

  test('hides no run that does not come from then on', async () => {
    const world = await verifiedAtMidnight(DAY_MS, 7);
    const from = MIDNIGHT + 7 * TICK_MS;
    const { ticks, beats } = await until(world, from + 60 * TICK_MS, 10 * TICK_MS, () => []);
    expect(ticks - beats).toBeGreaterThan(40);
    expect(world.titles()).toEqual(['Plumbline: a not verified']);
    expect(missedOf(world).at(-1)).toBe(isoOf(MIDNIGHT + 50 * TICK_MS));
    expect(missedOf(world).every((at) => at > isoOf(from))).toBe(true);
  });
});

describe('a cluster that comes and goes', () => {
  test('is nobody’s missed run while it was switched off, nor when it is there again', async () => {
    const world = fleet(['a', 'b'], { everyMs: 5 * TICK_MS });
    const only = (names: readonly string[]) =>
      world.scheduled.filter(({ cluster }) => names.includes(cluster.name));
    let beats = 0;
    for (let minute = 0; minute <= 60; minute += 1) {
      const tick = NOON + minute * TICK_MS;
      world.clock.advance(tick - world.clock.now());
      const before = world.beats();
      await world.dispatch(tick, {}, only(minute > 20 && minute < 40 ? ['a'] : ['a', 'b']));
      beats += world.beats() - before;
      for (const message of world.take(tick + TICK_MS)) await world.verify(message);
    }
    expect(missedOf(world)).toEqual([]);
    expect(world.titles()).toEqual([]);
    expect(beats).toBeGreaterThanOrEqual(59);
  });
});

test('clocks that differ make no run another one, no missed run and no false alarm', async () => {
  const world = fleet(['a'], { everyMs: 5 * TICK_MS });
  const lagMs = 10 * TICK_MS;
  for (let minute = 0; minute <= 31; minute += 1) {
    const tick = NOON + minute * TICK_MS;
    world.clock.advance(tick - world.clock.now());
    await world.dispatch(tick);
    // The machine that verifies is ten minutes behind, and each run is delivered twice, once where the clock is right.
    for (const message of world.take(tick + TICK_MS)) {
      world.clock.advance(-lagMs);
      const { clusters } = await world.verify(message);
      expect(clusters[0]?.verdict).toBe('ok');
      world.clock.advance(lagMs);
      expect((await world.verify(message)).clusters[0]?.verdict).toBe('repeated');
    }
  }
  expect(missedOf(world)).toEqual([]);
  expect(world.titles()).toEqual([]);
  expect(world.beats()).toBeGreaterThanOrEqual(30);
  const { memory } = await world.kept.read('a');
  expect(memory.runs[0]).toMatchObject({ at: NOON + 30 * TICK_MS });
});
