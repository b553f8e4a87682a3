import type { Report, SignalReport } from '../../lib/report/report.ts';

/** An ok signal, for tests to bend. */
export function signalReport(over: Partial<SignalReport> = {}): SignalReport {
  return {
    signal: 'canary',
    plane: 'amp',
    verdict: 'ok',
    severity: 'critical',
    state: null,
    findings: [],
    unavailable: [],
    evidence: { series: 41, newestSampleAt: null, questions: ['count(m)'], facts: [], markers: [] },
    coincides: [],
    wentBlind: null,
    runbook: null,
    ...over,
  };
}

/** A report of clusters with these signals, at noon. */
export function report(clusters: Readonly<Record<string, readonly SignalReport[]>>): Report {
  const verdictOf = (signals: readonly SignalReport[]) =>
    signals.find(({ verdict }) => verdict === 'failing')?.verdict ??
    signals.find(({ verdict }) => verdict === 'unknown')?.verdict ??
    'ok';
  return {
    version: 1,
    tool: { name: 'plumbline', version: '0.1.0' },
    verdict: verdictOf(Object.values(clusters).flat()),
    checkedAt: '2026-11-20T12:00:00.000Z',
    durationMs: 812,
    clusters: Object.entries(clusters).map(([cluster, signals]) => ({
      cluster,
      verdict: verdictOf(signals),
      cause: null,
      signals: [...signals],
    })),
  };
}

export const failing = signalReport({
  verdict: 'failing',
  findings: [
    {
      expectation: 'fresh',
      subject: 'job=kubernetes-pods',
      expected: 'newest sample at most 4m old',
      observed: 'newest sample 14m 20s old',
      question: 'max by (job) (timestamp(m))',
    },
  ],
  evidence: {
    series: 41,
    newestSampleAt: '2026-11-20T11:45:40.000Z',
    questions: ['count by (job) (last_over_time(m[4m]))', 'count(m)'],
    facts: [],
    markers: [],
  },
  runbook: 'https://wiki.example/adot',
});

export const unknown = signalReport({
  verdict: 'unknown',
  unavailable: [
    { expectation: 'fresh', reason: 'denied', detail: 'needed: aps:QueryMetrics' },
    { expectation: 'series.min', reason: 'denied', detail: 'needed: aps:QueryMetrics' },
  ],
  evidence: { series: null, newestSampleAt: null, questions: ['count(m)'], facts: [], markers: [] },
});

const known = ['v0.109.0 ACTIVE, which tells of the operator, not whether a collector runs'];

/** An add-on that is well, and was updated two hours ago. */
export const addon = signalReport({
  signal: 'adot',
  plane: 'eksAddon',
  evidence: {
    series: null,
    newestSampleAt: null,
    questions: ['aws eks describe-addon --cluster-name prod-eu --addon-name adot'],
    facts: known,
    markers: [{ what: 'prod-eu/adot v0.109.0 was changed', at: '2026-11-20T10:02:00.000Z' }],
  },
});
