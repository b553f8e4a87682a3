import type { Marker } from '../../lib/expectation.ts';
import { compose } from '../../lib/incidents/compose.ts';
import { NOTHING } from '../../lib/incidents/memory.ts';
import { owedTo, settle } from '../../lib/incidents/settle.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import type { Message } from '../../lib/message.ts';
import type { PlannedCluster } from '../../lib/plan.ts';
import { decideCluster, withDebts } from '../../lib/remember.ts';
import type { SignalReport } from '../../lib/report/report.ts';
import { report } from '../report/reports.ts';
import { signal } from '../support/world.ts';

const MINUTE_MS = 60_000;
/** The time of the last run. */
export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const RULES = {
  failAfter: 2,
  recoverAfter: 2,
  blindAfter: 3,
  remindEvery: 4 * 60 * MINUTE_MS,
};

interface Bent {
  readonly cluster?: string;
  readonly rules?: Partial<typeof RULES>;
  readonly mutedIn?: readonly number[];
  /** What each run saw of the machinery. */
  readonly markers?: readonly (readonly Marker[])[];
}

/** What one channel is told by each run of a cluster; the last run is at noon, five minutes after the one before. */
export function tellings(
  runs: readonly (readonly SignalReport[])[],
  { cluster: name = 'prod-eu', rules = {}, mutedIn = [], markers = [] }: Bent = {},
): readonly (Message | undefined)[] {
  const alerts = { ...RULES, ...rules };
  const names = [...new Set(runs.flat().map((one) => one.signal))];
  let stored = { memory: NOTHING, version: 0 };
  return runs.map((signals, index) => {
    const checkedAt = NOON - (runs.length - 1 - index) * 5 * MINUTE_MS;
    const made = report({ [name]: signals }).clusters[0];
    if (!made) throw new Error('no cluster');
    const cluster: PlannedCluster = {
      name,
      region: 'eu-west-1',
      signals: names.map((one) => {
        const seen = runs.flat().find(({ signal: called }) => called === one);
        const plane = (seen?.plane ?? 'amp') as StreamSignal['plane'];
        return { judged: true, signal: signal({ name: one, plane, address: 'ws-1' }) };
      }),
    };
    const run = { id: `run ${index}`, at: checkedAt, isConfirmation: false };
    const decided = decideCluster(cluster, made, stored, {
      run,
      rules: alerts,
      checkedAt,
      markers: markers[index] ?? [],
    });
    const { memory } = withDebts(decided, {
      notifiers: [
        { channel: 'slack', key: 'chat', only: undefined, send: async () => ({ delivered: true }) },
      ],
      mutes: { heldBy: () => (mutedIn.includes(index) ? 'mute until noon: a test' : undefined) },
      rules: alerts,
      claimant: 'test',
      now: checkedAt,
      until: checkedAt,
    });
    const owed = owedTo(memory, 'chat');
    stored = { memory: settle(memory, 'chat', owed, checkedAt), version: 0 };
    if (owed.length === 0) return undefined;
    return compose({ cluster, report: made, memory, checkedAt, channel: 'chat', owed });
  });
}

/** What the last of the runs tells. */
export function lastTelling(
  runs: readonly (readonly SignalReport[])[],
  bent: Bent = {},
): Message | undefined {
  return tellings(runs, bent).at(-1);
}
