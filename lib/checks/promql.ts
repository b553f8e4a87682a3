import * as z from 'zod/mini';
import { about, decimal } from '../config/values.ts';
import { answered, type Check, type Expectation, forStreams } from '../expectation.ts';
import { labelled } from '../group.ts';
import { anyLiveSeries, total } from '../live-series.ts';
import { formatNumber } from '../number.ts';
import { printable } from '../printable.ts';
import type { OwnQuestion, OwnRow } from '../promql/own.ts';
import type { EvidenceBook } from '../question.ts';
import type { StreamSignal } from '../signal.ts';

/** A question of the user's own. */
export const promqlSettings = z.strictObject({
  query: about(
    z.string().check(z.minLength(1), z.maxLength(10_000)),
    'An instant query that returns a vector or a scalar.',
  ),
  returns: about(
    z.optional(z.enum(['something', 'nothing'], { error: 'is neither something nor nothing' })),
    'Whether anything may come back: something, which is the default, or nothing.',
  ),
  min: about(z.optional(decimal), 'Every value is at least this.'),
  max: about(z.optional(decimal), 'Every value is at most this.'),
});

export type PromqlSettings = z.output<typeof promqlSettings>;

const SUBJECT = 'query';
/** The most rows that a finding tells, and the most labels of each. */
const TOLD = 3;
const LABELS = 6;
const LABEL_CHARACTERS = 80;

/**
 * Judges what the user's own question returns. Where the signal is silent nothing is judged: an answer about data that
 * stopped is true or false for the wrong reason.
 */
export const promql: Check = forStreams((signal) => {
  const { promql: settings } = signal;
  if (!settings) return [];
  const question: OwnQuestion = { ask: 'promql', query: settings.query };
  if (settings.returns === 'nothing') return [nothing(signal, question)];
  const hasBounds = settings.min !== undefined || settings.max !== undefined;
  return [something(signal, question), ...(hasBounds ? [bounds(signal, question, settings)] : [])];
});

function something(signal: StreamSignal, question: OwnQuestion): Expectation {
  return {
    path: 'promql',
    questions: [anyLiveSeries(signal), question],
    holdsIfComplete: [],
    failsIfComplete: [question],
    judge: (book) => {
      const rows = answered(book, question);
      if (rows.length > 0 || isSilent(signal, book)) return { findings: [] };
      return { findings: [{ ...FINDING, expected: 'something is returned', observed: 'nothing' }] };
    },
  };
}

function nothing(signal: StreamSignal, question: OwnQuestion): Expectation {
  return {
    path: 'promql',
    questions: [anyLiveSeries(signal), question],
    holdsIfComplete: [question],
    failsIfComplete: [],
    judge: (book) => {
      const rows = answered(book, question);
      if (rows.length === 0 || isSilent(signal, book)) return { findings: [] };
      return { findings: [{ ...FINDING, expected: 'nothing is returned', observed: tell(rows) }] };
    },
  };
}

/** Values that are not numbers are neither too small nor too large, as in the conditions of alert rules. */
function bounds(
  signal: StreamSignal,
  question: OwnQuestion,
  { min = -Infinity, max = Infinity }: PromqlSettings,
): Expectation {
  return {
    path: 'promql',
    questions: [anyLiveSeries(signal), question],
    holdsIfComplete: [question],
    failsIfComplete: [],
    judge: (book) => {
      const rows = answered(book, question);
      const outside = rows.filter(({ value }) => value < min || value > max);
      if (outside.length === 0 || isSilent(signal, book)) return { findings: [] };
      const told = rows.length === 1 ? '' : `${outside.length} of ${rows.length} values are not: `;
      return { findings: [{ ...FINDING, expected: boundsText(min, max), observed: told + tell(outside) }] };
    },
  };
}

const FINDING = { expectation: 'promql', subject: SUBJECT };

function boundsText(min: number, max: number): string {
  if (max === Infinity) return `every value at least ${min}`;
  return min === -Infinity ? `every value at most ${max}` : `every value from ${min} to ${max}`;
}

function isSilent(signal: StreamSignal, book: EvidenceBook): boolean {
  return signal.expectsSeries && total(answered(book, anyLiveSeries(signal))) === 0;
}

/** `0 with job=a, env=x; 3 with job=b and 7 more`, in an order that stays. */
function tell(rows: readonly OwnRow[]): string {
  const told = rows.map(rowText).sort();
  const more = told.length > TOLD ? ` and ${told.length - TOLD} more` : '';
  return `${told.slice(0, TOLD).join('; ')}${more}`;
}

function rowText({ labels, value }: OwnRow): string {
  const name = labels.get('__name__');
  const pairs = [...labels].filter(([label]) => label !== '__name__').sort(([a], [b]) => (a < b ? -1 : 1));
  const told = pairs
    .slice(0, LABELS)
    .map(([label, text]) => labelled(label, printable(text, LABEL_CHARACTERS)));
  const more = pairs.length > LABELS ? [`${pairs.length - LABELS} more labels`] : [];
  const of = name === undefined ? '' : ` of ${printable(name, LABEL_CHARACTERS)}`;
  const where = told.length === 0 ? '' : ` with ${[...told, ...more].join(', ')}`;
  return `${formatNumber(value)}${of}${where}`;
}
