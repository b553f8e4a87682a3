import { counted } from '../../counted.ts';
import { type DraftCluster, type DraftSignal, switchedOff } from '../draft.ts';
import { isAlive, type Seen, type SeenWorkspace } from '../seen.ts';
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
  const unnamed = found.filter(({ group }) => Object.keys(group.labels).length === 0);
  return found.map((one) => drafted(one, unnamed.length, seen));
}

function inWorkspace(workspace: SeenWorkspace, now: number): Found[] {
  const groups = groupsOf(
    workspace.scrapes.filter(({ labels: { job = '' } }) => JOBS.has(job)),
    'job',
  );
  return groups.flatMap((group): Found[] => {
    const alive = group.streams.filter((one) => isAlive(one, now));
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

function drafted({ workspace, group, jobs, slowJobs, labels, isSlow }: Found, unnamed: number, seen: Seen) {
  const { cluster, notes } = ownerOf(group, unnamed, seen);
  const fresh = isSlow ? { fresh: '8m' } : {};
  const signals: DraftSignal[] = [
    ...(jobs.includes(PODS) ? [] : [switchedOff('pod-labels', `no job ${PODS} is scraped`)]),
    ...addonOf(cluster, seen),
  ];
  return {
    name: cluster ?? workspace.alias ?? workspace.id,
    region: seen.region,
    profile: 'eks-adot-amp',
    with: {
      workspace: workspace.id,
      jobs,
      ...(slowJobs.length === 0 ? {} : { slowJobs }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...fresh,
      ...(cluster === undefined ? {} : { eksCluster: cluster }),
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
  unnamed: number,
  seen: Seen,
): { readonly cluster: string | undefined; readonly notes: readonly string[] } {
  const values = Object.values(labels);
  const known = values.find((value) => seen.eks.some(({ cluster }) => cluster === value));
  if (values.length > 0) return { cluster: known ?? values[0], notes: [] };
  const [only, ...others] = withAdot(seen);
  const isSure =
    isComplete(seen, 'eks:ListClusters') && isComplete(seen, 'eks:ListAddons') && seen.eks.length === 1;
  const hint = 'give each collector an external label that names its cluster, and one silence hides no other';
  if (only !== undefined && others.length === 0 && unnamed === 1 && isSure)
    return { cluster: only, notes: [`no label names the cluster: should another one write here, ${hint}`] };
  return {
    cluster: undefined,
    notes: [`no label tells which cluster this is, or whether it is one: ${hint}`],
  };
}
