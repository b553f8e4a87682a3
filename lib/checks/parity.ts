import * as z from 'zod/mini';
import { LISTED_LATE_MS } from '../cloudwatch/answers.ts';
import { name } from '../config/texts.ts';
import { about, duration, entries, labelName, labelNameProblem, share } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import { type Evidence, type Unavailable, unavailable } from '../evidence.ts';
import { answered, type Check, type Expectation, type Finding, forStreams } from '../expectation.ts';
import { subjectOf } from '../group.ts';
import { anyLiveSeries, countOf, liveSeries } from '../live-series.ts';
import { bookOf, missingOf, type Side, valuesOf } from '../parity/values.ts';
import { printable } from '../printable.ts';
import type { CountElsewhereQuestion, CountQuestion, EvidenceBook, Group } from '../question.ts';
import type { StreamSignal } from '../signal.ts';
import { earlierGroups, silentGroups } from '../silence.ts';

const labelMap = entries(labelName, labelNameProblem).check(
  z.refine((pairs) => pairs.length > 0, {
    error: 'compares no label; write a label of this signal: and one of the other',
  }),
);

/** What another signal of the cluster must have in common with this one. */
export const paritySettings = z.strictObject({
  of: about(name, 'The name of another signal of the cluster that the same collector feeds.'),
  map: about(labelMap, 'By label of this signal, the label of the other that holds the same values.'),
  tolerance: about(z.prefault(share, '0%'), 'So large a share of the values may be missing on either side.'),
  skew: about(z.prefault(duration, '5m'), 'How much later one of the two may show what the other has.'),
});

export type ParitySettings = z.output<typeof paritySettings>;

/** The settings with the other signal itself. Durations in milliseconds. */
export interface PlannedParity extends Pick<ParitySettings, 'map' | 'tolerance' | 'skew'> {
  readonly with: StreamSignal;
}

/** The few that differ are named. */
const MOST_NAMED = 5;

/**
 * Judges that two signals which one collector feeds have the same values of a label. A first look compares what is live; only
 * where that differs it is asked what may only be late: what came within the skew, and what ended.
 */
export const parity: Check = forStreams((signal) => (signal.parity ? [compared(signal, signal.parity)] : []));

function compared(signal: StreamSignal, { with: other, map, tolerance, skew }: PlannedParity): Expectation {
  const elsewhere = (count: CountQuestion): CountElsewhereQuestion => ({
    ask: 'countElsewhere',
    signal: other.name,
    count,
  });
  const here: Side = { signal, labels: map.map(([label]) => label), question: (count) => count };
  const there: Side = { signal: other, labels: map.map(([, label]) => label), question: elsewhere };
  const directions = [
    { has: there, lacks: here },
    { has: here, lacks: there },
  ].map((sides) => direction(sides.has, sides.lacks, tolerance, skew));
  const live = [here, there].map((side) => side.question(liveSeries(side.signal)));
  const questions = [here, there].flatMap(({ signal: one, question }) => {
    const earlier = earlierGroups(one);
    return [liveSeries(one), anyLiveSeries(one), ...(earlier ? [earlier] : [])].map(question);
  });
  const silent = (book: EvidenceBook) => [here, there].filter((side) => isSilent(side, book));
  const further = (book: EvidenceBook) =>
    silent(book).length > 0 ? [] : directions.flatMap((one) => one.further(book));
  return {
    path: 'parity',
    questions,
    holdsIfComplete: live,
    failsIfComplete: [...live, ...directions.flatMap(({ settling }) => settling)],
    shows: () => liveSeries(signal),
    furtherQuestions: further,
    judge: (book) => {
      if (silent(book).length > 0) return { findings: [] };
      const unanswered = further(book).flatMap((question) => whyNot(book.get(question)));
      const findings = directions.flatMap((one) => one.judge(book));
      return { findings, unavailable: unanswered[0] };
    },
    facts: (book) =>
      silent(book).map(
        ({ signal: { name: which } }) => `not compared with ${other.name}: ${which} is silent`,
      ),
  };
}

/** Why what differs cannot be told from what is only late: refused, or answered in part. */
function whyNot(evidence: Evidence<unknown> | undefined): readonly Unavailable[] {
  if (evidence?.kind === 'unavailable') return [evidence];
  if (evidence?.kind === 'found' && !evidence.partial) return [];
  return [unavailable('incomplete', 'whether what differs is only late is not known')];
}

/** Silence is told by `fresh`, of the signal that is silent, and what it implies is not told again. */
function isSilent(side: Side, book: EvidenceBook): boolean {
  return silentGroups(side.signal, bookOf(side, book)).length > 0;
}

/** What one of the two lacks of what the other has. */
function direction(has: Side, lacks: Side, tolerance: number, skew: number) {
  // CloudWatch lists what is new up to 15 minutes late, whatever is expected of it.
  const lateMs = lacks.signal.plane === 'cloudwatch' ? Math.max(skew, LISTED_LATE_MS) : skew;
  const counting = (side: Side, more: Partial<CountQuestion>) =>
    side.question({ ...countOf(side.signal, [], side.labels), enough: 1, ...more });
  const before = counting(has, { beforeMs: lateMs });
  const lately = counting(lacks, { freshMs: has.signal.freshMs + skew });
  const live = (side: Side, book: EvidenceBook) =>
    valuesOf(answered(book, side.question(liveSeries(side.signal))), side.labels);
  const allowed = (values: ReadonlyMap<string, Group>) => Math.floor(tolerance * values.size);
  const differs = (book: EvidenceBook): boolean => {
    const values = live(has, book);
    return missingOf(values, live(lacks, book)).count > allowed(values);
  };
  return {
    settling: [before, lately],
    further: (book: EvidenceBook) => (differs(book) ? [before, lately] : []),
    judge: (book: EvidenceBook): readonly Finding[] => {
      const [was, seen] = [book.get(before), book.get(lately)];
      if (!differs(book) || was?.kind !== 'found' || seen?.kind !== 'found') return [];
      const values = live(has, book);
      const old = valuesOf(was.value, has.labels);
      const lasting = new Map([...values].filter(([key]) => old.has(key)));
      const missing = missingOf(lasting, valuesOf(seen.value, lacks.labels));
      if (missing.count <= allowed(values)) return [];
      return [finding(missing, values.size, { has, lacks, tolerance, lateMs })];
    },
  };
}

interface Told {
  readonly has: Side;
  readonly lacks: Side;
  readonly tolerance: number;
  readonly lateMs: number;
}

function finding(
  { count, named }: ReturnType<typeof missingOf>,
  all: number,
  { has, lacks, tolerance, lateMs }: Told,
): Finding {
  const but = tolerance === 0 ? '' : `, but for ${Number((tolerance * 100).toFixed(3))}%`;
  const told = named.slice(0, MOST_NAMED).map((group) => printable(subjectOf(group, has.labels), 120));
  const more = named.length > told.length ? ` and ${named.length - told.length} more` : '';
  const names = told.length === 0 ? 'too many to be named' : `${told.join('; ')}${more}`;
  return {
    expectation: 'parity',
    subject: `missing from ${lacks.signal.name}`,
    expected: `every ${has.labels.join(', ')} of ${has.signal.name} as ${lacks.labels.join(', ')} of ${lacks.signal.name}${but}`,
    observed: `${count} of ${all} are missing for more than ${formatDuration(lateMs)}: ${names}`,
  };
}
