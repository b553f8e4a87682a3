import { describe, expect, test } from 'vitest';
import { changeText } from '../../lib/change.ts';
import type { Marker } from '../../lib/expectation.ts';
import { changesOf, type Piece, withMarkers } from '../../lib/incidents/machinery.ts';
import { failing, signalReport } from '../report/reports.ts';
import { lastTelling, tellings } from './lives.ts';

const MINUTE_MS = 60_000;
const NOON = Date.parse('2026-11-20T12:00:00Z');
const at = (time: string): number => Date.parse(`2026-11-20T${time}:00Z`);
const addon = (version: string, time: string): Marker => ({
  of: 'add-on prod-eu/adot',
  did: 'changed',
  version,
  at: at(time),
});
const told = (...runs: readonly (readonly Marker[])[]): string[] => {
  const pieces = runs.reduce<readonly Piece[]>(
    (before, markers, index) => withMarkers(before, markers, NOON + index * 5 * MINUTE_MS),
    [],
  );
  return changesOf(pieces).map(changeText);
};

describe('a change', () => {
  test('is told with the version before, once that was seen', () => {
    expect(told([addon('v0.33.0', '08:00')])).toEqual([
      'add-on prod-eu/adot v0.33.0 was changed at 2026-11-20 08:00:00Z',
    ]);
    expect(told([addon('v0.33.0', '08:00')], [addon('v0.35.0', '11:50')]).at(-1)).toBe(
      'add-on prod-eu/adot went from v0.33.0 to v0.35.0 at 2026-11-20 11:50:00Z',
    );
  });

  test('has the time at which it began, though the API dates it anew as it ends', () => {
    const runs = [[addon('v0.33.0', '08:00')], [addon('v0.35.0', '11:50')], [addon('v0.35.0', '11:58')]];
    expect(told(...runs, ...runs.slice(-1))).toHaveLength(2);
    expect(told(...runs).at(-1)).toContain('11:50:00Z');
    expect(told(...runs, [addon('v0.35.0', '12:29')]).at(-1)).toBe(
      'add-on prod-eu/adot v0.35.0 was changed at 2026-11-20 12:29:00Z',
    );
  });

  test('and its roll-back are two', () => {
    const runs = [[addon('v1', '08:00')], [addon('v2', '11:50')], [addon('v1', '12:05')]];
    expect(told(...runs).slice(1)).toEqual([
      'add-on prod-eu/adot went from v1 to v2 at 2026-11-20 11:50:00Z',
      'add-on prod-eu/adot went from v2 to v1 at 2026-11-20 12:05:00Z',
    ]);
  });

  test('is not undone by what another process still remembers', () => {
    const runs = [[addon('v1', '08:00')], [addon('v2', '11:50')], [addon('v1', '08:00')]];
    expect(told(...runs)).toHaveLength(2);
  });

  test('of a label is dated by the run that saw it first', () => {
    const seen = (version: string): Marker => ({
      of: 'service_version of up',
      did: 'changed',
      version,
      at: undefined,
    });
    expect(told([seen('1')], [seen('1')])).toEqual([]);
    expect(told([seen('1')], [seen('1')], [seen('2')])).toEqual([
      'service_version of up went from 1 to 2, first seen at 2026-11-20 12:10:00Z',
    ]);
  });

  test('of anything without a version is forgotten after a week; what is hostile or many stays small', () => {
    const file: Marker = { of: 'rule file a', did: 'changed', at: NOON - 8 * 86_400_000 };
    expect(withMarkers([], [file], NOON)).toEqual([]);
    const many = Array.from({ length: 500 }, (_, index): Marker => ({
      of: `\u001b[2J__proto__${index}${'x'.repeat(1e4)}`,
      did: 'created',
      at: NOON - index,
    }));
    const pieces = withMarkers([], many, NOON);
    expect(JSON.stringify(pieces).length).toBeLessThan(16_000);
    expect(JSON.stringify(pieces)).not.toContain('\u001b');
  });
});

describe('a message', () => {
  /** Silent since 11:45:40. */
  const bad = (signal = 'canary') => ({ ...failing, signal });
  const withChange = (time: string, signals = [bad()]) =>
    lastTelling([[signalReport()], signals, signals], {
      markers: [[addon('v0.33.0', '08:00')], [addon('v0.35.0', time)], []],
    });

  test('names what changed about when it broke, once, and claims no cause', () => {
    const sentence =
      'Changed about then, which need not be the cause: add-on prod-eu/adot went from v0.33.0 to v0.35.0 at 2026-11-20 11:42:00Z.';
    expect(withChange('11:42')?.story[1]).toBe(sentence);
    expect(withChange('11:42', [bad(), bad('b')])?.story.filter((line) => line === sentence)).toHaveLength(1);
  });

  test.each([
    ['10:46', true],
    ['10:45', false],
    ['12:00', true],
    ['12:01', false],
  ])('with a change at %s says so: %s', (time, isTold) => {
    const story = withChange(time)?.story.join('\n') ?? '';
    expect(story.includes('Changed about then')).toBe(isTold);
  });

  test('says so in a reminder too, and no more once it is over', () => {
    const ok = signalReport();
    const runs = [[ok], [bad()], [bad()], [bad()], [ok], [ok]];
    const markers = [[addon('v1', '08:00')], [addon('v2', '11:43')]];
    const all = tellings(runs, { markers, rules: { remindEvery: 300_000 } });
    expect(all.map((one) => one?.changes.length)).toEqual([undefined, undefined, 1, 1, 1, 0]);
  });

  test('says nothing without a change', () => {
    const made = lastTelling([[bad()], [bad()]]);
    expect(made?.changes).toEqual([]);
    expect(made?.story.join()).not.toContain('about then');
  });
});
