import { expect, test } from 'vitest';
import { type Month, startMonth } from './month.ts';
import { type Judged, judgeTold } from './verdict.ts';

const MINUTE_MS = 60_000;
/** A month takes some minutes, and more on a busy machine. */
const PATIENCE_MS = 30 * MINUTE_MS;

export interface Length {
  readonly days: number;
  readonly outages: number;
  readonly clusters: readonly [string, ...string[]];
}

/** The sentence about a month: nothing is told of a healthy one, and every outage once. SIMULATION_SEED repeats one. */
export function monthHolds(length: Length): void {
  const seed = process.env['SIMULATION_SEED'] ?? 'plumbline';
  const { days, outages } = length;
  test(
    `${days} noisy days with ${outages} outages: each is told once, nothing else is (seed ${seed})`,
    { timeout: PATIENCE_MS },
    async () => {
      const begun = performance.now();
      const month = await startMonth({ ...length, seed });
      await month.watch(days * 24);
      const judged = judgeTold(month.told, month.outages);
      const took = `seed ${seed}, ${days} days of ${length.clusters.length} clusters in ${Math.round((performance.now() - begun) / 1000)}s`;
      console.log([took, ...measured(month, judged)].join('\n'));
      expect(judged.problems.join('\n')).toBe('');
      expect(month.outages).toHaveLength(outages);
      expect(await month.remembered()).toEqual([]);
      const { verdicts } = month.figures();
      // What makes it noisy did happen.
      expect(Object.keys(verdicts)).toEqual(
        expect.arrayContaining(['unknown', 'rollout', 'idle', 'throttled']),
      );
    },
  );
}

function measured(month: Month, { detected, grown }: Judged): readonly string[] {
  const { verdicts, ...figures } = month.figures();
  return [
    JSON.stringify(figures),
    `verdicts and reasons: ${JSON.stringify(verdicts)}`,
    `messages: ${month.told.length}, of which ${grown} tell of an incident that reached further`,
    ...[...detected].map(([kind, after]) => `${kind}: ${spread(after)}`).sort(),
  ];
}

/** `3 times, told after 6.1 min (median), 9.3 min at most` */
function spread(milliseconds: readonly number[]): string {
  const sorted = milliseconds.map((one) => one / MINUTE_MS).toSorted((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return `${sorted.length} times, told after ${median.toFixed(1)} min (median), ${sorted.at(-1)?.toFixed(1)} min at most`;
}
