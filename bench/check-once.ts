/**
 * Checks a configuration once, as a process of its own, and prints what that cost as JSON: `check-once.ts FILE`. With `more`
 * after it also what further checks take, remembering nothing of the data, and the same requests alone, all at once.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { systemClock } from '../lib/clock.ts';
import { loadConfig } from '../lib/config/load.ts';
import { plan } from '../lib/plan.ts';
import { run } from '../lib/run.ts';
import { medianMs } from './table.ts';
import { sourceMemory } from '../lib/sources/source.ts';

const [file = '', withMore] = process.argv.slice(2);
const loaded = await loadConfig(await readFile(file, 'utf8'), { file, env: {} });
if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
const planned = plan(loaded.config, {});
if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));
const { clusters } = planned;

let requests = 0;
let bytes = 0;
// As fetch itself tells it: wrapping its answers would take time of its own.
subscribe('undici:request:create', () => (requests += 1));
subscribe('undici:request:bodyChunkReceived', (message) => {
  bytes += (message as { readonly chunk: Uint8Array }).chunk.byteLength;
});

const sent: Parameters<typeof fetch>[] = [];
const ports = () => ({
  clock: systemClock,
  deadline: systemClock.now() + 120_000,
  fetch: (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    sent.push([input, init]);
    return fetch(input, init);
  },
  limit: pLimit(16),
  credentials: () => () => Promise.reject(new Error('no credentials are needed here')),
  memory: sourceMemory(),
  toolVersion: 'bench',
  onDefect: (error: unknown) => {
    throw error;
  },
});
const start = performance.now();
const report = await run(clusters, ports());
const elapsedMs = performance.now() - start;
const rssMb = process.resourceUsage().maxRSS / 1024;
const cost = { verdict: report.verdict, elapsedMs, requests, bytes, rssMb };
const asked = [...sent];
const more =
  withMore === undefined
    ? {}
    : { warmMs: await medianMs(9, () => run(clusters, ports())), floorMs: await floor() };
const signals = report.clusters.flatMap((cluster) => cluster.signals);
process.stdout.write(
  JSON.stringify({
    ...cost,
    ...more,
    trouble: signals.flatMap(({ findings, unavailable }) => [...findings, ...unavailable]).slice(0, 3),
  }),
);

async function floor(): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    asked.map(async ([input, init]) => (await fetch(input, { ...init, signal: null })).text()),
  );
  return performance.now() - begun;
}
