import * as z from 'zod/mini';
import { about, duration } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import { answered, answeredAt, type Check, forStreams } from '../expectation.ts';
import { anyLiveSeries } from '../live-series.ts';
import type { ProbeAnswer, ProbeQuestion } from '../probe/question.ts';
import type { EvidenceBook } from '../question.ts';
import type { StreamSignal } from '../signal.ts';
import { silentGroups } from '../silence.ts';

/** A sample that Plumbline writes itself, to be read back. */
export const probeSettings = z.strictObject({
  within: about(duration, 'How soon it can be read.'),
});

export type ProbeSettings = z.output<typeof probeSettings>;

const DEFAULT_EVERY_MS = 5 * 60_000;
const TEN_SECONDS_MS = 10_000;

/** Judges that the plane takes a sample of Plumbline's own and shows it in time: whether the backend works. */
export const probe: Check = forStreams((signal) => {
  if (!signal.probe) return [];
  const withinMs = signal.probe.within;
  const question: ProbeQuestion = {
    ask: 'probe',
    cluster: signal.cluster ?? '',
    signal: signal.name,
    withinMs,
    everyMs: signal.everyMs ?? DEFAULT_EVERY_MS,
  };
  const isBroken = ({ refused, missing }: ProbeAnswer): boolean =>
    refused !== undefined || missing !== undefined;
  return [
    {
      path: 'probe',
      questions: [question],
      holdsIfComplete: [],
      failsIfComplete: [question],
      judge: (book) => {
        const answer = answered(book, question);
        if (!isBroken(answer)) return { findings: [] };
        return {
          findings: [
            {
              expectation: 'probe',
              subject: 'a sample of its own',
              expected: `readable within ${formatDuration(withinMs)}`,
              observed: answer.refused ?? notReadable(answer, answeredAt(book, question)),
            },
          ],
        };
      },
      facts: (book) => {
        const answer = answered(book, question);
        const silent = isSilent(signal, book);
        if (isBroken(answer)) {
          return silent ? ['its own series are silent too: the backend is broken, not what sends'] : [];
        }
        const readable = `a sample of its own was ${howSoon(answer, answeredAt(book, question))}`;
        return [silent ? `${readable}: the backend works, look at what sends` : readable];
      },
    },
  ];
});

function notReadable({ missing, newestReadable }: ProbeAnswer, now: number): string {
  const newest =
    newestReadable === null
      ? 'none is'
      : `the newest that is was written ${formatDuration(now - newestReadable)} ago`;
  return `one written ${formatDuration(now - (missing ?? now))} ago is not readable; ${newest}`;
}

function howSoon({ latencyMs, newestReadable }: ProbeAnswer, now: number): string {
  if (latencyMs === null)
    return `readable that was written ${formatDuration(now - (newestReadable ?? now))} ago`;
  const isShort = latencyMs < TEN_SECONDS_MS;
  return `readable after ${isShort ? `${(latencyMs / 1000).toFixed(1)}s` : formatDuration(latencyMs)}`;
}

/** Whether an expected group of the signal, or all of it, sends nothing. */
function isSilent(signal: StreamSignal, book: EvidenceBook): boolean {
  const live = signal.expectsSeries ? book.get(anyLiveSeries(signal)) : undefined;
  return live?.kind === 'found' && !live.partial && silentGroups(signal, book).length > 0;
}
