import type { RunRecord } from '../../lib/history.ts';
import type { ClusterMemory, SignalMemory } from '../../lib/incidents/memory.ts';
import type { Plane } from '../../lib/signal.ts';
import { type ClusterHealth, healthOf, type WatchedCluster, worstFirst } from '../../lib/widget/estate.ts';
import { DAY, episode, MINUTE, NOW } from '../stores/memories.ts';

export { MINUTE, NOW };

/** As much of a planned signal as the widget looks at. */
export function planned(name: string, plane: Plane = 'amp', over: object = {}) {
  const signal = { name, plane, address: '', everyMs: 5 * MINUTE, runbook: undefined, ...over };
  return { signal: signal as WatchedCluster['signals'][number]['signal'], judged: true };
}

export function cluster(name: string, signals = [planned('canary')]): WatchedCluster {
  return { name, region: 'eu-west-1', everyMs: 5 * MINUTE, signals };
}

export function remembering(
  signals: Readonly<Record<string, SignalMemory>> = {},
  at = NOW - 2 * MINUTE,
): ClusterMemory {
  return { runs: [{ id: 'r', at }], signals };
}

/** A run that judged signals, ok where nothing else is said. */
export function ran(name: string, verdicts: Partial<RunRecord>, at = NOW - 2 * MINUTE): RunRecord {
  const none = { ok: [], failing: [], unknown: [], opened: [], ended: [] };
  return { cluster: name, id: String(at), at, ...none, ...verdicts };
}

const NAMES: readonly (readonly [string, Plane])[] = [
  ['scrape-canary', 'amp'],
  ['slow-jobs', 'amp'],
  ['apiservers', 'amp'],
  ['collector-emf', 'cloudwatch'],
  ['performance-log', 'logs'],
  ['checkout', 'xray'],
  ['adot', 'eksAddon'],
  ['collector', 'ecsService'],
  ['workspace', 'ampWorkspace'],
];

/** So many clusters, of which some are in every state that there is. */
export function estate(count: number): ClusterHealth[] {
  const incident = (plane: string, age: number, over: Partial<SignalMemory> = {}): SignalMemory => ({
    plane,
    severity: 'critical',
    failing: episode({
      since: NOW - age,
      opened: { at: NOW - age + 6 * MINUTE, key: 'k', because: 'failing in 2 runs in a row' },
    }),
    ...over,
  });
  const { heldBy: _heldBy, ...free } = episode();
  const blind = {
    ...free,
    opened: { at: NOW - DAY, key: 'k', because: 'not observable in 3 runs in a row' },
  };
  const memories: readonly (ClusterMemory | undefined)[] = [
    remembering({
      'scrape-canary': incident('amp', 200 * MINUTE),
      'slow-jobs': incident('amp', 20 * MINUTE, { severity: 'warning' }),
      'performance-log': { plane: 'logs', severity: 'critical', blind },
    }),
    remembering({ adot: incident('eksAddon', 3 * DAY, { failing: { ...free, clear: 1 } }) }),
    remembering({}, NOW - 3 * 60 * MINUTE),
    remembering({ checkout: { plane: 'xray', severity: 'critical', blind } }),
    undefined,
    { runs: [], signals: {} },
  ];
  return Array.from({ length: count }, (_, index) => {
    const name = `${['prod', 'staging', 'edge'][index % 3]}-${['eu', 'us', 'ap'][index % 4] ?? 'sa'}-${index}`;
    const signals = NAMES.slice(0, 4 + (index % 6)).map(([signal, plane]) =>
      planned(signal, plane, signal === 'scrape-canary' ? { runbook: 'https://wiki.example/adot' } : {}),
    );
    const memory = index < memories.length ? memories[index] : remembering();
    const problem = memory ? undefined : 'the DynamoDB table plumbline-live-state did not answer in time';
    return healthOf(cluster(name, signals), { memory, runs: undefined, problem }, NOW);
  }).sort(worstFirst);
}
