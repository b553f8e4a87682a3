import { DAY_MS, type Estate, HOUR_MS, MINUTE_MS, type Row, rowOf } from './estate.ts';
import { noise, pick } from './noise.ts';

interface Size {
  readonly name: string;
  readonly workloads: number;
  readonly namespaces: number;
  readonly by: readonly string[];
}

const SIZES: readonly Size[] = [
  { name: 'small', workloads: 7, namespaces: 3, by: ['job'] },
  { name: 'medium', workloads: 40, namespaces: 12, by: ['job', 'kubernetes_namespace'] },
  { name: 'large', workloads: 90, namespaces: 25, by: ['kubernetes_namespace', 'app'] },
];

const POD_LABELS = ['instance', 'kubernetes_pod_name', 'pod_template_hash'];
const JOBS = ['kubernetes-pods', 'kubernetes-service-endpoints', 'kubernetes-pods-slow'];

/** The simulated signals: pipelines of an EKS add-on in three sizes, and metrics in CloudWatch. */
export function estates(seed: number): readonly Estate[] {
  return [...SIZES.map((size) => kubernetes(size, seed)), containerInsights(seed)];
}

function kubernetes({ name, workloads, namespaces, by }: Size, seed: number): Estate {
  const made = Array.from({ length: workloads }, (_, index) => workload(index, namespaces, seed));
  const nodes = nodeRow(seed);
  return { name, by, sets: false, rows: (at) => [...made.map((row) => row(at)), nodes(at)] };
}

function workload(index: number, namespaces: number, seed: number): (at: number) => Row {
  const job = JOBS[index % 5 < 3 ? 0 : (index % 5) - 2] ?? '';
  const labels = {
    job,
    kubernetes_namespace: `team-${index % namespaces}`,
    app: `service-${index}`,
    container: index % 4 === 0 ? 'sidecar' : 'main',
  };
  // Labels of pods become labels of series, so that teams have their own.
  const own = index % 3 === 0 ? ['team', 'tier'] : index % 7 === 1 ? ['release_channel'] : [];
  const base = 2 + pick(14, seed, index, 1) + (index % 11 === 0 ? 60 : 0);
  const scales = noise(seed, index, 2) < 0.5 ? 0.2 + 0.5 * noise(seed, index, 3) : 0;
  const row = rowOf(labels, [...POD_LABELS, ...own], 0);
  return (at) => ({ ...row, series: pods(base, scales, at, seed * 1000 + index) });
}

/** An autoscaled number of pods: by day and week, and up and down from one quarter of an hour to the next. */
export function pods(base: number, scales: number, at: number, key: number): number {
  if (scales === 0) return base;
  const wobble = 1 + 0.12 * (noise(key, Math.floor(at / (20 * MINUTE_MS))) - 0.5);
  return Math.max(1, Math.round(base * load(at, scales) * wobble));
}

/** 1 at noon of a working day, less at night and on Saturday and Sunday. */
export function load(at: number, scales: number): number {
  const hour = (at % DAY_MS) / HOUR_MS;
  const day = (Math.floor(at / DAY_MS) + 4) % 7;
  const byHour = (1 + Math.cos(((hour - 13) / 12) * Math.PI)) / 2;
  const weekend = day === 0 || day === 6 ? 0.55 : 1;
  return 1 - scales + scales * byHour * weekend;
}

function nodeRow(seed: number): (at: number) => Row {
  const labels = { job: 'kubernetes-nodes' };
  const base = 6 + pick(8, seed, 77);
  return (at) =>
    rowOf(labels, ['instance', 'kubernetes_io_hostname', 'topology_zone'], pods(base, 0.3, at, seed));
}

/** Each metric stands under several dimension sets, those of the cluster alone published by the leader. */
function containerInsights(seed: number): Estate {
  const of = (set: readonly string[], base: number, scales: number, key: number) => {
    const row = rowOf({ ClusterName: 'prod' }, set, 0);
    return (at: number): Row => ({ ...row, series: pods(base, scales, at, seed * 100 + key) });
  };
  const rows = [
    of([], 9, 0, 1),
    of(['InstanceId', 'NodeName'], 14, 0.3, 2),
    of(['Namespace'], 12, 0, 3),
    of(['Namespace', 'Service'], 40, 0, 4),
    of(['Namespace', 'PodName'], 120, 0.4, 5),
    of(['Service', 'leader'], 1, 0, 6),
    of(['EKS_Namespace', 'EKS_PodName'], 6, 0, 7),
  ];
  return { name: 'cloudwatch', by: [], sets: true, rows: (at) => rows.map((row) => row(at)) };
}
