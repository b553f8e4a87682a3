import { isStream, type Signal, type StreamSignal } from '../signal.ts';
import { isOfAws as isGroupOfAws } from './log-groups.ts';
import { isOfOthers, RECENT_MS } from './namespaces.ts';
import { LATELY_MS } from './promql.ts';
import { isComplete } from './recognise/groups.ts';
import { type Seen, tellsClusters } from './seen.ts';
import type { Unit } from './units.ts';
import type { Watches } from './watched.ts';
import { isLookedInto } from './workspaces.ts';

/** What scrapes write: of these alone it is known whether there are any, whatever their labels. */
const SCRAPED = /^(?:up|scrape_\w+)$/;

/**
 * Why what a signal watches is no longer there, by the lists of what there is; undefined where it is, or where nobody can
 * tell. What is there and silent is for `check` to tell.
 */
export function goneOf(
  signal: Signal,
  watches: Watches,
  seen: Seen,
  units: readonly Unit[],
): string | undefined {
  if (signal.account !== undefined) return undefined;
  switch (signal.plane) {
    case 'amp':
      return workspaceGone(signal, seen) ?? scrapesGone(signal, watches, seen, units);
    case 'ampWorkspace':
      return workspaceGone(signal, seen);
    case 'cloudwatch':
      return metricsGone(signal, watches, seen, units);
    case 'logs':
      return groupGone(signal, seen);
    case 'eksAddon':
      return addonGone(signal, seen);
    case 'ecsService':
      return serviceGone(signal, seen);
    // Nothing lists what exists there: traces have no place of their own, and servers are not looked for.
    case 'xray':
    case 'prometheus':
    case 'cloudwatchPromql':
      return undefined;
  }
}

/** Whether a signal may be well while nothing that it matches was there for so long. */
function mayRest(signal: Signal, lookedBackMs: number): boolean {
  if (signal.when !== undefined) return true;
  return isStream(signal) && (!signal.expectsSeries || signal.freshMs > lookedBackMs);
}

function workspaceGone({ address, endpoint, region }: Signal, seen: Seen): string | undefined {
  // An endpoint may be of another account, and a proxy's.
  if (endpoint !== undefined || !isComplete(seen, 'aps:ListWorkspaces')) return undefined;
  if (seen.workspaces.some(({ id }) => id === address)) return undefined;
  return `there is no workspace ${address} in ${region}`;
}

function scrapesGone(
  signal: Signal,
  watches: Watches,
  seen: Seen,
  units: readonly Unit[],
): string | undefined {
  const isKnown = ['aps:ListWorkspaces', 'aps:DescribeWorkspace', 'aps:QueryMetrics', 'aps:GetLabels'].every(
    (action) => isComplete(seen, action),
  );
  if (!isStream(signal) || signal.endpoint !== undefined || !isKnown || !SCRAPED.test(signal.metric))
    return undefined;
  const workspace = seen.workspaces.find(({ id }) => id === signal.address);
  if (!workspace || !isLookedInto(workspace) || mayRest(signal, LATELY_MS)) return undefined;
  const watched = units.filter(watches);
  if (watched.length === 0) return 'nothing that it matches was scraped in the last six hours';
  const jobs = jobsOf(signal).filter((job) => !watched.some(({ labels }) => labels['job'] === job));
  return jobs.length === 0 ? undefined : `not scraped in the last six hours: job ${jobs.join(', ')}`;
}

/** The jobs that must be there. */
function jobsOf({ labels }: StreamSignal): readonly string[] {
  const values = labels?.values?.find(([label]) => label === 'job')?.[1];
  return Array.isArray(values) ? values : [];
}

function metricsGone(
  signal: Signal,
  watches: Watches,
  seen: Seen,
  units: readonly Unit[],
): string | undefined {
  if (isOfOthers(signal.address) || !isComplete(seen, 'cloudwatch:ListMetrics')) return undefined;
  if (mayRest(signal, RECENT_MS) || isUntold(signal, seen)) return undefined;
  return units.some(watches) ? undefined : 'no metric that it matches was listed in the last three hours';
}

/** Whether a signal asks for a cluster by a dimension that is there and whose values are not known: one of them is, in each series. */
function isUntold(signal: Signal, { namespaces }: Seen): boolean {
  const asked = isStream(signal) ? signal.match.map(({ label }) => label).filter(tellsClusters) : [];
  return namespaces.some(
    ({ namespace, labels, sets }) =>
      namespace === signal.address &&
      asked.some(
        (name) => !Object.hasOwn(labels, name) && sets.some(({ dimensions }) => dimensions.includes(name)),
      ),
  );
}

function groupGone({ address, region }: Signal, seen: Seen): string | undefined {
  if (isGroupOfAws(address) || !isComplete(seen, 'logs:DescribeLogGroups')) return undefined;
  if (seen.logGroups.some(({ name }) => name === address)) return undefined;
  return `there is no log group ${address} in ${region}`;
}

function addonGone({ address, region }: Signal, seen: Seen): string | undefined {
  const [name = '', addon = ''] = address.split('/');
  const cluster = seen.eks.find((one) => one.cluster === name);
  if (cluster?.addons.includes(addon) === true) return undefined;
  if (!cluster)
    return isComplete(seen, 'eks:ListClusters') ? `there is no EKS cluster ${name} in ${region}` : undefined;
  return isComplete(seen, 'eks:ListAddons') ? `EKS cluster ${name} has no add-on ${addon}` : undefined;
}

function serviceGone({ address, region }: Signal, seen: Seen): string | undefined {
  const [name = '', service = ''] = address.split('/');
  if (seen.ecs.some((one) => one.cluster === name && one.service === service)) return undefined;
  if (!seen.ecsClusters.includes(name))
    return isComplete(seen, 'ecs:ListClusters') ? `there is no ECS cluster ${name} in ${region}` : undefined;
  return isComplete(seen, 'ecs:ListServices') ? `ECS cluster ${name} has no service ${service}` : undefined;
}
