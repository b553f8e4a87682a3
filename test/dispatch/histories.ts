import fc from 'fast-check';
import { OWN } from '../../lib/departures.ts';
import { TICK_MS } from '../../lib/dispatch/slots.ts';
import { isOpen } from '../../lib/incidents/episode.ts';
import { owesAnything } from '../../lib/incidents/settle.ts';
import { fleet, type Fleet, type Queued } from './fleet.ts';

export const CLUSTERS = ['c0', 'c1', 'c2', 'c3'];
export const CHANNELS = ['chat', 'pager'];
const EVERY_MS = 2 * TICK_MS;

/** What becomes of one run that was sent: it comes as it should, twice at once, a tick late, or never. */
type Fate = 'once' | 'twice' | 'late' | 'lost';

/** One minute: what is silent, how often its tick comes, and what becomes of the runs. */
export interface Minute {
  readonly silent: readonly string[];
  readonly ticks: number;
  /** The tick of the minute before comes with it, at last or once more. */
  readonly isLate: boolean;
  readonly fates: readonly Fate[];
  /** After how many steps (of a store or a channel) each process of the minute is killed; null is never. */
  readonly killedAfter: readonly (number | null)[];
  readonly down: readonly string[];
}

const silent = fc.oneof(fc.constant([]), fc.constant(CLUSTERS), fc.subarray(CLUSTERS));

/** Ticks and runs come twice, at the same time, late and in any order, but none is lost and no process dies. */
export const undisturbed: fc.Arbitrary<Minute> = fc.record({
  silent,
  ticks: fc.constantFrom(1, 1, 2),
  // Runs of a tick that comes a minute late turn beside those of the next one: two stories.
  isLate: fc.constant(false),
  fates: fc.array(fc.constantFrom<Fate>('once', 'once', 'twice'), { minLength: 4, maxLength: 4 }),
  killedAfter: fc.constant([]),
  down: fc.constant([]),
});

/** The same, and ticks and runs are lost, processes are killed between any two steps, and channels take nothing. */
export const disturbed: fc.Arbitrary<Minute> = fc.record({
  silent,
  ticks: fc.constantFrom(0, 1, 1, 2),
  isLate: fc.constantFrom(false, false, true),
  fates: fc.array(fc.constantFrom<Fate>('once', 'once', 'twice', 'late', 'lost'), {
    minLength: 4,
    maxLength: 4,
  }),
  killedAfter: fc.array(fc.option(fc.nat({ max: 9 }), { freq: 2 }), { maxLength: 4 }),
  down: fc.subarray(CHANNELS, { maxLength: 1 }),
});

export interface History {
  readonly world: Fleet;
  /** Incidents that a memory ever had: `cluster opened-at`. */
  readonly incidents: readonly string[];
  readonly owesNothing: boolean;
  /** The same when ticks had gone on for a while, and before any further run came. */
  readonly ticksLeftNothing: boolean;
  readonly disturbances: number;
}

const CALM: Minute = { silent: [], ticks: 1, isLate: false, fates: ['once'], killedAfter: [], down: [] };
const calm = (fates: readonly Fate[], count: number) =>
  Array.from({ length: count }, () => ({ ...CALM, fates }));
/** A channel that was down for fourteen minutes is tried again within as many. */
const WITHOUT_RUNS = calm(['lost'], 32);

/** Never comes: whoever waits for it is dead. */
const DEAD = new Promise<never>(() => {});

/** Plays minutes with the steps of their processes interleaved by `scheduler`, and then calm ones until all is said. */
export async function playMinutes(minutes: readonly Minute[], scheduler: fc.Scheduler): Promise<History> {
  const left = new Map<string, number>();
  let disturbances = 0;
  const step = async <T>(process: string, does: () => Promise<T>): Promise<T> => {
    const steps = left.get(process) ?? Number.POSITIVE_INFINITY;
    if (steps <= 0) return DEAD;
    left.set(process, steps - 1);
    await scheduler.schedule(Promise.resolve());
    if (steps - 1 <= 0) disturbances += 1;
    const done = await does();
    return steps - 1 <= 0 ? DEAD : done;
  };
  const world = fleet(CLUSTERS, { everyMs: EVERY_MS, channels: CHANNELS, step });
  let late: Queued[] = [];
  let count = 0;
  let ticksLeftNothing = false;
  const owesNothing = async () => {
    const memories = await Promise.all(CLUSTERS.map((name) => world.kept.read(name)));
    return memories.every(({ memory }) => !owesAnything(memory));
  };
  for (const minute of [...minutes, ...WITHOUT_RUNS, ...calm(['once'], 16)]) {
    const tick = world.clock.now() + TICK_MS - (world.clock.now() % TICK_MS);
    world.clock.advance(tick - world.clock.now());
    world.silent.clear();
    for (const name of minute.silent) world.silent.add(name);
    world.down.clear();
    for (const name of minute.down) world.down.add(name);
    const kills = [...minute.killedAfter];
    const next = (what: string): string => {
      const process = `${what} ${(count += 1)}`;
      const kill = kills.shift();
      if (typeof kill === 'number') left.set(process, kill);
      return process;
    };
    const due = Array.from({ length: minute.ticks }, () => tick);
    if (minute.isLate) due.unshift(tick - TICK_MS);
    const ticks = due.map((one) => world.dispatch(one, { process: next('dispatch') }));
    const belated = late.map((message) => world.verify(message, next('verify')));
    late = [];
    await over([...ticks, ...belated], scheduler);
    world.clock.advance(TICK_MS / 3);
    const runs = world.take(tick + TICK_MS).flatMap((message, index) => {
      const fate = minute.fates[index % minute.fates.length];
      if (fate === 'late') late.push(message);
      if (fate === 'lost') disturbances += 1;
      return fate === 'late' || fate === 'lost' ? [] : fate === 'twice' ? [message, message] : [message];
    });
    await over(
      runs.map((message) => world.verify(message, next('verify'))),
      scheduler,
    );
    if (minute === WITHOUT_RUNS.at(-1)) ticksLeftNothing = await owesNothing();
  }
  return {
    world,
    incidents: incidentsOf(world),
    owesNothing: await owesNothing(),
    ticksLeftNothing,
    disturbances,
  };
}

async function over(processes: readonly Promise<unknown>[], scheduler: fc.Scheduler): Promise<void> {
  await scheduler.waitFor(Promise.race([Promise.all(processes), quiet(processes, scheduler)]));
}

/** Resolves once nothing has happened for a while: what is left waits for the dead. */
async function quiet(processes: readonly Promise<unknown>[], scheduler: fc.Scheduler): Promise<void> {
  let idle = 0;
  void Promise.allSettled(processes);
  while (idle < 20) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    idle = scheduler.count() === 0 ? idle + 1 : 0;
  }
}

function incidentsOf({ kept }: Fleet): string[] {
  const seen = new Set<string>();
  for (const { cluster, memory } of kept.written) {
    if (cluster === OWN) continue;
    for (const { failing } of Object.values(memory.signals))
      if (isOpen(failing)) seen.add(`${cluster} ${failing.opened.at}`);
  }
  return [...seen];
}
