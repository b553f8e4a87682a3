import { answered, type Check, forStreams } from '../expectation.ts';
import type { StreamSignal } from '../signal.ts';
import { type LogGroup, type LogGroupQuestion, logGroupOf } from './questions.ts';

/** What a log group must be like, and what it is like where it is not so. */
interface Wanted {
  readonly expected: string;
  /** Undefined where the group is as expected. */
  readonly observed: (group: LogGroup) => string | undefined;
}

/** A check of how a log group is set up; nothing is judged where the signal says nothing of it. */
export function aboutLogGroup(path: string, of: (signal: StreamSignal) => Wanted | undefined): Check {
  return forStreams((signal) => {
    const wanted = of(signal);
    if (!wanted) return [];
    const question: LogGroupQuestion = { ask: 'logGroup', ...logGroupOf(signal) };
    return [
      {
        path,
        questions: [question],
        holdsIfComplete: [],
        failsIfComplete: [],
        judge: (book) => {
          const observed = wanted.observed(answered(book, question));
          if (observed === undefined) return { findings: [] };
          const { expected } = wanted;
          return { findings: [{ expectation: path, subject: signal.address, expected, observed }] };
        },
        markers: (book) => {
          const { createdAt: at } = answered(book, question);
          return at === undefined ? [] : [{ of: `log group ${signal.address}`, did: 'created', at }];
        },
      },
    ];
  });
}
