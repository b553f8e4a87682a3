import type { EvidenceBook } from '../question.ts';
import type { StreamSignal } from '../signal.ts';
import { type ElsewhereQuestion, logGroupOf } from './questions.ts';

/** Where the events of a silent log group may have gone; undefined on other planes. */
export function elsewhereOf(signal: StreamSignal): ElsewhereQuestion | undefined {
  if (signal.plane !== 'logs') return undefined;
  return { ask: 'elsewhere', ...logGroupOf(signal), freshMs: signal.freshMs };
}

/** `; log events arrive in /aws/containerinsights/undefined/performance instead`, or nothing. */
export function elsewhereText(signal: StreamSignal, book: EvidenceBook): string {
  const question = elsewhereOf(signal);
  const evidence = question && book.get(question);
  return evidence?.kind === 'found' ? arrivingText(evidence.value) : '';
}

export function arrivingText(groups: readonly string[]): string {
  return groups.length === 0 ? '' : `; log events arrive in ${groups.join(' and ')} instead`;
}
