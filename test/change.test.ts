import { expect, test } from 'vitest';
import type { Piece } from '../lib/incidents/machinery.ts';
import { toReport } from '../lib/report/report.ts';
import { versionMarkers } from '../lib/version-labels.ts';
import type { SignalVerdict } from '../lib/verify.ts';
import { signal, stateSignal } from './support/world.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const evidence = {
  series: null,
  newestSampleAt: null,
  questions: [],
  facts: [],
  markers: [],
  wentBlind: null,
};
const ok = {
  verdict: 'ok',
  state: null,
  findings: [],
  unavailable: [],
  missing: [],
  onlyAwaits: false,
  shape: undefined,
  drifts: [],
} as const;
const addon = (at: number | undefined): SignalVerdict => ({
  ...ok,
  signal: stateSignal(),
  evidence: { ...evidence, markers: [{ of: 'add-on prod-eu/adot', did: 'changed', version: 'v1', at }] },
});
const silent = (newestSampleAt: number | null): SignalVerdict => ({
  ...ok,
  verdict: 'failing',
  signal: signal(),
  evidence: { ...evidence, newestSampleAt },
});
const coincides = (signals: readonly SignalVerdict[], before: readonly Piece[] = []) =>
  toReport([{ cluster: 'c', verdict: 'failing', signals }], {
    checkedAt: NOON,
    durationMs: 1,
    toolVersion: '0',
    machinery: new Map([['c', before]]),
  }).clusters[0]?.signals.map((one) => one.coincides.map(({ what }) => what));

test('a failing signal names what changed in its cluster about when it fell silent', () => {
  const told = [[], ['add-on prod-eu/adot v1 was changed']];
  expect(coincides([addon(NOON - 40 * 60_000), silent(NOON - 20 * 60_000)])).toEqual(told);
  expect(coincides([addon(NOON - 81 * 60_000), silent(NOON - 20 * 60_000)])).toEqual([[], []]);
  expect(coincides([addon(NOON - 4 * 60_000), silent(NOON - 20 * 60_000)])).toEqual([[], []]);
});

test('where earlier runs saw the version before, it is named too', () => {
  const piece = (version: string, at: number): Piece => ({
    of: 'add-on prod-eu/adot',
    did: 'changed',
    states: [{ version, at }],
  });
  const signals = [addon(NOON - 30 * 60_000), silent(NOON - 20 * 60_000)];
  const told = 'add-on prod-eu/adot went from v0 to v1';
  expect(coincides(signals, [piece('v0', NOON - 86_400_000)])?.[1]).toEqual([told]);
  expect(coincides(signals, [piece('v1', NOON - 30 * 60_000)])?.[1]).toEqual([
    'add-on prod-eu/adot v1 was changed',
  ]);
  const changed = {
    ...piece('v0', NOON - 86_400_000),
    states: [
      { version: 'v0', at: 0 },
      { version: 'v1', at: NOON - 30 * 60_000 },
    ],
  };
  expect(coincides([silent(NOON - 20 * 60_000)], [changed])?.[0]).toEqual([told]);
});

test('where it is not known since when, what changed in the last hour is named', () => {
  expect(coincides([addon(NOON - 59 * 60_000), silent(null)])?.[1]).toHaveLength(1);
  expect(coincides([addon(NOON - 61 * 60_000), silent(null)])?.[1]).toHaveLength(0);
});

test('what was only seen has no time, and is no change', () => {
  expect(coincides([addon(undefined), silent(null)])).toEqual([[], []]);
});

test('a label of versions is a marker while all live series carry the same', () => {
  const canary = signal({ by: ['job', 'service_version'] });
  const group = (version: string, series = 1) => ({
    group: new Map([
      ['job', 'a'],
      ['service_version', version],
    ]),
    series,
  });
  expect(versionMarkers(canary, [group('1'), group('1')])).toEqual([
    { of: 'service_version of m', did: 'changed', version: '1', at: undefined },
  ]);
  expect(versionMarkers(canary, [group('1'), group('2')])).toEqual([]);
  expect(versionMarkers(canary, [group('1'), group('2', 0)])).toHaveLength(1);
  expect(versionMarkers(signal({ by: ['job'] }), [group('1')])).toEqual([]);
});
