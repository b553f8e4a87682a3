import { isStream } from '../lib/signal.ts';
import { describe, expect, test } from 'vitest';
import { parseSince, sinceOnly } from '../lib/since.ts';
import { judge, signal } from './support/world.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const MINUTE_MS = 60_000;

describe('a moment', () => {
  test.each([
    ['now', NOW],
    ['5m', NOW - 5 * MINUTE_MS],
    ['2026-11-20T11:00:00Z', NOW - 60 * MINUTE_MS],
    ['2026-11-20T12:00:00.500+01:00', NOW - 60 * MINUTE_MS + 500],
    ['2026-11-20T12:00:30Z', NOW + 30_000],
  ])('%s is read', (text, at) => {
    expect(parseSince(text, NOW)).toBe(at);
  });

  test.each([
    '',
    'soon',
    '5',
    '5 m',
    '-5m',
    '2026-11-20',
    '2026-11-20T12:00:00',
    '2026-13-20T12:00:00Z',
    '1795176000',
  ])('%j is refused with what to write', (text) => {
    expect(parseSince(text, NOW)).toEqual({ problem: expect.stringContaining('write now, 5m') as string });
  });

  test('the future is refused, but for what clocks differ by', () => {
    expect(parseSince('2026-11-20T12:05:00Z', NOW)).toEqual({
      problem: expect.stringContaining('future') as string,
    });
  });
});

describe('only what is newer', () => {
  const planned = (over: Parameters<typeof signal>[0], judged = true) => ({ signal: signal(over), judged });
  const boundsOf = (since: number, now: number, signals: ReturnType<typeof planned>[]) =>
    sinceOnly([{ name: 'c', region: 'eu-west-1', signals }], since, now)[0]?.signals.map((one) => [
      one.signal.name,
      one.judged,
      (isStream(one.signal) ? one.signal.freshMs : 0) / 1000,
    ]);

  test.each([
    [0, 1],
    [999, 1],
    [-5000, 1],
    [90_500, 90],
    [3_600_000, 240],
  ])('%i ms after it a bound of four minutes is %i seconds', (elapsedMs, seconds) => {
    expect(boundsOf(NOW, NOW + elapsedMs, [planned({ name: 'a' })])).toEqual([['a', true, seconds]]);
  });

  test('the moment is told where it is why a bound is short', () => {
    const signalAfter = (ms: number) =>
      sinceOnly([{ name: 'c', region: 'eu-west-1', signals: [planned({})] }], NOW, NOW + ms)[0]?.signals[0]
        ?.signal;
    expect(signalAfter(90_000)).toMatchObject({ since: NOW });
    expect(signalAfter(3_600_000)).not.toHaveProperty('since');
  });

  test('a signal that another is compared with stays asked, and both bounds are shortened', () => {
    const other = signal({ name: 'b' });
    const parity = { with: other, map: [['x', 'y']] as [string, string][], tolerance: 0, skew: 1 };
    const cluster = {
      name: 'c',
      region: 'eu-west-1',
      signals: [planned({ name: 'a', parity }), { signal: other, judged: false }],
    };
    const [one] = sinceOnly([cluster], NOW, NOW + 90_000);
    expect(one?.signals.map(({ signal: { name }, judged }) => [name, judged])).toEqual([
      ['b', false],
      ['a', true],
    ]);
    expect(one?.signals[1]?.signal).toMatchObject({ freshMs: 90_000, parity: { with: { freshMs: 90_000 } } });
  });

  test('a signal that gates another keeps its bound for that: nothing new yet is not "no traffic"', async () => {
    const gated = signal({ name: 'durations', when: { signal: 'requests', atLeast: 1 }, match: [] });
    const gate = signal({ name: 'requests' });
    const signals = [gated, gate].map((one) => ({ signal: one, judged: true }));
    expect(boundsOf(NOW, NOW + 10_000, signals)).toEqual([
      ['requests', false, 240],
      ['durations', true, 10],
      ['requests', true, 10],
    ]);
  });

  test('what the old collector sent does not make a gate pass', async () => {
    const { verdicts } = await judge(
      [signal({ name: 'a', freshMs: 10_000, since: NOW })],
      [{ labels: {}, seenMinutesAgo: 1 }],
    );
    expect(verdicts[0]).toMatchObject({
      verdict: 'failing',
      findings: [
        {
          observed: 'newest sample 1m old',
          expected: 'a sample newer than 2026-11-20 12:00:00Z: older ones do not count here',
        },
      ],
    });
  });
});

test('what is measured over a time is measured over no longer one than since then', () => {
  const one = signal({
    statistic: { is: 'sum', over: 15 * 60_000, min: 1 },
    targets: { up: 0.9, timeout: undefined, over: 10 * 60_000 },
  });
  const clusters = [{ name: 'c', region: 'r', signals: [{ signal: one, judged: true }] }];
  const after = (milliseconds: number) => sinceOnly(clusters, 0, milliseconds)[0]?.signals[0]?.signal;
  expect(after(60_000)).toMatchObject({ statistic: { over: 60_000 }, targets: { over: 60_000 } });
  expect(after(3_600_000)).toMatchObject({ statistic: { over: 900_000 }, targets: { over: 600_000 } });
});
