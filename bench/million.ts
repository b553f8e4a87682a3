import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../test/support/process.ts';
import { startPrometheus } from '../test/support/prometheus.ts';
import { checkCost } from './check-cost.ts';
import { medianMs, ms, printTable, ratio } from './table.ts';

const SERIES = 1_000_000;
const JOBS = 10;
const PER_INSTANCE = 500;
/**
 * Seconds after the beginning: one sample every three minutes, inside the bound of four, until long after promtool is done and
 * everything is measured, and the same an hour before. So nobody waits for the moment that they are of.
 */
const SAMPLES_AT_S = [0, 180, 360, 540, 720].flatMap((at) => [at - 3600, at]).sort((a, b) => a - b);
const RUNS = 3;

/** `fresh`, `series` and two required labels over a million series, against one `count by` over the same. */
export async function million(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const begun = Math.floor(Date.now() / 1000);
  const text = join(directory, 'big.om');
  const data = join(directory, 'data');
  await writeSeries(text, begun);
  const loaded = await runProgram('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, data]);
  if (loaded.code !== 0) throw new Error(loaded.stderr);
  await rm(text);
  const server = await startPrometheus({ data, flags: ['--storage.tsdb.retention.time=10y'] });
  try {
    await measure(server.url);
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(url: string): Promise<void> {
  const countBy = async (): Promise<void> => {
    const body = new URLSearchParams({ query: 'count by (job) (big)', timeout: '100s' });
    await (await fetch(`${url}/api/v1/query`, { method: 'POST', body })).text();
  };
  await countBy();
  const config = (by: string): string => `
version: 1
clusters:
  - name: big
    region: eu-west-1
    signals:
      - name: big
        prometheus: ${url}
        metric: big
        ${by}
        fresh: 4m
        series: { exactly: ${SERIES} }
        labels: { require: [job, instance] }
`;
  const whole: Awaited<ReturnType<typeof checkCost>>[] = [];
  const grouped: typeof whole = [];
  const baselines: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    baselines.push(await medianMs(1, countBy));
    whole.push(await checkCost(config('')));
    grouped.push(await checkCost(config('by: [job]')));
  }
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
  const baseline = median(baselines);
  const elapsed = median(whole.map(({ elapsedMs }) => elapsedMs));
  const elapsedBy = median(grouped.map(({ elapsedMs }) => elapsedMs));
  const all = [...whole, ...grouped];
  printTable('1M series: fresh, series and two required labels, in one check', [
    { what: 'server: count by (job) (big)', measured: ms(baseline), goal: '1×' },
    { what: 'check, whole signal', measured: `${ms(elapsed)} = ${ratio(elapsed, baseline)}`, goal: '≤ 2.5×' },
    {
      what: 'check, by: [job]',
      measured: `${ms(elapsedBy)} = ${ratio(elapsedBy, baseline)}`,
      goal: '≤ 2.5×',
    },
    {
      what: 'bytes received',
      measured: String(Math.max(...all.map(({ bytes }) => bytes))),
      goal: '< 1,000,000',
    },
    {
      what: 'memory (RSS)',
      measured: `${Math.round(Math.max(...all.map(({ rssMb }) => rssMb)))} MB`,
      goal: '< 150 MB',
    },
    { what: 'requests', measured: String(Math.max(...all.map(({ requests }) => requests))), goal: '' },
  ]);
}

async function writeSeries(file: string, begun: number): Promise<void> {
  const stream = createWriteStream(file);
  let lines = '# TYPE big gauge\n';
  for (let index = 0; index < SERIES; index += 1) {
    const instance = Math.floor(index / PER_INSTANCE);
    const labels = `job="job-${index % JOBS}",instance="10.0.${instance >> 8}.${instance & 255}:9090",n="${index % PER_INSTANCE}"`;
    for (const at of SAMPLES_AT_S) lines += `big{${labels}} 1 ${begun + at}\n`;
    if (lines.length > 1 << 20) {
      if (!stream.write(lines)) await once(stream, 'drain');
      lines = '';
    }
  }
  stream.end(`${lines}# EOF\n`);
  await once(stream, 'close');
}
