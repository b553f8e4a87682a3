import { storedSeries } from '../rehearsal/storage.ts';
import { startPrometheus } from '../test/support/prometheus.ts';
import { remoteWrite } from '../test/support/remote-write.ts';
import { checkCost, type Cost } from './check-cost.ts';
import { medianMs, ms, printTable, ratio } from './table.ts';
import { hasVmalert, vmalertMs } from './vmalert.ts';

const METRICS = 200;
const SERIES_EACH = 50;
const PARALLEL = 16;

/** 600 assertions (fresh, series, one required label) over 200 metrics × 50 series, against 600 plain requests. */
export async function assertions(): Promise<void> {
  const server = await startPrometheus({ flags: ['--web.enable-remote-write-receiver'] });
  try {
    const now = Date.now();
    const series = names().flatMap((name) =>
      Array.from({ length: SERIES_EACH }, (_, index) => {
        const labels = new Map([
          ['__name__', name],
          ['instance', `10.0.0.${index}:9090`],
          ['job', `job-${index % 5}`],
        ]);
        return storedSeries(labels, [{ at: now - 1000, value: index, stale: false }]);
      }),
    );
    await remoteWrite(`${server.url}/api/v1/write`, series, now - 60_000, now);
    await measure(server.url);
  } finally {
    await server.stop();
  }
}

async function measure(url: string): Promise<void> {
  const queries = names().flatMap((name) => [
    `max(timestamp(${name}))`,
    `count(${name})`,
    `count(${name}{instance=""})`,
  ]);
  const ask = async (query: string): Promise<void> => {
    const body = new URLSearchParams({ query });
    await (await fetch(`${url}/api/v1/query`, { method: 'POST', body })).text();
  };
  const plain = (parallel: number) => async (): Promise<void> => {
    const pending = queries.values();
    await Promise.all(
      Array.from({ length: parallel }, async () => {
        for (const query of pending) await ask(query);
      }),
    );
  };
  await plain(PARALLEL)();
  const sequentialMs = await medianMs(5, plain(1));
  const parallelMs = await medianMs(5, plain(PARALLEL));
  const signals = names().map(
    (name) =>
      `      - { name: ${name}, prometheus: '${url}', metric: ${name}, fresh: 4m, series: { exactly: ${SERIES_EACH} }, labels: { require: [instance] } }`,
  );
  const config = `version: 1\nclusters:\n  - name: local\n    region: eu-west-1\n    signals:\n${signals.join('\n')}\n`;
  const costs: Cost[] = [];
  for (let run = 0; run < 5; run += 1) costs.push(await checkCost(config, true));
  const cost = costs.toSorted((a, b) => a.elapsedMs - b.elapsedMs)[2];
  if (!cost) return;
  const middle = (of: (one: Cost) => number | undefined): number =>
    costs.map((one) => of(one) ?? Number.NaN).toSorted((a, b) => a - b)[2] ?? Number.NaN;
  const [floorMs, warmMs] = [middle((one) => one.floorMs), middle((one) => one.warmMs)];
  const asRules = hasVmalert ? await vmalertMs(rules(), PARALLEL, url) : undefined;
  printTable('600 assertions over 200 metrics × 50 series', [
    { what: '600 keep-alive requests, one after the other', measured: ms(sequentialMs), goal: '1×' },
    {
      what: '600 requests, 16 in parallel',
      measured: `${ms(parallelMs)} = ${ratio(parallelMs, sequentialMs)}`,
      goal: '',
    },
    {
      what: 'one check, cold process',
      measured: `${ms(cost.elapsedMs)} = ${ratio(cost.elapsedMs, sequentialMs)}`,
      goal: '≤ 0.8×',
    },
    {
      what: 'its requests alone, all at once, in a warm process',
      measured: `${ms(floorMs)} = ${ratio(floorMs, cost.elapsedMs)} of the check`,
      goal: '',
    },
    {
      what: 'a further check of the same process',
      measured: `${ms(warmMs)} = ${ratio(warmMs, sequentialMs)}`,
      goal: '',
    },
    ...against(cost.elapsedMs, warmMs, asRules),
    { what: 'requests', measured: String(cost.requests), goal: '≤ 12' },
    { what: 'bytes received', measured: String(cost.bytes), goal: '' },
  ]);
}

function against(elapsedMs: number, warmMs: number, asRules: number | undefined) {
  if (asRules === undefined) return [];
  return [
    { what: 'vmalert, the same as rules, 16 at a time', measured: ms(asRules), goal: '' },
    {
      what: 'a further check against vmalert, which is warm too',
      measured: ratio(warmMs, asRules),
      goal: '≤ 0.33×',
    },
    { what: 'one check, cold, against vmalert', measured: ratio(elapsedMs, asRules), goal: '' },
  ];
}

/** The same assertions; none of them fires. */
function rules(): string[] {
  return names().flatMap((name) => [
    `time() - max(timestamp(${name})) > 240`,
    `count(${name}) != ${SERIES_EACH}`,
    `count(${name}{instance=""}) > 0`,
  ]);
}

function names(): string[] {
  return Array.from({ length: METRICS }, (_, index) => `bench_metric_${index}`);
}
