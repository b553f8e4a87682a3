import { checkNow, type CheckPorts } from '../attempt.ts';
import type { PlannedCluster } from '../plan.ts';
import type { Report } from '../report/report.ts';
import { isStream } from '../signal.ts';
import { type SourceMemory, sourceMemory } from '../sources/source.ts';
import { estimate } from './estimate.ts';
import { type Counter, counter, type Tally } from './tally.ts';

export interface CostPorts extends Omit<CheckPorts, 'memory' | 'onAttempt' | 'counting'> {
  /** How often a cluster is verified. Milliseconds. */
  readonly everyMs: (cluster: string) => number;
  /** Called before each run after the first, which only counts. */
  readonly onCounting?: () => void;
}

interface Run {
  readonly report: Report;
  readonly asked: (cluster: string) => readonly Tally[];
}

/**
 * Verifies once and tells the cost with the report, which is of the first run, with nothing remembered. Up to three more
 * runs only count: with everything remembered, with lists too old, with slow facts too old. Memory ages by being taken
 * away, for the clock signs what is sent.
 */
export async function checkWithCost(
  clusters: readonly PlannedCluster[],
  { everyMs, onCounting, ...ports }: CostPorts,
): Promise<Report> {
  const memory = sourceMemory();
  const cold = await countedRun(clusters, memory, ports);
  const again = (remembered: SourceMemory): Promise<Run> => {
    onCounting?.();
    return countedRun(clusters, remembered, ports);
  };
  const warm = await again(memory);
  const listing = memory.listings.size === 0 ? warm : await again({ ...memory, listings: new Map() });
  const slow = memory.slow.size === 0 ? warm : await again({ ...memory, slow: new Map() });
  const counted = clusters.map(({ name, signals }) => ({
    cluster: name,
    signals: signals.length,
    probeMetrics: signals.filter(
      ({ signal }) => isStream(signal) && signal.probe && signal.plane === 'cloudwatch',
    ).length,
    everyMs: everyMs(name),
    cold: cold.asked(name),
    warm: warm.asked(name),
    listing: listing.asked(name),
    slow: slow.asked(name),
  }));
  return { ...cold.report, cost: estimate(counted) };
}

async function countedRun(
  clusters: readonly PlannedCluster[],
  memory: SourceMemory,
  ports: Omit<CheckPorts, 'memory'>,
): Promise<Run> {
  const counters = new Map<string, Counter>(clusters.map(({ name }) => [name, counter()]));
  const report = await checkNow(
    clusters,
    { until: undefined, since: undefined },
    { ...ports, memory: () => memory, counting: (cluster) => counters.get(cluster) ?? {} },
  );
  return { report, asked: (cluster) => counters.get(cluster)?.tallies() ?? [] };
}
