import { awsService } from '../aws/service.ts';
import type { PromqlServer } from '../promql/client.ts';
import { labelNames } from '../promql/label-names.ts';
import { openWorkspace } from '../sources/amp.ts';
import { unavailable } from '../evidence.ts';
import { ofCloudMap, ofTasks } from './applications.ts';
import { addGap, eachPage, listIn, type InitPorts, type Looking, orGap, patient } from './looking.ts';
import { type Ask, asking, LATELY_MS, NotAnswered, streamsOf } from './promql.ts';
import { unique } from './recognise/groups.ts';
import { type SeenStream, type SeenWorkspace, tellsClusters } from './seen.ts';
import { OF_ECS } from './watched.ts';

const MOST_SAMPLES = 100_000_000;
const SCRAPES = 'scrape_duration_seconds';
const PUSHED = 'target_info';
/** With its unit since ADOT 0.35, without it before. */
const OF_TASKS = ['ecs_task_memory_utilized_Megabytes', 'ecs_task_memory_utilized'];
const FAMILY = 'aws_ecs_task_family';

type Listed = Pick<SeenWorkspace, 'id' | 'alias' | 'status'>;
type Arriving = Omit<SeenWorkspace, keyof Listed>;

const NOTHING: Arriving = { scrapes: [], cloudMap: [], tasks: [], pushed: [], applications: [] };

/** The workspaces of a region and what arrives in them. */
export async function lookAtWorkspaces(looking: Looking): Promise<readonly SeenWorkspace[]> {
  const { identity, ports } = looking;
  const { AmpClient, ListWorkspacesCommand } = await import('../aws/amp.ts');
  const api = awsService(AmpClient, identity, ports);
  const request = patient(api, ports);
  const about = {
    action: 'aps:ListWorkspaces',
    resource: identity.region,
    as: api.as,
    missing: 'workspaces of Amazon Managed Prometheus',
  };
  const listed = await orGap(looking, about, new Array<Listed>(), async (found) =>
    eachPage(
      (nextToken) =>
        request({ action: about.action }, (client, options) =>
          client.send(new ListWorkspacesCommand(nextToken === undefined ? {} : { nextToken }), options),
        ),
      (page) => page.nextToken,
      (page) => {
        for (const { workspaceId: id, alias, status } of listIn(page.workspaces))
          if (id !== undefined) found.push({ id, alias, status: status?.statusCode ?? 'unknown' });
      },
    ),
  );
  return Promise.all(listed.map((one) => lookInto(one, looking)));
}

/** Whether a workspace can be asked what arrives in it: of one that is not active nothing is known. */
export function isLookedInto({ status }: Pick<SeenWorkspace, 'status'>): boolean {
  return status === 'ACTIVE' || status === 'UPDATING';
}

async function lookInto(workspace: Listed, looking: Looking): Promise<SeenWorkspace> {
  if (!isLookedInto(workspace)) return { ...workspace, ...NOTHING };
  const { identity, ports } = looking;
  const place = {
    ...identity,
    address: workspace.id,
    endpoint: undefined,
    maxSamplesProcessed: MOST_SAMPLES,
  };
  const endpoint = await openWorkspace(place, ports.credentials(identity), ports);
  const missing = `what arrives in ${workspace.id}`;
  const resource = `workspace ${workspace.id}`;
  if ('kind' in endpoint) {
    const why = endpoint.kind === 'unavailable' ? endpoint : unavailable('invalid-response', endpoint.detail);
    addGap(looking, { action: 'aps:DescribeWorkspace', resource, missing }, why);
    return { ...workspace, ...NOTHING };
  }
  try {
    return { ...workspace, ...(await lookAtSeries(endpoint, looking)) };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    addGap(looking, { action: error.action, resource, missing }, error.why);
    return { ...workspace, ...NOTHING };
  }
}

/** Rejects with NotAnswered: half of a workspace could not be told from another cluster's. */
export async function lookAtSeries(endpoint: PromqlServer, { ports }: Looking): Promise<Arriving> {
  const ask = asking(endpoint, ports);
  const names = await namesOf([SCRAPES, PUSHED, ...OF_TASKS], endpoint, ports);
  const telling = unique(names.filter(tellsClusters));
  const isCloudMap = names.includes('taskdefinition') && names.includes('taskid');
  const isFargate = names.includes(FAMILY);
  const own = telling.filter((name) => !name.startsWith(OF_ECS));
  const [scrapes, cloudMap, pushed, ...perName] = await Promise.all([
    streamsOf(isCloudMap ? `${SCRAPES}{taskid=""}` : SCRAPES, ['job', ...own], ask),
    isCloudMap ? streamsOf(`${SCRAPES}{taskid!=""}`, ['job', ...own, 'service'], ask) : [],
    streamsOf(PUSHED, ['job', ...own], ask),
    ...(isFargate ? OF_TASKS : []).map((name) => streamsOf(name, [FAMILY, 'aws_ecs_cluster_name'], ask)),
  ]);
  const tasks = perName.flat();
  return { scrapes, cloudMap, tasks, pushed, applications: await lookAtApplications(cloudMap, tasks, ask) };
}

/** The names of the labels of these metrics, now and in the last six hours. Rejects with NotAnswered. */
async function namesOf(
  metrics: readonly string[],
  { labels }: PromqlServer,
  ports: InitPorts,
): Promise<readonly string[]> {
  const answers = await Promise.all(
    metrics.map((metric) => labelNames({ metric, match: [] }, LATELY_MS, ports.clock.now(), labels, ports)),
  );
  return answers.flatMap((answer) => {
    if (answer.kind === 'found') return answer.value;
    const why = answer.kind === 'unavailable' ? answer : unavailable('invalid-response', answer.detail);
    throw new NotAnswered(why, labels.action);
  });
}

async function lookAtApplications(cloudMap: readonly SeenStream[], tasks: readonly SeenStream[], ask: Ask) {
  const both = await Promise.all([ofCloudMap(cloudMap, ask), ofTasks(tasks, ask)]);
  return both.flat();
}
