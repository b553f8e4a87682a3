import { counted } from '../../counted.ts';
import { type DraftCluster, type DraftSignal, switchedOff } from '../draft.ts';
import type { Seen, SeenWorkspace } from '../seen.ts';
import { isFresh } from '../units.ts';
import { addonOf, withAdot } from './eks.ts';
import { apart, type Group, groupsOf, isComplete, unique } from './groups.ts';

/** The scrape jobs of the ADOT configurations in the samples of AWS. */
const JOBS = new Set([
  'kubernetes-apiservers',
  'kubernetes-nodes',
  'kubernetes-nodes-cadvisor',
  'kubernetes-service-endpoints',
  'kubernetes-service-endpoints-slow',
  'prometheus-pushgateway',
  'kubernetes-services',
  'kubernetes-pods',
  'kubernetes-pods-slow',
]);
const PODS = 'kubernetes-pods';
/** One job of this name may be anybody's. */
const FEWEST_JOBS = 2;
const MINUTE_MS = 60_000;
const SLOW_MS = 2.6 * MINUTE_MS;
const SLOWEST_MS = 5.5 * MINUTE_MS;

interface Found {
  readonly workspace: SeenWorkspace;
  readonly group: Group;
  readonly jobs: readonly string[];
  readonly slowJobs: readonly string[];
  /** The labels that tell the cluster from others in the workspace. */
  readonly labels: Readonly<Record<string, string>>;
  /** Scraped seldom enough that four minutes are too short. */
  readonly isSlow: boolean;
}

/** Clusters of EKS that the ADOT add-on scrapes into a workspace: one for each value of what tells clusters apart. */
export function eksAdotAmp(seen: Seen): DraftCluster[] {
  const found = seen.workspaces.flatMap((workspace) => inWorkspace(workspace, seen.at));
  return found.map((one) => drafted(one, found, seen));
}

function inWorkspace(workspace: SeenWorkspace, now: number): Found[] {
  const groups = groupsOf(
    workspace.scrapes.filter(({ labels: { job = '' } }) => JOBS.has(job)),
    'job',
  );
  return groups.flatMap((group): Found[] => {
    const alive = group.streams.filter((one) => isFresh(one, now));
    const fast = alive.filter(({ gapMs = Infinity }) => gapMs <= SLOW_MS);
    const slow = alive.filter(({ gapMs = Infinity }) => gapMs > SLOW_MS && gapMs <= SLOWEST_MS);
    if (fast.length < FEWEST_JOBS) return [];
    const others = groups.filter((one) => one !== group).map(({ labels }) => labels);
    return [
      {
        workspace,
        group,
        jobs: unique(fast.map(({ labels: { job = '' } }) => job)),
        slowJobs: unique(slow.map(({ labels: { job = '' } }) => job)),
        labels: apart(group.labels, others),
        isSlow: fast.some(({ gapMs = 0 }) => gapMs > 1.1 * MINUTE_MS),
      },
    ];
  });
}

function drafted(
  { workspace, group, jobs, slowJobs, labels, isSlow }: Found,
  all: readonly Found[],
  seen: Seen,
): DraftCluster {
  const { cluster, notes } = ownerOf(group, all, seen);
  const isEks = seen.eks.some((one) => one.cluster === cluster);
  const fresh = isSlow ? { fresh: '8m' } : {};
  const signals: DraftSignal[] = [
    ...(jobs.includes(PODS) ? [] : [switchedOff('pod-labels', `no job ${PODS} is scraped`)]),
    ...addonOf(cluster, seen),
  ];
  return {
    // The add-on's address has it too, and must be one even where it is switched off.
    name: (cluster ?? workspace.alias ?? workspace.id).replaceAll(/[^\w-]/g, '-'),
    region: seen.region,
    profile: 'eks-adot-amp',
    with: {
      workspace: workspace.id,
      jobs,
      ...(slowJobs.length === 0 ? {} : { slowJobs }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...fresh,
      ...(isEks ? { eksCluster: cluster } : {}),
    },
    signals,
    notes: [
      `${counted(jobs.length + slowJobs.length, 'scrape job')} of the ADOT add-on in ${workspace.id}`,
      ...notes,
    ],
    estate: cluster,
  };
}

/** Whose these jobs are: what a label says, or the only one that it can be; else nobody's, and why. */
function ownerOf(
  { labels }: Group,
  all: readonly Found[],
  seen: Seen,
): { readonly cluster: string | undefined; readonly notes: readonly string[] } {
  const values = Object.values(labels);
  const known = values.find((value) => seen.eks.some(({ cluster }) => cluster === value));
  if (values.length > 0) return { cluster: known ?? values[0], notes: [] };
  const [only, ...others] = withAdot(seen);
  const unnamed = all.filter(({ group }) => Object.keys(group.labels).length === 0);
  const isTaken = all.some(({ group }) => Object.values(group.labels).includes(only ?? ''));
  const isSure =
    isComplete(seen, 'eks:ListClusters') &&
    isComplete(seen, 'eks:ListAddons') &&
    seen.eks.length === 1 &&
    unnamed.length === 1 &&
    !isTaken;
  const hint = 'give each collector an external label that names its cluster, and one silence hides no other';
  if (only !== undefined && others.length === 0 && isSure)
    return { cluster: only, notes: [`no label names the cluster: should another one write here, ${hint}`] };
  return {
    cluster: undefined,
    notes: [`no label tells which cluster this is, or whether it is one: ${hint}`],
  };
}
