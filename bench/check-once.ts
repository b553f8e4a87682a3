/**
 * Checks a configuration once, as a process of its own, and prints what that cost as JSON: `check-once.ts FILE`. With `floor`
 * after it also how long the same requests take alone, all at once.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { systemClock } from '../lib/clock.ts';
import { loadConfig } from '../lib/config/load.ts';
import { plan } from '../lib/plan.ts';
import { run } from '../lib/run.ts';
import { sourceMemory } from '../lib/sources/source.ts';

const [file = '', withFloor] = process.argv.slice(2);
const loaded = await loadConfig(await readFile(file, 'utf8'), { file, env: {} });
if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
const planned = plan(loaded.config, {});
if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));

let requests = 0;
let bytes = 0;
// As fetch itself tells it: wrapping its answers would take time of its own.
subscribe('undici:request:create', () => (requests += 1));
subscribe('undici:request:bodyChunkReceived', (message) => {
  bytes += (message as { readonly chunk: Uint8Array }).chunk.byteLength;
});

const sent: Parameters<typeof fetch>[] = [];
const start = performance.now();
const report = await run(planned.clusters, {
  clock: systemClock,
  deadline: systemClock.now() + 120_000,
  fetch: (input, init) => {
    sent.push([input, init]);
    return fetch(input, init);
  },
  limit: pLimit(16),
  credentials: () => () => Promise.reject(new Error('no credentials are needed here')),
  memory: sourceMemory(),
  toolVersion: 'bench',
  onDefect: (error) => {
    throw error;
  },
});
const elapsedMs = performance.now() - start;
const rssMb = process.resourceUsage().maxRSS / 1024;
const cost = { verdict: report.verdict, elapsedMs, requests, bytes, rssMb };
const floorMs = withFloor === undefined ? undefined : await floor();
const signals = report.clusters.flatMap((cluster) => cluster.signals);
process.stdout.write(
  JSON.stringify({
    ...cost,
    floorMs,
    trouble: signals.flatMap(({ findings, unavailable }) => [...findings, ...unavailable]).slice(0, 3),
  }),
);

async function floor(): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    sent.map(async ([input, init]) => (await fetch(input, { ...init, signal: null })).text()),
  );
  return performance.now() - begun;
}
