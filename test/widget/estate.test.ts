import { describe, expect, test } from 'vitest';
import { missedId } from '../../lib/history.ts';
import { healthOf, incidentsOf, type Recalled, worstFirst } from '../../lib/widget/estate.ts';
import { episode } from '../stores/memories.ts';
import { cluster, estate, MINUTE, NOW, planned, ran, remembering } from './gallery.ts';

const HOUR = 60 * MINUTE;
const { opened: _opened, ...unopened } = episode();

const see = (recalled: Partial<Recalled>, signals = [planned('canary')]) =>
  healthOf(
    cluster('prod-eu', signals),
    { memory: remembering(), runs: undefined, problem: undefined, ...recalled },
    NOW,
  );

const canary = (over: object) => ({ canary: { plane: 'amp', severity: 'critical' as const, ...over } });

describe('a cluster', () => {
  test('of which nothing is remembered but its last run is ok', () => {
    expect(see({})).toMatchObject({ state: 'ok', lastRunAt: NOW - 2 * MINUTE, isLate: false });
  });

  test.each([
    ['a first failing run', canary({ failing: unopened }), 'failing', 'failing', 0],
    ['an open incident', canary({ failing: episode() }), 'failing', 'failing', 1],
    ['an incident that recovers', canary({ failing: episode({ clear: 1 }) }), 'failing', 'ok', 1],
    [
      'an incident that is over and still to be told',
      canary({ failing: episode({ runs: 0, over: { at: NOW, how: 'recovered', because: '' } }) }),
      'ok',
      'ok',
      0,
    ],
    [
      'one that is over and fails anew',
      canary({ failing: episode({ runs: 1, over: { at: NOW, how: 'recovered', because: '' } }) }),
      'failing',
      'failing',
      0,
    ],
    ['a first blind run', canary({ blind: unopened }), 'unknown', 'unknown', 0],
    ['open blindness', canary({ blind: episode() }), 'unknown', 'unknown', 1],
  ] as const)('with %s', (_what, signals, state, verdict, incidents) => {
    const health = see({ memory: remembering(signals) });
    expect([health.state, health.signals[0]?.verdict]).toEqual([state, verdict]);
    expect(incidentsOf([health])).toHaveLength(incidents);
  });

  test('is late after three intervals, and whatever it was then is not called ok', () => {
    expect(see({ memory: remembering({}, NOW - 15 * MINUTE) })).toMatchObject({ state: 'ok', isLate: false });
    expect(see({ memory: remembering({}, NOW - 15 * MINUTE - 1) })).toMatchObject({
      state: 'late',
      isLate: true,
    });
    expect(see({ memory: remembering(canary({ blind: episode() }), NOW - HOUR) }).state).toBe('late');
    expect(see({ memory: remembering(canary({ failing: episode() }), NOW - HOUR) }).state).toBe('failing');
  });

  test('that never ran is late', () => {
    expect(see({ memory: { runs: [], signals: {} } })).toMatchObject({ state: 'late', lastRunAt: null });
  });

  test('whose memory cannot be read is unknown, and none of its signals ok', () => {
    const health = see({ memory: undefined, problem: 'denied' });
    expect(health).toMatchObject({ state: 'unknown', isLate: false, problem: 'denied' });
    expect(health.signals.map(({ verdict }) => verdict)).toEqual(['unjudged']);
  });
});

describe('where its runs were read', () => {
  test('the newest that judged a signal says, though others came later', () => {
    const runs = [
      ran('prod-eu', { failing: ['seldom'], ok: ['canary'] }, NOW - 20 * MINUTE),
      ran('prod-eu', { unknown: ['canary'] }),
    ];
    const signals = [planned('canary'), planned('seldom', 'logs')];
    expect(see({ runs }, signals).signals.map(({ verdict }) => verdict)).toEqual(['unknown', 'failing']);
  });

  test('a signal that none judged is not ok', () => {
    const health = see({ runs: [ran('prod-eu', { ok: ['canary'] })] }, [planned('canary'), planned('added')]);
    expect(health.signals.map(({ verdict }) => verdict)).toEqual(['ok', 'unjudged']);
  });

  test('the run that was verified last counts, whenever it was due', () => {
    expect(see({ runs: [ran('prod-eu', {}, NOW - MINUTE)] }).lastRunAt).toBe(NOW - MINUTE);
  });

  test('a run that did not come verified nothing', () => {
    const missed = { ...ran('prod-eu', { unknown: ['canary'] }, NOW - MINUTE), id: missedId(NOW - MINUTE) };
    const health = see({ memory: remembering({}, NOW - HOUR), runs: [missed] });
    expect(health).toMatchObject({ state: 'late', lastRunAt: NOW - HOUR });
  });

  test('names that every object has are names', () => {
    const health = see({ runs: [ran('prod-eu', { ok: ['x'] })] }, [
      planned('__proto__'),
      planned('constructor'),
    ]);
    expect(health.signals.map(({ verdict }) => verdict)).toEqual(['unjudged', 'unjudged']);
  });
});

test('signals that are only asked for others are not shown', () => {
  const gate = { ...planned('\u0000when canary'), judged: false };
  expect(see({}, [planned('canary'), gate]).signals.map(({ signal }) => signal)).toEqual(['canary']);
});

test('the worst come first, and the gravest incidents', () => {
  const all = estate(8);
  expect(all.toSorted(worstFirst).map(({ state }) => state)).toEqual([
    'failing',
    'late',
    'late',
    'unknown',
    'unknown',
    'ok',
    'ok',
    'ok',
  ]);
  expect(incidentsOf(all).map(({ signal, severity, what }) => [signal, severity, what])).toEqual([
    ['scrape-canary', 'critical', 'failing'],
    ['slow-jobs', 'warning', 'failing'],
    ['checkout', 'critical', 'not observable'],
  ]);
});
