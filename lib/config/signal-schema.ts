import * as z from 'zod/mini';
import { churnSettings } from '../checks/churn.ts';
import { containersSettings } from '../checks/containers.ts';
import { dimensionsSettings } from '../checks/dimensions.ts';
import { discardedSettings } from '../checks/discarded.ts';
import { emfSettings } from '../checks/emf.ts';
import { encryptedSettings } from '../checks/encrypted.ts';
import { freshSettings } from '../checks/fresh.ts';
import { labelsSettings } from '../checks/labels.ts';
import { logClassSettings } from '../checks/logClass.ts';
import { paritySettings } from '../checks/parity.ts';
import { probeSettings } from '../checks/probe.ts';
import { promqlSettings } from '../checks/promql.ts';
import { quotasSettings } from '../checks/quotas.ts';
import { retentionSettings } from '../checks/retention.ts';
import { runningSettings } from '../checks/running.ts';
import { seriesSettings } from '../checks/series.ts';
import { statisticSettings } from '../checks/statistic.ts';
import { streamsSettings } from '../checks/streams.ts';
import { targetsSettings } from '../checks/targets.ts';
import { tracesSettings } from '../checks/traces.ts';
import { planes } from '../signal.ts';
import { editorsKeys, keysOfPlanes, metricWhereKnown } from './plane-keys.ts';
import {
  accountId,
  addon,
  addonVersion,
  ecsService,
  endpointUrl,
  externalId,
  logGroup,
  metricName,
  namespace,
  name,
  prometheusUrl,
  region,
  role,
  runbookUrl,
  traceService,
  workspace,
} from './texts.ts';
import { about, always, duration, exactlyOneOf, labelName, matchers, oneOf, positive } from './values.ts';

/** What a cluster sets for its signals and each signal may override. */
export const access = {
  role: about(z.optional(role), 'The IAM role to assume for reading, where another account holds the data.'),
  externalId: about(z.optional(externalId), 'The external id that the role asks for.'),
};

const labelNames = z.array(labelName).check(
  z.refine((names) => new Set(names).size === names.length, { error: 'lists a label twice; keep one' }),
  z.meta({ uniqueItems: true }),
);

/** Planes that are asked through clients of the AWS SDK, and what their environment variables call them. */
const ENDPOINTS = Object.entries({
  cloudwatch: 'CLOUDWATCH',
  logs: 'CLOUDWATCH_LOGS',
  xray: 'XRAY',
  eksAddon: 'EKS',
  ecsService: 'ECS',
  ampWorkspace: 'AMP',
});

/** What says that there is traffic: another signal of the cluster, or a metric that counts it. */
const whenSettings = z
  .strictObject({
    signal: about(z.optional(name), 'The name of another signal of the cluster.'),
    cloudwatch: about(z.optional(namespace), 'Instead, a namespace of CloudWatch metrics.'),
    metric: about(z.optional(metricName), 'With cloudwatch: a metric that counts, such as RequestCount.'),
    match: about(z.optional(matchers), 'With cloudwatch: the dimensions of the metric.'),
    atLeast: about(
      z.prefault(positive, 1),
      'How many live series the signal must have; what the metric must come to, inside of fresh.',
    ),
  })
  .check(
    exactlyOneOf(
      ['signal', 'cloudwatch'],
      'gate',
      'write signal: NAME, or cloudwatch: NAMESPACE and metric: NAME',
    ),
    oneOf(['signal', 'cloudwatch']),
    always(
      (when) => 'metric' in when || !('cloudwatch' in when),
      'is missing; write the name of the metric',
      ['metric'],
    ),
    ...['metric', 'match'].map((key) =>
      always(
        (when) => 'cloudwatch' in when || !(key in when),
        `belongs to a metric of CloudWatch; write cloudwatch: NAMESPACE beside it, or remove it`,
        [key],
      ),
    ),
    z.meta({
      dependentRequired: { cloudwatch: ['metric'], metric: ['cloudwatch'], match: ['cloudwatch'] },
    }),
  );

export const signalSettings = z
  .strictObject({
    name: about(name, 'What reports and alerts call the signal; unique in its cluster.'),
    amp: about(z.optional(workspace), 'Plane: the id of an Amazon Managed Service for Prometheus workspace.'),
    prometheus: about(
      z.optional(prometheusUrl),
      'Plane: the base URL of a Prometheus that is asked unsigned.',
    ),
    cloudwatch: about(z.optional(namespace), 'Plane: a namespace of CloudWatch metrics.'),
    cloudwatchPromql: about(
      z.optional(
        z.literal(true, {
          error:
            'is not true; write cloudwatchPromql: true, and a region other than the cluster’s under region',
        }),
      ),
      'Plane: the OpenTelemetry metrics that CloudWatch holds in the signal’s region and account, asked with PromQL.',
    ),
    logs: about(z.optional(logGroup), 'Plane: a log group of CloudWatch Logs.'),
    xray: about(z.optional(traceService), 'Plane: the traces of a service in X-Ray.'),
    eksAddon: about(
      z.optional(addon),
      'Plane: an add-on of the EKS cluster of the same name as this cluster, or EKS-CLUSTER/ADDON.',
    ),
    ecsService: about(
      z.optional(ecsService),
      'Plane: a service of the ECS cluster of the same name as this cluster, or ECS-CLUSTER/SERVICE.',
    ),
    ampWorkspace: about(
      z.optional(workspace),
      'Plane: the state of an AMP workspace: what it discards, its quotas, scrapers, rules and alerts.',
    ),
    endpoint: about(z.optional(endpointUrl), 'Where the plane is asked instead of its public endpoint.'),
    metric: about(z.optional(metricName), 'The metric whose series must arrive. On planes of metrics.'),
    match: about(
      z.optional(matchers),
      'Label matchers, all of which hold: a text, or =~, !=, !~ (anchored RE2).',
    ),
    by: about(
      z.optional(labelNames),
      'The labels that form groups; fresh and series.each are judged per group.',
    ),
    fresh: about(
      z.optional(freshSettings),
      'The newest sample of every group is at most this old. Default 15m.',
    ),
    series: about(z.optional(seriesSettings), 'How many live series there are.'),
    labels: about(z.optional(labelsSettings), 'Which labels live series carry, and with which values.'),
    dimensions: about(
      z.optional(dimensionsSettings),
      'Sets of dimension names under which the metric must be live, each exactly so (CloudWatch).',
    ),
    churn: about(z.optional(churnSettings), 'What share of the series may be replaced.'),
    statistic: about(z.optional(statisticSettings), 'A statistic of the series against a bound.'),
    targets: about(z.optional(targetsSettings), 'How the targets of the jobs are scraped.'),
    promql: about(z.optional(promqlSettings), 'A PromQL question of your own, and what must come back.'),
    parity: about(
      z.optional(paritySettings),
      'Another signal that the same collector feeds has the same values of a label.',
    ),
    probe: about(
      z.optional(probeSettings),
      'Plumbline writes a sample itself and reads it back: whether the backend takes what is sent.',
    ),
    retention: about(z.optional(retentionSettings), 'How long the log group keeps events: 7d, or never.'),
    logClass: about(z.optional(logClassSettings), 'The class of the log group.'),
    encrypted: about(
      z.optional(encryptedSettings),
      'Whether the log group is encrypted with a KMS key of your own, or the ARN of which.',
    ),
    streams: about(z.optional(streamsSettings), 'How the live streams of the log group are called.'),
    emf: about(
      z.optional(emfSettings),
      'The metric that CloudWatch makes of the log events: it must live as long as they arrive.',
    ),
    traces: about(z.optional(tracesSettings), 'How many traces there are.'),
    version: about(z.optional(addonVersion), 'The version that the add-on must have.'),
    running: about(z.optional(runningSettings), 'How many tasks run.'),
    containers: about(
      z.optional(containersSettings),
      'Containers that must run in every task. Default: those whose name or image contains otel, adot or collector.',
    ),
    discarded: about(z.optional(discardedSettings), 'How much of what is sent the workspace discards.'),
    quotas: about(z.optional(quotasSettings), 'How much of its quotas the workspace uses.'),
    scrapers: about(z.optional(z.literal(true)), 'The managed scrapers that write to the workspace work.'),
    rules: about(z.optional(z.literal(true)), 'The rule groups of the workspace are loaded and evaluate.'),
    alerting: about(
      z.optional(z.literal(true)),
      'The alert manager of the workspace is loaded and delivers notifications.',
    ),
    account: about(
      z.optional(accountId),
      'The linked account whose telemetry is read through cross-account observability, instead of a role.',
    ),
    when: about(z.optional(whenSettings), 'Judged only while there is traffic; idle otherwise.'),
    severity: about(z.prefault(z.enum(['critical', 'warning']), 'critical'), 'How bad it is when it fails.'),
    runbook: about(z.optional(runbookUrl), 'Where to read what to do; told with the alert.'),
    failAfter: about(z.optional(positive), 'Overrides alerts.failAfter.'),
    every: about(z.optional(duration), 'How often it is judged: a multiple of the cluster’s.'),
    region: about(z.optional(region), 'Overrides the cluster’s region.'),
    ...access,
    maxSamplesProcessed: about(z.optional(positive), 'Overrides the cluster’s.'),
    off: about(z.optional(z.boolean()), 'Switches the signal off.'),
  })
  .check(
    exactlyOneOf(planes, 'plane', `write one of ${planes.join(', ')}, such as amp: ws-1234`),
    oneOf(planes),
    editorsKeys,
    metricWhereKnown,
    keysOfPlanes,
    always(
      (signal) => !('endpoint' in signal && 'prometheus' in signal && !('amp' in signal)),
      'has an endpoint beside prometheus; write the URL under prometheus alone',
    ),
    always(
      (signal) => !('endpoint' in signal) || endpointsOf(signal).length === 0,
      ({ input }) =>
        endpointsOf(input as object)
          .map(
            ([plane, service]) => `has an endpoint beside ${plane}; set AWS_ENDPOINT_URL_${service} instead`,
          )
          .join('; and '),
    ),
  );

/** The planes of the signal whose endpoint the SDK reads from the environment, and what it is called there. */
function endpointsOf(signal: object) {
  return ENDPOINTS.filter(([plane]) => plane in signal);
}

export type SignalSettings = z.output<typeof signalSettings>;
