import type { Matcher } from '../config/values.ts';
import { anyOf, matcherText } from '../promql/text.ts';
import type { Ask } from './promql.ts';
import type { SeenApplication, SeenStream } from './seen.ts';
import { OF_SCRAPES, steadiestFirst } from './steady.ts';

/** The metrics that each of the services of a scrape job that Cloud Map feeds sends all the time. */
export async function ofCloudMap(streams: readonly SeenStream[], ask: Ask): Promise<SeenApplication[]> {
  const groups = new Map<string, { labels: Readonly<Record<string, string>>; services: Set<string> }>();
  for (const { labels } of streams) {
    const { service = '', ...rest } = labels;
    const key = JSON.stringify(Object.entries(rest));
    const group = groups.get(key) ?? { labels: rest, services: new Set<string>() };
    groups.set(key, group);
    group.services.add(service);
  }
  return Promise.all(
    [...groups.values()].map(async ({ labels, services }) => {
      const wanted: readonly Matcher[] = [...equal(labels), { label: 'taskid', operator: '!=', value: '' }];
      const names = await steadyNames(wanted, 'service', [...services], ask);
      return { labels, metrics: names };
    }),
  );
}

/** What the applications beside the collectors of Fargate tasks send: by family and ECS cluster, and by job. */
export async function ofTasks(streams: readonly SeenStream[], ask: Ask): Promise<SeenApplication[]> {
  const applications = streams.map(async ({ labels }) => {
    const { aws_ecs_task_family: family = '', aws_ecs_cluster_name: cluster = '' } = labels;
    const inTask: readonly Matcher[] = [
      { label: 'job', operator: '!=', value: '' },
      { label: 'aws_ecs_task_family', operator: '=', value: family },
      { label: 'aws_ecs_cluster_arn', operator: '=~', value: `(.*/)?${anyOf([nameOf(cluster)])}` },
    ];
    const jobs = await ask(`count by (job) ({${inTask.map(matcherText).join(',')}})`);
    return Promise.all(
      jobs.map(async ({ labels: { job = '' } }) => {
        const ofJob: readonly Matcher[] = [...inTask.slice(1), { label: 'job', operator: '=', value: job }];
        const metrics = await steadyNames(ofJob, 'job', [job], ask);
        return { labels: { ...labels, job }, metrics };
      }),
    );
  });
  return (await Promise.all(applications)).flat();
}

/** A cluster by its name or its ARN. */
export function nameOf(cluster: string): string {
  return cluster.split('/').at(-1) ?? cluster;
}

function equal(labels: Readonly<Record<string, string>>): Matcher[] {
  return Object.entries(labels).map(([label, value]) => ({ label, operator: '=', value }));
}

/** Names of metrics that each of `values` of a label has now, and had an hour ago where there was anything then. */
async function steadyNames(
  match: readonly Matcher[],
  label: string,
  values: readonly string[],
  ask: Ask,
): Promise<readonly string[]> {
  const selector = `{${match.map(matcherText).join(',')}}`;
  const [now, before] = await Promise.all(
    ['', ' offset 1h'].map(async (back) => {
      const rows = await ask(`count by (__name__, ${label}) (${selector}${back})`);
      const having = new Map<string, Set<string>>();
      for (const { labels } of rows) {
        const name = labels['__name__'] ?? '';
        having.set(name, (having.get(name) ?? new Set<string>()).add(labels[label] ?? ''));
      }
      return having;
    }),
  );
  const isSteady = (name: string): boolean =>
    values.every((value) => now?.get(name)?.has(value)) && (before?.size === 0 || before?.has(name) === true);
  const names = [...(now?.keys() ?? [])].filter((name) => !OF_SCRAPES.test(name) && isSteady(name));
  return steadiestFirst(names);
}
