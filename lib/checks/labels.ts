import * as z from 'zod/mini';
import { expectsNoValueDrift } from '../baseline/expected.ts';
import { noLabelDrift } from '../baseline/expect-names.ts';
import { noValueDrift } from '../baseline/expect-values.ts';
import { about, entries, entriesOr, labelName, labelNameProblem, notEmpty } from '../config/values.ts';
import { answered, type Check, type Expectation, type Finding, forStreams } from '../expectation.ts';
import { labelled, someSubjects } from '../group.ts';
import { countOf, isSilent, liveSeries, select, total } from '../live-series.ts';
import { anyOf } from '../promql/text.ts';
import type { Answers, CountQuestion, EvidenceBook, OtherLabelsQuestion } from '../question.ts';
import type { StreamSignal } from '../signal.ts';

const labelNames = z.array(labelName).check(z.minLength(1));
const labelValues = z.array(z.string().check(z.minLength(1))).check(z.minLength(1));

/** Under `values` it is no label where it says true. */
const DRIFT = 'drift';

const valuesSettings = entriesOr(
  { word: DRIFT, about: 'No value may be gone or new against what is usual.' },
  z.union([labelValues, z.strictObject({ only: labelValues })], {
    error: 'is not a list of values; write [a, b], or { only: [a, b] } to allow no other',
  }),
  labelNameProblem,
);

export const labelsSettings = z
  .strictObject({
    require: about(z.optional(labelNames), 'On every live series.'),
    forbid: about(z.optional(labelNames), 'On no live series.'),
    values: about(
      z.optional(valuesSettings),
      'By label: a list of values that must all exist, or { only: [...] } to allow no other value.',
    ),
    exactly: about(z.optional(labelNames), 'The whole set of label names, the name of the metric aside.'),
    drift: about(z.optional(z.literal(true)), 'No label may be lost, new or renamed against what is usual.'),
    turnover: about(
      z.optional(entries(z.boolean(), labelNameProblem)),
      'By label: whether its values turn over, such as pod names, where drift does not see it by itself.',
    ),
  })
  .check(
    notEmpty('expects nothing; write require, forbid, values, exactly or drift'),
    z.meta({ minProperties: 1 }),
    z.superRefine((settings, context) => {
      if (!settings.turnover || settings.drift || expectsNoValueDrift(settings)) return;
      const message = 'means nothing without drift; write drift: true beside it, or remove it';
      context.addIssue({ code: 'custom', message, path: ['turnover'] });
    }),
  );

export type LabelsSettings = z.output<typeof labelsSettings>;

/** The most unexpected values that are named. */
const NAMED_VALUES = 10;

/** Judges which labels live series carry, and with which values. A silent signal is told by `fresh` alone. */
export const labels: Check = forStreams((signal) => {
  const { require = [], forbid = [], values = [], exactly, drift } = signal.labels ?? {};
  return [
    ...require.map((label) => carried(signal, 'labels.require', label)),
    ...forbid.map((label) => notCarried(signal, label)),
    ...values.flatMap(([label, expected]) =>
      expected === true
        ? noValueDrift(signal)
        : Array.isArray(expected)
          ? listed(signal, label, expected)
          : onlyListed(signal, label, expected.only),
    ),
    ...(exactly
      ? [...exactly.map((label) => carried(signal, 'labels.exactly', label)), noOthers(signal, exactly)]
      : []),
    ...(drift ? noLabelDrift(signal) : []),
  ];
});

function carried(signal: StreamSignal, path: string, label: string): Expectation {
  const lacking = countOf(signal, [{ label, operator: '=', value: '' }], signal.by);
  const expectation = absence(signal, path, [lacking], (book) =>
    share(signal, book, lacking, (observed) => ({
      expectation: path,
      subject: label,
      expected: `label ${label} on every live series`,
      observed: `missing on ${observed}`,
    })),
  );
  const isLost = (book: EvidenceBook): boolean => expectation.judge(book).findings.length > 0;
  return { ...expectation, lost: (book) => (isLost(book) ? [{ label }] : []) };
}

function notCarried(signal: StreamSignal, label: string): Expectation {
  const carrying = countOf(signal, [{ label, operator: '!=', value: '' }], signal.by);
  return absence(signal, 'labels.forbid', [carrying], (book) =>
    share(signal, book, carrying, (observed) => ({
      expectation: 'labels.forbid',
      subject: label,
      expected: `label ${label} on no live series`,
      observed: `present on ${observed}`,
    })),
  );
}

/** One finding that says how many live series are concerned and in which groups; none where there are none. */
function share(
  signal: StreamSignal,
  book: EvidenceBook,
  question: CountQuestion,
  finding: (observed: string) => Finding,
): readonly Finding[] {
  const groups = answered(book, question).filter(({ series }) => series > 0);
  if (groups.length === 0) return [];
  const all = total(answered(book, liveSeries(signal)));
  const where =
    signal.by.length === 0
      ? ''
      : ` (${someSubjects(
          groups.map(({ group }) => group),
          signal.by,
        )})`;
  return [finding(`${total(groups)} of ${all} live series${where}`)];
}

/** A listed value of a label in `by` is an expected group: its silence is told by `fresh`. */
function listed(signal: StreamSignal, label: string, values: readonly string[]): readonly Expectation[] {
  if (signal.by.includes(label)) return [];
  const question = countOf(signal, [{ label, operator: '=~', value: anyOf(values) }], [label]);
  const missing = (book: EvidenceBook): readonly string[] => {
    if (isSilent(signal, book)) return [];
    const found = new Set(valuesIn(answered(book, question), label));
    return values.filter((value) => !found.has(value));
  };
  return [
    {
      path: 'labels.values',
      questions: [liveSeries(signal), question],
      holdsIfComplete: [],
      failsIfComplete: [question],
      judge: (book) => ({ findings: missing(book).map((value) => missingValue(label, value)) }),
      lost: (book) => missing(book).map((value) => ({ silent: [[label, value]] })),
    },
  ];
}

function missingValue(label: string, value: string): Finding {
  return {
    expectation: 'labels.values',
    subject: labelled(label, value),
    expected: 'at least 1 live series',
    observed: 'no live series has this value',
  };
}

function onlyListed(signal: StreamSignal, label: string, values: readonly string[]): Expectation {
  const others = [
    { label, operator: '!~', value: anyOf(values) },
    { label, operator: '!=', value: '' },
  ] as const;
  const question = { ...countOf(signal, others, [label]), top: NAMED_VALUES };
  return absence(signal, 'labels.values', [question], (book) =>
    answered(book, question)
      .filter(({ series }) => series > 0)
      .map(({ group, series }) => ({
        expectation: 'labels.values',
        subject: labelled(label, group.get(label)),
        expected: `only ${values.join(', ')}`,
        observed: `${series} live series have this value`,
      })),
  );
}

function noOthers(signal: StreamSignal, names: readonly string[]): Expectation {
  const of = select(signal);
  const question: OtherLabelsQuestion = { ask: 'otherLabels', of, freshMs: signal.freshMs, names };
  return absence(signal, 'labels.exactly', [question], (book) =>
    answered(book, question).names.map((label) => ({
      expectation: 'labels.exactly',
      subject: label,
      expected: `no label besides ${names.join(', ')}`,
      observed: `label ${label} is there`,
    })),
  );
}

function absence(
  signal: StreamSignal,
  path: string,
  questions: Expectation['questions'],
  judge: (book: EvidenceBook) => readonly Finding[],
): Expectation {
  return {
    path,
    questions: [liveSeries(signal), ...questions],
    holdsIfComplete: [liveSeries(signal), ...questions],
    failsIfComplete: [],
    judge: (book) => ({ findings: isSilent(signal, book) ? [] : judge(book) }),
  };
}

function valuesIn(groups: Answers['count'], label: string): readonly string[] {
  return groups.filter(({ series }) => series > 0).flatMap(({ group }) => group.get(label) ?? []);
}
