import { describe, expect, test } from 'vitest';
import { TICK_MS } from '../../lib/dispatch/slots.ts';
import { StoreError } from '../../lib/stores/store.ts';
import { fleet, NOON, play, type Queued } from './fleet.ts';

const many = Array.from({ length: 6 }, (_, index) => `c${index}`);
const minutesOf = (at: number) => (at - NOON) / TICK_MS;

/** A fleet on which all of `broken` went silent after a first round. */
async function broken(names: readonly string[], of: readonly string[] = names) {
  const world = fleet(of);
  await play(world, 6);
  for (const name of names) world.silent.add(name);
  return world;
}

describe('what breaks together', () => {
  test('is one message although every cluster is verified by itself', async () => {
    const world = await broken(many, [...many, 'fine']);
    await play(world, 6);
    expect(world.titles()).toEqual(['6 clusters are failing (region eu-west-1)']);
    expect(world.told[0]?.message).toMatchObject({ clusters: many, ok: ['fine'] });
    // Seen at 12:10, confirmed a minute later, told by the tick after.
    expect(minutesOf(world.told[0]?.at ?? 0)).toBe(12);
    world.silent.clear();
    await play(world, 15);
    expect(world.titles().slice(1)).toEqual(['6 clusters have recovered (region eu-west-1)']);
    expect(world.told[1]?.message.incidents[0]).toEqual({
      ...world.told[0]?.message.incidents[0],
      isOver: true,
      summary: '6 clusters are over it (region eu-west-1)',
    });
  });

  test('is one message in whatever order the runs come, and however often', async () => {
    const world = await broken(many);
    const fate = (runs: readonly Queued[]) => [...runs.toReversed(), ...runs];
    await play(world, 6, { fate });
    expect(world.titles()).toEqual(['6 clusters are failing (region eu-west-1)']);
  });

  test('keeps one key for those whose run comes a tick late, and loses none', async () => {
    const world = await broken(many);
    await play(world, 4);
    const late: Queued[] = [];
    const fate = (runs: readonly Queued[]) => {
      const kept = runs.filter(({ body }) => !body.includes('"c5"'));
      late.push(...runs.filter((run) => !kept.includes(run)));
      return kept;
    };
    // The second look of c5 is handed out two minutes later.
    await play(world, 1, { fate });
    await play(world, 1);
    for (const message of late) await world.verify(message);
    await play(world, 1);
    expect(world.titles()).toEqual([
      '5 clusters are failing (region eu-west-1)',
      'c5: canary failing (prometheus)',
    ]);
    const keys = world.told.map(({ message }) => message.incidents[0]?.key);
    expect(keys[1]).toBe(keys[0]);
  });

  test('is one message wherever within a minute the schedule invokes', async () => {
    for (const seconds of [0, 15, 30, 45, 59]) {
      const world = fleet(many);
      await play(world, 6, { seconds });
      for (const name of many) world.silent.add(name);
      await play(world, 8, { seconds });
      expect(world.titles(), `${seconds} s`).toEqual(['6 clusters are failing (region eu-west-1)']);
    }
  });

  test('is told by the run itself where that waited in the queue for longer than ticks look back', async () => {
    const world = await broken(['c0']);
    const late: Queued[] = [];
    await play(world, 10, { fate: (runs) => (late.push(...runs), []) });
    world.clock.advance(14 * TICK_MS);
    for (const message of late) await world.verify(message);
    expect(world.titles()).toEqual(['c0: canary failing (prometheus)']);
  });

  test('is told by each cluster where it shares nothing', async () => {
    const world = await broken(['c0', 'c1']);
    await play(world, 6);
    expect(world.titles()).toEqual(['c0: canary failing (prometheus)', 'c1: canary failing (prometheus)']);
  });

  test('is no storm where less than half of a region turn', async () => {
    const world = await broken(['c0', 'c1', 'c2'], [...many, 'c6']);
    await play(world, 6);
    expect(world.titles()).toHaveLength(3);
  });

  test('is told of blindness too', async () => {
    const world = fleet(many);
    for (const name of many) world.denied.add(name);
    await play(world, 16);
    expect(world.titles()).toEqual(['6 clusters cannot be observed (region eu-west-1)']);
  });
});

describe('the tick that tells', () => {
  test('may come twice: one of them tells', async () => {
    const world = await broken(many);
    await play(world, 6);
    const told = world.told.length;
    await world.dispatch(NOON + 12 * TICK_MS);
    expect(world.told).toHaveLength(told);
  });

  test('may be lost: the next one tells', async () => {
    const world = await broken(many);
    await play(world, 5);
    world.clock.advance(2 * TICK_MS);
    await world.dispatch(NOON + 13 * TICK_MS);
    expect(world.titles()).toEqual(['6 clusters are failing (region eu-west-1)']);
  });

  test('may never come: the next run of each cluster tells what it is owed', async () => {
    const world = await broken(many);
    await play(world, 5);
    expect(world.told).toEqual([]);
    const due = many.map((name): Queued => {
      const scheduledAt = new Date(NOON + 15 * TICK_MS).toISOString();
      return { at: 0, body: JSON.stringify({ clusters: [name], scheduledAt, dispatched: true }) };
    });
    world.clock.advance(NOON + 15 * TICK_MS - world.clock.now());
    for (const message of due) await world.verify(message);
    expect(world.titles().toSorted()).toEqual(many.map((name) => `${name}: canary failing (prometheus)`));
  });

  test('tries again what a channel did not take, with the next ticks, as one story', async () => {
    const world = await broken(many);
    world.down.add('chat');
    await play(world, 6);
    expect(world.log.filter(({ what }) => what === 'undelivered')).toHaveLength(6);
    world.down.clear();
    await play(world, 5);
    expect(world.titles()).toEqual(['6 clusters are failing (region eu-west-1)']);
  });
});

test('a run that cannot be held tells what it found itself', async () => {
  const world = fleet(['c0']);
  await play(world, 6);
  world.silent.add('c0');
  const tooLarge = () => Promise.reject(new StoreError('too-large', 'too large'));
  Object.assign(world.kept, { hold: tooLarge });
  await play(world, 5);
  expect(world.titles()).toEqual(['c0: canary failing (prometheus)']);
  expect(minutesOf(world.told[0]?.at ?? 0)).toBeGreaterThan(11);
  expect(minutesOf(world.told[0]?.at ?? 0)).toBeLessThan(12);
});

test('of two deliveries of one run, what the one saw that was counted is told', async () => {
  const steps = new Map<string, number>();
  let letOn: (() => void)[] = [];
  const world = fleet(['c0'], {
    signals: [{ name: 'up' }, { name: 'other' }],
    step: async (process, does) => {
      const done = steps.get(process);
      if (done === undefined) return does();
      steps.set(process, done + 1);
      // Both read, see and decide before either holds its run.
      if (done >= 2)
        await new Promise<void>((resolve) => {
          letOn.push(resolve);
        });
      return does();
    },
  });
  const quiet = async () => {
    for (let turns = 0; turns < 50; turns += 1)
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
  };
  world.silent.add('c0/up');
  await play(world, 5);
  world.clock.advance(TICK_MS);
  await world.dispatch(NOON + 6 * TICK_MS);
  const [confirmation] = world.take(Number.POSITIVE_INFINITY);
  if (!confirmation) throw new Error('nobody looks again');
  for (const process of ['first', 'second']) steps.set(process, 0);
  const deliveries = [world.verify(confirmation, 'first')];
  await quiet();
  world.silent.add('c0/other');
  deliveries.push(world.verify(confirmation, 'second'));
  while ((await quiet(), letOn.length > 0)) {
    const waiting = letOn;
    letOn = [];
    for (const resolve of waiting) resolve();
  }
  await Promise.all(deliveries);
  expect(world.log.filter(({ what }) => what === 'overtaken')).toHaveLength(1);
  world.clock.advance(TICK_MS);
  await world.dispatch(NOON + 7 * TICK_MS);
  expect(world.titles()).toEqual(['c0: up failing (prometheus)']);
  expect(world.told[0]?.message.ok).toEqual(['other']);
});

test('a run that is overtaken by the tick that records what it told is counted all the same', async () => {
  let beforeWrite: (() => Promise<unknown>) | undefined;
  let reads = 0;
  const world = fleet(['c0'], {
    step: async (process, does) => {
      const done = await does();
      // Between what the run read last and what it writes.
      if (process === 'verify' && beforeWrite && (reads += 1) === 2) await beforeWrite();
      return done;
    },
  });
  await play(world, 5);
  world.silent.add('c0');
  await play(world, 6);
  await world.dispatch(NOON + 15 * TICK_MS);
  world.clock.advance(4 * TICK_MS);
  const [message] = world.take(Number.POSITIVE_INFINITY);
  if (!message) throw new Error('nothing is due');
  beforeWrite = async () => {
    const { memory, version } = await world.kept.read('c0');
    await world.kept.write('c0', memory, version);
  };
  await world.verify(message);
  const { memory } = await world.kept.read('c0');
  expect(memory.runs[0]?.id).toBe(new Date(NOON + 15 * TICK_MS).toISOString());
  expect(world.kept.recorded.at(-1)).toMatchObject({ failing: ['canary'] });
});
