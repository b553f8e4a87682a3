import { answered, answeredAt, type Expectation, type Finding } from '../expectation.ts';
import { countOf, liveSeries, total } from '../live-series.ts';
import type { CountQuestion, EvidenceBook } from '../question.ts';
import type { Loss } from '../referrers/questions.ts';
import type { StreamSignal } from '../signal.ts';
import { someSubjects } from '../group.ts';
import type { Baseline } from './baseline.ts';
import { againstText, percentText, untilText } from './change-words.ts';
import { expectShape } from './expect.ts';
import { nameCounts, namesOf } from './keys.ts';
import { nameDrift } from './name-drift.ts';
import { keySetsOf } from './seen.ts';
import type { NameDrift } from './shape.ts';
import { isSteady } from './track.ts';

/** Series that lack a label are looked up for so many labels, and so many of them are named. */
const MOST_LOOKED_UP = 3;
const EXAMPLES = 3;

/** No label that series usually carry is lost, new or renamed. */
export function noLabelDrift(signal: StreamSignal): readonly Expectation[] {
  return expectShape<NameDrift>(signal, {
    path: 'labels.drift',
    questions: [keySetsOf(signal)],
    drifts: (baseline, shape) => nameDrift(baseline, shape, { sets: false }),
    furtherQuestions: (drifts) => drifts.slice(0, MOST_LOOKED_UP).map((drift) => affected(signal, drift)),
    shows: () => keySetsOf(signal),
    judge: (drifts, book) => held(signal, drifts, book),
    finding: (drift, book) => labelFinding(signal, drift, book),
    lost: (drift, book, baseline) => lostLabel(signal, drift, book, baseline),
  });
}

/** No whole set of dimensions is lost, new or renamed (CloudWatch). */
export function noSetDrift(signal: StreamSignal): readonly Expectation[] {
  return expectShape<NameDrift>(signal, {
    path: 'dimensions.drift',
    questions: [keySetsOf(signal)],
    drifts: (baseline, shape) => nameDrift(baseline, shape, { sets: true }),
    shows: () => keySetsOf(signal),
    judge: (drifts, book) => held(signal, drifts, book),
    finding: setFinding,
    // A part of its series may have moved: then others are still read.
    lost: ({ kind, names, after }) => (kind === 'new' || after > 0 ? [] : [{ set: names }]),
  });
}

/** What is lost may have successors that the plane does not list yet. */
function held(signal: StreamSignal, drifts: readonly NameDrift[], book: EvidenceBook) {
  const sets = answered(book, keySetsOf(signal)).filter(({ pending = 0 }) => pending > 0);
  const mayFollow = ({ kind, names }: NameDrift): boolean =>
    kind !== 'new' && sets.some((set) => names.every((name) => set.names.includes(name)));
  return { told: drifts.filter((drift) => !mayFollow(drift)), pending: drifts.some(mayFollow) };
}

/** CloudWatch's alarms read one exact set: as long as others have the label, only those are blind whose set is gone. */
function lostLabel(
  signal: StreamSignal,
  { kind, names, after }: NameDrift,
  book: EvidenceBook,
  { keySets }: Baseline,
): readonly Loss[] {
  if (kind === 'new') return [];
  if (signal.plane !== 'cloudwatch' || after === 0) return names.map((label) => ({ label }));
  const at = answeredAt(book, keySetsOf(signal));
  const there = nameCounts(answered(book, keySetsOf(signal)));
  return [...(keySets?.tracks ?? [])].flatMap(([key, track]) => {
    const set = namesOf(key);
    const isLost = !there.has(key) && isSteady(track, at) && names.every((name) => set.includes(name));
    return isLost ? [{ set }] : [];
  });
}

function labelFinding(signal: StreamSignal, drift: NameDrift, book: EvidenceBook): Finding {
  const { kind, names, now = [], before, after } = drift;
  const all = total(answered(book, liveSeries(signal)));
  const [name = ''] = names;
  const count = `${drift.series} of ${all} live series${examples(signal, drift, book)}`;
  const carried = `label ${name} on ${percentText(before)} of the live series`;
  return {
    expectation: 'labels.drift',
    subject: kind === 'renamed' ? `${name} → ${now.join(', ')}` : name,
    expected: kind === 'new' ? `no label ${name}` : againstText(drift, carried),
    observed: `${
      kind === 'renamed'
        ? `called ${now.join(', ')} on ${count}`
        : kind === 'new'
          ? `label ${name} on ${count}`
          : `missing on ${count}, on ${percentText(after)} it is there`
    }${untilText(drift)}`,
  };
}

function setFinding(drift: NameDrift): Finding {
  const { kind, names, now = [], series } = drift;
  const text = (set: readonly string[]): string => `[${set.join(', ')}]`;
  return {
    expectation: 'dimensions.drift',
    subject: kind === 'renamed' ? `${text(names)} → ${text(now)}` : text(names),
    expected: kind === 'new' ? 'no such set of dimensions' : againstText(drift, 'live with these dimensions'),
    observed: `${
      kind === 'renamed'
        ? `${series} live series have ${text(now)} instead${difference(names, now)}`
        : kind === 'new'
          ? `${series} live series have exactly these`
          : 'no live series has exactly these'
    }${untilText(drift)}`,
  };
}

/** `, with OTelLib added`: what an upgrade does to every set at once. */
function difference(before: readonly string[], now: readonly string[]): string {
  const added = now.filter((name) => !before.includes(name));
  const lost = before.filter((name) => !now.includes(name));
  const parts = [
    ...(added.length > 0 ? [`${added.join(', ')} added`] : []),
    ...(lost.length > 0 ? [`${lost.join(', ')} gone`] : []),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

/** Which series are concerned: those without the label that was lost, or with the one that is new. */
function affected(signal: StreamSignal, { kind, names, now = [] }: NameDrift): CountQuestion {
  const [label = ''] = kind === 'renamed' ? now : names;
  const matcher = { label, operator: kind === 'lost' ? '=' : '!=', value: '' } as const;
  return { ...countOf(signal, [matcher], examplesBy(signal)), top: EXAMPLES };
}

/** Series are named by what people know them by. */
function examplesBy({ by }: StreamSignal): readonly string[] {
  return [...new Set([...by, 'job', 'namespace', 'kubernetes_namespace', 'pod', 'instance'])];
}

function examples(signal: StreamSignal, drift: NameDrift, book: EvidenceBook): string {
  const found = book.get(affected(signal, drift));
  if (found?.kind !== 'found') return '';
  const groups = found.value.filter(({ series }) => series > 0).map(({ group }) => group);
  const known = examplesBy(signal).filter((label) => groups.some((group) => group.has(label)));
  return groups.length === 0 || known.length === 0 ? '' : `, such as ${someSubjects(groups, known)}`;
}
