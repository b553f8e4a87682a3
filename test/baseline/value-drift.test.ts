import { expect, test } from 'vitest';
import { accept } from '../../lib/baseline/accept.ts';
import { learn } from '../../lib/baseline/learn.ts';
import { type TurnoverOverrides, valueDrift } from '../../lib/baseline/value-drift.ts';
import type { Baseline } from '../../lib/baseline/baseline.ts';
import type { Shape } from '../../lib/baseline/shape.ts';
import { DAY, HOUR, learned, names, OK, T0, values } from './shapes.ts';

const now = T0 + 3 * DAY;
const usual = { namespace: { shop: 20, pay: 5 }, container: { main: 25 } };
const baseline = learned((at) => values(at, usual), now);
const told = (known: Baseline | undefined, shape: Shape, overrides?: TurnoverOverrides) =>
  valueDrift(known, shape, overrides).map(
    ({ kind, label, value, series }) => `${kind} ${label}=${value} on ${series}`,
  );

test.each<[string, Record<string, Record<string, number>>, string[]]>([
  ['as usual', usual, []],
  ['more of one', { ...usual, namespace: { shop: 90, pay: 1 } }, []],
  ['one is gone', { ...usual, namespace: { shop: 20 } }, ['gone namespace=pay on 5']],
  ['one is new', { ...usual, namespace: { shop: 20, pay: 5, bank: 2 } }, ['new namespace=bank on 2']],
  [
    'one moved',
    { ...usual, namespace: { shop: 20, paying: 5 } },
    ['gone namespace=pay on 5', 'new namespace=paying on 5'],
  ],
  ['a label that was not asked is not gone', { container: { main: 25 } }, []],
  ['a label that was not known is learned', { ...usual, zone: { a: 3 } }, []],
  [
    'hostile values',
    { ...usual, container: { main: 25, ['__proto__']: 1, '\u0000': 2 } },
    ['new container=\u0000 on 2', 'new container=__proto__ on 1'],
  ],
])('%s', (_, counts, expected) => {
  expect(told(baseline, values(now, counts))).toStrictEqual(expected);
});

test('megabytes are no value', () => {
  const shape = values(now, { ...usual, container: { main: 25, ['x'.repeat(5_000_000)]: 1 } });
  expect(told(baseline, shape)).toStrictEqual([]);
});

test.each<[string, (at: number) => string]>([
  ['service_version', (at) => `release-${Math.floor(at / DAY)}`],
  ['worker', (at) => `web-7f9c${Math.floor(at / DAY)}d-x7k2p`],
  ['commit_of', (at) => `${Math.floor(at / DAY).toString(16)}deadbeef01`],
  ['address', (at) => `ip-10-0-3-${Math.floor(at / DAY) % 200}.eu-west-1.compute.internal`],
])('%s turns over by its name or the look of its values', (label, value) => {
  const shapeAt = (at: number): Shape => values(at, { [label]: { [value(at)]: 10 } });
  expect(told(learned(shapeAt, T0 + 30 * HOUR), shapeAt(now + 5 * DAY))).toStrictEqual([]);
});

test('a label of plain values turns over when they came and went, and its baseline does not grow', () => {
  const words = ['ash', 'elm', 'oak', 'fir', 'yew', 'bay', 'box', 'ivy'];
  const shapeAt = (at: number): Shape =>
    values(at, {
      shift: { [`${words[Math.floor(at / HOUR) % 8]}${words[Math.floor(at / (8 * HOUR)) % 8]}`]: 4 },
    });
  const known = learned(shapeAt, T0 + 20 * DAY);
  expect(told(known, values(T0 + 20 * DAY, { shift: { never: 4 } }))).toStrictEqual([]);
  expect(known.values.get('shift')?.tracks.size).toBeLessThan(10);
});

test('people say which labels turn over', () => {
  const moved = values(now, { ...usual, namespace: { shop: 20, paying: 5 } });
  expect(told(baseline, moved, { turning: ['namespace'] })).toStrictEqual([]);
  const release = (at: number, value: string): Shape => values(at, { version: { [value]: 3 } });
  const known = learned((at) => release(at, 'v1'), now);
  expect(told(known, release(now, 'v2'))).toStrictEqual([]);
  expect(told(known, release(now, 'v2'), { stable: ['version'] })).toStrictEqual([
    'gone version=v1 on 3',
    'new version=v2 on 3',
  ]);
});

test('a new value is normal after a day, and a gone one never', () => {
  const moved = (at: number): Shape => values(at, { ...usual, namespace: { shop: 20, paying: 5 } });
  let known = baseline;
  for (let at = now; at < now + 2 * DAY; at += HOUR) {
    const drifts = valueDrift(known, moved(at));
    known = learn(known, moved(at), { fed: drifts.length === 0, rollout: false, drifts });
  }
  expect(told(known, moved(now + 2 * DAY))).toStrictEqual(['gone namespace=pay on 5']);
});

/** The values, and sets of names that say which labels are there. */
const carrying = (at: number, counts: typeof usual | { container: { main: number } }): Shape => ({
  ...values(at, counts),
  ...names(at, { [Object.keys(counts).sort().join(' ')]: 25 }),
});

test('a label that no series carries any more takes its values with it, until that is accepted', () => {
  const known = learned((at) => carrying(at, usual), now);
  const left = carrying(now, { container: { main: 25 } });
  expect(told(known, carrying(now, usual))).toStrictEqual([]);
  expect(told(known, left)).toStrictEqual(['gone namespace=shop on 20', 'gone namespace=pay on 5']);
  expect(told(known, { ...left, keySets: undefined })).toStrictEqual([]);
  const drifting = { fed: false, rollout: false, drifts: valueDrift(known, left) };
  expect(told(learn(known, { ...left, at: now + HOUR }, drifting), left)).toHaveLength(2);
  expect(told(accept(known, left, now, { by: 'alice', why: 'on purpose' }), left)).toStrictEqual([]);
});

test.each([HOUR, 3 * HOUR])('a label that is there only every other %i ms is not missed', (period) => {
  const shapeAt = (at: number): Shape =>
    carrying(at, Math.floor(at / period) % 2 === 0 ? usual : { container: { main: 25 } });
  let known: Baseline | undefined;
  const missed: string[] = [];
  for (let at = T0; at < T0 + 10 * DAY; at += 30 * 60_000) {
    const drifts = valueDrift(known, shapeAt(at));
    if (at > T0 + 4 * DAY) missed.push(...told(known, shapeAt(at)));
    known = learn(known, shapeAt(at), { ...OK, fed: drifts.length === 0, drifts });
  }
  expect(missed).toStrictEqual([]);
});

test('a value may look like a key of groups', () => {
  const odd = { namespace: { '[[': 1, '[["a"': 1, '[[1]]': 1, shop: 20 } };
  const known = learned((at) => values(at, odd), now);
  expect(told(known, values(now, { namespace: { shop: 20 } }))).toEqual([
    'gone namespace=[[ on 1',
    'gone namespace=[["a" on 1',
    'gone namespace=[[1]] on 1',
  ]);
});
