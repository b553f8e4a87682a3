import type { RunRecord } from '../../lib/history.ts';
import { pastOf, type Past } from '../../lib/past.ts';
import type { Report, SignalReport } from '../../lib/report/report.ts';
import { failing, report, signalReport, unknown } from './reports.ts';

/** Text that tries to leave wherever it is put: markup, HTML, XML, attributes, terminals, mentions, links. */
export const EVIL = [
  '<script>window.hacked = true</script><img src="http://127.0.0.1:9/x.png" onerror="window.hacked = true">',
  '"><svg onload=window.hacked=true> \' onmouseover=window.hacked=true ]]> --> </style></details></table>',
  '`` ``` ```` @octocat #1 ![x](http://127.0.0.1:9/y.png) | a \\| b \\\\| [l](javascript:alert(1)) www.evil.example',
  '\u0000\u001b[2J\ud800 \u202e\ufffe &amp; $& ${x}\r\n# heading\n```',
].join(' ');

const END = Date.parse('2026-11-20T12:00:00Z');
const EVERY_MS = 5 * 60_000;
const WEEK_MS = 7 * 24 * 3_600_000;

const [finding] = failing.findings;

export const hostile = signalReport({
  ...failing,
  signal: EVIL,
  state: EVIL,
  findings: [{ expectation: EVIL, subject: EVIL, observed: EVIL, expected: EVIL, question: EVIL }],
  unavailable: [{ expectation: EVIL, reason: 'rejected', detail: EVIL }],
  evidence: { series: 1, newestSampleAt: null, questions: [EVIL, 'count(m)'], facts: [], markers: [] },
  runbook: `javascript:window.hacked=true//${EVIL}`,
});

export const hostileReport: Report = {
  ...report({
    [EVIL]: [
      hostile,
      { ...unknown, signal: EVIL, unavailable: [{ expectation: EVIL, reason: 'denied', detail: EVIL }] },
      signalReport({ signal: EVIL, state: EVIL }),
    ],
    long: [{ ...hostile, signal: 'x'.repeat(5000), runbook: `https://evil.example/${'y'.repeat(5000)}` }],
  }),
  tool: { name: 'plumbline', version: EVIL },
};

const scrapes = signalReport({
  ...failing,
  signal: 'scrape-canary',
  findings: [
    finding!,
    {
      expectation: 'series.each.min',
      subject: 'job=kubernetes-service-endpoints',
      expected: 'at least 12 live series',
      observed: '7 live series',
      question: 'count by (job) (last_over_time(scrape_duration_seconds{job=~"kubernetes-.*"}[4m]))',
    },
    {
      expectation: 'labels.require',
      subject: 'instance',
      expected: 'on every series',
      observed: 'missing on 3 of 41 series',
      question: 'count(last_over_time(scrape_duration_seconds{job=~"kubernetes-.*",instance=""}[4m]))',
    },
  ],
  unavailable: [
    {
      expectation: 'labels.values',
      reason: 'too-expensive',
      detail:
        'the query would process more than 100000000 samples; raise maxSamplesProcessed, or narrow match',
    },
  ],
});

const emf = signalReport({
  signal: 'collector-emf',
  plane: 'cloudwatch',
  verdict: 'failing',
  severity: 'warning',
  findings: [
    {
      expectation: 'dimensions',
      subject: 'EKS_Cluster, EKS_Namespace, EKS_PodName',
      expected: 'live as exactly these names',
      observed: 'not live; live are EKS_Cluster, EKS_Namespace and EKS_Cluster, EKS_Namespace, EKS_NodeName',
      question: null,
    },
  ],
  evidence: {
    series: 9,
    newestSampleAt: null,
    questions: ['ListMetrics ContainerInsights/Prometheus'],
    facts: [],
    markers: [],
  },
});

/** Two clusters with this many signals that are ok, some that are not, and one that waits for traffic. */
export function mixture(okSignals = 40): Report {
  const many = Array.from({ length: okSignals }, (_, index) =>
    signalReport({
      signal: `service-${String(index).padStart(3, '0')}`,
      plane: index % 3 ? 'amp' : 'cloudwatch',
    }),
  );
  many.splice(7, 0, scrapes, emf);
  many.splice(20, 0, { ...unknown, signal: 'slow-jobs' }, { ...unknown, signal: 'apiservers' });
  const denied =
    'the role arn:aws:iam::111122223333:role/plumbline-reader may not; needed: cloudwatch:ListMetrics';
  return report({
    'prod-eu': [...many, signalReport({ signal: 'batch', state: 'idle' })],
    staging: [
      signalReport({ signal: 'scrape-canary', state: 'rollout' }),
      signalReport({
        signal: 'collector-emf',
        plane: 'cloudwatch',
        verdict: 'unknown',
        unavailable: [{ expectation: 'fresh', reason: 'denied', detail: denied }],
      }),
    ],
  });
}

/** A week of runs of a report's clusters: failing signals broke several times, unknown ones could not be seen at times. */
export function weekOf({ clusters }: Report): Past {
  const isOff = (signal: SignalReport, ago: number): boolean => {
    if (signal.verdict === 'ok') return false;
    const seed = signal.signal.length;
    return ago < 12 || (ago > 300 && ago < 300 + seed) || (ago > 1200 && ago < 1203) || ago === 700 + seed;
  };
  const runs = clusters.flatMap(({ cluster, signals }) =>
    Array.from({ length: WEEK_MS / EVERY_MS }, (_, ago): RunRecord => {
      const off = signals.filter((signal) => isOff(signal, ago));
      return {
        cluster,
        id: String(ago),
        at: END - ago * EVERY_MS,
        ok: signals.filter((signal) => !isOff(signal, ago)).map(({ signal }) => signal),
        failing: off.filter(({ verdict }) => verdict === 'failing').map(({ signal }) => signal),
        unknown: off.filter(({ verdict }) => verdict === 'unknown').map(({ signal }) => signal),
        opened: ago === 10 ? off.map(({ signal }) => signal) : [],
        ended: [],
      };
    }).filter((_, ago) => ago < 1500 || ago > 1600),
  );
  return pastOf(runs, { from: END - WEEK_MS, to: END });
}
