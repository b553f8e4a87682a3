import { instant } from '../instant.ts';
import { named } from '../message.ts';
import type { Profiles } from '../profiles/profile.ts';
import type { Report, SignalReport } from '../report/report.ts';
import { arrivals } from '../signal.ts';
import { type Draft, type DraftCluster, switchedOff } from './draft.ts';

/** How many silent groups are named of a signal. */
const MOST_SILENT = 5;
const WHOLES = new Set(Object.values(arrivals).map(({ all }) => all));

export interface Settled {
  readonly draft: Draft;
  /** What could not be observed, so that it is not known whether it is ok. One a line. */
  readonly unobserved: readonly string[];
}

/**
 * A draft without what a check of it found failing, or could not observe: a signal of a profile is switched off and any
 * other is left out, each with what was found as a comment.
 */
export function settled(draft: Draft, report: Report, profiles: Profiles): Settled {
  const left = [...draft.left];
  const clusters = draft.clusters.flatMap((cluster): DraftCluster[] => {
    const judged = report.clusters.find((one) => one.cluster === cluster.name)?.signals ?? [];
    const bad = new Map(
      judged.filter(({ verdict }) => verdict !== 'ok').map((one) => [one.signal, why(one)]),
    );
    const isGood = judged.length > bad.size;
    if (!isGood) {
      const found = [...bad].map(([name, told]) => `${name} ${told}`);
      left.push(`${cluster.name}${cluster.profile ? ` (${cluster.profile})` : ''}: ${found.join('; ')}`);
      return [];
    }
    const ofProfile = new Set(profiles.get(cluster.profile ?? '')?.signals.map(({ name }) => name) ?? []);
    for (const [name, told] of bad) if (!ofProfile.has(name)) left.push(`${name}: ${told}`);
    const off = [...bad]
      .filter(([name]) => ofProfile.has(name))
      .map(([name, told]) => switchedOff(name, `not ok when this was written: ${told}`));
    return [
      { ...cluster, signals: [...off, ...cluster.signals.filter(({ settings }) => !bad.has(settings.name))] },
    ];
  });
  return { draft: { clusters, left }, unobserved: unobservedIn(report) };
}

function unobservedIn({ clusters }: Report): readonly string[] {
  return clusters.flatMap(({ cluster, signals }) =>
    signals
      .filter(({ verdict }) => verdict === 'unknown')
      .map((one) => `${cluster}: ${one.signal} is not watched: ${why(one)}`),
  );
}

/** In one line, what is wrong: since when it is silent, else what was found, else why it could not be observed. */
function why({ findings, unavailable, evidence: { newestSampleAt } }: SignalReport): string {
  const [finding] = findings;
  if (finding?.expectation === 'fresh' && newestSampleAt !== null) {
    const groups = findings.flatMap(({ expectation, subject }) =>
      expectation === 'fresh' && !WHOLES.has(subject) ? [subject] : [],
    );
    const which = groups.length === 0 ? '' : `${named(groups, MOST_SILENT)} `;
    return `${which}seen but silent since ${instant(newestSampleAt)}`;
  }
  if (finding) {
    const { expectation, subject, observed } = finding;
    return `${[expectation, subject].filter((part) => part !== '').join(' ')}: ${observed}`;
  }
  const [unobserved] = unavailable;
  return unobserved ? `could not be observed: ${unobserved.reason}: ${unobserved.detail}` : 'not ok';
}
