import { describe, expect, test } from 'vitest';
import { messageOf } from '../lib/message.ts';
import type { SignalReport } from '../lib/report/report.ts';
import { message, messageSaying } from './notifiers/messages.ts';
import { failing, report, signalReport, unknown } from './report/reports.ts';

function told(...signals: readonly SignalReport[]) {
  const made = report({ 'prod-eu': signals });
  return made.clusters[0] && messageOf(made.clusters[0], made);
}

describe('who is told', () => {
  test('nobody, while nothing is failing', () => {
    expect(told(signalReport())).toBeUndefined();
    expect(told(signalReport(), unknown)).toBeUndefined();
  });

  test('everybody, when something is; as critical when any of it is', () => {
    expect(told({ ...failing, severity: 'warning' })).toMatchObject({
      severity: 'warning',
      reason: 'failing',
    });
    expect(told({ ...failing, severity: 'warning' }, failing)).toMatchObject({ severity: 'critical' });
  });
});

describe('the title', () => {
  test('names the one signal that fails, and where', () => {
    expect(told(failing, signalReport())?.title).toBe('prod-eu: canary failing (amp)');
  });

  test('counts more than one', () => {
    const title = told(
      failing,
      { ...failing, signal: 'b', plane: 'prometheus' },
      signalReport({ signal: 'c' }),
    )?.title;
    expect(title).toBe('prod-eu: 2 of 3 signals failing (amp, prometheus)');
  });
});

describe('what is told', () => {
  test('since when, what was observed and expected, what to ask, the runbook', () => {
    expect(told(failing)?.entries).toEqual([
      {
        signal: 'canary',
        about: 'amp',
        since: 'silent since 2026-11-20 11:45:40Z, for 14m 20s',
        findings: [
          {
            what: 'fresh job=kubernetes-pods',
            observed: 'newest sample 14m 20s old',
            expected: 'newest sample at most 4m old',
          },
        ],
        moreFindings: 0,
        question: 'max by (job) (timestamp(m))',
        runbook: 'https://wiki.example/adot',
      },
    ]);
  });

  test('what could not be observed, once per reason; what still works', () => {
    const blind = { expectation: 'fresh', reason: 'denied' as const, detail: 'no' };
    const both = ['a', 'b'].map((signal) =>
      signalReport({ signal, verdict: 'unknown', unavailable: [blind, blind] }),
    );
    expect(told(failing, ...both, signalReport({ signal: 'c' }))).toMatchObject({
      blind: [{ signals: 'a, b', reason: 'denied', detail: 'no' }],
      ok: ['c'],
    });
  });

  test('what a finding asks itself, else what the signal was asked', () => {
    const findings = failing.findings.map((finding) => ({ ...finding, question: null }));
    expect(message({ over: { findings } }).entries[0]?.question).toBe(
      'count by (job) (last_over_time(m[4m]))',
    );
  });

  test('critical signals first; beyond ten only names', () => {
    const many = Array.from({ length: 12 }, (_, index) => ({
      ...failing,
      signal: `s${index}`,
      severity: index < 11 ? ('warning' as const) : ('critical' as const),
    }));
    const made = told(...many);
    expect(made?.entries.map(({ signal }) => signal)).toEqual([
      's11',
      's0',
      's1',
      's2',
      's3',
      's4',
      's5',
      's6',
      's7',
      's8',
    ]);
    expect(made?.others).toEqual(['s9', 's10']);
  });

  test('three findings of a signal, and how many more', () => {
    expect(messageSaying('a').entries[0]).toMatchObject({ findings: { length: 3 }, moreFindings: 1 });
  });

  test('no question rather than half of one', () => {
    const findings = failing.findings.map((finding) => ({ ...finding, question: 'x'.repeat(2000) }));
    expect(message({ over: { findings } }).entries[0]?.question).toBeNull();
  });

  test('nothing but printable text on one line', () => {
    const made = messageSaying('a\u001b[31m\nb\u202ec');
    expect(JSON.stringify(made)).not.toMatch(/\p{Cc}|\p{Cf}|\\n/u);
    expect(made.entries[0]?.findings[0]?.observed).toBe('a\\u001b[31m b\\u202ec');
  });
});
