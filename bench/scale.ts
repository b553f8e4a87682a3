import { quotas } from './quotas.ts';
import { concurrencyFor, mostClusters, simulate } from './scale-simulation.ts';
import { printTable } from './table.ts';

const EVERY_S = 300;

/** At how many clusters, verified every five minutes, each quota of AWS binds; and what the default concurrency carries. */
export async function scale(): Promise<void> {
  printTable(
    'Clusters of 20 signals, verified every 5 minutes, at which a quota binds (simulated)',
    quotas.map((quota) => ({
      what: `${quota.what}, ${quota.rate}/s${quota.isPublished ? '' : ' (assumed)'} per ${quota.per}, ${quota.perRun} a run${quota.isCounted ? '' : ' (estimate)'}`,
      measured: thousands(mostClusters(quota, EVERY_S)),
      goal: '',
    })),
  );
  const free = {
    what: 'none',
    rate: Number.POSITIVE_INFINITY,
    perRun: 0,
    isPublished: true,
    isCounted: true,
    per: 'table',
  } as const;
  printTable('Concurrency of verify, and when the last cluster of a tick is verified', [
    ...[300, 1000, 3000].map((clusters) => ({
      what: `${thousands(clusters)} clusters, 20 at a time`,
      measured: `${simulate({ clusters, everyS: EVERY_S, concurrency: 20 }, free, 'default').overS.toFixed(0)} s`,
      goal: `< ${EVERY_S} s`,
    })),
    ...[1000, 10_000, 100_000].map((clusters) => ({
      what: `needed for ${thousands(clusters)} clusters`,
      measured: thousands(concurrencyFor(clusters, EVERY_S)),
      goal: '',
    })),
  ]);
}

function thousands(count: number): string {
  return count.toLocaleString('en');
}
