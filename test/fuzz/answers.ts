import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import pLimit from 'p-limit';
import { expect, onTestFinished, vi } from 'vitest';
import { awsCredentials } from '../../lib/aws/credentials.ts';
import { systemClock } from '../../lib/clock.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { reasons } from '../../lib/evidence.ts';
import { type PlannedCluster, plan } from '../../lib/plan.ts';
import { run } from '../../lib/run.ts';
import { sourceMemory } from '../../lib/sources/source.ts';
import { CANARY, services, startEstates } from '../faults/estates.ts';
import { type Random, randomOf } from '../../rehearsal/random.ts';
import { mutatedJson, mutatedText } from './mutate.ts';

/** What an API answered to a healthy run, by what was asked. */
type Recorded = ReadonlyMap<string, readonly string[]>;

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-of-the-test' };
const REGION = 'eu-west-1';
const AT_ONCE = 8;
const WHOLE_EVERY = 64;

export interface Fuzzed {
  readonly bodies: number;
  readonly runs: number;
  readonly verdicts: Readonly<Record<string, number>>;
  /** How many answers each kind of request was given. */
  readonly asked: ReadonlyMap<string, number>;
}

/**
 * Runs a cluster with a signal on every plane against APIs whose answers are real ones, mutated: as often as it takes until
 * so many bodies were answered. Whatever they are, no run breaks, every signal has a verdict and what is not ok a reason.
 */
export async function fuzzAnswers(bodies: number, seed: string): Promise<Fuzzed> {
  const { recorded, cluster } = await record();
  const byFetch = await onlyPromql(cluster);
  const random = randomOf(seed);
  const asked = new Map<string, number>();
  const count = { answered: 0 };
  const answer = (what: string): string => {
    count.answered += 1;
    asked.set(what, (asked.get(what) ?? 0) + 1);
    const real = recorded.get(what) ?? ['{}'];
    return mutated(real[random.whole(0, real.length - 1)] ?? '{}', random);
  };
  await serve(answer, random);
  const verdicts: Record<string, number> = {};
  let runs = 0;
  const worker = async (): Promise<void> => {
    while (count.answered < bodies) {
      runs += 1;
      // It costs ten times as much to read through the SDK: what is asked by fetch is asked more often.
      const some = runs % WHOLE_EVERY === 1 ? cluster : byFetch;
      for (const verdict of await fuzzedRun(some, answer)) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { bodies: count.answered, runs, verdicts, asked };
}

/** The signals in CloudWatch that are asked in PromQL, and the one in AMP, of a server that answers the same without a signature. */
async function onlyPromql(cluster: PlannedCluster): Promise<PlannedCluster> {
  const text = `version: 1\nclusters: [{ name: fuzz, region: ${REGION}, signals: [{ name: canary, prometheus: 'http://127.0.0.1:9/workspaces/ws-rehearsal', ${CANARY} }] }]`;
  const loaded = await loadConfig(text, { file: 'fuzz', env: {} });
  const planned = 'config' in loaded ? plan(loaded.config, {}) : loaded;
  const [own] = 'clusters' in planned ? planned.clusters : [];
  if (!own) throw new Error(JSON.stringify(planned));
  const otlp = cluster.signals.filter(({ signal }) => signal.plane === 'cloudwatchPromql');
  return { ...cluster, signals: [...own.signals, ...otlp] };
}

async function fuzzedRun(cluster: PlannedCluster, answer: (what: string) => string): Promise<string[]> {
  const broken: unknown[] = [];
  const report = await run([cluster], {
    clock: {
      ...systemClock,
      sleep: async (_milliseconds, signal) => (signal ? systemClock.sleep(1e9, signal) : undefined),
    },
    deadline: systemClock.now() + 60_000,
    fetch: async (input) => {
      const path = new URL(input instanceof Request ? input.url : input).pathname;
      return new Response(answer(path));
    },
    limit: pLimit(16),
    credentials: () => async () => CREDENTIALS,
    memory: sourceMemory(),
    toolVersion: 'fuzz',
    onDefect: (error) => void broken.push(error),
  });
  expect(broken).toEqual([]);
  expect(Object.prototype).not.toHaveProperty('polluted');
  const told = report.clusters.flatMap(({ signals }) => signals);
  expect(told).toHaveLength(cluster.signals.length);
  for (const { verdict, findings, unavailable, evidence } of told) {
    const expected = findings.length > 0 ? 'failing' : unavailable.length > 0 ? 'unknown' : 'ok';
    expect(verdict).toBe(expected);
    for (const { reason, detail } of unavailable) {
      expect(reasons).toContain(reason);
      expect(detail).not.toBe('');
    }
    const texts = [
      ...findings.flatMap((one) => [one.subject, one.observed, one.expected]),
      ...evidence.facts,
    ];
    for (const text of [...texts, ...unavailable.map(({ detail }) => detail)])
      expect(text).not.toMatch(/\p{Cc}/u);
  }
  return told.map(({ verdict }) => verdict);
}

/** One answer in four is as it was, so that those which follow are reached. */
function mutated(real: string, random: Random): string {
  if (random.chance(0.25)) return real;
  return real.startsWith('{') ? mutatedJson(real, random) : mutatedText(real, random);
}

/** What every API answers where all is well. */
async function record(): Promise<{ recorded: Recorded; cluster: PlannedCluster }> {
  const recorded = new Map<string, string[]>();
  const { proxies, planned } = await startEstates([REGION]);
  for (const proxy of Object.values(proxies)) {
    proxy.onAnswer = (message, body) => {
      const what = asked(message);
      recorded.set(what, [...(recorded.get(what) ?? []), body.toString()]);
    };
  }
  const [cluster] = planned;
  if (!cluster) throw new Error('no cluster');
  const signals = cluster.signals.map((one) => ({ ...one, signal: { ...one.signal, role: undefined } }));
  const { clusters } = await run(planned, {
    clock: systemClock,
    deadline: systemClock.now() + 60_000,
    fetch,
    limit: pLimit(16),
    credentials: awsCredentials(systemClock),
    memory: sourceMemory(),
    toolVersion: 'fuzz',
    onDefect: (error) => {
      throw error;
    },
  });
  expect(clusters.map(({ verdict }) => verdict)).toEqual(['ok']);
  return { recorded, cluster: { ...cluster, signals } };
}

/** By the operation of AWS JSON, else by the path. */
function asked({ headers, url = '/' }: Pick<IncomingMessage, 'headers' | 'url'>): string {
  return String(headers['x-amz-target'] ?? url.split('?')[0]);
}

/** One server that is every API; what it answers is sometimes an error. */
async function serve(answer: (what: string) => string, random: Random): Promise<void> {
  const server = createServer((message, response) => {
    const what = asked(message);
    message.resume().on('end', () => {
      const status = random.chance(0.95) ? 200 : random.pick([400, 403, 404]);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(answer(what));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const service of services) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, url);
}
