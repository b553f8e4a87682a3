import { name as nameSchema } from '../config/texts.ts';
import type { DraftCluster, DraftSignal } from './draft.ts';

const LONGEST = 150;

/** Clusters with names that differ: one with several pipelines has that of the pipeline appended. */
export function named(clusters: readonly DraftCluster[]): readonly DraftCluster[] {
  const used = new Set<string>();
  return clusters.map((cluster) => {
    const base = usable(cluster.name) ?? cluster.profile ?? cluster.region;
    const candidates = [base, `${base}-${cluster.profile ?? cluster.region}`];
    const name = candidates.find((one) => !used.has(one)) ?? numbered(candidates[1] ?? base, used);
    used.add(name);
    return { ...cluster, name };
  });
}

/** Signals with names that differ. */
export function withUniqueSignals(signals: readonly DraftSignal[]): readonly DraftSignal[] {
  const used = new Set<string>();
  return signals.map((signal) => {
    const { name: wanted } = signal.settings;
    const base = usable(wanted) ?? 'signal';
    const name = used.has(base) ? numbered(base, used) : base;
    used.add(name);
    return name === wanted ? signal : { ...signal, settings: { ...signal.settings, name } };
  });
}

/** As a name can be; undefined where nothing of it is left. */
function usable(wanted: string): string | undefined {
  const text = wanted
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\$\{/gu, ' ')
    .slice(0, LONGEST)
    .toWellFormed()
    .trim();
  return nameSchema.safeParse(text).success ? text : undefined;
}

function numbered(base: string, used: ReadonlySet<string>): string {
  let number = 2;
  while (used.has(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}
