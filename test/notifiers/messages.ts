import { type Message, messageOf } from '../../lib/message.ts';
import type { SignalReport } from '../../lib/report/report.ts';
import { failing, report, signalReport } from '../report/reports.ts';

interface Bent {
  /** How many signals fail. */
  readonly signals?: number;
  readonly cluster?: string;
  readonly over?: Partial<SignalReport>;
  readonly others?: readonly SignalReport[];
}

/** The message about a cluster with failing signals. */
export function message({ signals = 1, cluster = 'prod-eu', over = {}, others = [] }: Bent = {}): Message {
  const broken = Array.from({ length: signals }, (_, index) =>
    signalReport({ ...failing, signal: index === 0 ? 'canary' : `canary-${index}`, ...over }),
  );
  const told = report({ [cluster]: [...broken, ...others] });
  const made = told.clusters[0] && messageOf(told.clusters[0], told);
  if (!made) throw new Error('nothing is failing');
  return made;
}

/** A message in which every text from outside is `text`. */
export function messageSaying(text: string, signals = 3): Message {
  return message({
    signals,
    cluster: text,
    over: {
      signal: text,
      findings: [1, 2, 3, 4].map((index) => ({
        expectation: 'labels.values',
        subject: `${index}=${text}`,
        expected: text,
        observed: text,
        question: text,
      })),
      evidence: { series: 1, newestSampleAt: '2026-11-20T11:45:40.000Z', questions: [text] },
      unavailable: [{ expectation: 'fresh', reason: 'rejected', detail: text }],
      runbook: 'https://wiki.example.com/?a=1&b=<2>|3',
    },
    others: [signalReport({ signal: text })],
  });
}
