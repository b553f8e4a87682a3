import pLimit from 'p-limit';
import { systemClock } from '../lib/clock.ts';
import { loadConfig } from '../lib/config/load.ts';
import { plan } from '../lib/plan.ts';
import { run } from '../lib/run.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import { CREDENTIALS, startAccount } from '../rehearsal/account.ts';
import { countedRuns } from './counted.ts';
import { printTable } from './table.ts';

const SIGNALS_EACH = 5;

/** What a run of a 10-signal cluster on two planes asks of the observed planes, with nothing remembered and in a warm container. */
export async function requests(): Promise<void> {
  const account = await startAccount(() => {});
  Object.assign(process.env, account.environment);
  try {
    const loaded = await loadConfig(config(), { file: 'bench', env: {} });
    if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
    const planned = plan(loaded.config, {});
    if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));
    const memory = sourceMemory();
    const runs: string[] = [];
    for (let index = 0; index < 2; index += 1) {
      const before = counts(account);
      const report = await run(planned.clusters, {
        clock: systemClock,
        deadline: systemClock.now() + 30_000,
        fetch,
        limit: pLimit(16),
        credentials: () => async () => CREDENTIALS,
        memory,
        toolVersion: 'bench',
        onDefect: (error) => {
          throw error;
        },
      });
      if (report.verdict !== 'ok') throw new Error(`expected ok, not ${report.verdict}`);
      const after = counts(account);
      runs.push(
        after
          .map(([name, count], i) => [name, count - (before[i]?.[1] ?? 0)] as const)
          .filter(([, count]) => count > 0)
          .map(([name, count]) => `${count} ${name}`)
          .join(', '),
      );
    }
    printTable('Requests of a run: 5 signals in AMP and 5 in CloudWatch', [
      { what: 'first run', measured: runs[0] ?? '', goal: '' },
      { what: 'every further run', measured: runs[1] ?? '', goal: '' },
    ]);
    const [first, further] = await countedRuns(2);
    printTable(
      'Requests of a run: 20 signals on all planes, remembered in DynamoDB',
      [...(first ?? [])].map(([what, count]) => ({
        what,
        measured: `${count} in the first run, ${further?.get(what) ?? 0} in every further one`,
        goal: '',
      })),
    );
  } finally {
    await account.close();
  }
}

function counts({
  amp,
  cloudWatch,
}: Awaited<ReturnType<typeof startAccount>>): readonly (readonly [string, number])[] {
  const count = (name: string): number =>
    amp.requests.filter(({ action }) => action === `aps:${name}`).length +
    cloudWatch.requests.filter(({ operation }) => operation === name).length;
  return ['DescribeWorkspace', 'QueryMetrics', 'ListMetrics', 'GetMetricData'].map(
    (name) => [name, count(name)] as const,
  );
}

function config(): string {
  const jobs = ['apiservers', 'nodes', 'nodes-cadvisor', 'pods', 'service-endpoints'];
  const amp = jobs
    .slice(0, SIGNALS_EACH)
    .map(
      (job) =>
        `      - { name: ${job}, amp: ws-rehearsal, metric: scrape_duration_seconds, match: { job: kubernetes-${job} }, by: [job], fresh: 4m, series: { min: 1 }, labels: { require: [instance] } }`,
    );
  const emf = Array.from(
    { length: SIGNALS_EACH },
    (_, index) =>
      `      - { name: emf-${index}, cloudwatch: ContainerInsights/Prometheus, metric: otelcol_process_uptime, match: { EKS_Cluster: prod-eu }, dimensions: [[EKS_Cluster, EKS_Namespace, EKS_PodName]], fresh: 15m, series: { min: 1 } }`,
  );
  return `version: 1\nclusters:\n  - name: prod-eu\n    region: eu-west-1\n    signals:\n${[...amp, ...emf].join('\n')}\n`;
}
