import * as z from 'zod/mini';
import { about, positive } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import { answered, type Check, type Expectation, forStreams } from '../expectation.ts';
import { isSilent, liveSeries, total } from '../live-series.ts';
import type { CountQuestion, EvidenceBook } from '../question.ts';
import { arrivals, type StreamSignal } from '../signal.ts';
import type { TraceDestinationQuestion, TracedServicesQuestion } from '../xray/questions.ts';
import { nearestNames } from '../xray/text.ts';

export const tracesSettings = z.strictObject({
  min: about(positive, 'At least so many traces within the time of fresh.'),
});

export type TracesSettings = z.output<typeof tracesSettings>;

/** Judges how many traces of a service there are; and says of every service where its traces go, and of a silent one which others have some. */
export const traces: Check = forStreams((signal) => {
  if (signal.plane !== 'xray') return [];
  return [...(signal.traces ? [enoughTraces(signal, signal.traces.min)] : []), whereabouts(signal)];
});

function enoughTraces(signal: StreamSignal, min: number): Expectation {
  const live = liveSeries(signal);
  const question: CountQuestion = { ...live, enough: min };
  return {
    path: 'traces.min',
    questions: [live, question],
    holdsIfComplete: [],
    failsIfComplete: [question],
    judge: (book) => {
      const found = total(answered(book, question));
      if (found >= min || isSilent(signal, book)) return { findings: [] };
      return {
        findings: [
          {
            expectation: 'traces.min',
            subject: arrivals.xray.all,
            expected: `at least ${counted(min)} in ${formatDuration(signal.freshMs)}`,
            observed: counted(found),
          },
        ],
      };
    },
  };
}

/** Judges nothing: it goes with `fresh`, whose silence it explains. */
function whereabouts(signal: StreamSignal): Expectation {
  const where: TraceDestinationQuestion = { ask: 'traceDestination' };
  const others: TracedServicesQuestion = { ask: 'tracedServices', freshMs: signal.freshMs };
  return {
    path: 'fresh',
    questions: [liveSeries(signal)],
    alongside: [where],
    holdsIfComplete: [],
    failsIfComplete: [],
    furtherQuestions: (book) => (isSilent(signal, book) ? [others] : []),
    judge: () => ({ findings: [] }),
    facts: (book) => {
      const silent = isSilent(signal, book);
      const destination = book.get(where);
      return [
        ...(destination?.kind === 'found' ? [told(destination.value, silent)] : []),
        ...(silent ? othersTold(book, others, signal.address) : []),
      ];
    },
  };
}

function told(
  { keeps, isMoving }: { readonly keeps: 'XRay' | 'CloudWatchLogs'; readonly isMoving: boolean },
  silent: boolean,
): string {
  const search = 'CloudWatch Logs (Transaction Search)';
  if (isMoving) return `traces are being moved to ${keeps === 'XRay' ? 'X-Ray' : search}`;
  if (keeps === 'CloudWatchLogs')
    return `traces go to ${search}; X-Ray indexes about 1 % of them unless told otherwise`;
  return silent
    ? 'traces go to X-Ray; its OTLP endpoint refuses them while Transaction Search is off'
    : 'traces go to X-Ray';
}

function othersTold(
  book: EvidenceBook,
  question: TracedServicesQuestion,
  service: string,
): readonly string[] {
  const others = book.get(question);
  if (others?.kind !== 'found') return [];
  const names = others.value.filter((name) => name !== service);
  if (names.length > 0) return [`there are traces of ${nearestNames(names, service)}`];
  return others.partial ? [] : ['there is no trace of any other service'];
}

function counted(traces: number): string {
  return `${traces} ${traces === 1 ? 'trace' : 'traces'}`;
}
