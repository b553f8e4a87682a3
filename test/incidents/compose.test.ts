import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SignalReport } from '../../lib/report/report.ts';
import { failing, signalReport, unknown } from '../report/reports.ts';
import { lastTelling, tellings } from './lives.ts';

const ok = (signal = 'canary') => signalReport({ signal });
const bad = (signal = 'canary', over: Partial<SignalReport> = {}) => ({ ...failing, signal, ...over });
const twice = (...signals: SignalReport[]) => lastTelling([signals, signals]);
const blind = (signal: string) => ({ ...unknown, signal });

describe('the title', () => {
  test('names the one signal that fails, and where', () => {
    expect(twice(bad(), ok('b'))?.title).toBe('prod-eu: canary failing (amp)');
  });

  test('counts more than one', () => {
    expect(twice(bad(), bad('b', { plane: 'prometheus' }), ok('c'))?.title).toBe(
      'prod-eu: 2 of 3 signals failing (amp, prometheus)',
    );
  });

  test('counts what failed before as well', () => {
    const runs = [
      [bad(), ok('b')],
      [bad(), bad('b')],
      [bad(), bad('b')],
    ];
    expect(lastTelling(runs)?.title).toBe('prod-eu: 2 of 2 signals failing (amp)');
  });

  test('says what is over, and what is not', () => {
    const [, , , over] = tellings([[bad()], [bad()], [ok()], [ok()]]);
    expect(over?.title).toBe('prod-eu: canary recovered after 15m (amp)');
    const both = [bad(), bad('b')];
    expect(lastTelling([both, both, [ok(), bad('b')], [ok(), bad('b')]])?.title).toBe(
      'prod-eu: canary recovered after 15m (amp), 1 still failing',
    );
  });

  test('says what cannot be observed, and that it can again', () => {
    const dark = [blind('canary'), ok('b')];
    expect(lastTelling([dark, dark, dark])).toMatchObject({
      title: 'prod-eu: canary cannot be observed (amp)',
      reason: 'blind',
      severity: 'warning',
    });
    expect(lastTelling([dark, dark, dark, [ok()], [ok()]])).toMatchObject({
      title: 'prod-eu: canary can be observed again',
      reason: 'sighted',
      over: [{ signals: 'canary', what: 'sighted', why: 'observed in 2 of 2 runs, after 20m' }],
    });
  });

  test('says that an incident is only reminded of', () => {
    const bent = { rules: { remindEvery: 300_000 } };
    expect(lastTelling([[bad()], [bad()], [bad()]], bent)).toMatchObject({
      title: 'prod-eu: canary still failing after 14m 20s (amp)',
      reason: 'reminder',
    });
  });
});

test('an entry says who went blind with the signal, on one line whatever they are called', () => {
  const wentBlind = { names: ['alarm checkout\nerrors', 'rule shop/HighLatency'], more: 3 };
  const signals = [bad('canary', { wentBlind }), bad('b', { wentBlind: { names: [], more: 0 } })];
  expect(twice(...signals)?.entries.map((one) => one.wentBlind)).toEqual([
    'alarm checkout errors, rule shop/HighLatency and 3 more',
    null,
  ]);
});

describe('the story', () => {
  test('is what is broken since when, what was told before, and what still works by plane', () => {
    const cloudwatch = ['c', 'd'].map((signal) => signalReport({ signal, plane: 'cloudwatch' }));
    const runs = [
      [bad(), ok('b'), ok('e'), ...cloudwatch],
      [bad(), bad('b'), ok('e'), ...cloudwatch],
      [bad(), bad('b'), ok('e'), ...cloudwatch],
    ];
    expect(lastTelling(runs)?.story).toEqual([
      'Nothing new arrives for job=kubernetes-pods, since 2026-11-20 11:45:40Z (14m 20s).',
      'Still failing, as told before: canary.',
      'Still arriving: 1 of 3 on amp, cloudwatch entirely (2).',
    ]);
  });

  test('tells a wrong shape from silence', () => {
    const since = 'since 2026-11-20 11:55:00Z (5m).';
    const of = (subject: string, expectation: string) => {
      const evidence = { series: 41, newestSampleAt: null, questions: ['count(m)'], facts: [], markers: [] };
      const [finding] = failing.findings;
      return finding ? bad('canary', { evidence, findings: [{ ...finding, subject, expectation }] }) : ok();
    };
    expect(twice(of('all series', 'labels.require'))?.story).toEqual([
      `Data arrives, but not as expected, ${since}`,
    ]);
    expect(twice(of('all series', 'fresh'))?.story).toEqual([
      `Nothing new arrives, ${since}`,
      'Nothing else is known to arrive.',
    ]);
    expect(twice(of('job=a', 'fresh'))?.story).toEqual([`Nothing new arrives for job=a, ${since}`]);
    const mixed = [of('all series', 'fresh'), { ...of('job=a', 'labels.forbid'), signal: 'b' }];
    expect(twice(...mixed)?.story[0]).toBe(
      'Of 2 signals 1 silent, 1 not as expected, the first since 2026-11-20 11:55:00Z (5m).',
    );
  });

  test('ends well', () => {
    const made = lastTelling([
      [bad(), ok('b')],
      [bad(), ok('b')],
      [ok(), ok('b')],
      [ok(), ok('b')],
    ]);
    expect(made).toMatchObject({
      story: ['All 2 signals are ok.'],
      reason: 'recovered',
      severity: 'critical',
      entries: [],
      over: [{ signals: 'canary', what: 'recovered', why: 'ok in 2 of 2 runs, after 15m' }],
    });
  });

  test('of what cannot be observed says that it is no outage yet', () => {
    const dark = [blind('canary'), ok('b')];
    expect(lastTelling([dark, dark, dark])?.story).toEqual([
      'Nothing can be said about 1 of 2 signals since 2026-11-20 11:50:00Z (10m). That is no outage yet.',
      'Still arriving: 1 of 2 on amp.',
    ]);
  });
});

describe('an entry', () => {
  test('has why, since when, what was observed and expected, what to ask, where to look, the runbook', () => {
    expect(twice(bad())?.entries).toEqual([
      {
        name: 'canary',
        severity: 'critical',
        about: 'amp',
        why: 'failing in 2 of 2 runs',
        since: {
          at: '2026-11-20T11:45:40.000Z',
          text: 'silent since 2026-11-20 11:45:40Z, for 14m 20s',
        },
        findings: [
          {
            expectation: 'fresh',
            subject: 'job=kubernetes-pods',
            observed: 'newest sample 14m 20s old',
            expected: 'newest sample at most 4m old',
            isNew: false,
          },
        ],
        moreFindings: 0,
        wentBlind: null,
        question: 'max by (job) (timestamp(m))',
        console:
          'https://eu-west-1.console.aws.amazon.com/prometheus/home?region=eu-west-1#/workspaces/workspace/ws-1',
        runbook: 'https://wiki.example/adot',
      },
    ]);
  });

  test('marks and begins with what is new', () => {
    const label = {
      expectation: 'labels.require',
      subject: 'job',
      expected: 'on all',
      observed: '3 lack it',
      question: null,
    };
    const worse = bad('canary', { findings: [...failing.findings, label] });
    const made = lastTelling([[bad()], [bad()], [worse]]);
    expect(made).toMatchObject({ title: 'prod-eu: canary has new findings (amp)', reason: 'found' });
    expect(made?.entries[0]?.findings.map(({ expectation, isNew }) => [expectation, isNew])).toEqual([
      ['labels.require', true],
      ['fresh', false],
    ]);
  });

  test('asks what a finding asks itself, else what the signal was asked; never half of it', () => {
    const asking = (question: string | null) =>
      bad('canary', { findings: failing.findings.map((finding) => ({ ...finding, question })) });
    expect(twice(asking(null))?.entries[0]?.question).toBe('count by (job) (last_over_time(m[4m]))');
    expect(twice(asking('x'.repeat(2000)))?.entries[0]?.question).toBeNull();
  });

  test('after a mute says so', () => {
    const runs = [[bad()], [bad()], [bad()], [bad()]];
    const made = lastTelling(runs, { mutedIn: [0, 1, 2] });
    expect(made).toMatchObject({
      reason: 'opened',
      entries: [{ why: 'open for 10m, held back by a mute until noon: a test' }],
    });
  });
});

test('critical signals come first; beyond ten only names', () => {
  const many = Array.from({ length: 12 }, (_, index) =>
    bad(`s${index}`, { severity: index < 11 ? 'warning' : 'critical' }),
  );
  const made = twice(...many);
  expect(made?.severity).toBe('critical');
  expect(made?.entries.map(({ name }) => name)).toEqual([
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

test('what cannot be observed is told once per reason, what is news first', () => {
  const other = {
    ...blind('x'),
    unavailable: [{ expectation: 'fresh', reason: 'timeout' as const, detail: 'late' }],
  };
  const made = lastTelling([
    [blind('a'), blind('b')],
    [blind('a'), blind('b')],
    [other, blind('a'), blind('b')],
  ]);
  expect(made?.blind).toEqual([
    { signals: 'a, b', reason: 'denied', detail: expect.any(String), why: 'not observable in 3 of 3 runs' },
    { signals: 'x', reason: 'timeout', detail: 'late', why: null },
  ]);
});

test('whatever number of reasons blinds them, every signal is named', () => {
  const all = Array.from({ length: 12 }, (_, index) => ({
    ...blind(`s${index}`),
    unavailable: [{ expectation: 'fresh', reason: 'denied' as const, detail: `role ${index}` }],
  }));
  const made = lastTelling([all, all, all]);
  expect(made?.blind).toHaveLength(5);
  expect(made?.blind.at(-1)).toEqual({
    signals: 's4, s5, s6, s7, s8, s9, s10, s11',
    reason: 'others',
    detail: '8 more reasons, such as denied: role 4',
    why: 'not observable in 3 of 3 runs',
  });
});

describe('incidents', () => {
  test('are one for what opens together, and over when all of it is', () => {
    const both = [bad(), bad('b')];
    const runs = [both, both, [ok(), bad('b')], [ok(), bad('b')], [ok(), ok('b')], [ok(), ok('b')]];
    const told = tellings(runs).map((message) => message?.incidents[0]);
    const key = 'prod-eu/2026-11-20T11:40:00.000Z';
    expect(told).toEqual([
      undefined,
      { key, severity: 'critical', isOver: false, summary: 'prod-eu: 2 signals failing' },
      undefined,
      { key, severity: 'critical', isOver: false, summary: 'prod-eu: b failing' },
      undefined,
      { key, severity: 'critical', isOver: true, summary: 'prod-eu: b over' },
    ]);
  });

  test('are joined by what opens soon after, unless that is worse', () => {
    const keys = (first: SignalReport, second: SignalReport) =>
      new Set(
        tellings([
          [first, ok('b')],
          [first, ok('b')],
          [first, second],
          [first, second],
        ]).flatMap((message) => message?.incidents.map((incident) => incident.key) ?? []),
      ).size;
    expect(keys(bad(), bad('b'))).toBe(1);
    expect(keys(bad(), bad('b', { severity: 'warning' }))).toBe(1);
    expect(keys(bad('canary', { severity: 'warning' }), bad('b'))).toBe(2);
  });
});

test('what opens again and again is not one incident for ever', () => {
  const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
  const runs = Array.from({ length: 62 }, (_, run) =>
    names.map((name, index) => (run > index * 5 ? bad(name) : ok(name))),
  );
  const keys = new Set(tellings(runs).flatMap((message) => message?.incidents.map(({ key }) => key) ?? []));
  expect(keys.size).toBe(6);
});

test('the id is the same for what says the same, and another for anything else', () => {
  const id = (...signals: SignalReport[]) => twice(...signals)?.id;
  expect(id(bad())).toBe(id(bad()));
  expect(id(bad())).not.toBe(id(bad('b')));
  expect(id(bad())).not.toBe(id(bad(), bad('b')));
});

test('nothing but printable text on one line leaves it, whatever comes in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (hostile) => {
      const finding = {
        expectation: 'fresh',
        subject: hostile,
        expected: hostile,
        observed: hostile,
        question: hostile,
      };
      const detail = [{ expectation: 'x', reason: 'rejected' as const, detail: hostile }];
      const all = [
        bad(hostile, { findings: [finding] }),
        { ...blind(`${hostile}2`), unavailable: detail },
        ok(`${hostile}3`),
      ];
      const runs = [all, all, all, [ok(hostile)], [ok(hostile)]];
      for (const message of tellings(runs, { cluster: hostile })) {
        if (!message) continue;
        const { incidents, ...told } = message;
        for (const text of textsOf([told, incidents.map(({ summary }) => summary)])) {
          expect(text).not.toMatch(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u);
        }
      }
    }),
    { numRuns: 200 },
  );
});

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
