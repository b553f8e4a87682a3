import { startPipeline, type Pipeline } from '../pipeline.ts';
import { appPod, eksAdotAmp } from './eks-adot-targets.ts';
import { type EksAdotCloudWatch, startEksAdotCloudWatch } from './eks-adot-emf.ts';
import { createSwitch, type Span } from '../spans.ts';
import type { TargetDescription } from '../target.ts';
import { type Fleet, fleetOf, type Member } from '../fleet.ts';
import type { Random } from '../random.ts';

const SECOND_MS = 1000;
export const APPS = ['storefront', 'checkout', 'catalog', 'payments'] as const;
const NODE_JOBS = ['kubernetes-nodes', 'kubernetes-nodes-cadvisor', 'kubernetes-service-endpoints'];
const FEWEST_NODES = 4;
const DRAINED_AFTER_MS = 120 * SECOND_MS;
const FEWEST_PODS_PER_APP = 2;

/** What a changed scrape configuration makes of each pod. */
export type Shape = (pod: TargetDescription) => TargetDescription;

/**
 * One cluster whose collector writes to both planes, told what happens to it in the order of time. It only knows what
 * is scheduled: what is there at a time, the pipelines compute when they are asked.
 */
export interface EksCluster {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly emf: EksAdotCloudWatch;
  readonly fleet: Fleet;
  /** Autoscaling: so many pods of every application, so many nodes. */
  scalePods(perApp: number, at: number): void;
  scaleNodes(nodes: number, at: number): void;
  /** The oldest node is drained after another one has come. */
  rotateNode(at: number): void;
  /** Every pod of the applications is replaced, one after the other, or all at once. */
  rollOut(apps: readonly string[], at: number, how: { readonly atOnce: boolean }): void;
  /** Another configuration: every pod's series end and others begin. */
  reshape(shape: Shape, at: number): void;
  /** All pods but one of each application are gone until they return. */
  loseMostPods(at: number): void;
  returnPods(at: number): void;
  /** The exporters on the nodes, and what else runs in the namespace `monitoring`. */
  stopMonitoring(at: number): void;
  startMonitoring(at: number): void;
  /** A gap of some seconds. */
  restartCollector(at: number, gapMs: number): void;
  /** Another pod collects, after a gap of some seconds. */
  rollOutCollector(at: number, gapMs: number): void;
  stopCollector(at: number, how: { readonly staleMarkers: boolean }): void;
  startCollector(at: number): void;
  /** Another collector scrapes the same targets and says so in a label. */
  startSecondCollector(at: number): void;
  stopSecondCollector(at: number): void;
  /** When it did. */
  readonly secondCollector: readonly Span[];
}

/** A cluster that has been running since `since` (ms). */
export function startEksCluster(name: string, since: number, random: Random): EksCluster {
  const description = eksAdotAmp({ cluster: name, nodes: FEWEST_NODES, pods: 0 });
  const pipeline = startPipeline(description, since);
  const emf = startEksAdotCloudWatch({ cluster: name }, since);
  const fleet = fleetOf(pipeline);
  const templates = nodeTemplates(description);
  const first = firstNodes(description, since);
  const nodes: (readonly Member[])[] = [];
  const pods = new Map<string, readonly Member[]>();
  const second = createSwitch(since);
  second.off(since);
  let shape: Shape = (pod) => pod;
  let born = 0;
  let wanted = FEWEST_PODS_PER_APP;
  let isLost = false;
  let isStopped = false;
  let isMonitored = true;
  let collector: Member | undefined;

  const markers = (): boolean => random.chance(0.5);
  const newPod = (app: string, at: number): Member => {
    born += 1;
    return fleet.add('kubernetes-pods', shape(appPod(app, `t${born.toString(36)}`, born)), at);
  };
  const remove = (members: readonly Member[], at: number): void => {
    for (const member of members) fleet.remove(member, at, markers());
  };
  const podsOf = (app: string): readonly Member[] => pods.get(app) ?? [];
  const replace = (apps: readonly string[], at: number, apartMs: number): void => {
    const staleMarkers = markers();
    for (const app of apps) {
      const successors = podsOf(app).map((old, index) => {
        const from = at + index * apartMs;
        const overlapMs = apartMs === 0 ? 0 : random.between(10, 40) * SECOND_MS;
        fleet.remove(old, from + overlapMs, staleMarkers);
        return newPod(app, from);
      });
      pods.set(app, successors);
    }
  };

  const keep = (app: string, count: number, at: number): void => {
    remove(podsOf(app).slice(count), at);
    const kept = podsOf(app).slice(0, count);
    while (kept.length < count) kept.push(newPod(app, at));
    pods.set(app, kept);
  };
  const settle = (at: number): void => {
    for (const app of APPS) keep(app, wanted, at);
  };
  const newNode = (at: number): readonly Member[] => {
    born += 1;
    const brought = templates.filter(({ job }) => isMonitored || job !== 'kubernetes-service-endpoints');
    return brought.map(({ job, target }) => fleet.add(job, renamed(target, born), at));
  };

  settle(since);

  return {
    name,
    pipeline,
    emf,
    fleet,
    scalePods: (perApp, at) => {
      wanted = perApp;
      if (!isLost) settle(at);
    },
    scaleNodes: (count, at) => {
      while (first.length + nodes.length > count) remove(nodes.pop() ?? first.pop() ?? [], at);
      while (first.length + nodes.length < count) nodes.push(newNode(at));
    },
    rotateNode: (at) => {
      nodes.push(newNode(at));
      remove(first.shift() ?? nodes.shift() ?? [], at + DRAINED_AFTER_MS);
    },
    rollOut: (apps, at, { atOnce }) => replace(apps, at, atOnce ? 0 : random.between(15, 45) * SECOND_MS),
    reshape: (next, at) => {
      shape = next;
      replace(APPS, at, 0);
    },
    loseMostPods: (at) => {
      isLost = true;
      for (const app of APPS) keep(app, 1, at);
    },
    returnPods: (at) => {
      isLost = false;
      settle(at);
    },
    stopMonitoring: (at) => {
      isMonitored = false;
      for (const instance of monitored(description)) {
        pipeline.stopTarget('kubernetes-service-endpoints', instance, at, { staleMarkers: markers() });
      }
      for (const members of nodes) {
        remove(
          members.filter(({ job }) => job === 'kubernetes-service-endpoints'),
          at,
        );
      }
    },
    startMonitoring: (at) => {
      isMonitored = true;
      for (const instance of monitored(description)) {
        pipeline.startTarget('kubernetes-service-endpoints', instance, at);
      }
    },
    restartCollector: (at, gapMs) => {
      if (isStopped) return;
      pipeline.stopCollector(at, { staleMarkers: markers() });
      emf.stop(at);
      pipeline.startCollector(at + gapMs);
      emf.start(at + gapMs);
    },
    rollOutCollector: (at, gapMs) => {
      if (isStopped) return;
      pipeline.stopCollector(at, { staleMarkers: markers() });
      pipeline.startCollector(at + gapMs);
      const pod = emf.rollOut(at + gapMs);
      emf.stop(at);
      emf.start(at + gapMs);
      if (collector) fleet.remove(collector, at, false);
      else pipeline.stopTarget('kubernetes-pods', '10.0.5.10:8888', at, { staleMarkers: false });
      born += 1;
      collector = fleet.add('kubernetes-pods', collectorPod(pod, born), at + gapMs);
    },
    stopCollector: (at, how) => {
      isStopped = true;
      pipeline.stopCollector(at, how);
      emf.stop(at);
    },
    startCollector: (at) => {
      isStopped = false;
      pipeline.startCollector(at);
      emf.start(at);
    },
    startSecondCollector: second.on,
    stopSecondCollector: second.off,
    get secondCollector() {
      return second.spans();
    },
  };
}

type Description = ReturnType<typeof eksAdotAmp>;

function targetsOf({ jobs }: Description, job: string): readonly TargetDescription[] {
  return jobs.find(({ name }) => name === job)?.targets ?? [];
}

/** What a node brings with it: itself, its containers and its exporter. */
function nodeTemplates(description: Description) {
  return NODE_JOBS.flatMap((job) => {
    const target = targetsOf(description, job)[0];
    return target ? [{ job, target }] : [];
  });
}

/** What the nodes brought with them that were there first, each with its own. */
function firstNodes(description: Description, since: number): Member[][] {
  const of = NODE_JOBS.map((job) => ({ job, targets: targetsOf(description, job) }));
  return Array.from({ length: FEWEST_NODES }, (_, index) =>
    of.flatMap(({ job, targets }) => {
      const instance = targets[index]?.instance;
      return instance === undefined ? [] : [{ job, instance, from: since }];
    }),
  );
}

function monitored(description: Description): readonly string[] {
  return targetsOf(description, 'kubernetes-service-endpoints').flatMap(({ instance, labels }) =>
    labels?.['kubernetes_namespace'] === 'monitoring' ? [instance] : [],
  );
}

function renamed(target: TargetDescription, born: number): TargetDescription {
  const node = `ip-10-1-${born}-17.eu-west-1.compute.internal`;
  const nodeLabel = target.labels?.['kubernetes_node'] ? 'kubernetes_node' : 'kubernetes_io_hostname';
  return { ...target, instance: `10.1.${born}.17:9100`, labels: { ...target.labels, [nodeLabel]: node } };
}

function collectorPod(pod: string, born: number): TargetDescription {
  return {
    instance: `10.0.5.${10 + born}:8888`,
    labels: { app: 'adot-collector', kubernetes_namespace: 'default', kubernetes_pod_name: pod },
    metrics: [{ name: 'otelcol_process_memory_rss', value: 134_217_728 }],
  };
}
