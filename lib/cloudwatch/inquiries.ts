import type { PresenceQuestion, SeriesQuestion } from '../question.ts';
import { LISTED_LATE_MS } from './answers.ts';
import { type ListRequest, MAX_FILTERS } from './listing.ts';

/** What `RecentlyActive: PT3H` is sure to list. Milliseconds. */
export const RECENT_MS = 3 * 3_600_000;

/** A question, and the list of candidates that it is answered from. */
export interface Inquiry<Q extends SeriesQuestion = PresenceQuestion> {
  readonly question: Q;
  readonly request: ListRequest;
}

/** One list for the metrics that share a match; a metric of its own where there is no match to narrow the list. */
export function planListings(questions: readonly SeriesQuestion[]): readonly Inquiry<SeriesQuestion>[] {
  const requests = questions.map((question) => ({ question, request: requestFor(question) }));
  return requests.map(({ question, request }) => {
    const sharing = requests.filter((other) => sameList(other.request, request));
    const metrics = new Set(sharing.map((other) => other.question.of.metric));
    const shared = metrics.size > 1 && request.equals.length > 0;
    return { question, request: shared ? { ...request, metric: undefined } : request };
  });
}

function requestFor(question: SeriesQuestion): ListRequest {
  const equals = question.of.match.filter(({ operator, value }) => operator === '=' && value !== '');
  return {
    namespace: question.of.namespace ?? '',
    metric: question.of.metric,
    equals: equals.slice(0, MAX_FILTERS),
    recent: reachMs(question) <= RECENT_MS,
    account: question.of.account,
  };
}

function sameList(a: ListRequest, b: ListRequest): boolean {
  return (
    a.namespace === b.namespace &&
    a.recent === b.recent &&
    a.account === b.account &&
    JSON.stringify(a.equals) === JSON.stringify(b.equals)
  );
}

/** How far back a question looks; of the present, as far as what may have a successor that is not listed yet. */
export function reachMs(question: SeriesQuestion): number {
  switch (question.ask) {
    case 'statistic':
      return Math.max(question.overMs, LISTED_LATE_MS);
    case 'count':
      return Math.max(question.freshMs, LISTED_LATE_MS) + (question.beforeMs ?? 0);
    case 'newest':
      return question.withinMs;
    case 'newSeries':
      return Math.max(question.freshMs, 300_000) + question.sinceMs + (question.beforeMs ?? 0);
    default:
      return Math.max(question.freshMs, LISTED_LATE_MS);
  }
}
