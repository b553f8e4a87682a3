import type { Seen, SeenNamespace, SeenStream, SeenWorkspace } from '../../lib/init/seen.ts';
import { NOON } from '../profiles/simulated-account.ts';

const MINUTE = 60_000;

/** A region in which nothing was seen, but for what is given. */
export function seen(over: Partial<Seen> = {}): Seen {
  return {
    region: 'eu-west-1',
    role: undefined,
    externalId: undefined,
    at: NOON,
    workspaces: [],
    namespaces: [],
    logGroups: [],
    eks: [],
    ecsClusters: [],
    ecs: [],
    traces: [],
    gaps: [],
    ...over,
  };
}

/** What arrives every `everyMs`, and did so `ageMs` ago. */
export function stream(
  metric: string,
  labels: SeenStream['labels'],
  { ageMs = 10_000, everyMs = 15_000 } = {},
): SeenStream {
  return { metric, labels, newestAt: NOON - ageMs, gapMs: everyMs };
}

export function workspace(id: string, over: Partial<SeenWorkspace> = {}): SeenWorkspace {
  const nothing = { scrapes: [], cloudMap: [], tasks: [], pushed: [], applications: [] };
  return { id, alias: undefined, status: 'ACTIVE', ...nothing, ...over };
}

/** Scrapes of jobs as the ADOT add-on has them. */
export function adot(labels: SeenStream['labels'], how: { ageMs?: number; everyMs?: number } = {}) {
  return ['kubernetes-apiservers', 'kubernetes-nodes', 'kubernetes-pods'].map((job) =>
    stream('scrape_duration_seconds', { job, ...labels }, how),
  );
}

/** A namespace whose metrics all have the same set of dimensions, and arrive every minute. */
export function namespace(
  name: string,
  labels: SeenNamespace['labels'],
  dimensions: readonly string[],
  metrics: readonly string[],
  scopes: readonly string[] = [],
): SeenNamespace {
  const streams = metrics.map((metric) => stream(metric, labels, { ageMs: MINUTE, everyMs: MINUTE }));
  return { namespace: name, labels, sets: [{ dimensions, metrics }], scopes, streams };
}
