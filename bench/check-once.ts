/** Checks a configuration once, as a process of its own, and prints what that cost as JSON. */
import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { systemClock } from '../lib/clock.ts';
import { loadConfig } from '../lib/config/load.ts';
import { plan } from '../lib/plan.ts';
import { run } from '../lib/run.ts';
import { sourceMemory } from '../lib/sources/source.ts';

const [file = ''] = process.argv.slice(2);
const loaded = await loadConfig(await readFile(file, 'utf8'), { file, env: {} });
if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
const planned = plan(loaded.config, {});
if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));

let requests = 0;
let bytes = 0;
const counting: typeof fetch = async (input, init) => {
  requests += 1;
  const response = await fetch(input, init);
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(counted) ?? null, response);
};

const start = performance.now();
const report = await run(planned.clusters, {
  clock: systemClock,
  deadline: systemClock.now() + 120_000,
  fetch: counting,
  limit: pLimit(16),
  credentials: () => () => Promise.reject(new Error('no credentials are needed here')),
  memory: sourceMemory(),
  toolVersion: 'bench',
  onDefect: (error) => {
    throw error;
  },
});
const elapsedMs = performance.now() - start;
const signals = report.clusters.flatMap((cluster) => cluster.signals);
process.stdout.write(
  JSON.stringify({
    verdict: report.verdict,
    elapsedMs,
    requests,
    bytes,
    rssMb: process.resourceUsage().maxRSS / 1024,
    trouble: signals.flatMap(({ findings, unavailable }) => [...findings, ...unavailable]).slice(0, 3),
  }),
);
