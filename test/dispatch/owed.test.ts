import { describe, expect, test } from 'vitest';
import { TICK_MS } from '../../lib/dispatch/slots.ts';
import { type Fleet, fleet, NOON, play } from './fleet.ts';

const HOUR_MS = 60 * TICK_MS;
const DAY_MS = 24 * HOUR_MS;
const minutesOf = (at: number) => (at - NOON) / TICK_MS;
const TITLE = 'a: canary failing (prometheus)';

/** A cluster that is verified once a day, is silent, and was verified and looked at again; the next tick tells. */
async function broken(settings: Parameters<typeof fleet>[1] = {}) {
  const world = fleet(['a'], { everyMs: DAY_MS, ...settings });
  world.silent.add('a');
  world.clock.advance(DAY_MS / 2 - TICK_MS);
  await play(world, 2);
  return world;
}

/** How often a channel did not take something. */
function triesOf({ log }: Fleet): number {
  return log.filter(({ what }) => what === 'undelivered').length;
}

describe('what a channel did not take', () => {
  test('is told by the tick in which it is there again, long before the next run', async () => {
    const world = await broken();
    world.down.add('chat');
    await play(world, 4);
    world.down.clear();
    await play(world, 4);
    expect(world.titles()).toEqual([TITLE]);
  });

  test('is tried after one, two, four minutes and so on, at last every half hour', async () => {
    const world = await broken();
    world.down.add('chat');
    const tries: number[] = [];
    for (let minute = 0; minute < 160; minute += 1) {
      const before = triesOf(world);
      await play(world, 1);
      if (triesOf(world) > before) tries.push(minute);
    }
    const first = tries[0] ?? 0;
    expect(tries.map((minute) => minute - first)).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121, 151]);
  });

  test('leaves the channels alone that took it', async () => {
    const world = await broken({ channels: ['chat', 'pager'] });
    world.down.add('pager');
    await play(world, 4);
    world.down.clear();
    await play(world, 4);
    expect(world.told.map(({ channel }) => channel)).toEqual(['chat', 'pager']);
    const ids = world.told.map(({ message }) => message.id);
    expect(ids[1]).toBe(ids[0]);
  });

  test('is one story although the ticks of hours did not tell it', async () => {
    const many = ['a', 'b', 'c', 'd'];
    const world = fleet(many, { everyMs: DAY_MS });
    for (const name of many) world.silent.add(name);
    world.down.add('chat');
    world.clock.advance(DAY_MS / 2 - TICK_MS);
    await play(world, 70);
    world.down.clear();
    await play(world, 70);
    expect(world.titles()).toEqual(['4 clusters are failing (region eu-west-1)']);
  });

  test('is held back by a mute that came meanwhile', async () => {
    const world = await broken();
    world.down.add('chat');
    await play(world, 3);
    world.down.clear();
    const now = world.clock.now();
    await world.kept.addMute({
      id: 'm',
      clusters: ['a'],
      signals: [],
      from: now,
      until: now + HOUR_MS,
      reason: 'upgrade',
    });
    await play(world, 30);
    expect(world.titles()).toEqual([]);
  });

  test('leaves no run behind once it is told', async () => {
    const world = await broken();
    world.down.add('chat');
    await play(world, 3);
    world.down.clear();
    await play(world, 20);
    expect(world.titles()).toEqual([TITLE]);
    expect(await world.kept.held(world.clock.now())).toEqual([]);
  });

  test('keeps one run of a cluster however often that is verified meanwhile', async () => {
    const world = fleet(['a']);
    world.silent.add('a');
    world.down.add('chat');
    await play(world, 62);
    const held = await world.kept.held(world.clock.now());
    expect(held.filter(({ report }) => report !== null)).toHaveLength(1);
    world.down.clear();
    await play(world, 6);
    expect(world.titles()).toEqual([TITLE]);
  });
});

describe('more than a tick has time for', () => {
  test('is told by several, each cluster once, although each dies when its time is over', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `c${index}`);
    let slow: { readonly process: string; readonly until: number } | undefined;
    const world = fleet(names, {
      everyMs: DAY_MS,
      step: async (process, does) => {
        if (process !== slow?.process) return does();
        world.clock.advance(300);
        return world.clock.now() >= slow.until ? new Promise<never>(() => {}) : does();
      },
    });
    for (const name of names) world.silent.add(name);
    world.clock.advance(DAY_MS / 2 - TICK_MS);
    await play(world, 2);
    const told = () => world.told.flatMap(({ message }) => message.clusters);
    const counts: number[] = [];
    while (told().length < names.length && counts.length < 12) {
      const tick = world.clock.now() + TICK_MS - (world.clock.now() % TICK_MS);
      world.clock.advance(tick - world.clock.now());
      slow = { process: `slow ${tick}`, until: tick + TICK_MS };
      await Promise.race([
        world.dispatch(tick, { process: slow.process }),
        new Promise((resolve) => {
          setTimeout(resolve, 100);
        }),
      ]);
      counts.push(told().length);
    }
    expect(counts[0]).toBeGreaterThan(5);
    expect(counts[0]).toBeLessThan(names.length);
    expect(told().toSorted()).toEqual(names.toSorted());
  });
});

describe('a tick that is killed', () => {
  const NEVER = new Promise<never>(() => {});

  /** Plays until the telling tick, which dies after so many steps; then lets further ticks tell. */
  async function killedAfter(steps: number) {
    let left = Number.POSITIVE_INFINITY;
    const world = await broken({
      step: async (process, does) => {
        if (process !== 'dying') return does();
        if (left <= 0) return NEVER;
        left -= 1;
        return does();
      },
    });
    left = steps;
    const tick = world.clock.now() + TICK_MS - (world.clock.now() % TICK_MS);
    world.clock.advance(tick - world.clock.now());
    const dying = world.dispatch(tick, { process: 'dying' });
    const wasKilled = await Promise.race([
      dying.then(() => false),
      new Promise<boolean>((resolve) => {
        setTimeout(() => resolve(true), 20);
      }),
    ]);
    await play(world, 4);
    return { world, wasKilled };
  }

  test('between any two of its steps is made up for by the ticks after it', async () => {
    let kills = 0;
    for (let steps = 0; ; steps += 1) {
      const { world, wasKilled } = await killedAfter(steps);
      if (!wasKilled) break;
      kills += 1;
      const titles = world.titles();
      expect(titles[0], `killed after ${steps} steps`).toBe(TITLE);
      expect(new Set(world.told.map(({ message }) => message.id)).size, `${steps} steps`).toBe(1);
      expect(titles.length, `killed after ${steps} steps`).toBeLessThanOrEqual(2);
      expect(minutesOf(world.told[0]?.at ?? 0) - minutesOf(NOON + DAY_MS / 2)).toBeLessThanOrEqual(5);
    }
    // Reads and writes what it remembers, takes over the claim, sends, records, gives back the claim, lets go.
    expect(kills).toBeGreaterThanOrEqual(7);
  });
});
