import pLimit from 'p-limit';
import type { Run } from '../../lib/incidents/facts.ts';
import type { Message } from '../../lib/message.ts';
import type { Notifier } from '../../lib/notifiers/notifier.ts';
import type { PlannedCluster } from '../../lib/plan.ts';
import { sourceMemory } from '../../lib/sources/source.ts';
import { fileStore } from '../../lib/stores/file.ts';
import type { Store } from '../../lib/stores/store.ts';
import type { LogLine } from '../../lib/trouble.ts';
import { watch } from '../../lib/watch.ts';
import { memoryStore } from '../support/memory-store.ts';
import type { SimulatedClock } from './clock.ts';
import type { Fate } from './fates.ts';
import type { Faults } from './faults.ts';
import type { Random } from '../../rehearsal/random.ts';

const MINUTE_MS = 60_000;
/** A Lambda of a minute. */
const VERIFIED_AFTER_MS = 45_000;
const SENT_AFTER_MS = 57_000;
/** Every so many ticks the memory lives in files. */
const IN_FILES = 50;
export const CHANNELS = ['chat', 'pager'];

/** One message as a channel took it. */
export interface Told {
  readonly channel: string;
  readonly at: number;
  readonly message: Message;
}

export interface RunSettings {
  readonly clock: SimulatedClock;
  readonly planned: readonly PlannedCluster[];
  readonly faults: Faults;
  /** For stores in files. */
  readonly directory: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly random: Random;
}

/** Delivers runs as SQS and Lambda do: mostly once, in time, in a warm process. */
export function openRuns({ clock, planned, faults, directory, credentials, random }: RunSettings) {
  const told: Told[] = [];
  const down = new Set<string>();
  const counts: Record<string, number> = {};
  const kept = memoryStore();
  const files = fileStore(directory, { clock });
  let store: Store = kept;
  let memory = sourceMemory();
  let held: Run | undefined;
  let runs = 0;
  let confirmations = 0;

  const notifiers = CHANNELS.map((key): Notifier => ({
    channel: 'slack',
    key,
    only: undefined,
    send: async (message) => {
      if (down.has(key)) return { delivered: false, retry: true, reason: 'unreachable', detail: 'down' };
      told.push({ channel: key, at: clock.now(), message });
      return { delivered: true };
    },
  }));
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const log = (line: LogLine): void => {
    if (line.what === 'defect') throw new Error('plumbline itself broke', { cause: line.error });
    if (line.what === 'forgetful') throw line.error;
    if (line.what === 'verdict') {
      const { verdict, state, unavailable } = line.signal;
      count(verdict);
      if (state) count(state);
      for (const reason of new Set(unavailable.map((one) => one.reason))) count(reason);
    } else count(line.what);
  };
  const one = async (clusters: readonly PlannedCluster[], run: Run, confirm: Confirm): Promise<void> => {
    const now = clock.now();
    faults.waitUntil(now + VERIFIED_AFTER_MS);
    const provide = () => async () => credentials;
    await watch(clusters, run, {
      clock,
      deadline: now + VERIFIED_AFTER_MS,
      fetch,
      limit: pLimit(16),
      credentials: provide,
      memory,
      toolVersion: 'simulated',
      alerts: { failAfter: 2, recoverAfter: 2, blindAfter: 3, remindEvery: 240 * MINUTE_MS, mutes: [] },
      notifiers,
      store,
      watched: planned,
      sending: {
        clock,
        fetch,
        deadline: now + SENT_AFTER_MS,
        credentials: provide,
        resolve: async (value) => ({ value }),
      },
      confirm,
      log,
      stage: 'live',
      emit: () => {},
    });
  };
  const deliver = async (
    clusters: readonly PlannedCluster[],
    run: Run,
    copies: Fate['copies'],
    confirm: Confirm,
  ): Promise<void> => {
    await Promise.all([
      one(clusters, run, confirm),
      ...(copies === 'at once' ? [one(clusters, run, confirm)] : []),
    ]);
    if (copies === 'repeated') await one(clusters, run, confirm);
  };

  return {
    told,
    down,
    figures: () => ({ runs, confirmations, verdicts: counts }),
    remembered: async () => {
      const all = await Promise.all(planned.map(({ name }) => kept.read(name)));
      return all.flatMap((stored) => Object.keys(stored.memory.signals));
    },
    /** Everything that happens between one tick and the next; `due` are the clusters that are looked at, by default all. */
    tick: async (tick: number, at: number, fate: Fate, due = planned): Promise<void> => {
      const run: Run = { id: new Date(at).toISOString(), at, isConfirmation: false };
      const asked = new Map<string, readonly string[]>();
      const confirm: Confirm = async (clusters, { id }) => void asked.set(id, clusters);
      faults.begin(tick, fate);
      clock.moveTo(at + fate.afterMs);
      if (fate.isCold) memory = sourceMemory();
      const late = held;
      held = fate.comes === 'late' ? run : undefined;
      if (fate.comes !== 'in time') return;
      runs += 1;
      if (tick % IN_FILES === 0) {
        await carry(kept, files, planned);
        store = files;
      }
      await deliver(due, run, fate.copies, confirm);
      if (late) await deliver(planned, late, 'one', confirm);
      for (const [id, names] of asked) {
        clock.moveTo(clock.now() + random.between(60, 90) * 1000);
        confirmations += 1;
        const confirming: Run = { id: `${id}+confirm`, at: clock.now(), isConfirmation: true };
        const clusters = planned.filter(({ name }) => names.includes(name));
        await deliver(clusters, confirming, fate.copies, confirm);
      }
      if (store === files) {
        await carry(files, kept, planned);
        store = kept;
      }
    },
  };
}

type Confirm = (clusters: readonly string[], run: Run) => Promise<void>;

/** What is remembered moves from one store to the other, which remembers it from then on. */
async function carry(from: Store, to: Store, clusters: readonly PlannedCluster[]): Promise<void> {
  for (const { name } of clusters) {
    const { memory } = await from.read(name);
    const { version } = await to.read(name);
    if (!(await to.write(name, memory, version))) throw new Error(`the memory of ${name} was not moved`);
  }
}
