import { describe, expect, test } from 'vitest';
import { type SimulatedLogGroup } from '../../rehearsal/log-groups.ts';
import { type SteadyMetric } from '../../rehearsal/metric-store.ts';
import {
  GROUP,
  HOUR,
  lines,
  type LogAccount,
  type LogAccountOptions,
  logAccount,
  MINUTE,
  NOON,
  writing,
} from '../support/log-account.ts';

const NAMESPACE = 'ContainerInsights/Prometheus';
const METRIC = 'otelcol_process_uptime';
const match = [{ label: 'EKS_Cluster', operator: '=' as const, value: 'prod-eu' }];
const emf = { namespace: NAMESPACE, metric: METRIC, match };

function made(over: Partial<SteadyMetric> = {}): SteadyMetric {
  const dimensions = { EKS_Cluster: 'prod-eu' };
  return { namespace: NAMESPACE, name: METRIC, dimensions, since: NOON - 24 * HOUR, ...over };
}

const account = (
  group: Partial<SimulatedLogGroup>,
  metrics: readonly SteadyMetric[] = [],
  options: LogAccountOptions = {},
): Promise<LogAccount> => logAccount({ [GROUP]: writing(group) }, { metrics, ...options });

const stopped = { until: NOON - 45 * MINUTE };
const errors = (metric: string) => ({ emfErrors: { [metric]: { since: NOON - HOUR, value: 3 } } });

describe('the truth table', () => {
  test('events, no errors, a fresh metric: healthy, for two requests with a warm list', async () => {
    const { told, asked, clock } = await account({}, [made()]);
    expect(await told({ emf })).toEqual(['ok']);
    expect(asked()).toEqual(['GetMetricData', 'GetMetricData', 'ListMetrics']);
    clock.advance(5 * MINUTE);
    expect(await told({ emf })).toEqual(['ok']);
    expect(asked()).toEqual(['GetMetricData', 'GetMetricData']);
  });

  test('events, no errors, a stale metric: log events without metrics', async () => {
    const { told } = await account({}, [made(stopped)]);
    expect(await told({ emf })).toEqual([
      'failing',
      `emf ${METRIC}: log events without metrics: newest sample of ${METRIC} 45m old; no EMF errors: the events do not declare it, or otherwise`,
    ]);
  });

  test('and where the metric never was', async () => {
    const { told } = await account({});
    expect(await told({ emf })).toEqual([
      'failing',
      `emf ${METRIC}: log events without metrics: no sample of ${METRIC} in the last 3h; no EMF errors: the events do not declare it, or otherwise`,
    ]);
  });

  test('the class of the group explains it (D21)', async () => {
    const { told } = await account({ logGroupClass: 'INFREQUENT_ACCESS' });
    expect((await told({ emf }))[1]).toMatch(
      /; the log group has the class INFREQUENT_ACCESS, of which no metrics are made$/,
    );
  });

  test.each([
    ['EMFDisabledErrors', 'a policy of the account disables the making of metrics'],
    ['EMFValidationErrors', 'embedded metrics break the specification'],
    ['EMFParsingErrors', 'embedded metrics are not valid JSON'],
  ])('%s explain it (D22, D3–D5), once', async (metric, means) => {
    const { told } = await account(errors(metric), [made(stopped)]);
    expect(await told({ emf })).toEqual([
      'failing',
      `emf ${METRIC}: log events without metrics: newest sample of ${METRIC} 45m old; ${metric}: 42 (${means})`,
    ]);
  });

  test('other values of the matched dimensions explain it (D9)', async () => {
    const { told } = await account({}, [made({ dimensions: { EKS_Cluster: 'prod-us' } })]);
    expect((await told({ emf }))[1]).toMatch(/; it is live, but not with EKS_Cluster="prod-eu"$/);
  });

  test('events and errors with a fresh metric: a part of the metrics is missing', async () => {
    const { run } = await account(errors('EMFValidationErrors'), [made()]);
    const [verdict] = await run({ emf });
    expect(verdict?.findings).toMatchObject([
      {
        expectation: 'emf.errors',
        subject: 'EMFValidationErrors',
        expected: 'no EMFValidationErrors in the last 15m',
        observed: '42: embedded metrics break the specification',
      },
    ]);
  });

  test('no events and a stale metric: the silence is told, and nothing of metrics', async () => {
    const streams = [{ name: 's', since: NOON - 24 * HOUR, ...stopped }];
    const { told } = await account({ streams, ...errors('EMFParsingErrors') }, [made(stopped)]);
    expect(await told({ emf })).toEqual(['failing', 'fresh all log events: newest log event 45m old']);
  });

  test('errors of long ago are over', async () => {
    const emfErrors = { EMFParsingErrors: { since: NOON - 2 * HOUR, until: NOON - 20 * MINUTE } };
    const { told } = await account({ emfErrors }, [made()]);
    expect(await told({ emf })).toEqual(['ok']);
  });
});

describe('delays', () => {
  test('a pipeline that begins accuses nobody at any minute, although its metric is listed fifteen minutes late', async () => {
    const streams = [{ name: 's', since: NOON }];
    const { run, clock } = await account({ streams }, [made({ since: NOON })]);
    for (let minute = 1; minute <= 40; minute += 1) {
      clock.advance(MINUTE);
      const [verdict] = await run({ emf });
      const told = verdict?.findings.filter(({ expectation }) => expectation.startsWith('emf'));
      expect([minute, told]).toEqual([minute, []]);
      for (const { reason } of verdict?.unavailable ?? []) expect(reason).toBe('not-listed-yet');
    }
    expect(lines((await run({ emf }))[0])).toEqual(['ok']);
  });

  test('nor one that resumes after hours of silence', async () => {
    const day = { since: NOON - 24 * HOUR, until: NOON - 5 * HOUR };
    const streams = [
      { name: 's', ...day },
      { name: 't', since: NOON },
    ];
    const { run, clock } = await account({ streams }, [made(day), made({ since: NOON })]);
    for (let minute = 1; minute <= 40; minute += 1) {
      clock.advance(MINUTE);
      const [verdict] = await run({ emf });
      expect([minute, verdict?.findings.some(({ expectation }) => expectation === 'emf')]).toEqual([
        minute,
        false,
      ]);
    }
    expect(lines((await run({ emf }))[0])).toEqual(['ok']);
  });

  test('metrics that stop while events go on are told within half an hour, and not before they are sure', async () => {
    const { told, clock } = await account({}, [made({ until: NOON })]);
    const seen: string[] = [];
    for (let minute = 0; minute < 35; minute += 1) {
      clock.advance(MINUTE);
      seen.push((await told({ emf }))[0] ?? '');
    }
    expect(seen.lastIndexOf('ok')).toBe(14);
    expect(seen.indexOf('failing')).toBe(24);
    expect(new Set(seen.slice(15, 24))).toEqual(new Set(['unknown']));
    expect(new Set(seen.slice(24))).toEqual(new Set(['failing']));
  });

  test('events that come seldom are no silence within the bound', async () => {
    const streams = [{ name: 's', since: NOON - 24 * HOUR - 10 * MINUTE, everyMs: HOUR }];
    const healthy = await account({ streams }, [
      made({ since: NOON - 24 * HOUR - 10 * MINUTE, interval: 3600 }),
    ]);
    expect(await healthy.told({ emf, freshMs: 2 * HOUR })).toEqual(['ok']);
    const broken = await account({ streams });
    expect((await broken.told({ emf, freshMs: 2 * HOUR }))[0]).toBe('failing');
  });

  test('a pod that was replaced is waited for', async () => {
    const pod = (PodName: string, when: object) =>
      made({ dimensions: { EKS_Cluster: 'prod-eu', PodName }, ...when });
    const { run, clock } = await account({}, [pod('a', { until: NOON }), pod('b', { since: NOON + MINUTE })]);
    for (let minute = 1; minute <= 40; minute += 1) {
      clock.advance(MINUTE);
      const [verdict] = await run({ emf });
      expect([minute, verdict?.findings]).toEqual([minute, []]);
    }
  });

  test('under --since what is not there yet is waited for', async () => {
    const { told } = await account({}, [made(stopped)]);
    expect(await told({ emf, freshMs: 3 * MINUTE })).toHaveLength(2);
    const young = await account({}, [made({ until: NOON - 8 * MINUTE })]);
    expect(await young.told({ emf, freshMs: 4 * MINUTE })).toEqual(['unknown', 'emf: not-listed-yet']);
  });
});

describe('what cannot be looked at', () => {
  test('without cloudwatch:ListMetrics only emf is unknown', async () => {
    const { told, cloudWatch } = await account({}, [made()]);
    cloudWatch.deny('cloudwatch:ListMetrics');
    expect(await told({ emf })).toEqual(['unknown', 'emf: denied']);
  });

  test('errors that cannot be read are not zero', async () => {
    const { told } = await account({}, [made()], {
      cloudWatch: {
        statusOf: ({ MetricStat }) =>
          MetricStat?.Metric.MetricName === 'EMFParsingErrors' ? 'InternalError' : undefined,
      },
    });
    expect(await told({ emf })).toEqual(['unknown', 'emf: unreachable']);
  });

  test('the finding stands where what would explain it is denied', async () => {
    const { told, logs } = await account({}, [made(stopped)]);
    logs.deny('logs:DescribeLogGroups');
    expect((await told({ emf }))[0]).toBe('failing');
  });

  test('the questions can be pasted', async () => {
    const { run } = await account({}, [made()]);
    const [verdict] = await run({ emf });
    expect(verdict?.evidence.questions).toEqual([
      `SEARCH('Namespace="AWS/Logs" MetricName="IncomingLogEvents" LogGroupName="${GROUP}"', 'Sum', 60)`,
      `SEARCH('Namespace="AWS/Logs" MetricName=("EMFDisabledErrors" OR "EMFValidationErrors" OR "EMFParsingErrors") LogGroupName="${GROUP}"', 'Sum', 60)`,
      `SEARCH('Namespace="${NAMESPACE}" MetricName="${METRIC}" EKS_Cluster="prod-eu"', 'SampleCount', 60)`,
    ]);
  });
});
