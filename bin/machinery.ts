import { systemClock } from '../lib/clock.ts';
import type { Config } from '../lib/config/schema.ts';
import type { Piece } from '../lib/incidents/machinery.ts';
import type { PlannedCluster } from '../lib/plan.ts';
import { printable } from '../lib/printable.ts';
import { orTrouble } from '../lib/stores/once.ts';
import { StoreError } from '../lib/stores/store.ts';
import { EXIT } from './exit.ts';
import { withStore } from './store.ts';

/** A check waits no longer for what only explains. */
const PATIENCE_MS = 5000;

/**
 * What earlier runs saw of each cluster's machinery, by cluster, from the place that the configuration names. What cannot
 * be read is told on standard error, and changes no verdict: only from which version something changed is not known then.
 */
export async function knownMachinery(
  config: Config,
  clusters: readonly PlannedCluster[],
): Promise<ReadonlyMap<string, readonly Piece[]>> {
  const known = new Map<string, readonly Piece[]>();
  let isTold = false;
  if (config.state === undefined) return known;
  const reading = withStore(config, async (store) => {
    const readOne = async ({ name }: PlannedCluster): Promise<void> => {
      const stored = await orTrouble(() => store.read(name));
      if (stored instanceof StoreError) {
        const why = printable(stored.message, 600);
        // Once: what keeps one cluster's memory from being read mostly keeps all of them.
        if (!isTold) process.stderr.write(`plumbline: what was before a change is not known: ${why}\n`);
        isTold = true;
      } else known.set(name, stored.memory.machinery ?? []);
    };
    await Promise.all(clusters.map(readOne));
    return EXIT.ok;
  });
  reading.catch(() => {}); // It may still fail when nobody waits for it any more.
  const read = new AbortController();
  const patience = systemClock.sleep(PATIENCE_MS, read.signal).catch(() => {});
  await Promise.race([reading, patience]).finally(() => read.abort());
  return new Map(known);
}
