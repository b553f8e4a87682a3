import fc from 'fast-check';
import pLimit from 'p-limit';
import { isOpen } from '../../lib/incidents/episode.ts';
import type { Run } from '../../lib/incidents/facts.ts';
import type { ClusterMemory } from '../../lib/incidents/memory.ts';
import { owesAnything } from '../../lib/incidents/settle.ts';
import type { Message } from '../../lib/message.ts';
import type { Notifier } from '../../lib/notifiers/notifier.ts';
import type { PlannedCluster } from '../../lib/plan.ts';
import { sourceMemory } from '../../lib/sources/source.ts';
import { StoreError } from '../../lib/stores/store.ts';
import { watch } from '../../lib/watch.ts';
import { vector } from '../support/http.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { fakeClock } from '../support/ports.ts';
import { signal } from '../support/world.ts';

const MINUTE_MS = 60_000;
const SIGNALS = ['a', 'b'];
export const CHANNELS = ['chat', 'pager'];

type Seen = 'ok' | 'failing' | 'unknown';

/** One tick: what is true then, which runs come of it, and what goes wrong. */
export interface Tick {
  readonly world: readonly Seen[];
  /** How often the tick's run is delivered, at the same time. */
  readonly copies: number;
  /** A run of an earlier tick is delivered with it. */
  readonly late: number | null;
  /** After how many steps (of a store or a channel) each process is killed; null is never. */
  readonly killedAfter: readonly (number | null)[];
  /** Channels that take nothing. */
  readonly down: readonly string[];
  /** The cluster is muted. */
  readonly isMuted: boolean;
  /** The store fails at the n-th step of all. */
  readonly forgetsAt: number | null;
}

const world = fc.array(fc.constantFrom<Seen>('ok', 'ok', 'failing', 'failing', 'unknown'), {
  minLength: SIGNALS.length,
  maxLength: SIGNALS.length,
});

/** Runs that are duplicated, come late and run at the same time, but are not killed. */
export const undisturbed: fc.Arbitrary<Tick> = fc.record({
  world,
  copies: fc.constantFrom(1, 1, 2, 3),
  late: fc.option(fc.nat({ max: 5 })),
  killedAfter: fc.constant([]),
  down: fc.constant([]),
  isMuted: fc.constant(false),
  forgetsAt: fc.constant(null),
});

/** The same, and channels that take nothing for a while. */
export const withOutages: fc.Arbitrary<Tick> = fc
  .tuple(undisturbed, fc.subarray(CHANNELS))
  .map(([tick, down]) => ({ ...tick, down }));

/** The same, and processes are killed between any two steps, and the store fails. */
export const disturbed: fc.Arbitrary<Tick> = fc.record({
  world,
  copies: fc.constantFrom(1, 1, 2),
  late: fc.option(fc.nat({ max: 5 })),
  killedAfter: fc.array(fc.option(fc.nat({ max: 9 }), { freq: 2 }), { maxLength: 3 }),
  down: fc.subarray(CHANNELS, { maxLength: 1 }),
  isMuted: fc.constant(false),
  forgetsAt: fc.option(fc.nat({ max: 12 }), { freq: 4 }),
});

/** All of it, and mutes. */
export const muted: fc.Arbitrary<Tick> = fc
  .tuple(disturbed, fc.boolean())
  .map(([tick, isMuted]) => ({ ...tick, isMuted }));

/** One message as a channel took it. */
export interface Taken {
  readonly channel: string;
  readonly message: Message;
}

export interface Outcome {
  readonly taken: readonly Taken[];
  readonly store: MemoryStore;
  readonly last: ClusterMemory;
  readonly owesNothing: boolean;
  /** How many processes were killed, and how often the store failed. */
  readonly disturbances: number;
  /** Incidents that the memory ever had: `signal opened-at`, in the order of their opening. */
  readonly incidents: readonly string[];
}

/** Never comes: whoever waits for it is dead. */
const DEAD = new Promise<never>(() => {});

/** Plays ticks through the real `watch`, its steps interleaved by `scheduler`, and then quiet ticks until all is said. */
export async function playTicks(ticks: readonly Tick[], scheduler: fc.Scheduler): Promise<Outcome> {
  const clock = fakeClock(Date.parse('2026-11-20T12:00:00Z'));
  const store = memoryStore();
  const taken: Taken[] = [];
  let disturbances = 0;
  const calm: Tick = {
    world: ['ok', 'ok'],
    copies: 1,
    late: null,
    killedAfter: [],
    down: [],
    isMuted: false,
    forgetsAt: null,
  };
  const all = [...ticks, ...Array.from({ length: 7 }, () => calm)];
  const runs: Run[] = [];
  for (const tick of all) {
    clock.advance(5 * MINUTE_MS);
    const now = clock.now();
    runs.push({ id: `tick ${runs.length}`, at: now, isConfirmation: false });
    const due = [
      ...Array.from({ length: tick.copies }, () => runs.at(-1)),
      ...(tick.late === null ? [] : [runs[tick.late]]),
    ].filter((run) => run !== undefined);
    let steps = 0;
    const processes = due.map((run, index) => {
      let left = tick.killedAfter[index] ?? Number.POSITIVE_INFINITY;
      /** One step of a process: it happens at any time, and the process may be dead before or after it. */
      const step = async <T>(does: () => Promise<T>): Promise<T> => {
        if (left <= 0) return DEAD;
        left -= 1;
        await scheduler.schedule(Promise.resolve());
        if (left <= 0) disturbances += 1;
        const done = await does();
        return left <= 0 ? DEAD : done;
      };
      const remember = <T>(does: () => Promise<T>) =>
        step(async () => {
          steps += 1;
          if (steps === tick.forgetsAt) {
            disturbances += 1;
            throw new StoreError('unreachable', 'no answer');
          }
          return does();
        });
      return watch([CLUSTER], run, {
        clock,
        deadline: now + MINUTE_MS,
        fetch: prometheus(tick.world),
        limit: pLimit(16),
        credentials: () => () => Promise.reject(new Error('none')),
        memory: sourceMemory(),
        toolVersion: 'test',
        alerts: { failAfter: 2, recoverAfter: 2, blindAfter: 2, remindEvery: 25 * MINUTE_MS, mutes: [] },
        watched: [CLUSTER],
        notifiers: CHANNELS.map((key): Notifier => ({
          channel: 'slack',
          key,
          only: undefined,
          send: (message) =>
            step(async () => {
              if (tick.down.includes(key)) {
                return { delivered: false, retry: true, reason: 'unreachable', detail: 'down' };
              }
              taken.push({ channel: key, message });
              return { delivered: true };
            }),
        })),
        store: {
          ...store,
          read: (...args) => remember(() => store.read(...args)),
          write: (...args) => remember(() => store.write(...args)),
          mutes: async () =>
            tick.isMuted
              ? [{ id: 'm', clusters: [], signals: [], from: now, until: now + MINUTE_MS, reason: 'a test' }]
              : [],
        },
        sending: {
          clock,
          fetch,
          deadline: now + 2 * MINUTE_MS,
          credentials: () => () => Promise.reject(new Error('none')),
          resolve: async (value) => ({ value }),
        },
        log: ({ what, ...line }) => {
          if (what === 'defect' && 'error' in line) throw line.error;
        },
        stage: 'live',
        emit: () => {},
      });
    });
    const over = Promise.race([Promise.all(processes), quiet(processes, scheduler)]);
    await scheduler.waitFor(over);
  }
  const { memory: last } = await store.read(CLUSTER.name);
  return {
    taken,
    store,
    last,
    owesNothing: !owesAnything(last),
    disturbances,
    incidents: incidentsOf(store),
  };
}

const CLUSTER: PlannedCluster = {
  name: 'prod-eu',
  region: 'eu-west-1',
  signals: SIGNALS.map((name) => ({
    judged: true,
    signal: signal({ name, metric: `m_${name}`, address: `http://127.0.0.1:1/${name}` }),
  })),
};

/** Answers every question about a signal as the world is. */
function prometheus(seen: readonly Seen[]): typeof fetch {
  return async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    const index = SIGNALS.findIndex((name) => url.includes(`/${name}/`));
    if (seen[index] === 'unknown') return new Response('forbidden', { status: 403 });
    return new Response(vector(seen[index] === 'ok' ? [[{}, '3']] : []));
  };
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

function incidentsOf({ written }: MemoryStore): string[] {
  const seen = new Set<string>();
  for (const { memory } of written) {
    for (const [name, { failing }] of Object.entries(memory.signals)) {
      if (isOpen(failing)) seen.add(`${name} ${failing.opened.at}`);
    }
  }
  return [...seen];
}
