import { answered, answeredAt, type Expectation, type Finding } from '../expectation.ts';
import { subjectOf, WHOLE } from '../group.ts';
import { anyLiveSeries, liveSeries } from '../live-series.ts';
import type { Answers, EvidenceBook } from '../question.ts';
import { isRollout, rolloutQuestions } from '../rollout.ts';
import type { StreamSignal } from '../signal.ts';
import { type ExpectedGroup, silentGroups } from '../silence.ts';
import { turnsOver } from '../turnover.ts';
import type { Baseline } from './baseline.ts';
import { againstText, liveSeriesText, shareText, untilText } from './change-words.ts';
import { expectShape } from './expect.ts';
import { seriesDrift, type SeriesTolerance } from './series-drift.ts';
import type { SeriesDrift } from './shape.ts';

/**
 * No more and no fewer series than usual, of the signal and of its groups. What is silent is told by `fresh` alone, and
 * what a rollout explains is held.
 */
export function noSeriesDrift(signal: StreamSignal, tolerance: SeriesTolerance): readonly Expectation[] {
  return expectShape<SeriesDrift>(signal, {
    path: 'series.drift',
    questions: [anyLiveSeries(signal)],
    drifts: (baseline, shape) => seriesDrift(baseline, shape, tolerance),
    furtherQuestions: (drifts) => (drifts.some(isMore) ? rolloutQuestions(signal) : []),
    shows: () => liveSeries(signal),
    judge: (drifts, book, baseline) => {
      const silent = silentGroups(signal, book);
      const losses = drifts.filter((drift) => !isMore(drift) && !isTold(drift, silent));
      const pending = losses.filter((drift) => mayFollow(drift, answered(book, liveSeries(signal))));
      const gains = drifts.filter(isMore);
      const isHeld = gains.length > 0 && isRollout(signal, book, exceeds(signal, tolerance, baseline, book));
      return {
        told: [...losses.filter((drift) => !pending.includes(drift)), ...(isHeld ? [] : gains)],
        rollout: isHeld,
        pending: pending.length > 0,
      };
    },
    finding: (drift) => finding(signal, drift, tolerance),
    lost: ({ kind, group }, _book, { groups }) => {
      const labels = signal.by.filter((label) => !groups?.without?.includes(label));
      return kind === 'gone' ? [{ silent: labels.map((label) => [label, group?.get(label) ?? '']) }] : [];
    },
  });
}

function isMore({ kind }: SeriesDrift): boolean {
  return kind === 'rise' || kind === 'new';
}

/** Whether the groups of another time are more than usual. */
function exceeds(signal: StreamSignal, tolerance: SeriesTolerance, baseline: Baseline, book: EvidenceBook) {
  const at = answeredAt(book, liveSeries(signal));
  return (groups: Answers['count']): boolean =>
    seriesDrift(baseline, { at, groups: groups.filter(({ series }) => series > 0) }, tolerance).some(isMore);
}

/** Whether a silence that `fresh` tells explains it: of the group, or of any for what the whole signal lacks. */
function isTold({ group }: SeriesDrift, silent: readonly ExpectedGroup[]): boolean {
  if (!group) return silent.length > 0;
  return silent.some((one) => one.by.every((label) => one.group.get(label) === group.get(label)));
}

/** Whether successors that the plane does not list yet may be what is missing. */
function mayFollow({ group, observed, usual }: SeriesDrift, groups: Answers['count']): boolean {
  const pending = groups
    .filter((one) => !group || [...group].every(([label, value]) => one.group.get(label) === value))
    .reduce((sum, one) => sum + (one.pending ?? 0), 0);
  return pending > 0 && observed + pending >= usual.from;
}

function finding(signal: StreamSignal, drift: SeriesDrift, { drop = 0, rise = 0 }: SeriesTolerance): Finding {
  const { kind, group, observed, usual } = drift;
  // The tolerance is part of what is usual: what is told is how far it is from what was there.
  const was = observed > usual.to ? usual.to / (1 + rise) : usual.from / (1 - drop);
  return {
    expectation: 'series.drift',
    subject: group ? subjectOf(group, labelsOf(signal, drift)) : WHOLE,
    expected: kind === 'new' ? 'no such group' : againstText(drift, liveSeriesText(usual)),
    observed:
      kind === 'gone'
        ? 'no live series is of this group'
        : `${observed} live series${kind === 'new' ? '' : shareText(was, observed)}${untilText(drift)}`,
  };
}

/** Labels whose values turn over are summed away. */
function labelsOf({ by }: StreamSignal, { group }: SeriesDrift): readonly string[] {
  const there = by.filter((label) => group?.has(label));
  return there.length > 0 ? there : by.filter((label) => !turnsOver(label));
}
