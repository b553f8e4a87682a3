import type { PlannedCluster } from '../plan.ts';
import { isStream, type Signal } from '../signal.ts';
import { type Store, type StoredBaseline, StoreError } from '../stores/store.ts';
import { type SignalVerdict, verifyCluster, type VerifyPorts } from '../verify.ts';
import { accept, withAcceptance } from './accept.ts';
import type { Baseline } from './baseline.ts';
import { expectsNoKeyDrift } from './expected.ts';
import { driftingSignals, withBaselines } from './remembered.ts';
import type { Shape } from './shape.ts';

/** What became of a decision about one signal. */
export interface Decided {
  readonly cluster: string;
  readonly signal: string;
  /** Why nothing was changed; null where it was. */
  readonly problem: string | null;
}

export interface Decider {
  readonly by: string;
  readonly why: string;
}

const TRIES = 5;

/** Looks at the signals now: what is seen becomes usual. Nothing is accepted that was not seen whole. */
export async function acceptSeen(
  cluster: PlannedCluster,
  decider: Decider,
  ports: VerifyPorts & { readonly store: Store },
): Promise<readonly Decided[]> {
  const { clock, store } = ports;
  const stored = await store.baselines(cluster.name);
  const { signals } = await verifyCluster(withBaselines(cluster, stored, clock.now()), ports);
  const drifting = new Set(driftingSignals(cluster));
  return Promise.all(
    signals
      .filter(({ signal }) => drifting.has(signal.name))
      .map(async (seen): Promise<Decided> => {
        const about = { cluster: cluster.name, signal: seen.signal.name };
        const shape = wholeShape(seen);
        if (typeof shape === 'string') return { ...about, problem: shape };
        const change = (baseline: Baseline | undefined) =>
          baseline ? accept(baseline, shape, clock.now(), decider) : NOTHING_LEARNED;
        return { ...about, problem: await changed(about, change, store, stored.get(about.signal)) };
      }),
  );
}

/** Begins anew to learn what is usual; who decided so, when and why is kept. */
export async function resetBaselines(
  cluster: PlannedCluster,
  { by, why }: Decider,
  { clock, store }: Pick<VerifyPorts, 'clock'> & { readonly store: Store },
): Promise<readonly Decided[]> {
  const stored = await store.baselines(cluster.name);
  return Promise.all(
    driftingSignals(cluster).map(async (signal): Promise<Decided> => {
      const about = { cluster: cluster.name, signal };
      const known = stored.get(signal);
      // What cannot be read, and nobody will miss, makes room.
      if (known instanceof StoreError) await store.forgetBaseline(cluster.name, signal);
      const change = (baseline: Baseline | undefined): Baseline => ({
        values: new Map(),
        accepted: withAcceptance(baseline?.accepted ?? [], {
          at: clock.now(),
          by,
          why: `begun anew: ${why}`,
        }),
      });
      const problem = await changed(about, change, store, known instanceof StoreError ? undefined : known);
      return { ...about, problem };
    }),
  );
}

const NOTHING_LEARNED =
  'nothing has been learned of it yet, so that there is nothing to accept; only scheduled runs learn';

/** A run may write at the same time: then it is done to what the run wrote. */
async function changed(
  { cluster, signal }: { readonly cluster: string; readonly signal: string },
  change: (baseline: Baseline | undefined) => Baseline | string,
  store: Store,
  first: StoredBaseline | StoreError | undefined,
): Promise<string | null> {
  let known = first;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (known instanceof StoreError) return known.message;
    const next = change(known?.baseline);
    if (typeof next === 'string') return next;
    if (await store.writeBaseline(cluster, signal, next, known?.version ?? 0)) return null;
    known = (await store.baselines(cluster)).get(signal);
  }
  return 'runs were writing it all the time; try again';
}

/** The shape of a signal, or why it was not seen whole. */
function wholeShape({ signal, shape, unavailable }: SignalVerdict): Shape | string {
  const [why] = unavailable;
  const unseen = why ? `it could not be seen: ${why.reason}: ${why.detail}` : undefined;
  if (!shape) return unseen ?? 'it has no live series that could become usual';
  const isWhole = shape.groups !== undefined && (!needsNames(signal) || shape.keySets !== undefined);
  return isWhole ? shape : (unseen ?? 'the plane left out a part of its answer; try again');
}

function needsNames(signal: Signal): boolean {
  return isStream(signal) && expectsNoKeyDrift(signal);
}
