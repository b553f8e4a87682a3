import { digest } from '../incidents/identity.ts';
import { formatDuration } from '../duration.ts';
import { instant } from '../instant.ts';
import type { Message } from '../message.ts';

const SILENT_MS = 860_000;

/** What a real alert looks like, marked as a test wherever people look first. `now` is in milliseconds since the epoch. */
export function sampleMessage(now: number): Message {
  const checkedAt = new Date(now).toISOString();
  const at = new Date(now - SILENT_MS).toISOString();
  const title = 'TEST of Plumbline (nothing is broken): scrape-canary failing (amp)';
  return {
    id: digest(['test', checkedAt]),
    clusters: ['example-cluster'],
    severity: 'critical',
    reason: 'test',
    title,
    checkedAt,
    story: [
      'This is a test of this channel: nothing is broken, and nothing has to be done. An alert looks like this:',
      `Nothing new arrives, since ${instant(at)} (${formatDuration(SILENT_MS)}).`,
      'Still arriving: 2 of 3 on amp, cloudwatch entirely (1).',
    ],
    changes: [],
    entries: [
      {
        name: 'scrape-canary',
        severity: 'critical',
        about: 'amp',
        why: 'failing in 2 of 2 runs',
        since: { at, text: `silent since ${instant(at)}, for ${formatDuration(SILENT_MS)}` },
        findings: [
          {
            expectation: 'fresh',
            subject: 'job=kubernetes-pods',
            observed: `newest sample ${formatDuration(SILENT_MS)} old`,
            expected: 'newest sample at most 4m old',
            isNew: false,
          },
        ],
        moreFindings: 0,
        wentBlind: 'alarm scrapes-missing, rule shop/HighLatency',
        question: 'max by (job) (timestamp(scrape_duration_seconds))',
        console: 'https://eu-west-1.console.aws.amazon.com/prometheus/home?region=eu-west-1',
        runbook: 'https://example.com/runbooks/scrape-canary',
      },
    ],
    others: [],
    blind: [],
    over: [],
    ok: ['slow-jobs', 'apiservers', 'collector-emf'],
    incidents: [{ key: `test/${checkedAt}`, severity: 'critical', isOver: false, summary: title }],
  };
}
