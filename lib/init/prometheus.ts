import type { Identity } from '../aws/credentials.ts';
import type { PromqlEndpoint } from '../promql/client.ts';
import { queryUrl } from '../promql/query-url.ts';
import type { Draft, DraftCluster } from './draft.ts';
import { addGap, type InitPorts, type Looking } from './looking.ts';
import { asking, NotAnswered, streamsOf } from './promql.ts';
import { unique } from './recognise/groups.ts';
import type { Gap } from './seen.ts';
import { silent } from './plain.ts';
import { isFresh, sampleBound } from './units.ts';

const SCRAPES = 'scrape_duration_seconds';

/** A Prometheus server by its base URL, with the jobs that it scrapes; none where it has none or could not be asked. */
export async function lookAtPrometheus(
  url: string,
  identity: Identity,
  ports: InitPorts,
): Promise<Draft & { readonly gaps: readonly Gap[] }> {
  const looking: Looking = { identity, ports, gaps: [] };
  const endpoint: PromqlEndpoint = {
    action: 'query',
    url: queryUrl(url),
    place: url,
    parameters: (timeout) => ({ timeout }),
    sign: undefined,
    explainDenied: undefined,
  };
  try {
    const streams = await streamsOf(SCRAPES, ['job'], asking(endpoint, ports));
    const now = ports.clock.now();
    const alive = streams.filter((one) => isFresh(one, now));
    const left = streams
      .filter((one) => !alive.includes(one))
      .map(({ labels: { job = '' }, newestAt }) => `${url}, job=${job}: ${silent(newestAt)}`);
    const jobs = unique(alive.flatMap(({ labels: { job } }) => job ?? []));
    if (jobs.length === 0) return { clusters: [], left, gaps: [] };
    const fresh = sampleBound(Math.max(...alive.map(({ gapMs = 0 }) => gapMs)));
    return { clusters: [drafted(url, jobs, fresh, identity.region)], left, gaps: [] };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    addGap(looking, { action: 'query', resource: url, missing: `what arrives at ${url}` }, error.why);
    return { clusters: [], left: [], gaps: looking.gaps };
  }
}

function drafted(
  url: string,
  jobs: readonly string[],
  fresh: string | undefined,
  region: string,
): DraftCluster {
  return {
    name: URL.parse(url)?.host ?? 'prometheus',
    region,
    profile: 'local-prometheus',
    with: { url, jobs, ...(fresh === undefined || fresh === '4m' ? {} : { fresh }) },
    signals: [],
    notes: ['a Prometheus server'],
  };
}
