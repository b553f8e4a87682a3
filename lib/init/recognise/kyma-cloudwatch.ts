import { type DraftCluster, type DraftSignal, switchedOff } from '../draft.ts';
import { isAlive, type Seen, type SeenLogGroup, type SeenNamespace } from '../seen.ts';
import { steadiest } from '../units.ts';
import { boundOfTraces, steadyTraces } from './traces.ts';

const SELF = 'otel-collector';
const FALLBACK = '/logs/kyma-cluster';
const SELF_METRIC = 'otelcol_process_uptime';
const PROMETHEUS_RECEIVER = /prometheusreceiver/;
/** `namespace.pod.container` */
const OF_PODS = /^[^.]+\.[^.]+\.[^.]+$/;

/** What a Kyma cluster sends; undefined where there is none, or more than one that nothing tells apart. */
interface Kyma {
  readonly group: SeenLogGroup;
  readonly streams: 'of pods' | 'default';
  readonly applications: readonly SeenNamespace[];
}

/** A Kyma cluster whose gateway writes to CloudWatch: nothing in its metrics names it, so there can be only one. */
export function kymaCloudwatch(seen: Seen): DraftCluster[] {
  const kyma = kymaOf(seen);
  const application = kyma && mostLikely(kyma.applications, seen);
  const stream = application && steadiest(application, seen.at);
  if (!kyma || !application || !stream) return [];
  const { group } = kyma;
  const { namespace } = application;
  const self = seen.namespaces.find((one) => one.namespace === SELF);
  const own = self?.streams.find((one) => one.metric.startsWith(SELF_METRIC) && isAlive(one, seen.at));
  const service = steadyTraces(seen, (one) => one === namespace);
  const unscraped = `the collector's own metrics are not in the namespace ${SELF}`;
  const signals: readonly DraftSignal[] = [
    ...(own ? [] : [switchedOff('collector-metrics', unscraped)]),
    ...boundOfTraces(service),
  ];
  return [
    {
      name: group.name.split('/').at(-1) ?? group.name,
      region: seen.region,
      profile: 'kyma-cloudwatch',
      with: {
        namespace,
        metric: stream.metric,
        ...(service === undefined ? {} : { service }),
        logGroup: group.name,
        ...(kyma.streams === 'default' ? { streams: 'default' } : {}),
        retention: group.retentionDays === undefined ? 'never' : `${group.retentionDays}d`,
        ...(own && own.metric !== SELF_METRIC ? { selfMetric: own.metric } : {}),
      },
      signals,
      notes: [`Kyma: logs in ${group.name}, the application ${namespace} in a namespace of its name`],
    },
  ];
}

/** Namespaces of applications of the Kyma cluster, which are no sidecars'. */
export function namespacesOfKyma(seen: Seen): readonly string[] {
  const kyma = kymaOf(seen);
  return kyma ? [SELF, ...kyma.applications.map(({ namespace }) => namespace)] : [];
}

function kymaOf(seen: Seen): Kyma | undefined {
  const groups = seen.logGroups.filter((one) => isAlive(one, seen.at) && formOf(one) !== undefined);
  const [group, ...others] = groups.length > 1 ? groups.filter(({ name }) => name !== FALLBACK) : groups;
  const streams = group && formOf(group);
  const hasSelf = seen.namespaces.some(({ namespace }) => namespace === SELF);
  if (!group || !streams || others.length > 0 || (!hasSelf && !group.name.startsWith('/logs/kyma')))
    return undefined;
  const applications = seen.namespaces.filter(
    ({ namespace, labels, scopes }) =>
      namespace !== SELF &&
      Object.keys(labels).length === 0 &&
      scopes.length > 0 &&
      !scopes.some((scope) => PROMETHEUS_RECEIVER.test(scope)),
  );
  return { group, streams, applications };
}

function formOf({ name, streams }: SeenLogGroup): Kyma['streams'] | undefined {
  if (!name.startsWith('/logs/') || streams.length === 0) return undefined;
  if (streams.every((stream) => OF_PODS.test(stream))) return 'of pods';
  return streams.every((stream) => stream === 'default') ? 'default' : undefined;
}

/** The one that sends traces too, else the first whose metrics arrive all the time. */
function mostLikely(applications: readonly SeenNamespace[], { traces, at }: Seen): SeenNamespace | undefined {
  const alive = applications.filter((one) => {
    const stream = steadiest(one, at);
    return stream !== undefined && isAlive(stream, at);
  });
  return alive.find(({ namespace }) => traces.some(({ service }) => service === namespace)) ?? alive[0];
}
