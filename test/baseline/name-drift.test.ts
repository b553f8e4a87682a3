import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../lib/baseline/baseline.ts';
import { learn } from '../../lib/baseline/learn.ts';
import { nameDrift } from '../../lib/baseline/name-drift.ts';
import type { Shape } from '../../lib/baseline/shape.ts';
import { DAY, HOUR, learned, MINUTE, names, T0 } from './shapes.ts';

const now = T0 + 3 * DAY;
const usual = { 'instance job pod': 50, 'instance job': 10 };
const baseline = learned((at) => names(at, usual), now);

const told = (known: Baseline | undefined, shape: Shape, sets = false) =>
  nameDrift(known, shape, { sets })
    .map(
      ({ kind, names, now, series }) =>
        `${kind} ${names.join('+')}${now ? ` to ${now.join('+')}` : ''} on ${series}`,
    )
    .sort();

describe('labels', () => {
  test.each<[string, Record<string, number>, string[]]>([
    ['as usual', usual, []],
    ['more and fewer of each', { 'instance job pod': 20, 'instance job': 30 }, []],
    [
      'one of 50 series loses one',
      { 'instance job pod': 49, 'instance pod': 1, 'instance job': 10 },
      ['lost job on 1'],
    ],
    ['one series moves to a known set', { 'instance job pod': 49, 'instance job': 11 }, ['lost pod on 1']],
    ['all of them lose one', { 'instance pod': 50, instance: 10 }, ['lost job on 60']],
    ['one is renamed', { 'instance job k8s_pod': 50, 'instance job': 10 }, ['renamed pod to k8s_pod on 50']],
    [
      'one is renamed on some',
      { 'instance job pod': 30, 'instance job k8s_pod': 20, 'instance job': 10 },
      ['renamed pod to k8s_pod on 20'],
    ],
    [
      'two are renamed, each to what is most alike',
      { 'host_instance job my_pod': 50, 'instance job': 10 },
      ['renamed instance to host_instance on 50', 'renamed pod to my_pod on 50'],
    ],
    [
      'all have one more',
      { 'OTelLib instance job pod': 50, 'OTelLib instance job': 10 },
      ['new OTelLib on 60'],
    ],
    ['others come with one of their own', { ...usual, 'instance job pod team': 8 }, ['new team on 8']],
    ['others come without one', { ...usual, instance: 8 }, []],
    ['a set goes with the only name of its kind', { 'instance job': 10 }, ['lost pod on 50']],
    ['nothing is there', {}, []],
  ])('%s', (_, counts, expected) => {
    expect(told(baseline, names(now, counts))).toStrictEqual(expected.toSorted());
  });

  test('shares of the series that carry it, before and after', () => {
    const [drift] = nameDrift(baseline, names(now, { 'instance job pod': 48, 'instance job': 12 }), {
      sets: false,
    });
    expect(drift).toMatchObject({
      names: ['pod'],
      before: 50 / 60,
      after: 48 / 60,
      series: 2,
      against: 'usual',
    });
    expect(drift?.normalAt).toBeUndefined();
  });

  test('the order of an answer and of its names means nothing', () => {
    const { keySets = [] } = names(now, { 'OTelLib instance job pod': 50, 'OTelLib instance job': 10 });
    const turned = keySets.toReversed().map((set) => ({ ...set, names: set.names.toReversed() }));
    expect(nameDrift(baseline, { at: now, keySets: turned }, { sets: false })).toStrictEqual(
      nameDrift(baseline, { at: now, keySets }, { sets: false }),
    );
  });

  test('names of the prototype are names', () => {
    const shape = names(now, {
      '__proto__ instance job pod': 50,
      'instance job': 10,
      'constructor instance': 1,
    });
    expect(told(baseline, shape)).toContain('new __proto__ on 50');
  });
});

describe('sets', () => {
  test.each<[string, Record<string, number>, string[]]>([
    ['as usual', usual, []],
    [
      'each has one more dimension',
      { 'OTelLib instance job pod': 50, 'OTelLib instance job': 10 },
      [
        'renamed instance+job to OTelLib+instance+job on 10',
        'renamed instance+job+pod to OTelLib+instance+job+pod on 50',
      ],
    ],
    ['one is gone', { 'instance job pod': 50 }, ['lost instance+job on 10']],
    ['one is new', { ...usual, job: 3 }, ['new job on 3']],
    [
      'one loses a dimension',
      { 'instance pod': 50, 'instance job': 10 },
      ['renamed instance+job+pod to instance+pod on 50'],
    ],
  ])('%s', (_, counts, expected) => {
    expect(told(baseline, names(now, counts), true)).toStrictEqual(expected.toSorted());
  });
});

function run(known: Baseline, shapeAt: (at: number) => Shape, to: number, sets = false) {
  const tape: string[] = [];
  let next = known;
  for (let at = now; at < to; at += 30 * MINUTE) {
    const drifts = nameDrift(next, shapeAt(at), { sets });
    next = learn(next, shapeAt(at), { fed: drifts.length === 0, rollout: false, drifts });
    const line = told(next, shapeAt(at), sets).join(', ');
    if (tape.at(-1)?.replace(/^.*?: /, '') !== line) tape.push(`+${(at - now) / HOUR}h: ${line}`);
  }
  return { tape, known: next };
}

describe('as time goes by', () => {
  test('a new label is normal after a day, and missed when it goes', () => {
    const { tape, known } = run(
      baseline,
      (at) => names(at, { 'instance job pod zone': 50, 'instance job': 10 }),
      now + 3 * DAY,
    );
    expect(tape).toStrictEqual(['+0h: new zone on 50', '+24h: ']);
    expect(told(known, names(now + 3 * DAY, usual))).toStrictEqual(['lost zone on 50']);
  });

  test('a lost label never is, however the counts go up and down', () => {
    const lossy = (at: number): Shape =>
      names(at, {
        'instance job pod': 40 + (Math.floor(at / HOUR) % 9),
        'instance pod': 2,
        'instance job': 10,
      });
    const { tape } = run(baseline, lossy, now + 9 * DAY);
    expect(tape).toStrictEqual(['+0h: lost job on 2']);
  });

  test('a renamed set stays renamed', () => {
    const { tape } = run(
      baseline,
      (at) => names(at, { 'OTelLib instance job pod': 50, 'instance job': 10 }),
      now + 3 * DAY,
      true,
    );
    expect(tape).toStrictEqual(['+0h: renamed instance+job+pod to OTelLib+instance+job+pod on 50']);
  });

  test('a set that comes a run late is still what the other was renamed to', () => {
    const late = (at: number): Shape =>
      names(at, at === now ? { 'instance job': 10 } : { 'instance job k8s_pod': 50, 'instance job': 10 });
    expect(run(baseline, late, now + DAY).tape).toStrictEqual([
      '+0h: lost pod on 50',
      '+0.5h: renamed pod to k8s_pod on 50',
    ]);
  });

  test('a set that the leader publishes at times is not missed', () => {
    const leader = (at: number): Shape =>
      names(at, at % (3 * HOUR) === 0 ? usual : { ...usual, 'cluster leader': 1 });
    expect(run(learned(leader, now), leader, now + 3 * DAY, true).tape).toStrictEqual(['+0h: ']);
  });
});

test('a set of 64 long names is a set like others: one name more or less is just that', () => {
  const long = Array.from({ length: 63 }, (_, at) => `label_app_kubernetes_io_component_number_${at}`);
  const before = { [long.join(' ')]: 40, 'instance job': 10 };
  const known = learned((at) => names(at, before), now);
  expect(told(known, names(now, before))).toEqual([]);
  const more = { [[...long, 'zone'].join(' ')]: 40, 'instance job': 10 };
  expect(told(known, names(now, more))).toEqual(['new zone on 40']);
  expect(told(known, names(now, { [long.slice(1).join(' ')]: 40, 'instance job': 10 }))).toEqual([
    `lost ${long[0] ?? ''} on 40`,
  ]);
});
