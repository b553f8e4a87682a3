import { addStreams, type Estate, type EstateOptions, seen, silence, turnStreams } from '../estate.ts';
import { steadyMetrics } from '../metric-store.ts';
import { addonsIn, type World } from '../world.ts';
import { EKS_ADOT_NAMESPACE, startEksAdotCloudWatch } from './eks-adot-emf.ts';

/** The ADOT add-on of EKS: of what it scrapes, its own metrics become metrics of CloudWatch. */
export function startEksAdotEmf(world: World, { since, cluster = 'prod-eu' }: EstateOptions): Estate {
  const group = `/aws/containerinsights/${cluster}/prometheus`;
  const emf = startEksAdotCloudWatch({ cluster, nodes: 2, pods: 4 }, since);
  const addons = addonsIn(world, cluster);
  const addon = { version: 'v0.109.0-eksbuild.1', modifiedAt: since };
  let streams = 0;
  const stream = (): readonly string[] => [`otel-stream-${(streams += 1)}f6c`];
  const rollOut: Estate['rollOut'] = (at, gapMs) => {
    emf.rollOut(at + gapMs);
    if (gapMs > 0) {
      emf.stop(at);
      emf.start(at + gapMs);
    }
    turnStreams(world, group, stream(), at, gapMs);
  };
  const refuse = (at: number): void => {
    emf.denyPutLogEvents(at);
    silence(world, group, at);
  };
  addons.set('adot', addon);
  world.metrics.push(emf);
  addStreams(world, group, stream(), since);
  return {
    rollOut,
    restart: (at, gapMs) => {
      emf.stop(at);
      emf.start(at + gapMs);
      turnStreams(world, group, stream(), at, gapMs);
    },
    rotateNode: (at) => rollOut(at, 30_000),
    delay: (...when) => emf.delayDelivery(...when),
    outage: {
      begin: refuse,
      end: (at) => {
        emf.allowPutLogEvents(at);
        addStreams(world, group, stream(), at);
      },
    },
    breaks: {
      'log events refused': refuse,
      'log events without metrics': (at) => emf.denyPutLogEvents(at),
      'another set of dimensions': (at) => emf.joinOTelLib(at),
      'add-on degraded': () => void addons.set('adot', { ...addon, status: 'DEGRADED' }),
      'add-on gone': () => void addons.delete('adot'),
      'dead beside another cluster and the agent of CloudWatch': (at) => {
        emf.stop(at);
        silence(world, group, at);
        const ofAgent = { ClusterName: cluster, Namespace: 'default' };
        world.metrics.push(
          startEksAdotCloudWatch({ cluster: 'stage', nodes: 2, pods: 4 }, since),
          steadyMetrics([seen(since, EKS_ADOT_NAMESPACE, 'otelcol_process_uptime', ofAgent)]),
        );
      },
    },
  };
}
