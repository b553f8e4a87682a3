import type { Config } from '../config/schema.ts';
import { plan } from '../plan.ts';
import type { Profiles } from '../profiles/profile.ts';
import type { Report } from '../report/report.ts';
import type { Draft, DraftCluster, DraftSignal } from './draft.ts';
import { loadable, type Loadable } from './loadable.ts';
import { named, withUniqueSignals } from './naming.ts';
import { plainSignal } from './plain.ts';
import { recognised } from './recognise/index.ts';
import type { Seen } from './seen.ts';
import { settled, type Settled } from './settle.ts';
import { watchedOnce } from './sharing.ts';
import { type Unit, unitsOf } from './units.ts';
import { watching } from './watched.ts';

/** Verifies a configuration once, as `check` does. */
export type Check = (config: Config) => Promise<Report>;

/**
 * What is to be watched of what was seen: the pipelines that are recognised, plain signals for what else is alive, and
 * nothing that a check of it does not find ok. `more` was recognised elsewhere.
 */
export async function drafted(
  seen: readonly Seen[],
  more: Draft,
  profiles: Profiles,
  check: Check,
): Promise<Loadable & Pick<Settled, 'unobserved'>> {
  const pipelines = watchedOnce(named([...seen.flatMap(recognised), ...more.clusters]));
  const first = await loadable({ clusters: pipelines, left: more.left }, profiles);
  const units = seen.flatMap(unitsOf);
  const rest = await unexplained(units, first.config);
  const whole = await loadable(withPlain(first.draft, rest, units), profiles);
  if (!whole.config) return { ...whole, unobserved: [] };
  const { draft, unobserved } = settled(whole.draft, await check(whole.config), profiles);
  return { ...(await loadable(draft, profiles)), unobserved };
}

/** The units that no signal of the configuration watches. */
async function unexplained(units: readonly Unit[], config: Config | undefined): Promise<readonly Unit[]> {
  const planned = config ? plan(withoutOff(config), {}) : { clusters: [] };
  const clusters = 'clusters' in planned ? planned.clusters : [];
  const signals = clusters.flatMap((one) => one.signals.map(({ signal }) => signal));
  const all = await watching(signals);
  return units.filter((unit) => all.every(([, watches]) => !watches(unit)));
}

/** As if nothing were switched off: what is was a decision, and not an oversight. */
export function withoutOff(config: Config): Config {
  const clusters = config.clusters.map((cluster) => ({
    ...cluster,
    signals: cluster.signals.map(({ off: _off, ...signal }) => signal),
  }));
  return { ...config, clusters };
}

/** Adds a signal for each unit to the cluster that its telemetry names, else to one for the rest of its region. */
function withPlain(draft: Draft, rest: readonly Unit[], all: readonly Unit[]): Draft {
  const left = [...draft.left];
  const added = new Map<string, DraftSignal[]>();
  for (const unit of rest) {
    const signal = plainSignal(unit, all);
    if (typeof signal === 'string') {
      left.push(signal);
      continue;
    }
    const values = Object.values(unit.labels);
    const owner = draft.clusters.find(
      ({ estate, region }) => region === unit.region && estate !== undefined && values.includes(estate),
    );
    const key = owner?.name ?? unit.region;
    added.set(key, [...(added.get(key) ?? []), signal]);
  }
  const owned = draft.clusters.map((cluster) => ({
    ...cluster,
    signals: withUniqueSignals([...cluster.signals, ...(added.get(cluster.name) ?? [])]),
  }));
  const names = new Set(owned.map(({ name }) => name));
  const others = [...added]
    .filter(([key]) => !names.has(key))
    .map(([region, signals]): DraftCluster => ({
      name: region,
      region,
      signals: withUniqueSignals(signals),
      notes: [`what else is alive in ${region}, and no profile explains`],
    }));
  return { clusters: [...owned, ...others], left };
}
