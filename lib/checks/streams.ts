import * as z from 'zod/mini';
import { about } from '../config/values.ts';
import { logGroup, streamPattern } from '../config/texts.ts';
import { formatDuration } from '../duration.ts';
import {
  answered,
  answeredAt,
  type Check,
  type Expectation,
  type Finding,
  forStreams,
} from '../expectation.ts';
import { logGroupOf, type StrayStreams, type StrayStreamsQuestion } from '../logs/questions.ts';
import type { NewestQuestion } from '../question.ts';
import type { StreamSignal } from '../signal.ts';

/** How the live streams of a log group are called; and the group where events go that have no better place. */
export const streamsSettings = z.pipe(
  z.union(
    [
      streamPattern,
      z.strictObject({
        like: about(streamPattern, 'What every live stream is called: {name} stands for any text.'),
        fallback: about(
          z.optional(logGroup),
          'The log group that events fall back to; nothing may arrive there.',
        ),
      }),
    ],
    { error: "is neither a pattern nor { like: …, fallback: … }; write '{ns}.{pod}.{container}'" },
  ),
  z.transform((settings) => (typeof settings === 'string' ? { like: settings } : settings)),
);

export type StreamsSettings = z.output<typeof streamsSettings>;

/** Judges that live streams are called as they should be, and that nothing falls back to where it should not. */
export const streams: Check = forStreams((signal) => {
  const { streams: settings } = signal;
  if (!settings) return [];
  const { like, fallback } = settings;
  return [calledLike(signal, like), ...(fallback === undefined ? [] : [nothingIn(signal, fallback)])];
});

function calledLike(signal: StreamSignal, like: string): Expectation {
  const { freshMs } = signal;
  const question: StrayStreamsQuestion = { ask: 'strayStreams', ...logGroupOf(signal), freshMs, like };
  return {
    path: 'streams.like',
    questions: [question],
    holdsIfComplete: [],
    failsIfComplete: [],
    judge: (book) => ({ findings: answered(book, question).map((stray) => strayFinding(stray, like)) }),
  };
}

/** The subject is what is wrong and not a stream's name, which differs with every run. */
function strayFinding({ fault, live, recent }: StrayStreams, like: string): Finding {
  const others = recent > 1 ? `, one of ${recent} such streams of late` : '';
  const observed = `${live} has events${others}`;
  const finding = (subject: string, expected: string): Finding => ({
    expectation: 'streams.like',
    subject,
    expected,
    observed,
  });
  switch (fault.is) {
    case 'unlike':
      return finding(like, `live streams are called ${like}`);
    case 'undefined':
      return finding(fault.placeholder, `${fault.placeholder} stands for something`);
    case 'empty':
      return finding('//', 'something between two slashes');
  }
}

/** A group that does not exist is one in which nothing arrives. */
function nothingIn(signal: StreamSignal, fallback: string): Expectation {
  const { freshMs } = signal;
  const { account } = logGroupOf(signal);
  const metric = 'IncomingLogEvents';
  const of = { metric, match: [], place: fallback, ...(account === undefined ? {} : { account }) };
  const question: NewestQuestion = { ask: 'newest', of, by: [], withinMs: freshMs };
  return {
    path: 'streams.fallback',
    isElsewhere: true,
    questions: [question],
    holdsIfComplete: [],
    failsIfComplete: [],
    judge: (book) => {
      const now = answeredAt(book, question);
      const findings = answered(book, question).map(({ newestSampleAt }) => ({
        expectation: 'streams.fallback',
        subject: fallback,
        expected: `no log event in the last ${formatDuration(freshMs)}`,
        observed: `newest log event ${formatDuration(now - newestSampleAt)} old`,
      }));
      return { findings };
    },
  };
}
