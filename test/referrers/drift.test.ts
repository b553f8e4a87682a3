import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import type { Shape } from '../../lib/baseline/shape.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import { createMetricStore, steadyMetrics } from '../../rehearsal/metric-store.ts';
import { DAY, learned, names, values } from '../baseline/shapes.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { MINUTE_MS, NOON, start, verify } from '../support/workspace.ts';
import { signal } from '../support/world.ts';

const alarm = (AlarmName: string, dimensions: Record<string, string>): MetricAlarm => ({
  AlarmName,
  Namespace: 'shop',
  MetricName: 'served',
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

/** It always was the service `a`, one of whose pods had a node, and the service `b`. */
const usual = (at: number): Shape => ({
  groups: [
    { group: new Map([['Service', 'a']]), series: 4 },
    { group: new Map([['Service', 'b']]), series: 4 },
  ],
  ...names(at, { 'Pod Service': 4, 'Node Pod Service': 3, 'Node Service': 1 }),
  ...values(at, { Service: { a: 4, b: 4 } }),
});
const baseline = learned(usual, NOON, { from: NOON - 3 * DAY });

const ALARMS = [
  alarm('pod', { Pod: 'a0', Service: 'a' }),
  alarm('pod-on-node', { Node: 'n', Pod: 'a0', Service: 'a' }),
  alarm('node', { Node: 'n', Service: 'a' }),
  alarm('other-service', { Node: 'n', Service: 'b' }),
];

/** What went blind when these sets of values are there, by the service `a` alone. */
async function blind(expected: Partial<StreamSignal>, live: readonly Record<string, string>[]) {
  const ports = testPorts({ clock: fakeClock(NOON) });
  const since = NOON - 90 * MINUTE_MS;
  const store = createMetricStore(
    steadyMetrics(live.map((dimensions) => ({ namespace: 'shop', name: 'served', dimensions, since }))),
  );
  await start(ports, {}, { cloudWatch: { store, alarms: { metric: ALARMS } } });
  const [verdict] = await verify(
    ports,
    signal({
      name: 'emf',
      plane: 'cloudwatch',
      address: 'shop',
      metric: 'served',
      freshMs: 15 * MINUTE_MS,
      remembered: { kind: 'learned', baseline },
      ...expected,
    }),
  );
  return {
    findings: verdict?.findings.map(({ expectation, subject }) => `${expectation} ${subject}`),
    blind: verdict?.evidence.wentBlind?.names.toSorted(),
  };
}

const pods = (service: string, more: Record<string, string> = {}) =>
  [0, 1, 2, 3].map((index) => ({ Pod: `${service}${index}`, Service: service, ...more }));

test('a set of dimensions that has drifted away is told with the alarms that look at it', async () => {
  const live = [
    ...pods('a'),
    ...pods('b', { OTelLib: 'x', Node: 'n' }).slice(1),
    { Node: 'n', Service: 'b' },
  ];
  expect(await blind({ dimensions: { sets: [], only: false, drift: true } }, live)).toEqual({
    findings: ['dimensions.drift [Node, Pod, Service] → [Node, OTelLib, Pod, Service]'],
    blind: ['alarm pod-on-node'],
  });
});

test('a label that others still have blinds the alarms whose set is gone, and one that none has all that name it', async () => {
  const labels = { drift: true } as const;
  const live = [...pods('a'), ...pods('b', { Node: 'n' }).slice(1), { Service: 'b' }];
  expect(await blind({ labels }, live)).toEqual({
    findings: ['labels.drift Node'],
    blind: ['alarm node', 'alarm other-service'],
  });
  expect(await blind({ labels }, [...pods('a'), ...pods('b').slice(1), { Service: 'b' }])).toEqual({
    findings: ['labels.drift Node'],
    blind: ['alarm node', 'alarm other-service', 'alarm pod-on-node'],
  });
});

test('a group or a value that is gone is told with the alarms of that group', async () => {
  const live = [...pods('a'), ...pods('a', { Node: 'n' }).slice(1), { Node: 'n', Service: 'a' }];
  const series = { drift: { drop: 0.2, rise: 1 } };
  expect(await blind({ labels: { values: [['drift', true]] } }, live)).toEqual({
    findings: ['labels.values.drift Service=b'],
    blind: ['alarm other-service'],
  });
  expect(await blind({ by: ['Service'], series }, live)).toEqual({
    findings: ['series.drift Service=b'],
    blind: ['alarm other-service'],
  });
});
