import { CRASHED, discards, type Estate, type EstateOptions, GONE } from '../estate.ts';
import { startPipeline } from '../pipeline.ts';
import { randomOf } from '../random.ts';
import { labelled, sentSeries } from '../sent-series.ts';
import { addonsIn, type World, workspaceIn } from '../world.ts';
import { APPS, startEksCluster } from './eks-cluster.ts';
import { eksAdotAmp } from './eks-adot-targets.ts';

const MINUTE_MS = 60_000;

/** The ADOT add-on of EKS: nine jobs are scraped, and written with a label that names the cluster. */
export function startEksAdotAmp(
  world: World,
  { since, cluster: name = 'prod-eu', workspace = 'ws-1234' }: EstateOptions,
): Estate {
  const cluster = startEksCluster(name, since, randomOf(`estate ${name}`));
  const { pipeline } = cluster;
  const arrived = workspaceIn(world, workspace, since);
  arrived.push(labelled(pipeline, { cluster: name }));
  const addons = addonsIn(world, name);
  const addon = { version: 'v0.109.0-eksbuild.1', modifiedAt: since };
  addons.set('adot', addon);
  return {
    rollOut: (at, gapMs) => {
      cluster.fleet.forget(at);
      cluster.rollOut(APPS, at, { atOnce: false });
      cluster.rollOutCollector(at + 5 * MINUTE_MS, Math.max(0, gapMs));
    },
    restart: (at, gapMs) => cluster.restartCollector(at, gapMs),
    scale: (replicas, at) => {
      cluster.scalePods(replicas, at);
      cluster.scaleNodes(replicas + 2, at);
    },
    rotateNode: (at) => cluster.rotateNode(at),
    outage: {
      begin: (at) => pipeline.denyRemoteWrite(at),
      end: (at) => pipeline.allowRemoteWrite(at),
    },
    breaks: {
      'remote write denied': (at) => pipeline.denyRemoteWrite(at),
      'collector gone, its operator well': (at) => pipeline.stopCollector(at, CRASHED),
      'one job without targets': (at) => pipeline.stopJob('kubernetes-nodes', at, GONE),
      'slow job dead': (at) => pipeline.stopJob('kubernetes-pods-slow', at, GONE),
      'pods relabelled': (at) =>
        cluster.reshape((pod) => {
          const { kubernetes_pod_name: podName = '', ...labels } = pod.labels ?? {};
          return { ...pod, labels: { ...labels, pod: podName } };
        }, at),
      'targets down': (at) => void arrived.push({ series: [1, 2, 3].flatMap((pod) => down(name, pod, at)) }),
      'add-on degraded': () => {
        const issues = [{ code: 'InsufficientNumberOfReplicas', message: 'no replica' }];
        addons.set('adot', { ...addon, status: 'DEGRADED', issues });
      },
      'add-on gone': () => void addons.delete('adot'),
      'workspace discards': (at) => discards(world, workspace, at),
      'dead beside another cluster': (at) => {
        pipeline.denyRemoteWrite(at);
        const other = startPipeline(eksAdotAmp({ cluster: 'stage', pods: 8 }), since);
        arrived.push(labelled(other, { cluster: 'stage' }));
      },
    },
  };
}

/** What the scrapes of a pod say that does not answer. */
function down(cluster: string, number: number, since: number) {
  const labels = {
    cluster,
    job: 'kubernetes-pods',
    instance: `10.0.9.${number}:8080`,
    kubernetes_namespace: 'shop',
    kubernetes_pod_name: `down-${number}`,
  };
  return [
    sentSeries({ __name__: 'up', ...labels }, { since, value: 0 }),
    sentSeries({ __name__: 'scrape_duration_seconds', ...labels }, { since, value: 10 }),
  ];
}
