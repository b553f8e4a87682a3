import pLimit from 'p-limit';
import { dispatch, type DispatchPorts } from '../../lib/dispatch/dispatch.ts';
import type { Scheduled } from '../../lib/dispatch/due.ts';
import type { ConfigurationState } from '../../lib/dispatch/own-facts.ts';
import { dueSignals, secondLookAt, TICK_MS, tickOf } from '../../lib/dispatch/slots.ts';
import { readVerifyEvent } from '../../lib/events.ts';
import { runOf } from '../../lib/incidents/facts.ts';
import type { Message } from '../../lib/message.ts';
import type { Notifier } from '../../lib/notifiers/notifier.ts';
import type { PlannedCluster } from '../../lib/plan.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import { sourceMemory } from '../../lib/sources/source.ts';
import type { Store } from '../../lib/stores/store.ts';
import type { LogLine } from '../../lib/trouble.ts';
import { watch } from '../../lib/watch.ts';
import { vector } from '../support/http.ts';
import { memoryStore } from '../support/memory-store.ts';
import { fakeClock } from '../support/ports.ts';
import { signal } from '../support/world.ts';

export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const FIVE_MINUTES = 5 * TICK_MS;

export interface Queued {
  readonly body: string;
  /** When the queue hands it out. Milliseconds since the epoch. */
  readonly at: number;
}

export interface Told {
  readonly channel: string;
  readonly at: number;
  readonly message: Message;
}

interface FleetSettings {
  readonly everyMs?: number;
  readonly channels?: readonly string[];
  readonly signals?: readonly Partial<StreamSignal>[];
  /** What a process does to the outside, one step after the other; by default at once. */
  readonly step?: <T>(process: string, does: () => Promise<T>) => Promise<T>;
}

/** Clusters of a signal each on a Prometheus, a queue, a memory and channels in this process, and a clock. */
export function fleet(
  names: readonly string[],
  {
    everyMs = FIVE_MINUTES,
    channels = ['chat'],
    signals = [{}],
    step = (_process, does) => does(),
  }: FleetSettings = {},
) {
  const clock = fakeClock(NOON);
  const kept = memoryStore();
  const told: Told[] = [];
  const log: LogLine[] = [];
  const queue: Queued[] = [];
  const silent = new Set<string>();
  const denied = new Set<string>();
  const down = new Set<string>();
  const emitted: Record<string, unknown>[] = [];
  let beats = 0;
  const clusterOf = (name: string): PlannedCluster => ({
    name,
    region: 'eu-west-1',
    signals: signals.map((bent) => ({
      judged: true,
      signal: signal({ address: `http://127.0.0.1:1/${name}/${bent.name ?? 'canary'}`, ...bent }),
    })),
  });
  const scheduled: Scheduled[] = names.map((name) => ({ cluster: clusterOf(name), everyMs }));

  const prometheus: typeof fetch = async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    const [, name = '', called = ''] = new URL(url).pathname.split('/');
    if (denied.has(name)) return new Response('forbidden', { status: 403 });
    const isSilent = silent.has(name) || silent.has(`${name}/${called}`);
    return new Response(vector(isSilent ? [] : [[{}, '3']]));
  };
  const storeOf = (process: string): Store => ({
    ...kept,
    read: (...args) => step(process, () => kept.read(...args)),
    write: (...args) => step(process, () => kept.write(...args)),
    hold: (...args) => step(process, () => kept.hold(...args)),
    release: (...args) => step(process, () => kept.release(...args)),
  });
  const notifiersOf = (process: string) =>
    channels.map((key): Notifier => ({
      channel: 'slack',
      key,
      only: undefined,
      send: (message) =>
        step(process, async () => {
          if (down.has(key)) return { delivered: false, retry: true, reason: 'unreachable', detail: 'down' };
          told.push({ channel: key, at: clock.now(), message });
          return { delivered: true };
        }),
    }));
  const portsOf = (process: string) => ({
    clock,
    alerts: { failAfter: 2, recoverAfter: 2, blindAfter: 3, remindEvery: 240 * TICK_MS, mutes: [] },
    notifiers: notifiersOf(process),
    store: storeOf(process),
    sending: {
      clock,
      fetch,
      deadline: clock.now() + TICK_MS,
      credentials: () => () => Promise.reject(new Error('none')),
      resolve: async (value: string) => ({ value }),
    },
    log: (line: LogLine) => {
      if (line.what === 'defect') throw new Error('plumbline itself broke', { cause: line.error });
      log.push(line);
    },
    stage: 'live',
    emit: (line: string) => void emitted.push(JSON.parse(line) as Record<string, unknown>),
  });

  return {
    clock,
    kept,
    told,
    log,
    queue,
    silent,
    denied,
    down,
    emitted,
    scheduled,
    beats: () => beats,
    titles: () => told.map(({ message }) => message.title),
    /** One invocation of `dispatch`. */
    dispatch: (
      tick: number,
      {
        process = 'dispatch',
        configuration = { verdict: 'ok' },
        ...over
      }: Partial<DispatchPorts> & {
        readonly process?: string;
        readonly configuration?: ConfigurationState;
      } = {},
      clusters = scheduled,
    ) =>
      dispatch(tick, clusters, configuration, {
        ...portsOf(process),
        send: async (batch) => {
          for (const { body, delaySeconds } of batch)
            queue.push({ body, at: clock.now() + delaySeconds * 1000 });
          return new Map();
        },
        keepConfig: async () => {},
        heartbeat: async () => void (beats += 1),
        ...over,
      }),
    /** One invocation of `verify` with a message of the queue. */
    verify: async ({ body }: Queued, process = 'verify', every = everyMs) => {
      const event = { Records: [{ eventSource: 'aws:sqs', body }] };
      const [asked] = readVerifyEvent(event, clock.now()).runs;
      if (!asked) throw new Error(`no run: ${body}`);
      const run = runOf(asked, 'request', clock.now());
      const clusters = scheduled.filter(({ cluster }) => asked.clusters.includes(cluster.name));
      return watch(
        clusters.map(({ cluster }) => cluster),
        run,
        {
          ...portsOf(process),
          deadline: clock.now() + TICK_MS,
          fetch: prometheus,
          limit: pLimit(16),
          credentials: () => () => Promise.reject(new Error('none')),
          memory: sourceMemory(),
          toolVersion: 'test',
          watched: scheduled.map(({ cluster }) => cluster),
          everyOf: () => every,
          ...(run.isConfirmation
            ? {}
            : { asked: (cluster: PlannedCluster) => dueSignals(cluster, every, run.at) }),
          confirm: async (confirmed, { id, at: confirmedAt }) => {
            const at = clock.now() + TICK_MS;
            const scheduledAt = new Date(secondLookAt(confirmedAt)).toISOString();
            const body = { clusters: confirmed, scheduledAt, confirms: id, dispatched: true };
            queue.push({ body: JSON.stringify(body), at });
          },
        },
      );
    },
    /** Takes what the queue hands out before a moment, in order. */
    take: (before: number): Queued[] => {
      queue.sort((one, other) => one.at - other.at);
      return queue.splice(0, queue.filter(({ at }) => at < before).length);
    },
  };
}

export type Fleet = ReturnType<typeof fleet>;

/** Plays ticks as they go when nothing goes wrong, from the clock's next one; `before` each may change the world. */
export async function play(
  world: Fleet,
  ticks: number,
  {
    fate = (runs: readonly Queued[]) => runs,
    seconds = 0,
  }: {
    fate?: (runs: readonly Queued[]) => readonly Queued[];
    /** So long after the full minute the schedule invokes. */
    seconds?: number;
  } = {},
): Promise<void> {
  for (let count = 0; count < ticks; count += 1) {
    const now = world.clock.now();
    const invokedAt = Math.floor((now - seconds * 1000) / TICK_MS) * TICK_MS + TICK_MS + seconds * 1000;
    world.clock.advance(invokedAt - now);
    await world.dispatch(tickOf(invokedAt));
    for (const message of fate(world.take(invokedAt + TICK_MS))) {
      world.clock.advance(Math.max(0, message.at - world.clock.now()));
      await world.verify(message);
    }
  }
}
