import * as z from 'zod/mini';
import { LISTED_LATE_MS } from '../cloudwatch/answers.ts';
import { metricName, namespace } from '../config/texts.ts';
import { about, matchers } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import {
  answered,
  answeredAt,
  type Check,
  type Finding,
  forStreams,
  type Judgement,
} from '../expectation.ts';
import { total } from '../live-series.ts';
import { type EmbeddedMetricsQuestion, type EmfErrorMetric, logGroupOf } from '../logs/questions.ts';
import { matcherText } from '../promql/text.ts';
import type { CountQuestion, EvidenceBook, NewestQuestion } from '../question.ts';
import type { StreamSignal } from '../signal.ts';

/** The metric that CloudWatch makes of a log group's embedded metrics, as long as that works. */
export const emfSettings = z.strictObject({
  namespace: about(namespace, 'The namespace of the metric.'),
  metric: about(metricName, 'A metric that must be alive while log events arrive.'),
  match: about(z.optional(matchers), 'Label matchers, all of which hold.'),
});

export type EmfSettings = z.output<typeof emfSettings>;

const HOUR_MS = 3_600_000;
/** An event may be stamped this much before it arrives, and its metric's sample with it. */
const STAMPED_EARLIER_MS = 300_000;

const MEANS: Readonly<Record<EmfErrorMetric, string>> = {
  EMFDisabledErrors: 'a policy of the account disables the making of metrics',
  EMFValidationErrors: 'embedded metrics break the specification',
  EMFParsingErrors: 'embedded metrics are not valid JSON',
};

/**
 * Judges that a metric is made of a log group's events while any arrive. How long they have been arriving without it is
 * what tells: a sample is seen minutes after its event, and a new metric is listed up to 15 minutes later.
 */
export const emf: Check = forStreams((signal) => {
  if (!signal.emf) return [];
  const asked = questionsOf(signal, signal.emf);
  return [
    {
      path: 'emf',
      questions: [asked.arrived, asked.made],
      holdsIfComplete: [],
      failsIfComplete: [asked.made],
      furtherQuestions: (book) => {
        if (!isWithout(asked, book)) return [];
        return [asked.lastMade, asked.setUp, ...(asked.matched ? [asked.anywhere] : [])];
      },
      judge: (book) => {
        const errors = errorFindings(signal, asked, book);
        if (!isWithout(asked, book)) return { findings: errors };
        return judgeWithout(signal, asked, book, errors);
      },
    },
  ];
});

type Asked = ReturnType<typeof questionsOf>;

function questionsOf(signal: StreamSignal, { namespace: of, metric, match = [] }: EmfSettings) {
  const { freshMs, account } = signal;
  const group = logGroupOf(signal);
  const anywhere = { namespace: of, metric, match: [], ...(account === undefined ? {} : { account }) };
  const selection = { ...anywhere, match };
  // As far back as what CloudWatch lists as recently active reaches, so that no other list is needed.
  const withinMs = freshMs < 3 * HOUR_MS ? 3 * HOUR_MS : freshMs + 6 * HOUR_MS;
  const arrived: EmbeddedMetricsQuestion = { ask: 'embeddedMetrics', ...group, freshMs };
  const made: CountQuestion = { ask: 'count', of: selection, freshMs, by: [], enough: 1 };
  const lastMade: NewestQuestion = { ask: 'newest', of: selection, by: [], withinMs };
  return {
    arrived,
    made,
    lastMade,
    setUp: { ask: 'logGroup', ...group } as const,
    anywhere: { ...made, of: anywhere } satisfies CountQuestion,
    matched: match.map(matcherText).join(', '),
  };
}

/** Log events arrive, and no sample of the metric is inside the bound. */
function isWithout({ arrived, made }: Asked, book: EvidenceBook): boolean {
  return answered(book, arrived).arrivingSince !== undefined && total(answered(book, made)) === 0;
}

/** One silence, one finding: with it, errors are told as what explains it and not again. */
function judgeWithout(
  signal: StreamSignal,
  asked: Asked,
  book: EvidenceBook,
  errors: readonly Finding[],
): Judgement {
  const { arrivingSince = 0 } = answered(book, asked.arrived);
  const { freshMs } = signal;
  const now = answeredAt(book, asked.arrived);
  const newest = newestMade(asked, book);
  if (newest !== undefined && newest >= now - freshMs) return { findings: errors, overtaken: true };
  const isKnown = book.get(asked.lastMade)?.kind === 'found';
  const latest = newest ?? (isKnown ? Number.NEGATIVE_INFINITY : now - freshMs);
  const withoutSince = Math.max(arrivingSince, latest + STAMPED_EARLIER_MS);
  const isReplaced = answered(book, asked.made).some(({ pending = 0 }) => pending > 0);
  if (isReplaced || withoutSince > now - LISTED_LATE_MS) {
    const without = formatDuration(now - withoutSince);
    const pending = `log events arrive without their metric for ${without}: it may not be listed yet`;
    return { findings: errors, pending: isReplaced || pending };
  }
  const { metric } = asked.made.of;
  const bound = formatDuration(freshMs);
  const last =
    newest === undefined
      ? `no sample of ${metric} in the last ${isKnown ? formatDuration(asked.lastMade.withinMs) : bound}`
      : `newest sample of ${metric} ${formatDuration(now - newest)} old`;
  const observed = `log events without metrics: ${last}; ${why(asked, book)}`;
  return {
    findings: [
      {
        expectation: 'emf',
        subject: metric,
        expected: `newest sample of ${metric} at most ${bound} old`,
        observed,
      },
    ],
  };
}

/** What is known to keep CloudWatch from making the metric. */
function why(asked: Asked, book: EvidenceBook): string {
  const { errors } = answered(book, asked.arrived);
  const setUp = book.get(asked.setUp);
  const logClass = setUp?.kind === 'found' ? setUp.value.logClass : 'STANDARD';
  const anywhere = asked.matched ? book.get(asked.anywhere) : undefined;
  const isElsewhere = anywhere?.kind === 'found' && total(anywhere.value) > 0;
  const known = [
    ...(logClass === 'STANDARD'
      ? []
      : [`the log group has the class ${logClass}, of which no metrics are made`]),
    ...errors.map(({ metric, events }) => `${metric}: ${events} (${MEANS[metric]})`),
    ...(isElsewhere ? [`it is live, but not with ${asked.matched}`] : []),
  ];
  return known.length > 0 ? known.join('; ') : 'no EMF errors: the events do not declare it, or otherwise';
}

function errorFindings({ freshMs }: StreamSignal, { arrived }: Asked, book: EvidenceBook): Finding[] {
  return answered(book, arrived).errors.map(({ metric, events }) => ({
    expectation: 'emf.errors',
    subject: metric,
    expected: `no ${metric} in the last ${formatDuration(freshMs)}`,
    observed: `${events}: ${MEANS[metric]}`,
  }));
}

/** When the newest sample was, as far as the failing path looks back. Milliseconds since the epoch. */
function newestMade({ lastMade }: Asked, book: EvidenceBook): number | undefined {
  const evidence = book.get(lastMade);
  if (evidence?.kind !== 'found' || evidence.value.length === 0) return undefined;
  return Math.max(...evidence.value.map(({ newestSampleAt }) => newestSampleAt));
}
