import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { createMetricStore, steadyMetrics } from '../../rehearsal/metric-store.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { MINUTE_MS, NOON, type Options, type Scene, start, verify } from '../support/workspace.ts';
import { signal } from '../support/world.ts';

/** By the machine's clock where something is refused: else the SDK tries every refusal again. */
const portsAt = (clock = fakeClock(NOON)): SourcePorts => testPorts({ clock });

const dimensions = [
  { Name: 'Cluster', Value: 'prod-eu' },
  { Name: 'Pod', Value: 'a' },
];
const alarm = (AlarmName: string, over: Partial<MetricAlarm> = {}): MetricAlarm => ({
  AlarmName,
  Namespace: 'shop',
  MetricName: 'served',
  Dimensions: dimensions,
  ...over,
});
const rules: Scene = {
  state: {
    rules: {
      file: {
        shop: [
          { name: 'HighLatency', query: 'sum(rate(served[5m])) > 9', alerts: true },
          { name: 'Other', query: 'up == 0', alerts: true },
        ],
      },
    },
  },
};
const onAmp = (over: Partial<StreamSignal> = {}): StreamSignal =>
  signal({ name: 'served', plane: 'amp', address: 'ws-1', metric: 'served', ...over });
const onCloudWatch = (over: Partial<StreamSignal> = {}): StreamSignal =>
  signal({
    name: 'emf',
    plane: 'cloudwatch',
    address: 'shop',
    metric: 'served',
    match: [{ label: 'Cluster', operator: '=', value: 'prod-eu' }],
    freshMs: 15 * MINUTE_MS,
    ...over,
  });

/** CloudWatch with the series until so many minutes before now. */
const silentFor = (minutes: number, now = NOON): NonNullable<Options['cloudWatch']> => ({
  store: createMetricStore(
    steadyMetrics([
      {
        namespace: 'shop',
        name: 'served',
        dimensions: { Cluster: 'prod-eu', Pod: 'a' },
        since: now - 90 * MINUTE_MS,
        until: now - minutes * MINUTE_MS,
      },
    ]),
  ),
});
const alarms = { metric: [alarm('checkout-errors'), alarm('other', { MetricName: 'other' })] };
const describes = (asked: readonly string[]) => asked.filter((one) => /DescribeAlarms|ListRules/.test(one));

describe('who refers to what is missing', () => {
  test('is told of a silent signal: the rules of its workspace', async () => {
    const ports = portsAt();
    const account = await start(ports, { 'ws-1': rules });
    const [verdict] = await verify(ports, onAmp());
    expect(verdict).toMatchObject({
      verdict: 'failing',
      evidence: { wentBlind: { names: ['rule shop/HighLatency'], more: 0 }, facts: [] },
    });
    expect(describes(account.arrived())).toEqual(['aps:ListRules']);
  });

  test('is told of a silent signal: the alarms of its region, composite ones too', async () => {
    const ports = portsAt();
    const composite = [{ AlarmName: 'shop-down', AlarmRule: 'ALARM("checkout-errors")' }];
    const cloudWatch = { ...silentFor(40), alarms: { ...alarms, composite } };
    await start(ports, {}, { cloudWatch });
    const [verdict] = await verify(ports, onCloudWatch());
    expect(verdict?.verdict).toBe('failing');
    expect(verdict?.evidence.wentBlind?.names.toSorted()).toEqual([
      'alarm checkout-errors',
      'alarm shop-down',
    ]);
  });

  test('is told of a set of dimensions that is gone', async () => {
    const ports = portsAt();
    const store = createMetricStore(
      steadyMetrics([
        {
          namespace: 'shop',
          name: 'served',
          dimensions: { Cluster: 'prod-eu', OTelLib: 'x' },
          since: NOON - 90 * MINUTE_MS,
        },
      ]),
    );
    const whole = alarm('whole', { Dimensions: dimensions.slice(0, 1) });
    await start(ports, {}, { cloudWatch: { store, alarms: { metric: [alarm('pod'), whole] } } });
    const [verdict] = await verify(ports, onCloudWatch({ dimensions: { sets: [['Cluster']], only: false } }));
    expect(verdict?.findings.map(({ expectation }) => expectation)).toContain('dimensions');
    expect(verdict?.evidence.wentBlind?.names).toEqual(['alarm whole']);
  });

  test('is not asked while all is ok, nor where nobody could refer to it', async () => {
    const ports = portsAt();
    const account = await start(ports, {}, { cloudWatch: { ...silentFor(0), alarms } });
    const [verdict] = await verify(ports, onCloudWatch());
    expect(verdict).toMatchObject({ verdict: 'ok', evidence: { wentBlind: null } });
    expect(describes(account.arrived())).toEqual([]);
  });

  test('is asked once for all signals, page by page, and remembered for 15 minutes', async () => {
    const clock = fakeClock(NOON);
    const ports = portsAt(clock);
    const many = Array.from({ length: 5000 }, (_, index) => alarm(`alarm-${index}`));
    const account = await start(ports, {}, { cloudWatch: { ...silentFor(40), alarms: { metric: many } } });
    const signals = [onCloudWatch(), onCloudWatch({ name: 'b', freshMs: 20 * MINUTE_MS })];
    const [first, second] = await verify(ports, ...signals);
    expect(first?.evidence.wentBlind).toMatchObject({ more: 4980 });
    expect(second?.evidence.wentBlind).toMatchObject({ more: 4980 });
    expect(describes(account.arrived())).toHaveLength(50);
    clock.advance(14 * MINUTE_MS);
    expect((await verify(ports, ...signals))[0]?.evidence.wentBlind).toMatchObject({ more: 4980 });
    expect(describes(account.arrived())).toHaveLength(50);
    clock.advance(2 * MINUTE_MS);
    await verify(ports, ...signals);
    expect(describes(account.arrived())).toHaveLength(100);
  });

  test('that may not be asked is a fact, and leaves the verdict as it is', async () => {
    const ports = portsAt({ ...fakeClock(systemClock.now()) });
    const account = await start(ports, { 'ws-1': rules }, { cloudWatch: silentFor(40, ports.clock.now()) });
    account.cloudWatch.deny('cloudwatch:DescribeAlarms');
    account.amp.deny('aps:ListRules');
    const verdicts = await verify(ports, onCloudWatch(), onAmp());
    const unknown = 'which alarms or rules refer to what is missing is not known: denied: ';
    expect(verdicts.map(({ verdict, unavailable }) => [verdict, unavailable])).toEqual([
      ['failing', []],
      ['failing', []],
    ]);
    for (const [index, action] of ['cloudwatch:DescribeAlarms', 'aps:ListRules'].entries()) {
      const { wentBlind, facts } = verdicts[index]?.evidence ?? {};
      expect(wentBlind).toBeNull();
      expect(facts?.join()).toContain(unknown);
      expect(facts?.join()).toContain(action);
    }
  });

  test('whose list breaks off is told as far as it came', async () => {
    const ports = portsAt();
    const many = Array.from({ length: 150 }, (_, index) => alarm(`alarm-${index}`));
    let pages = 0;
    const interfere: NonNullable<Options['cloudWatch']>['interfere'] = ({ operation }) => {
      if (operation !== 'DescribeAlarms') return undefined;
      pages += 1;
      return pages > 1
        ? { status: 400, body: '{"__type":"com.amazonaws.cloudwatch#InternalServiceFault"}' }
        : undefined;
    };
    await start(ports, {}, { cloudWatch: { ...silentFor(40), alarms: { metric: many }, interfere } });
    const [verdict] = await verify(ports, onCloudWatch());
    expect(verdict?.evidence.wentBlind).toMatchObject({ more: 80 });
    expect(verdict?.evidence.facts).toEqual([
      'which alarms or rules refer to what is missing is not known in full: not all could be listed',
    ]);
  });
});
