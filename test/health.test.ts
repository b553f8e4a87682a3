import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterHealth, dispatchHealth, runHealth } from '../lib/health.ts';
import { failing, report, signalReport, unknown } from './report/reports.ts';

/** The schema of AWS's specification of the format, with the narrower limits of the PutMetricData API. */
const schema = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            properties: {
              Namespace: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^:]' },
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'array',
                  maxItems: 30,
                  items: { type: 'string', minLength: 1, maxLength: 255 },
                },
              },
              Metrics: {
                type: 'array',
                minItems: 1,
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name', 'Unit'],
                  properties: {
                    Name: { type: 'string', minLength: 1, maxLength: 255 },
                    Unit: { enum: ['Count', 'Milliseconds'] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
} as const;

interface Line extends Readonly<Record<string, unknown>> {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

const isValid = new Ajv().compile(schema);

/** The line, when it holds to every rule of the format: what does not is dropped by CloudWatch without a word. */
function valid(text: string): Line {
  expect(text).not.toContain('\n');
  expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
  const line = JSON.parse(text) as Line;
  expect(isValid(line) ? [] : isValid.errors).toEqual([]);
  for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
    for (const name of Dimensions.flat()) expect(line[name]).toMatch(/^(?=.*\S)[\x20-\x7e]{1,1024}$/);
    for (const { Name } of Metrics) expect(line[Name]).toSatisfy(Number.isFinite);
  }
  return line;
}

const metricsOf = (line: Line) =>
  Object.fromEntries(
    line._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => [Name, line[Name]])),
  );

function ofCluster(
  signals: Parameters<typeof report>[0][string],
  undelivered = 0,
  cluster = 'prod-eu',
): Line {
  const [made] = report({ [cluster]: signals }).clusters;
  if (!made) throw new Error('no cluster');
  return valid(clusterHealth({ stage: 'live', report: made, undelivered, at: 1_795_176_000_000 }));
}

const run = {
  stage: 'live',
  durationMs: 812.4,
  clusters: 2,
  defects: 0,
  forgotten: 0,
  undelivered: 0,
  at: 1_795_176_000_000,
};

describe('a cluster', () => {
  test('has exactly one metric while all is well', () => {
    const line = ofCluster([signalReport()]);
    expect(metricsOf(line)).toEqual({ FailingSignals: 0 });
    expect(line._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([['Stage', 'Cluster']]);
    expect(line).toMatchObject({
      Stage: 'live',
      Cluster: 'prod-eu',
      cluster: 'prod-eu',
      verdict: 'ok',
      signals: 1,
    });
  });

  test('has others while they are not zero', () => {
    expect(metricsOf(ofCluster([failing, unknown], 2))).toEqual({
      FailingSignals: 1,
      UnknownSignals: 1,
      UndeliveredMessages: 2,
    });
  });

  test('tells why as plain fields, which are no metrics', () => {
    expect(ofCluster([failing, { ...unknown, signal: 'slow' }])).toMatchObject({
      failing: ['canary'],
      unknown: ['slow'],
      reasons: { [unknown.unavailable[0]?.reason ?? '']: 1 },
    });
  });

  test.each([
    ['münchen', 'm%C3%BCnchen'],
    ['100%', '100%25'],
    ['m%C3%BCnchen', 'm%25C3%25BCnchen'],
    ['🚀', '%F0%9F%9A%80'],
  ])('is called %s: CloudWatch takes printable ASCII', (cluster, dimension) => {
    expect(ofCluster([signalReport()], 0, cluster)).toMatchObject({ Cluster: dimension, cluster });
  });

  test('whatever its names, the line is valid', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 100, size: 'max' })
      .map((text) => `x${text}`);
    fc.assert(
      fc.property(name, name, fc.integer({ min: 0, max: 300 }), (cluster, signal, count) => {
        const line = ofCluster(
          Array.from({ length: count }, () => ({ ...failing, signal })),
          count,
          cluster,
        );
        expect(line['FailingSignals']).toBe(count);
      }),
    );
  });
});

describe('a run', () => {
  test('is a heartbeat of its stage', () => {
    const line = valid(runHealth(run));
    expect(metricsOf(line)).toEqual({ Runs: 1, RunDuration: 812 });
    expect(line._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([['Stage']]);
    expect(line).toMatchObject({ Stage: 'live' });
    expect(line).not.toHaveProperty('Cluster');
  });

  test.each(['live', 'größer', '%', 'x'.repeat(2000), ' a'])('of the stage %j is valid', (stage) => {
    valid(runHealth({ ...run, stage }));
  });

  test('has what broke while it is not zero', () => {
    expect(metricsOf(valid(runHealth({ ...run, defects: 1, undelivered: 3 })))).toEqual({
      Runs: 1,
      RunDuration: 812,
      Defects: 1,
      UndeliveredMessages: 3,
    });
  });
});

describe('a tick', () => {
  const tick = { ...run, sent: 3, unsent: 0, unseen: { overdue: 0, blind: 0, owing: 0 } };

  test('is a heartbeat of its stage', () => {
    const line = valid(dispatchHealth(tick));
    expect(metricsOf(line)).toEqual({ Ticks: 1 });
    expect(line._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([['Stage']]);
    expect(line).toMatchObject({ Stage: 'live', sent: 3, durationMs: 812 });
  });

  test('says nothing of clusters where it could not look', () => {
    expect(metricsOf(valid(dispatchHealth({ ...tick, unseen: undefined })))).toEqual({ Ticks: 1 });
  });

  test('says how many clusters nobody sees, and of how many a message waits', () => {
    const line = valid(dispatchHealth({ ...tick, unseen: { overdue: 1, blind: 2, owing: 3 }, unsent: 4 }));
    expect(metricsOf(line)).toEqual({
      Ticks: 1,
      OverdueClusters: 1,
      BlindClusters: 2,
      OwedClusters: 3,
      UnsentRuns: 4,
    });
  });
});
